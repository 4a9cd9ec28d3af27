"""From articles to what feeds tell of them."""

from datetime import UTC, datetime

from davidson.articles.cards import Picture
from davidson.syndication.feeds import Category, FeedEntry, Image, Person, id_of
from davidson.syndication.queries import ToldArticle
from davidson.text.links import with_addresses

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed in which nothing ever stood was last changed."""


def entry_of(article: ToldArticle, origin: str) -> FeedEntry:
    """An article as an entry; `origin` is the site's, before each path."""
    url = f"{origin}{article.url}"
    return FeedEntry(
        id=id_of("article", article.id, article.created_at),
        title=article.headline,
        url=url,
        authors=[Person(author.name, f"{origin}{author.url}") for author in article.authors],
        published=article.published_at,
        updated=article.updated_at or article.published_at,
        html=with_addresses(article.html, page_url=url, origin=origin),
        lang=article.lang,
        summary=article.standfirst,
        categories=_categories(article, origin),
        image=image_of(article.picture, origin),
        comments_url=f"{url}#comments",
        comments_feed=f"{url}/comments.atom",
        comments=article.comment_count,
    )


def image_of(picture: Picture | None, origin: str) -> Image | None:
    """The rendition of a picture that everybody takes, by its address."""
    if picture is None:
        return None
    return Image(
        url=f"{origin}{picture.src}",
        type=picture.type,
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
        caption=picture.caption,
        credit=picture.credit,
    )


def _categories(article: ToldArticle, origin: str) -> list[Category]:
    sections = [Category(article.section.name, f"{origin}/sections/")] if article.section else []
    return sections + [Category(tag.name, f"{origin}/tags/") for tag in article.tags]
