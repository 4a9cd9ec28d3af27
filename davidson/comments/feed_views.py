"""The Atom feed of the comments on an article."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from davidson.articles.cards import article_path
from davidson.clock import utcnow
from davidson.comments.feed import Discussed, ToldComment, discussed_article, newest_comments
from davidson.comments.threads import comment_path
from davidson.pagecache.decorator import cached_page
from davidson.syndication import atom
from davidson.syndication.feeds import Feed, FeedEntry, Person, id_of
from davidson.web.addresses import absolute
from davidson.web.pages import document
from davidson.web.signing import settings

bp = Blueprint("feeds", __name__)


@bp.get("/articles/<slug>/comments.atom")
@cached_page()
def comments_of(slug: str) -> ResponseReturnValue:
    """The newest comments on an article."""
    now = utcnow()
    article = discussed_article(slug, now) or abort(404)
    return document(atom.document(_feed(article)), atom.TYPE, made_at=now)


def _feed(article: Discussed) -> Feed:
    comments = newest_comments(article.id)
    path = article_path(article.slug)
    return Feed(
        id=id_of("article-comments", article.id, article.created_at),
        title=f"Comments on “{article.headline}”",
        url=absolute(f"{path}/comments.atom"),
        page_url=absolute(f"{path}#comments"),
        lang=article.lang,
        updated=max([article.published_at, *(comment.updated_at for comment in comments)]),
        author=Person(settings().site_name),
        entries=[_entry(article, comment) for comment in comments],
    )


def _entry(article: Discussed, comment: ToldComment) -> FeedEntry:
    parent_id, born_at = comment.parent_id, comment.parent_created_at
    return FeedEntry(
        id=id_of("comment", comment.id, comment.created_at),
        title=f"{comment.name} on “{article.headline}”",
        url=absolute(comment_path(article_path(article.slug), comment.id)),
        authors=[Person(comment.name)],
        published=comment.created_at,
        updated=comment.updated_at,
        html=comment.html,
        reply_to=id_of("comment", parent_id, born_at) if parent_id is not None and born_at else "",
    )
