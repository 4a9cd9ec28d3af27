"""`davidson media …`: adding pictures, making their files anew, and sweeping up what nobody needs."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select

from davidson.articles.manuscript import ManuscriptPicture
from davidson.articles.models import Article
from davidson.articles.picturing import store_picture
from davidson.articles.rendering import articles_to_render, number_outdated
from davidson.clock import utcnow
from davidson.database import db, is_reading
from davidson.media.models import Media
from davidson.media.pictures import draw
from davidson.media.renditions import Focus, files_of, is_current
from davidson.media.sweeping import sweep_orphans
from tests.factories import Made, make_article, make_comment
from tests.media.samples import corners, encoded
from tests.pages import read


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["media", *arguments])


def as_an_earlier_release_left_it(app: Flask) -> str:
    """Let the one picture be a list of WebP files; gives the name of its file."""
    public = Path(app.instance_path) / "media" / "public"
    with app.app_context():
        media = db.session.scalars(select(Media)).one()
        for name in files_of(media.renditions):
            (public / name).unlink()
        file = f"{media.digest[:20]}-90.webp"
        (public / file).write_bytes(encoded(corners(), "WEBP"))
        media.renditions = [{"file": file, "width": 90, "height": 60}]
        db.session.commit()
    return file


def test_a_picture_is_added_once_and_refused_in_one_line(app: Flask, client: FlaskClient, tmp_path: Path):
    good, bad = tmp_path / "good.png", tmp_path / "bad.jpg"
    good.write_bytes(encoded(corners()))
    bad.write_bytes(encoded(corners(), "GIF"))
    first, second = run(app, "add", str(good)), run(app, "add", str(good), "--focus", "10,90")
    assert first.exit_code == second.exit_code == 0 and first.stdout != second.stdout
    for done in (first, second):
        assert client.get(done.stdout.strip()).status_code == 200
    with app.app_context():
        media = db.session.scalars(select(Media)).one()
        assert (media.focus_x, media.focus_y) == (10, 90)
    refused = run(app, "add", str(bad))
    assert (refused.exit_code, refused.stderr) == (1, f"Error: {bad}: a JPEG, PNG, WebP or AVIF picture is expected\n")
    assert run(app, "add", str(good), "--focus", "101,0").exit_code == 2


def test_pictures_of_an_earlier_release_are_shown_until_they_are_made_anew(app: Flask, client: FlaskClient):
    picture = ManuscriptPicture(encoded(corners()), alt="Four colours", credit="Ada")
    article = make_article(app, picture=picture)
    old = as_an_earlier_release_left_it(app)
    before = read(client, article.url).one("figure.figure")
    assert before.one("img").attributes["width"] == "90"
    done = run(app, "render")
    assert done.exit_code == 0 and "1 picture: 1 made, 0 as they should be" in done.stdout
    after = read(client, article.url).one("figure.figure")
    assert [source.attributes["type"] for source in after.all("source")] == ["image/avif", "image/webp"]
    assert client.get(f"/media/{old}").status_code == 200
    again = run(app, "render")
    assert again.stdout == "1 picture: 0 made, 1 as they should be\n"


def shown_in(client: FlaskClient, article: Made) -> str:
    """The address of the picture that stands in an article's text."""
    return read(client, article.url).one("div.prose img").attributes["src"]


def test_texts_name_new_files_of_a_picture_whatever_happens_meanwhile(app: Flask, client: FlaskClient, tmp_path: Path):
    file = tmp_path / "corners.png"
    file.write_bytes(encoded(corners()))
    address = run(app, "add", str(file)).stdout.strip()
    texts = [make_article(app, source=f'Text.\n\n![Colours]({address} "| Ada")') for _ in range(2)]
    # It is killed after the picture is committed: texts show the files of before, and the next command finds them.
    for command, *rest in (["media", "render"], ["article", "render"], ["media", "add", str(file), "--focus", "0,3"]):
        with app.app_context():
            media = db.session.scalars(select(Media)).one()
            focus = Focus(media.focus_x - 1, 3)
            store_picture(draw(file.read_bytes(), folder=Path(app.instance_path) / "media", focus=focus), now=utcnow())
            db.session.commit()
            assert number_outdated() == 2
        before = {shown_in(client, text) for text in texts}
        assert len(before) == 1 and client.get(*before).status_code == 200
        done = app.test_cli_runner().invoke(args=[command, *rest])
        assert done.exit_code == 0, done.stderr
        after = {shown_in(client, text) for text in texts}
        assert len(after) == 1 and before.isdisjoint(after) and client.get(*after).status_code == 200
        with app.app_context():
            assert number_outdated() == 0


def test_a_text_that_is_saved_while_its_picture_is_drawn_anew_names_the_new_files(app, client, tmp_path: Path):
    file = tmp_path / "corners.png"
    file.write_bytes(encoded(corners()))
    address = run(app, "add", str(file)).stdout.strip()
    fresh: list[str] = []

    def add_again() -> None:
        fresh[0] = run(app, "add", str(file), "--focus", "0,0").stdout.strip()

    def draw_anew(_connection: Connection) -> None:
        """What another process does between the rendering of a text and the transaction that stores it."""
        if not is_reading() and not fresh:
            fresh.append("")
            another = Thread(target=add_again)
            another.start()
            another.join()

    for _ in range(2):  # With a text in which it stands for the first time, and with one that has it.
        with app.app_context():
            event.listen(db.engine, "engine_connect", draw_anew)
            text = make_article(app, slug="text", source=f'Text {len(fresh)}.\n\n![Colours]({address} "| Ada")')
            event.remove(db.engine, "engine_connect", draw_anew)
        assert shown_in(client, text) == fresh[0] != address
        assert run(app, "add", str(file), "--focus", "99,99").exit_code == 0
        fresh.clear()


def test_a_picture_that_is_sent_again_keeps_the_focal_point_that_it_gets_meanwhile(app, tmp_path: Path):
    file = tmp_path / "corners.png"
    file.write_bytes(encoded(corners()))
    address = run(app, "add", str(file)).stdout.strip()
    make_article(app, source=f'Text.\n\n![Colours]({address} "| Ada")')
    chosen: list[Focus] = []

    def choose() -> None:
        with app.app_context():
            store_picture(
                draw(file.read_bytes(), folder=Path(app.instance_path) / "media", focus=Focus(0, 9)), now=utcnow()
            )
            db.session.commit()

    def choose_another(*_query: object) -> None:
        """What an editor does after the focal point was read, while the picture is being drawn."""
        if is_reading() and not chosen:
            chosen.append(Focus(0, 9))
            another = Thread(target=choose)
            another.start()
            another.join()

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", choose_another)
        done = app.test_cli_runner().invoke(args=["media", "take"], input=file.read_bytes())
        event.remove(db.engine, "after_cursor_execute", choose_another)
    with app.app_context():
        media = db.session.scalars(select(Media)).one()
        assert chosen == [media.focus] and is_current(media.renditions, media.digest, media.focus)
        assert json.loads(done.stdout) == {"id": media.id}
        assert number_outdated() == 1  # Whoever waits for the answer waits for no text.


def test_comments_are_posted_while_an_article_is_rendered_anew(app: Flask):
    article = make_article(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return  # There is one writer at a time.
        assert len(articles_to_render(Article.id == article.id)) == 1
        with ThreadPoolExecutor() as another:
            assert another.submit(make_comment, app, article, status="pending").result().id


def test_a_lost_original_is_told_and_stops_nothing(app: Flask):
    picture = ManuscriptPicture(encoded(corners()), alt="Four colours", credit="Ada")
    make_article(app, picture=picture)
    as_an_earlier_release_left_it(app)
    (original,) = (Path(app.instance_path) / "media" / "originals").iterdir()
    original.unlink()
    done = run(app, "render")
    assert done.exit_code == 1 and f"{original}: No such file or directory" in done.stderr


def test_files_of_no_picture_are_swept_up_after_a_day(app: Flask, tmp_path: Path):
    make_article(app, picture=ManuscriptPicture(encoded(corners()), alt="Four colours", credit="Ada"))
    folder = Path(app.instance_path) / "media"
    kept = set((folder / "public").iterdir())
    orphans = [folder / "public" / name for name in ("0" * 20 + "-000000-90.avif", ".adding-x")]
    young, foreign = folder / "public" / ("1" * 20 + "-90.webp"), folder / "public" / "README"
    for path in (*orphans, young, foreign):
        path.write_bytes(b"x")
    for path in (*kept, *orphans, foreign):
        os.utime(path, (time.time() - 90_000,) * 2)
    with app.app_context():
        assert sweep_orphans(folder) == 2
    assert set((folder / "public").iterdir()) == kept | {young, foreign}
