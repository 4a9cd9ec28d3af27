"""Pictures over HTTP: renditions for ever, originals never, and no way out of the folder."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from davidson.articles.manuscript import ManuscriptPicture
from davidson.database import db
from davidson.media.models import Media
from davidson.media.renditions import FORMATS, files_of
from tests.factories import make_article
from tests.pages import read


def picture(colour: str = "teal", **texts: str) -> ManuscriptPicture:
    out = BytesIO()
    Image.new("RGB", (700, 500), colour).save(out, "JPEG", comment=b"Secret comment")
    return ManuscriptPicture(out.getvalue(), **({"alt": "A quay", "credit": "Anna Berg"} | texts))


def addresses(app: Flask) -> list[str]:
    with app.app_context():
        return [f"/media/{file}" for row in db.session.query(Media) for file in files_of(row.renditions)]


def test_a_rendition_is_served_for_ever(app, client):
    make_article(app, picture=picture())
    for address in addresses(app):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, FORMATS[address.rpartition(".")[2]])
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers and "Vary" not in answer.headers
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")
        head = client.head(address)
        assert (head.status_code, head.get_data()) == (200, b"")
        assert head.headers["Content-Length"] == str(len(answer.get_data()))


def test_an_original_is_never_served(app, client):
    make_article(app, picture=picture())
    (original,) = (Path(app.instance_path) / "media" / "originals").iterdir()
    for name in (original.name, f"originals/{original.name}", f"../originals/{original.name}", original.stem):
        assert client.get(f"/media/{name}").status_code == 404
    assert not any(b"Secret" in client.get(address).get_data() for address in addresses(app))


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret-key",
        "..%2fsecret-key",
        "%2e%2e/secret-key",
        "..\\secret-key",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "a.webp",
        "0" * 20 + "-320.webp",
        "0" * 20 + "-320.webp/",
        "0" * 20 + "-320.webp%00",
        "0" * 20 + "-320.webp%0a",
        "0" * 20 + "-320.jpg",
        "0" * 20 + "-000000-320.jpg",
        "0" * 20 + "-000000-4x3-320.png",
        "0" * 20 + "-000000-9x9-320.avif",
        "A" * 20 + "-320.webp",
        "0" * 20 + "-٣٢٠.webp",
        "0" * 20 + "-32000.webp",
        "public/" + "0" * 20 + "-320.webp",
        ".adding-x",
        "x" * 5000,
    ],
)
def test_any_other_name_is_404(app, client, name):
    make_article(app, picture=picture())
    answer = client.get(f"/media/{name}", follow_redirects=False)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_a_file_that_was_lost_is_404_and_not_remembered(app, client):
    make_article(app, picture=picture())
    (address, *_) = addresses(app)
    (Path(app.instance_path) / "media" / "public" / address.rpartition("/")[2]).unlink()
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_one_picture_in_two_articles_is_one_row(app):
    make_article(app, picture=picture(credit="Anna"))
    make_article(app, picture=picture(credit="Berit"))
    make_article(app, picture=picture("red"))
    with app.app_context():
        assert db.session.query(Media).count() == 2


def test_an_article_shows_the_picture_with_its_words(app, client):
    words = {"alt": 'A "quay"', "caption": "The quay <at> dawn", "credit": "Anna Berg"}
    article = make_article(app, picture=picture(**words))
    figure = read(client, article.url).one("figure.figure")
    assert figure.one("img").attributes["alt"] == words["alt"]
    assert figure.one("span.figure__caption").text == words["caption"]
    assert figure.one("span.figure__credit").text == words["credit"]


def test_an_article_that_comes_again_without_its_picture_loses_it(app, client):
    make_article(app, slug="one", picture=picture(credit="Anna"))
    article = make_article(app, slug="one")
    page = read(client, article.url)
    assert page.all("figure") == []
    assert "Anna" not in page.html
