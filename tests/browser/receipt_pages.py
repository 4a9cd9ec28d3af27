"""The kinds of receipts."""

from davidson.comments.receipts import receipt_for
from tests.browser.kinds import Stage, kind
from tests.conftest import run_davidson
from tests.factories import Made, comment_now, make_comment
from tests.pages import Page, read


def receipt_page(stage: Stage, status: str) -> Page:
    """The receipt of a comment in that state."""
    comment = make_comment(stage.app, stage.article, status=status)
    return read(stage.reader, receipt_path(stage, comment))


def receipt_path(stage: Stage, comment: Made) -> str:
    """Where the receipt of a comment lies."""
    row = comment_now(stage.app, comment)
    with stage.app.app_context():
        return f"/comments/{receipt_for(row)}"


@kind("receipt, waiting")
def receipt_waiting(stage: Stage) -> Page:
    return receipt_page(stage, "pending")


@kind("receipt, remembered")
def receipt_remembered(stage: Stage) -> Page:
    form = read(stage.reader, stage.article.url)
    return form.submit("#comment-form", name="Ada", body="It is me.", remember="y").follow()


@kind("receipt, faulty change")
def receipt_with_a_faulty_change(stage: Stage) -> Page:
    comment = make_comment(stage.app, stage.article, status="pending")
    path = receipt_path(stage, comment)
    page = read(stage.reader, path).submit(f"form[action={path}/edit]", body="")
    assert page.status == 422
    return page


@kind("receipt, published")
def receipt_published(stage: Stage) -> Page:
    return receipt_page(stage, "approved")


@kind("receipt, refused")
def receipt_refused(stage: Stage) -> Page:
    comment = make_comment(stage.app, stage.article, status="pending")
    run_davidson(
        "comments", "reject", str(comment.id), "--reason", "off-topic",
        url=None, instance=stage.paper.instance, check=True,
    )  # fmt: skip
    return read(stage.reader, receipt_path(stage, comment))


@kind("receipt, spam")
def receipt_of_spam(stage: Stage) -> Page:
    return receipt_page(stage, "spam")


@kind("receipt, appealed")
def receipt_appealed(stage: Stage) -> Page:
    comment = make_comment(stage.app, stage.article, status="rejected")
    path = receipt_path(stage, comment)
    text = "I wrote about the article, and nobody is attacked in it."
    return read(stage.reader, path).submit(f"form[action={path}/appeal]", appeal=text).follow()


@kind("receipt, faulty appeal")
def receipt_with_a_faulty_appeal(stage: Stage) -> Page:
    path = receipt_path(stage, make_comment(stage.app, stage.article, status="spam"))
    page = read(stage.reader, path).submit(f"form[action={path}/appeal]", appeal="x" * 1001)
    assert page.status == 422
    return page


@kind("receipt, new text waiting")
def receipt_with_a_new_text(stage: Stage) -> Page:
    path = receipt_path(stage, make_comment(stage.app, stage.article))
    text = "Another text, with https://example.org/ in it."
    return read(stage.reader, path).submit(f"form[action={path}/edit]", body=text).follow()


@kind("receipt, withdrawn")
def receipt_withdrawn(stage: Stage) -> Page:
    path = receipt_path(stage, make_comment(stage.app, stage.article))
    return read(stage.reader, path).submit(f"form[action={path}/withdraw]").follow()


@kind("receipt, erased")
def receipt_erased(stage: Stage) -> Page:
    path = receipt_path(stage, make_comment(stage.app, stage.article))
    return read(stage.reader, path).submit(f"form[action={path}/delete]").follow()
