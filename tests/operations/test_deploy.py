"""The example configurations under deploy/ are what a real nginx and systemd take, and lead to a working site."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPMessage, HTTPSConnection
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.site import PATIENCE, Site, running_site

pytestmark = pytest.mark.server

DEPLOY = ROOT / "deploy"
NAME = "news.example.org"
BEHIND = {"DAVIDSON_BASE_URL": f"https://{NAME}", "DAVIDSON_TRUSTED_PROXIES": "1"}


def program(name: str) -> str:
    """The path of an installed program; in CI its absence is a failure."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed")
    return str(found)


@contextmanager
def nginx_before(site: Site, folder: Path, *, edge: Path | None = None, keeps_pages: bool = False) -> Iterator[int]:
    """Run nginx with deploy/nginx.conf on a free port, with a certificate of its own; gives the port.

    `edge` is the folder of pages that the site keeps for it; `keeps_pages` puts the lines in use that let nginx keep
    pages by itself.
    """
    nginx, openssl = program("nginx"), program("openssl")
    folder.mkdir()
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "chain.pem"))
    request = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}")
    subprocess.run([openssl, *request, *files], check=True, capture_output=True)
    tls, plain = free_port(), free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{site.port}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{tls} "),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{folder}/chain.pem"),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{folder}/key.pem"),
        ("/var/cache/nginx/davidson", f"{folder}/cache"),
        ("/run/davidson/edge", str(edge or folder / "none")),
        ("/var/log/nginx/davidson.log", f"{folder}/access.log"),
        ("/var/log/nginx/davidson-error.log", f"{folder}/site-error.log"),
        # Behind the test's odd port the site is known by the usual one.
        ("X-Forwarded-Port $server_port", "X-Forwarded-Port 443"),
    ):
        assert old in text
        text = text.replace(old, new)
    text = "\n".join(line for line in text.splitlines() if "listen [::]" not in line)
    if keeps_pages:
        text = re.sub(r"^( +)#(?=\w)", r"\1", text, flags=re.MULTILINE)
    (folder / "site.conf").write_text(text)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\n{places}include {folder}/site.conf;\n}}\n"
    )
    process = subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        wait_for_port(tls, process, folder / "error.log")
        yield tls
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ask(port: int, path: str, host: str = NAME, **headers: str) -> tuple[int, HTTPMessage, str]:
    """GET a path over TLS; underscores in the names of headers stand for hyphens."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Host": host} | sent)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def test_the_example_of_nginx_serves_the_site_over_tls(tmp_path: Path):
    with running_site(None, tmp_path / "instance", **BEHIND) as site, nginx_before(site, tmp_path / "nginx") as port:
        status, headers, page = ask(port, "/")
        assert status == 200
        assert headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
        assert len(headers.get_all("X-Request-ID") or []) == 1
        assert f"request_id={headers['X-Request-ID']}" in site.log
        sheet = next(part for part in page.split('"') if part.endswith("/css/site.css"))
        for _ in range(2):  # The second one comes from nginx's own cache.
            status, headers, _ = ask(port, sheet)
            assert status == 200
            assert "immutable" in headers["Cache-Control"]
            assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert ask(port, "/", host="evil.example")[0] == 421
        assert ask(port, "/metrics", X_Forwarded_For="127.0.0.1")[0] == 403
        assert ask(port, "/", X_Forwarded_Host="evil.example", Forwarded="host=evil.example")[0] == 200
        log = (tmp_path / "nginx" / "access.log").read_text()
    assert "127.0.0.1" not in log
    assert "/css/" not in log


@pytest.mark.parametrize("name", ["davidson.service", "davidson-worker.service"])
def test_systemd_takes_the_example_of_a_unit(name: str, tmp_path: Path):
    analyze = program("systemd-analyze")
    text = (DEPLOY / name).read_text()
    unit = tmp_path / name
    unit.write_text(text.replace("/opt/davidson/.venv/bin/davidson", shutil.which("true") or "/bin/true"))
    checked = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, timeout=60)
    complaints = [line for line in checked.stderr.splitlines() if name in line]
    assert (checked.returncode, complaints) == (0, [])


def test_the_worker_may_take_away_what_the_site_keeps_for_nginx():
    """The folder is made anew with each start of the site, so a worker that was started with another one ends."""
    site, worker = (set((DEPLOY / f"davidson{name}.service").read_text().splitlines()) for name in ("", "-worker"))
    assert {"Environment=DAVIDSON_EDGE=/run/davidson/edge", "RuntimeDirectory=davidson"} <= site
    follows = {"PartOf=davidson.service", "WantedBy=multi-user.target davidson.service"}
    assert {"ReadWritePaths=-/run/davidson"} | follows <= worker
    shared = {line for line in site if line.startswith(("User=", "Group=", "Environment=DAVIDSON_INSTANCE="))}
    assert len(shared) == 3
    assert shared <= worker


def test_the_containers_run_commands_that_there_are():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert services["schema"]["command"] == ["davidson", "db", "upgrade"]
    assert services["site"]["command"][:2] == ["davidson", "serve"]
    assert services["worker"]["command"] == ["davidson", "worker"]
    copied = [
        word
        for line in (DEPLOY / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert [path for path in copied if not (ROOT / path).exists()] == []


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def wait_for_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a proxy listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the proxy did not start:\n{log.read_text()}")
        time.sleep(0.05)
