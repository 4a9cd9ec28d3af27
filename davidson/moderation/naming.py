"""Naming an article by words of its headline, where somebody has no address at hand."""

from datetime import datetime, timedelta

from sqlalchemy import select

from davidson.articles.filing import ArticleWords, first_place
from davidson.articles.models import Article
from davidson.database import db
from davidson.moderation.narrowing import without
from davidson.search.index import ARTICLES, HEADLINE, Sought, matching_in
from davidson.search.words import Words

SECOND = timedelta(seconds=1)
MOST_NAMED = 5
"""So many articles are offered where a headline's words fit several."""


def articles_called(words: Words, now: datetime) -> list[tuple[str, str]]:
    """The slugs and headlines of the newest articles that have these words in their headline, MOST_NAMED + 1 at most.

    Drafts, and what was taken back, have no headline that is sought: they are named by their slug. What is to come is
    news for moderators too.
    """
    if not words.phrases:
        return []
    found = matching_in(
        ARTICLES, Sought((), words=words.signs_apart), within=HEADLINE, outside=None, store=db.engine.dialect.name
    )
    with without("seqscan"):
        place = found.selected_columns[0]
        newest = found.where(place < first_place(now + SECOND)).order_by(place.desc()).limit(MOST_NAMED + 1)
        places = db.session.scalars(newest).all()
        named = select(Article.slug, Article.headline).join(ArticleWords, ArticleWords.article_id == Article.id)
        rows = db.session.execute(named.where(ArticleWords.place.in_(places)).order_by(ArticleWords.place.desc())).all()
    return [(row.slug, row.headline) for row in rows]
