"""An acknowledged comment is never lost or doubled, whatever is killed, and a stop cuts no answer short."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, text

from davidson.articles.models import Article
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.database import db
from tests.fire.people import Reader
from tests.site import Site

KILLS = 20
READERS = 6

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]


class Crowd:
    """Readers who comment without pause; a sending that was not answered is sent again, as people do."""

    def __init__(self, readers: list[Reader], first: int) -> None:
        self.readers = readers
        self.next = first
        self.lock = threading.Lock()
        self.acknowledged: dict[str, str] = {}
        self.unanswered: list[str] = []
        self.ended = threading.Event()

    def body(self) -> str:
        with self.lock:
            if self.unanswered and random.random() < 0.5:
                return self.unanswered.pop()
            self.next += 1
            return f"Comment {self.next} of the crowd."

    def send(self, reader: Reader) -> None:
        while not self.ended.is_set():
            body = self.body()
            try:
                answer = reader.comment(body)
            except (OSError, HTTPException):
                with self.lock:
                    self.unanswered.append(body)
                time.sleep(0.01)
                continue
            assert answer.status == 303, answer.text
            with self.lock:
                self.acknowledged[body] = answer.headers["Location"]

    def run(self, until: Callable[[], None]) -> None:
        threads = [threading.Thread(target=self.send, args=(reader,)) for reader in self.readers]
        for thread in threads:
            thread.start()
        until()
        self.ended.set()
        for thread in threads:
            thread.join()


def test_twenty_kills_lose_no_acknowledged_comment_and_double_none(app: Flask, start, read_article):
    acknowledged: dict[str, str] = {}
    unanswered: list[str] = []
    for number in range(KILLS):
        site = start(workers=3)
        crowd = Crowd([read_article(site) for _ in range(READERS)], first=number * 100_000)
        crowd.unanswered = unanswered
        crowd.acknowledged = acknowledged

        def kill_in_the_middle(site: Site = site, crowd: Crowd = crowd, before: int = len(acknowledged)) -> None:
            while len(crowd.acknowledged) < before + READERS:
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.3))
            site.kill()

        crowd.run(kill_in_the_middle)
        unanswered = crowd.unanswered
    assert len(acknowledged) >= KILLS * READERS

    site = start()
    reader = read_article(site)
    for body, receipt in random.sample(sorted(acknowledged.items()), 20):
        assert reader.comment(body).headers["Location"] == receipt
        assert site.get(receipt).status == 200
    _check_store(app, acknowledged)


def _check_store(app: Flask, acknowledged: dict[str, str]) -> None:
    with app.app_context():
        stored = Counter(db.session.scalars(select(Comment.source)))
        assert {body for body in acknowledged if stored[body] != 1} == set()
        assert {body for body, number in stored.items() if number > 1} == set()
        entries = Counter(db.session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "comment.submit")))
        assert entries == Counter(f"comment:{one}" for one in db.session.scalars(select(Comment.id)))
        assert db.session.scalar(select(Article.comment_count)) == sum(stored.values())
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_stop_under_load_cuts_no_answer_short(app: Flask, start, read_article):
    site = start(workers=3)
    crowd = Crowd([read_article(site) for _ in range(READERS)], first=0)
    pages: list[str] = []
    broken: list[str] = []

    def read_without_pause() -> None:
        while not crowd.ended.is_set():
            connection = None
            with suppress(OSError):
                connection = site.connect()
            if connection is None:
                return
            with connection:
                answer = _read_all(connection, crowd.readers[0].path)
            if answer:  # What the listening queue still held at the stop is dropped unanswered; that is no cut.
                head, _, body = answer.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                (pages if len(body) == length else broken).append(f"{len(body)} of {length} bytes")

    readers = [threading.Thread(target=read_without_pause) for _ in range(4)]

    def stop_after_a_while() -> None:
        for reader in readers:
            reader.start()
        while len(pages) < 20 or len(crowd.acknowledged) < 20:
            time.sleep(0.01)
        assert site.stop() == 0

    crowd.run(stop_after_a_while)
    for reader in readers:
        reader.join()
    assert broken == []
    with app.app_context():
        stored = Counter(db.session.scalars(select(Comment.source)))
    assert {body for body in crowd.acknowledged if stored[body] != 1} == set()


def _read_all(connection, path: str) -> bytes:
    answer = b""
    with suppress(OSError):
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        while piece := connection.recv(65536):
            answer += piece
    return answer


def test_a_request_that_a_worker_holds_at_the_stop_is_finished(app: Flask, start, read_article):
    site = start(workers=1)
    reader = read_article(site)
    reader.comment("Filling the form's hidden values.")
    body = urlencode(reader.hidden | {"name": "Ada", "body": "Sent while the site stops."}).encode()
    head = (
        f"POST {reader.path}/comments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with site.connect() as connection:
        connection.sendall(head.encode() + body[:20])
        time.sleep(0.5)  # The worker has read the head and waits for the rest.
        stopping = threading.Thread(target=site.stop)
        stopping.start()
        time.sleep(0.5)
        connection.sendall(body[20:])
        answer = connection.recv(65536)
        stopping.join()
    assert answer.startswith(b"HTTP/1.1 303 "), answer[:200]
    with app.app_context():
        assert "Sent while the site stops." in set(db.session.scalars(select(Comment.source)))


def test_ctrl_c_ends_a_site_cleanly_every_time(start, read_article):
    for _ in range(6):
        site = start(workers=2)
        reader = read_article(site)
        for _ in range(10):
            assert site.get(reader.path, Connection="close").status == 200
        os.killpg(site.process.pid, signal.SIGINT)  # A terminal sends it to the whole group.
        assert site.process.wait(60) == 0
        assert "SIGKILL" not in site.log
