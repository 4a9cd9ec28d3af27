"""What sitemaps are made of.

A file tells of the articles of one part, that is of PART_SIZE ids, whoever and whenever they are of: it is found by the
primary key, costs the same for the first part as for the last, and an article never moves into another file. The index
asks two questions of each part, which an index answers with one row each.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, literal_column, null, select

from davidson.articles.cards import article_path, picture_of
from davidson.articles.lists import NEWEST, NEXT_AT, PUBLIC, article, first
from davidson.articles.models import CHANGED, PART, PART_SIZE, Article
from davidson.database import UTCDateTime
from davidson.media.models import Media
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.tags import NEWS, SITEMAPS, tag_of
from davidson.statements import Statement
from davidson.syndication.sitemap import NewsPlace, Place

NEWS_SPAN = timedelta(hours=48)
MOST_NEWS = 1000

_numbers = select(literal_column("0").label("number")).cte("part", recursive=True)
_part = _numbers.union_all(
    select(_numbers.c.number + 1).where(
        _numbers.c.number < select(func.max(article.id)).scalar_subquery().op("/")(literal_column(str(PART_SIZE)))
    )
)
_changed = literal_column(CHANGED, UTCDateTime())
# Asked as scalars with a limit, and of the part: as a join, or by ids, PostgreSQL would walk along other indexes.
_in_part = (
    select(_changed)
    .select_from(Article.__table__)
    .where(literal_column(PART) == _part.c.number, article.published_at.is_not(null()))
)
_last_change = (
    first(_in_part.where(_changed <= bindparam("at")).order_by(_changed.desc()), 1).correlate(_part).scalar_subquery()
)
_some_public = first(_in_part.where(PUBLIC).order_by(_changed), 1).correlate(_part).scalar_subquery()
PARTS = Statement(
    select(_part.c.number, _last_change.label("changed_at")).where(_some_public.is_not(null())).order_by(_part.c.number)
)
LISTED_IN_PART = Statement(
    select(article.slug, article.published_at, article.updated_at, Media.__table__.c.renditions)
    .select_from(Article.__table__.outerjoin(Media.__table__, Media.__table__.c.id == article.media_id))
    .where(
        article.id >= bindparam("first"),
        article.id < bindparam("end"),
        article.retracted_at.is_(null()),
        article.published_at.is_not(null()),
    )
    .order_by(article.id)
)
LATELY = Statement(
    first(
        select(article.slug, article.headline, article.lang, article.published_at)
        .where(PUBLIC, article.published_at > bindparam("since"))
        .order_by(*NEWEST),
        MOST_NEWS,
    )
)


def sitemap_files(at: datetime, *, origin: str) -> list[Place]:
    """The sitemaps that have something to tell, and when it last changed."""
    shows(SITEMAPS)
    due(*NEXT_AT.all(at=at)[0], after=at)
    return [Place(f"{origin}/sitemap-{row.number + 1}.xml", row.changed_at) for row in PARTS.all(at=at)]


def articles_of_part(number: int, at: datetime, *, origin: str) -> list[Place]:
    """The public articles of a part, which are numbered from 0."""
    shows(tag_of("sitemap", number))
    rows = LISTED_IN_PART.all(first=number * PART_SIZE, end=(number + 1) * PART_SIZE)
    due(*(row.published_at for row in rows), after=at)
    places = []
    for row in rows:
        if row.published_at <= at:
            picture = picture_of(row.renditions, alt="")
            image = f"{origin}{picture.src}" if picture else ""
            places.append(Place(f"{origin}{article_path(row.slug)}", row.updated_at or row.published_at, image))
    return places


def latest_news(at: datetime, *, origin: str) -> list[NewsPlace]:
    """The public articles of the last two days, newest first, and no more than a news sitemap may hold."""
    shows(NEWS)
    rows = LATELY.all(at=at, since=at - NEWS_SPAN)
    due(*NEXT_AT.all(at=at)[0], *(row.published_at + NEWS_SPAN for row in rows[-1:]), after=at)
    return [NewsPlace(f"{origin}{article_path(row.slug)}", row.headline, row.lang, row.published_at) for row in rows]
