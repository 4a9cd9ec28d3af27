"""The kinds of pages that the newspaper's own people meet."""

from davidson.accounts.models import Role
from davidson.articles.changes import Amendment, ChangeKind
from davidson.articles.saving import UPDATE
from tests.browser.article_pages import a_picture
from tests.browser.kinds import Stage, kind
from tests.browser.moderation_pages import ONE, card
from tests.browser.newspapers import visitor
from tests.desks import PASSWORD, log_in
from tests.factories import make_article, make_comment
from tests.pages import Page, page_of, read

QUEUE = "/staff/moderation/"


@kind("log-in")
def login(stage: Stage) -> Page:
    return read(stage.reader, "/staff/login")


@kind("log-in with a wrong password")
def login_failed(stage: Stage) -> Page:
    page = log_in(stage.reader, "nobody@example.net", "not the password")
    assert page.status == 422
    return page


@kind("log-in after logging out")
def logged_out(stage: Stage) -> Page:
    stage.staff(Role.AUTHOR)
    client = visitor(stage.paper.site)
    log_in(client, "author@example.net")
    return read(client, "/staff/account").submit("form[action=/staff/logout]").follow()


@kind("account")
def account(stage: Stage) -> Page:
    client = stage.staff(Role.MODERATOR)
    log_in(visitor(stage.paper.site), "moderator@example.net")
    return read(client, "/staff/account")


@kind("account with faults")
def account_with_faults(stage: Stage) -> Page:
    form = read(stage.staff(Role.MODERATOR), "/staff/account")
    page = form.submit("form[action=/staff/account/password]", current=PASSWORD, new="short", again="short")
    assert page.status == 422
    return page


@kind("audit log")
def audit_log(stage: Stage) -> Page:
    return read(stage.staff(), "/staff/audit")


@kind("audit log of one comment")
def audit_log_of_one_comment(stage: Stage) -> Page:
    _, path = card(stage, status="approved")
    return read(stage.staff(), f"/staff/audit?subject=comment:{path.removeprefix(ONE)}")


@kind("audit log, asked for a day that is none")
def audit_log_with_faults(stage: Stage) -> Page:
    page = read(stage.staff(), "/staff/audit?since=yesterday&subject=everything")
    assert page.status == 422
    return page


@kind("newsroom")
def newsroom(stage: Stage) -> Page:
    make_article(stage.app, headline="A draft", published=False, published_at=None)
    return read(stage.staff(Role.EDITOR), "/staff/newsroom/")


@kind("newsroom of a new site")
def newsroom_of_a_new_site(stage: Stage) -> Page:
    return read(stage.staff(new=True), "/staff/newsroom/")


@kind("taking an article back")
def take_back(stage: Stage) -> Page:
    article = make_article(stage.app)
    return read(stage.staff(Role.EDITOR), f"/staff/newsroom/articles/{article.id}/take-back")


@kind("taking an article back, without a reason")
def take_back_without_a_reason(stage: Stage) -> Page:
    page = take_back(stage).submit("form.take-back", reason=" ")
    assert page.status == 422
    return page


@kind("taking an article back a second time")
def take_back_again(stage: Stage) -> Page:
    form = take_back(stage)
    form.submit("form.take-back", reason="It was not true.")
    page = form.submit("form.take-back", reason="It was still not true.")
    assert page.status == 409
    return page


@kind("closing comments")
def closing_comments(stage: Stage) -> Page:
    return read(stage.staff(), f"/staff/newsroom/articles/{stage.article.id}/comments")


@kind("closing comments at no moment")
def closing_comments_at_no_moment(stage: Stage) -> Page:
    page = closing_comments(stage).submit("#closing-form", when="at", at="")
    assert page.status == 422
    return page


@kind("picture of an article")
def picture_of_an_article(stage: Stage) -> Page:
    article = make_article(stage.app, headline="A picture", picture=a_picture())
    return read(stage.staff(Role.EDITOR), f"/staff/newsroom/articles/{article.id}/picture")


@kind("picture of an article, with faults")
def picture_with_faults(stage: Stage) -> Page:
    page = picture_of_an_article(stage).submit("#picture-form", alt="", credit="", focus_x="101", focus_y="x")
    assert page.status == 422
    return page


@kind("an article without a picture, with faults")
def no_picture_with_faults(stage: Stage) -> Page:
    article = make_article(stage.app)
    page = read(stage.staff(Role.EDITOR), f"/staff/newsroom/articles/{article.id}/picture")
    page = page.submit("#new-picture-form", new_caption="At six", new_credit="")
    assert page.status == 422
    return page


@kind("changes to an article")
def changes_to_an_article(stage: Stage) -> Page:
    note = Amendment(ChangeKind.CORRECTION, "It was built in 1912.")
    for source, amendment in (("Built in 1911.", UPDATE), ("Built in 1912.", note), ("Built in 1912, by Ada.", UPDATE)):
        article = make_article(stage.app, slug="amended", source=source, amendment=amendment)
    return read(stage.staff(Role.EDITOR), f"/staff/newsroom/articles/{article.id}/changes")


@kind("changes to an article, with faults")
def changes_with_faults(stage: Stage) -> Page:
    page = changes_to_an_article(stage).submit("#change-form", kind="again", note="x" * 501)
    assert page.status == 422
    return page


@kind("people")
def people(stage: Stage) -> Page:
    return read(stage.staff(), "/staff/admin/")


@kind("people with faults")
def people_with_faults(stage: Stage) -> Page:
    page = people(stage).submit("form[action=/staff/admin/people]", name="", email="no address", password="short")
    assert page.status == 422
    return page


@kind("people, the last admin")
def people_the_last_admin(stage: Stage) -> Page:
    page = read(stage.staff(new=True), "/staff/admin/")
    (disable,) = (form for form in page.all("form") if form.attributes["action"].endswith("/disable"))
    page = page.submit(f"form[action={disable.attributes['action']}]")
    assert page.status == 422
    return page


@kind("sections")
def sections(stage: Stage) -> Page:
    page = read(stage.staff(), "/staff/admin/sections")
    return page.submit("#section-form", name=f"Section {len(page.all('li.rows__row'))}").follow()


@kind("sections with a name that is taken")
def sections_with_faults(stage: Stage) -> Page:
    page = read(stage.staff(), "/staff/admin/sections").submit("#section-form", name="Science")
    assert page.status == 422
    return page


@kind("sections of a new site")
def sections_of_a_new_site(stage: Stage) -> Page:
    return read(stage.staff(new=True), "/staff/admin/sections")


@kind("words of a new site")
def words_of_a_new_site(stage: Stage) -> Page:
    return read(stage.staff(new=True), "/staff/admin/words")


@kind("words")
def words(stage: Stage) -> Page:
    page = read(stage.staff(), "/staff/admin/words")
    return page.submit("form[action=/staff/admin/words/suspect]", terms="cheap watches\nwhatsapp").follow()


@kind("words, tried")
def words_tried(stage: Stage) -> Page:
    make_comment(stage.app, stage.article, source="A comment about cheap watches, among other things.")
    page = read(stage.staff(), "/staff/admin/words")
    (button,) = [one for one in page.all("button") if "as suspect terms" in one.text]
    sent = {"terms": "watches", "csrf_token": page.form("header form")[1]["csrf_token"]}
    return page_of(page.client, page.client.post(button.attributes["formaction"], data=sent))


@kind("one word")
def one_word(stage: Stage) -> Page:
    page = words(stage)
    return read(page.client, page.all("a.terms__name")[0].attributes["href"])


@kind("comments on an article")
def comments_on_an_article(stage: Stage) -> Page:
    return read(stage.staff(), f"/staff/newsroom/articles/{stage.article.id}/comments")


@kind("words with faults")
def words_with_faults(stage: Stage) -> Page:
    page = read(stage.staff(), "/staff/admin/words")
    page = page.submit("form[action=/staff/admin/words/suspect]", terms="x" * 1000)
    assert page.status == 422
    return page


@kind("no desk of one's own")
def forbidden(stage: Stage) -> Page:
    page = read(stage.staff(Role.MODERATOR), "/staff/admin/")
    assert page.status == 403
    return page


@kind("front")
def front(stage: Stage) -> Page:
    return read(stage.staff(Role.EDITOR), "/staff/newsroom/front")


@kind("front with faults")
def front_with_faults(stage: Stage) -> Page:
    return read(stage.staff(Role.EDITOR), "/staff/newsroom/front").submit(
        "#pin-form", article="", until="2001-01-01T10:00"
    )
