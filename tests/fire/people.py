"""Readers and moderators who use a running site over HTTP, as their browsers would."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from tests.pages import Element, parse
from tests.site import PATIENCE, Answer, Site

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form_values(html: str, form: Element | None = None, *, id_: str = "") -> dict[str, str]:
    """The hidden values of a form, found by its id."""
    found = form or parse(html).one(f"form#{id_}")
    hidden = [one for one in found.all("input") if one.attributes.get("type") == "hidden"]
    return {one.attributes["name"]: one.attributes.get("value", "") for one in hidden}


@dataclass
class Reader:
    """Reads one article and comments on it; keeps the form's hidden values, which are alike for everyone."""

    site: Site
    path: str
    hidden: dict[str, str] = field(default_factory=dict)

    def comment(self, body: str, *, name: str = "Ada", **more: str) -> Answer:
        """Send a comment and give the answer."""
        if not self.hidden:
            self.hidden = form_values(self.site.get(self.path).text, id_="comment-form")
        values = self.hidden | {"name": name, "body": body} | more
        return self.site.request("POST", f"{self.path}/comments", urlencode(values), FORM)


class Moderator:
    """Signed in at a site, with a connection that is kept."""

    def __init__(self, site: Site, email: str, password: str) -> None:
        self.site = site
        self.connection = HTTPConnection(site.host, site.port, timeout=PATIENCE)
        self.cookie = ""
        page = self.ask("GET", "/staff/login")
        (form,) = [one for one in parse(page.text).all("form") if one.all("input[name=password]")]
        values = form_values("", form) | {"email": email, "password": password}
        answer = self.ask("POST", "/staff/login", values)
        assert answer.status == 303, answer.text
        self.token = form_values("", parse(self.ask("GET", "/staff/account").text).all("form")[0])["csrf_token"]

    def ask(self, method: str, path: str, values: dict[str, Any] | None = None) -> Answer:
        """Send a request with the session's cookie and keep the cookie that the answer sets."""
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"} | (FORM if values is not None else {})
        self.connection.request(method, path, urlencode(values, doseq=True) if values is not None else None, headers)
        response: HTTPResponse = self.connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        set_cookie = answer.headers.get("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.partition(";")[0]
        return answer

    def send(self, comment_id: int, form: str, values: dict[str, str]) -> Answer:
        """Send a form of the page of a comment in its discussion."""
        return self.ask("POST", f"/staff/moderation/comments/{comment_id}/{form}", {"csrf_token": self.token} | values)

    def decide(self, comment_id: int, decision: str, *, version: int, **more: str) -> Answer:
        """Send a decision on a comment."""
        values = {"csrf_token": self.token, "version": str(version), "decision": decision} | more
        return self.ask("POST", f"/staff/moderation/comments/{comment_id}", values)

    def decide_on_many(self, picked: list[str], decision: str, *, tab: str = "pending", **more: str) -> Answer:
        """Send a decision on ticked comments, each given as "id:version"."""
        values: dict[str, Any] = {"csrf_token": self.token, "tab": tab, "decision": decision, "picked": picked} | more
        return self.ask("POST", "/staff/moderation/bulk", values)

    def undo_all(self, bulk: int) -> Answer:
        """Undo a decision on many."""
        return self.ask("POST", f"/staff/moderation/bulks/{bulk}/undo", {"csrf_token": self.token, "tab": "pending"})


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these acts in threads that start at one moment, and give what each returned; an exception is raised here."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait(PATIENCE)
        try:
            results[place] = act()
        except BaseException as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    raise_first(results)
    return results


def raise_first(results: Iterable[Any]) -> None:
    """Raise the first exception among results."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
