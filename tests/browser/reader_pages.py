"""The kinds of pages that readers meet."""

from dataclasses import replace
from datetime import timedelta

from davidson.articles.lists import PAGE_SIZE
from davidson.articles.models import Article
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.picks import pick
from davidson.moderation.replies import reply
from tests.browser.kinds import Stage, kind
from tests.browser.newspapers import visitor
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, read

DEMO_ARTICLE = "/articles/why-we-still-move-the-clocks"


def discussed(stage: Stage, number: int) -> Made:
    """An article with that many comments, every third one a reply."""
    article = make_article(stage.app, headline=f"An article with {number} comments")
    head = None
    for place in range(number):
        parent_id = head.id if head and place % 3 == 2 else None
        comment = make_comment(stage.app, article, parent_id=parent_id)
        head = head if parent_id else comment
    return article


@kind("homepage")
def homepage(stage: Stage) -> Page:
    return read(stage.reader, "/")


@kind("homepage of a new site")
def homepage_of_a_new_site(stage: Stage) -> Page:
    return read(visitor(stage.new.site), "/")


@kind("section")
def section(stage: Stage) -> Page:
    return read(stage.reader, "/sections/science")


@kind("section, older articles")
def older_articles(stage: Stage) -> Page:
    for _ in range(PAGE_SIZE + 1):
        make_article(stage.app, section="Sport", standfirst="A standfirst.")
    newer = read(stage.reader, "/sections/sport")
    (older,) = (link.attributes["href"] for link in newer.all("a") if link.text.startswith("Older"))
    return read(stage.reader, older)


@kind("tag")
def tag(stage: Stage) -> Page:
    return read(stage.reader, "/tags/city-hall")


@kind("author")
def author(stage: Stage) -> Page:
    return read(stage.reader, "/authors/ada-byron")


@kind("search")
def search(stage: Stage) -> Page:
    return read(stage.reader, "/search")


@kind("search with hits, in two scripts and by pages")
def search_with_hits(stage: Stage) -> Page:
    for _ in range(PAGE_SIZE):
        make_article(stage.app, standfirst="The clocks of عمدة.", authors=("Ada Byron",))
    make_article(stage.app, headline="العمدة والساعة clocks", source="نص.", lang="ar", tags=("Clocks", "العمدة clocks"))
    page = read(stage.reader, "/search?q=clocks")
    assert len(page.all("mark")) >= PAGE_SIZE and len(page.all(".found-names a")) == 2
    return page


@kind("search, nothing found")
def search_without_hits(stage: Stage) -> Page:
    return read(stage.reader, "/search?q=pelican+-heron+ibis&section=science&since=2020-01-01")


@kind("search with faults")
def search_with_faults(stage: Stage) -> Page:
    page = read(stage.reader, "/search?q=%21&since=yesterday&author=Nobody&section=none")
    assert page.status == 422
    return page


@kind("article with a picture")
def article_with_a_picture(stage: Stage) -> Page:
    return read(stage.reader, DEMO_ARTICLE)


@kind("article without comments")
def article_without_comments(stage: Stage) -> Page:
    return read(stage.reader, make_article(stage.app).url)


@kind("article with 20 comments")
def article_with_20_comments(stage: Stage) -> Page:
    return read(stage.reader, discussed(stage, 20).url)


@kind("article with 120 comments")
def article_with_120_comments(stage: Stage) -> Page:
    article = discussed(stage, 120)
    removed = make_comment(stage.app, article)
    make_comment(stage.app, article, parent_id=removed.id)
    with stage.app.app_context():
        lock_article_of(article.id)
        row = db.session.get_one(Comment, removed.id)
        change_state(row, CommentStatus.REJECTED, action="comment.set", actor=SHELL, now=utcnow())
        db.session.commit()
    return read(stage.reader, f"{article.url}?page=2")


@kind("article with everything that a discussion can show, newest first")
def article_with_a_whole_discussion(stage: Stage) -> Page:
    article = make_article(stage.app)
    comments = [make_comment(stage.app, article)]
    for _ in range(5):
        comments.append(make_comment(stage.app, article, parent_id=comments[-1].id))
    other = make_comment(stage.app, article)
    with stage.app.test_request_context():
        reply(other.id, "Thank you.", staff_id=1, name="Ada Byron", actor=SHELL, now=utcnow())
        pick(other.id, version=other.version, actor=SHELL, now=utcnow())
        db.session.get_one(Comment, comments[0].id).heated_until = utcnow() + timedelta(minutes=20)
        db.session.get_one(Article, article.id).comments_close_at = utcnow() + timedelta(days=8)
        db.session.commit()
    return read(stage.reader, f"{article.url}?order=newest")


@kind("compose with a preview")
def compose_with_a_preview(stage: Stage) -> Page:
    form = read(stage.reader, stage.article.url)
    return form.submit("#comment-form", preview="yes", name="Ada", body="*Indeed*.\n\n- one\n- two")


@kind("report")
def report_form(stage: Stage) -> Page:
    return read(stage.reader, f"{stage.article.url}/comments/{make_comment(stage.app, stage.article).id}/report")


@kind("report without a reason")
def report_without_a_reason(stage: Stage) -> Page:
    page = report_form(stage).submit("#report-form")
    assert page.status == 422
    return page


@kind("report, sent")
def report_sent(stage: Stage) -> Page:
    return report_form(stage).submit("#report-form", reason="abuse")


@kind("article with a reply form")
def reply_form(stage: Stage) -> Page:
    comment = make_comment(stage.app, stage.article)
    return read(stage.reader, f"{stage.article.url}?reply={comment.id}")


@kind("compose with faults")
def compose_with_faults(stage: Stage) -> Page:
    page = read(stage.reader, stage.article.url).submit("#comment-form", name="", body="", email="no address")
    assert page.status == 422
    return page


@kind("compose with a reply and a forged token")
def compose_after_a_forged_token(stage: Stage) -> Page:
    comment = make_comment(stage.app, stage.article)
    page = read(stage.reader, f"{stage.article.url}?reply={comment.id}")
    page = page.submit("#comment-form", name="Ada", body="At last.", csrf_token="forged")
    assert page.status == 400
    return page


@kind("compose over the limit")
def compose_over_the_limit(stage: Stage) -> Page:
    with stage.in_process(DAVIDSON_COMMENT_LIMIT="1 per hour") as reader:
        form = read(reader, stage.article.url)
        pages = [form.submit("#comment-form", name="Ada", body=f"Number {place}.") for place in range(2)]
    assert pages[-1].status == 429
    return pages[-1]


@kind("article with comments closed")
def article_with_comments_closed(stage: Stage) -> Page:
    with stage.in_process(DAVIDSON_COMMENTS="closed") as reader:
        return read(reader, stage.article.url)


@kind("closed")
def closed(stage: Stage) -> Page:
    form = read(stage.reader, stage.article.url)
    with stage.in_process(DAVIDSON_COMMENTS="closed") as reader:
        page = replace(form, client=reader).submit("#comment-form", name="Ada", body="Too late?")
    assert page.status == 403
    return page


@kind("gone")
def gone(stage: Stage) -> Page:
    made = make_article(stage.app, headline="An article that was wrong")
    with stage.app.app_context():
        article = article_to_change(made.slug)
        assert article
        retract(article, reason="It was not true.", actor=SHELL, now=utcnow())
        db.session.commit()
    page = read(stage.reader, made.url)
    assert page.status == 410
    return page


@kind("not found")
def not_found(stage: Stage) -> Page:
    page = read(stage.reader, "/articles/there-is-none")
    assert page.status == 404
    return page
