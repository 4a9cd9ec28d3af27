"""`davidson doctor --privacy`: what it finds on a site that does everything wrong, and nothing on one that does not."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from davidson import create_app
from davidson.config import settings_from
from davidson.operations.pageparts import addresses_in_css, parts_of_page
from davidson.operations.privacy import Crawl
from tests.conftest import environment

ELSEWHERE = "https://elsewhere.example"
SOUND = {"Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "same-origin"}
Made = tuple[int, dict[str, str], str]
Run = Callable[[dict[str, Made]], str]


def page(body: str, status: int = 200, **headers: str) -> Made:
    return status, SOUND | {"Content-Type": "text/html"} | {k.replace("_", "-"): v for k, v in headers.items()}, body


def file(kind: str, body: str, **headers: str) -> Made:
    return 200, {"Content-Type": kind} | {k.replace("_", "-"): v for k, v in headers.items()}, body


@pytest.fixture
def run() -> Iterator[Run]:
    """Start a site that has these answers, and give its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(answers: dict[str, Made]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = answers.get(self.path, (404, {}, ""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_said: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def found_at(address: str, *, most_pages: int = 100) -> list[str]:
    return sorted(f"{one.place} {one.what}" for one in Crawl(address, most_pages=most_pages).findings())


def test_each_wrong_of_a_rogue_site_is_one_line(run: Run):
    body = f"""<!doctype html><title>t</title><link rel="stylesheet" href="/site.css"><script src="/own.js"></script>
    <script>alert(1)</script><script type="application/ld+json">{{"url": "{ELSEWHERE}/data"}}</script>
    <img src="{ELSEWHERE}/pixel.gif"><img srcset="/small.png 1x, {ELSEWHERE}/big.png 2x" src="/small.png">
    <p style="background: url('{ELSEWHERE}/style.png')" onclick="go()"><a href="{ELSEWHERE}/linked">fine</a>
    <form action="{ELSEWHERE}/take"></form><a href="/gone">gone</a><a href="/away">away</a><a href="/bare">bare</a>
    <a href="/moved#part">moved</a><a href="mailto:a@b.example">mail</a><a href="#here">here</a>"""
    address = run(
        {
            "/": page(body, Set_Cookie="id=1; Path=/"),
            "/site.css": file("text/css", f'@import "/more.css"; /* url({ELSEWHERE}/comment) */'),
            "/more.css": file("text/css", f"@font-face {{ src: url({ELSEWHERE}/font.woff2) }} a {{ b: url(data:x) }}"),
            "/own.js": file("text/javascript", "localStorage.setItem('a', document.cookie)", Set_Cookie="js=1"),
            "/small.png": file("image/png", ""),
            "/away": (302, {"Location": f"{ELSEWHERE}/away"}, ""),
            "/moved": (301, {"Location": "/sound"}, ""),
            "/sound": page("<title>t</title><a href='/'>home</a>"),
            "/bare": (200, {"Content-Type": "text/html"}, "<title>t</title>"),
        }
    )
    assert found_at(address) == sorted(
        [
            "/ sets the cookie id",
            "/ has an inline script",
            "/ has an inline script (onclick)",
            f"/ makes browsers ask another site (img): {ELSEWHERE}/pixel.gif",
            f"/ makes browsers ask another site (img): {ELSEWHERE}/big.png",
            f"/ makes browsers ask another site (style): {ELSEWHERE}/style.png",
            f"/ sends a form to {ELSEWHERE}/take",
            f"/more.css makes browsers ask another site (style): {ELSEWHERE}/font.woff2",
            "/own.js sets the cookie js",
            "/own.js is a script that may store or send something: document.cookie",
            "/own.js is a script that may store or send something: localStorage",
            "/gone answers 404 (linked from /)",
            f"/away sends readers to {ELSEWHERE}/away",
            "/bare has no header content-security-policy",
            "/bare has no header referrer-policy",
        ]
    )


def test_headers_that_name_or_tell_another_site_are_found(run: Run):
    telling = {"Referrer_Policy": "unsafe-url", "Link": f"<{ELSEWHERE}/a.css>; rel=preload"}
    policy = f"default-src 'self'; report-uri {ELSEWHERE}/csp"
    assert found_at(run({"/": page("", **telling, Content_Security_Policy=policy)})) == [
        f"/ names another site in its header content-security-policy: {ELSEWHERE}/csp",
        f"/ names another site in its header link: {ELSEWHERE}/a.css",
        "/ tells other sites its address: referrer-policy is unsafe-url",
    ]


def test_a_redirect_to_what_is_no_address_is_told(run: Run):
    rogue = run({"/": (302, SOUND | {"Location": "https://[x"}, "")})
    assert "/ sends readers to https://[x" in found_at(rogue)


def test_a_large_site_is_looked_at_in_part_and_says_so(run: Run):
    links = "".join(f'<a href="/?page={number}">p</a>' for number in range(50)) + '<a href="/other">o</a>'
    answers = {f"/?page={number}": page("") for number in range(50)}
    crawl = Crawl(run(answers | {"/": page(links), "/other": page("", Set_Cookie="late=1")}), most_pages=10)
    assert [(one.place, one.what) for one in crawl.findings()] == [("/other", "sets the cookie late")]
    assert (crawl.seen.pages, crawl.seen.left) == (10, 42)


def test_the_command_answers_by_its_exit_code(run: Run, tmp_path: Path):
    app = create_app(settings_from(environment(None, tmp_path)))
    sound = run({"/": page("<a href='/'>home</a>")})
    rogue = run({"/": page("", Set_Cookie="id=1")})
    for address, code, said in (
        (sound, 0, "Looked at 1 page and no files: no findings."),
        (rogue, 1, "/  sets the cookie id\n"),
        ("http://127.0.0.1:1/", 1, "http://127.0.0.1:1/ gives no answer: "),
        ("ftp://127.0.0.1/", 2, "give an address such as https://example.org/"),
        ("http://[x", 2, "give an address such as https://example.org/"),
        (f"http://{'a' * 70}.example/", 1, "gives no answer: "),
    ):
        done = app.test_cli_runner().invoke(args=["doctor", "--privacy", address])
        assert done.exit_code == code
        assert said in done.output


@pytest.mark.parametrize(
    ("html", "fetched"),
    [
        ('<script src="//e.example/a.js"></script>', ["http://e.example/a.js"]),
        ('<img src="\\\\e.example\\a.png">', ["http://e.example/a.png"]),
        ('<img src=" ht\ntp://e.example/a&amp;b ">', ["http://e.example/a&b"]),
        ('<base href="https://e.example/x/"><img src="a.png">', ["https://e.example/x/a.png"]),
        (
            "<link rel='shortcut icon' href=/i.ico><link rel=dns-prefetch href=//e.example>",
            ["/i.ico", "http://e.example"],
        ),
        ('<iframe srcdoc="&lt;img src=//e.example/a&gt;"></iframe>', ["http://e.example/a"]),
        ('<svg><use xlink:href="/a.svg#b"/><image href="/c.png"/></svg>', ["/a.svg", "/c.png"]),
        ('<meta http-equiv="Refresh" content="5; URL=\'https://e.example/\'">', ["https://e.example/"]),
        ('<img srcset="/a.png, /b.png 2x,/c.png 300w">', ["/a.png", "/b.png", "/c.png"]),
        ("<style>@import url(/a.css); p { background: URL( '/b.png' ) }</style>", ["/a.css", "/b.png"]),
        ("<a href=/x ping='/p //e.example/q'>x</a>", ["/p", "http://e.example/q"]),
        ("<video poster=/p.jpg><source src=/v.webm><track src=/t.vtt></video>", ["/p.jpg", "/v.webm", "/t.vtt"]),
        ("<noscript><img src=/n.gif></noscript>", ["/n.gif"]),
        ("<!-- <img src=/c.gif> --><script>'<img src=/s.gif>'</script>", []),
        ("<link rel=canonical href=/c><link rel=alternate href=/f><a href=/l>x</a><img src=data:image/png,x>", []),
        ('<img src="http://[broken/a">', []),
    ],
)
def test_what_a_browser_would_fetch_is_found_however_it_is_written(html: str, fetched: list[str]):
    whole = [url if "://" in url else f"http://site.example{url}" for url in fetched]
    assert [url for _, url in parts_of_page(html, "http://site.example/page").fetched] == whole


def test_scripts_of_the_page_are_told_from_data_and_files():
    html = """<script type=module>1</script><script type="text/javascript; x">1</script><script> </script>
    <script src=/a.js></script><script type=application/json>1</script>
    <a href="java\nscript:go()" onmouseover=x>x</a>"""
    assert parts_of_page(html, "http://site.example/").own_scripts == [
        "an inline script",
        "an inline script",
        "an inline script (onmouseover)",
        "an inline script (href)",
    ]


def test_a_style_sheet_names_what_it_fetches():
    css = "@import '/a.css'; /* url(/no.png) */ p { src: url(b.woff2) format('x'), url(\"c.png\"); d: url(#e) }"
    assert list(addresses_in_css(css, "http://site.example/css/site.css")) == [
        "http://site.example/a.css",
        "http://site.example/css/b.woff2",
        "http://site.example/css/c.png",
    ]
