"""The Atom feed of the comments on an article."""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from davidson.articles.cards import article_path
from davidson.clock import utcnow
from davidson.comments.atom import Feed, FeedEntry, id_of, xml_html, xml_text
from davidson.comments.feed import Discussed, ToldComment, discussed_article, newest_comments
from davidson.comments.threads import comment_path
from davidson.pagecache.decorator import cached_page
from davidson.web.signing import settings

bp = Blueprint("feeds", __name__)

ATOM = "application/atom+xml; charset=utf-8"


@bp.get("/articles/<slug>/comments.atom")
@cached_page()
def comments_of(slug: str) -> ResponseReturnValue:
    """The newest comments on an article."""
    article = discussed_article(slug, utcnow()) or abort(404)
    comments = newest_comments(article.id)
    path = article_path(article.slug)
    feed = Feed(
        id=id_of("article-comments", article.id, article.created_at),
        title=xml_text(f"Comments on “{article.headline}”"),
        url=_absolute(f"{path}/comments.atom"),
        page_url=_absolute(f"{path}#comments"),
        lang=article.lang,
        updated=max([article.published_at, *(comment.updated_at for comment in comments)]),
        entries=[_entry(article, comment) for comment in comments],
    )
    return Response(render_template("comments/feed.xml", feed=feed), content_type=ATOM)


def _entry(article: Discussed, comment: ToldComment) -> FeedEntry:
    parent_id, born_at = comment.parent_id, comment.parent_created_at
    return FeedEntry(
        id=id_of("comment", comment.id, comment.created_at),
        title=xml_text(f"{comment.name} on “{article.headline}”"),
        url=_absolute(comment_path(article_path(article.slug), comment.id)),
        author=xml_text(comment.name),
        published=comment.created_at,
        updated=comment.updated_at,
        html=xml_html(comment.html),
        reply_to=id_of("comment", parent_id, born_at) if parent_id is not None and born_at else "",
    )


def _absolute(path: str) -> str:
    """An address with the site's origin where one is set, else relative to where the feed was asked for.

    Not with the request's own host: the feed is kept, and another reader's client would be given that.
    """
    return f"{settings().base_url}{path}"
