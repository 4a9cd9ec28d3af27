"""The kinds of pages that moderators meet."""

from dataclasses import replace
from datetime import timedelta

from davidson.accounts.models import Role
from davidson.clock import utcnow
from davidson.database import db
from davidson.moderation.days import make_days
from davidson.moderation.presence import look_at
from tests.admin.test_mode_trial import try_at
from tests.browser.kinds import Stage, kind
from tests.browser.receipt_pages import receipt_appealed, receipt_with_a_new_text
from tests.bulk import fill_thread
from tests.desks import hire
from tests.factories import Made, make_article, make_comment
from tests.moderation.senders import ban, page_of_comment, write_note
from tests.pages import Page, read

QUEUE = "/staff/moderation/"
ONE = f"{QUEUE}comments/"


def card(stage: Stage, *, status: str = "pending") -> tuple[Page, str]:
    """A moderator's page of one comment in that state, and its path."""
    text = "Click https://example.org/ and https://example.com/ for *cheap* watches."
    comment = make_comment(stage.app, stage.article, status=status, source=text)
    path = f"{ONE}{comment.id}"
    return read(stage.staff(), path), path


@kind("figures of moderation")
def figures(stage: Stage) -> Page:
    with stage.app.app_context():
        make_days(utcnow() + timedelta(days=1))
    return read(stage.staff(), f"{QUEUE}figures?days=7")


@kind("figures of a new site")
def figures_of_a_new_site(stage: Stage) -> Page:
    return read(stage.staff(new=True), f"{QUEUE}figures")


@kind("queue")
def queue(stage: Stage) -> Page:
    card(stage)
    return read(stage.staff(), QUEUE)


@kind("queue, second page")
def queue_second_page(stage: Stage) -> Page:
    for _ in range(26):
        make_comment(stage.app, stage.article, status="pending")
    (following,) = (link for link in queue(stage).all("a") if "Next page" in link.text)
    return read(stage.staff(), following.attributes["href"])


@kind("queue, filtered")
def queue_filtered(stage: Stage) -> Page:
    card(stage)
    return read(stage.staff(), f"{QUEUE}?q=watches&rule=links&since=2026-01-01")


@kind("queue, a filter with faults")
def queue_filter_with_faults(stage: Stage) -> Page:
    page = read(stage.staff(), f"{QUEUE}?q=%21&section=nowhere&network=1-A&since=today")
    assert page.status == 422
    return page


@kind("queue, everything like a comment")
def queue_like(stage: Stage) -> Page:
    _, path = card(stage)
    return read(stage.staff(), f"{path}/like?by=text")


@kind("queue, after a decision on many")
def queue_after_many(stage: Stage) -> Page:
    card(stage)
    return queue_like(stage).submit("#like-form", decision="spam").follow()


@kind("queue, a decision on many by itself")
def queue_decision_on_many(stage: Stage) -> Page:
    page = queue_after_many(stage)
    return read(stage.staff(), page.one(".undo-line__said a").attributes["href"])


@kind("queue, nothing ticked")
def queue_nothing_ticked(stage: Stage) -> Page:
    page = queue(stage).submit("#bulk-form", decision="approve")
    assert page.status == 422
    return page


@kind("queue of a new site")
def queue_of_a_new_site(stage: Stage) -> Page:
    return read(stage.staff(new=True), QUEUE)


@kind("new texts")
def new_texts(stage: Stage) -> Page:
    receipt_with_a_new_text(stage)
    return read(stage.staff(), f"{QUEUE}edits")


@kind("appeals")
def appeals(stage: Stage) -> Page:
    receipt_appealed(stage)
    return read(stage.staff(), f"{QUEUE}appeals")


@kind("appeals, faulty answer")
def appeals_with_a_fault(stage: Stage) -> Page:
    form = appeals(stage).all("article.queue-card form")[-1]
    address = form.attributes["action"]
    page = read(stage.staff(), f"{QUEUE}appeals").submit(f"form[action={address}]", verdict="dismiss", answer="")
    assert page.status == 422
    return page


@kind("queue, approved")
def queue_approved(stage: Stage) -> Page:
    return read(stage.staff(), f"{QUEUE}?status=approved")


@kind("queue, rejected")
def queue_rejected(stage: Stage) -> Page:
    return read(stage.staff(), f"{QUEUE}?status=rejected")


@kind("queue, spam")
def queue_spam(stage: Stage) -> Page:
    return read(stage.staff(), f"{QUEUE}?status=spam")


@kind("queue, deleted")
def queue_deleted(stage: Stage) -> Page:
    return read(stage.staff(), f"{QUEUE}?status=deleted")


@kind("queue after a decision")
def queue_after_a_decision(stage: Stage) -> Page:
    page, path = card(stage)
    return page.submit(f"form[action={path}]", decision="approve").follow()


@kind("one comment")
def one_comment(stage: Stage) -> Page:
    return card(stage)[0]


@kind("one comment, approved")
def one_comment_approved(stage: Stage) -> Page:
    return card(stage, status="approved")[0]


@kind("one comment, without a reason")
def one_comment_without_a_reason(stage: Stage) -> Page:
    page, path = card(stage)
    page = page.submit(f"form[action={path}]", decision="reject", reason="")
    assert page.status == 422
    return page


@kind("one comment, decided by somebody else")
def one_comment_decided_by_somebody_else(stage: Stage) -> Page:
    page, path = card(stage)
    other = replace(page, client=stage.staff(Role.MODERATOR))
    read(other.client, path).submit(f"form[action={path}]", decision="spam")
    page = page.submit(f"form[action={path}]", decision="approve", tab="pending")
    assert page.status == 409
    return page


def long_thread(stage: Stage) -> str:
    """The path of a comment in the midst of a long thread, whose sender is banned and noted."""
    article = make_article(stage.app, published_at=utcnow() - timedelta(days=2))
    head = make_comment(stage.app, article, created_at=utcnow() - timedelta(days=1))
    here = Made(fill_thread(stage.app, head, 60)[30])
    write_note(stage.staff(), here, "Twice warned.")
    if not page_of_comment(stage.staff(), here).all(".ban-told"):
        ban(stage.staff(), here)
    return f"{ONE}{here.id}"


@kind("one comment in a long thread, its sender banned")
def one_comment_in_a_long_thread(stage: Stage) -> Page:
    return read(stage.staff(), long_thread(stage))


@kind("thread of a comment")
def thread_of_a_comment(stage: Stage) -> Page:
    return read(stage.staff(), f"{long_thread(stage)}/thread")


@kind("sender, with a faulty ban")
def sender_with_a_faulty_ban(stage: Stage) -> Page:
    path = card(stage)[1]
    page = ban(stage.staff(), Made(int(path.removeprefix(ONE))), length="until the moment below", until="x", reason="")
    assert page.status == 422
    return page


@kind("bans")
def bans(stage: Stage) -> Page:
    long_thread(stage)
    return read(stage.staff(), "/staff/moderation/bans")


@kind("bans of a new site")
def bans_of_a_new_site(stage: Stage) -> Page:
    return read(stage.staff(new=True), "/staff/moderation/bans")


@kind("comment in its discussion")
def comment_in_its_discussion(stage: Stage) -> Page:
    comment = make_comment(stage.app, stage.article)
    return read(stage.staff(Role.MODERATOR), f"/staff/moderation/comments/{comment.id}/talk")


@kind("comment in its discussion, picked")
def picked_comment(stage: Stage) -> Page:
    return comment_in_its_discussion(stage).submit("#pick-form", pick="yes").follow()


@kind("comment in its discussion, a faulty reply")
def faulty_reply(stage: Stage) -> Page:
    page = comment_in_its_discussion(stage).submit("#reply-form", body="")
    assert page.status == 422
    return page


@kind("which comments wait")
def which_comments_wait(stage: Stage) -> Page:
    page, path = card(stage)
    return read(page.client, f"{path}/mode")


@kind("which comments wait, tried")
def which_comments_wait_tried(stage: Stage) -> Page:
    page, path = card(stage)
    return try_at(page.client, f"{path}/mode", "publish")


@kind("comment that somebody else looks at, with a note on its sender")
def comment_that_somebody_else_looks_at(stage: Stage) -> Page:
    page, path = card(stage)
    comment = Made(int(path.removeprefix(ONE)))
    write_note(page.client, comment, "Twice warned.")
    somebody = hire(stage.app, name="Grace Hopper")
    with stage.app.app_context():
        look_at(comment.id, staff_id=somebody, now=utcnow())
        db.session.commit()
    return read(page.client, path)
