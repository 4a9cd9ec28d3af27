"""Giving the tutorial's store what is in a store of the site: the same articles and the comments that readers see."""

import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bench.contestants.tutorial import create_app
from bench.contestants.tutorial.models import Article, Author, Comment, Section, Tag, db
from davidson.media.renditions import WHOLE, renditions

ARTICLES = """SELECT article.*, media.renditions, authorship.author_id FROM article
JOIN media ON media.id = media_id JOIN authorship ON article_id = article.id"""
# The comments that readers see, in the order in which the site shows them.
COMMENTS = "SELECT * FROM comment WHERE status = 'approved' ORDER BY id"


def copy_site(store: Path, to: Path) -> str:
    """Make the tutorial's store in the file `to`, and give its URL."""
    url = f"sqlite:///{to}"
    app = create_app(url)
    with app.app_context(), closing(sqlite3.connect(store)) as site:
        site.row_factory = sqlite3.Row
        db.create_all()
        for kind, table in ((Section, "section"), (Tag, "tag"), (Author, "author")):
            names = kind.__table__.columns.keys()
            db.session.add_all(kind(**_some(row, names)) for row in site.execute(f"SELECT * FROM {table}"))
        _copy_articles(site)
        db.session.add_all(_comment(row) for row in site.execute(COMMENTS))
        db.session.commit()
        db.engine.dispose()
    return url


def _copy_articles(site: sqlite3.Connection) -> None:
    tags = {tag.id: tag for tag in db.session.scalars(db.select(Tag))}
    tagged = defaultdict(list)
    for row in site.execute("SELECT article_id, tag_id FROM tagging ORDER BY article_id, position"):
        tagged[row["article_id"]].append(tags[row["tag_id"]])
    plain = Article.__table__.columns.keys()
    for row in site.execute(ARTICLES):
        values = _some(row, plain) | {"published_at": datetime.fromisoformat(row["published_at"])}
        image = f"/media/{renditions(json.loads(row['renditions']), WHOLE, 'webp')[1].file}"
        db.session.add(Article(**values, image=image, tags=tagged[row["id"]]))


def _comment(row: sqlite3.Row) -> Comment:
    values = _some(row, ("id", "article_id", "parent_id", "name", "html"))
    return Comment(**values, approved=True, created_at=datetime.fromisoformat(row["created_at"]))


def _some(row: sqlite3.Row, names: object) -> dict[str, object]:
    return {name: row[name] for name in row.keys() if name in set(names)}  # noqa: SIM118 - a row gives values.
