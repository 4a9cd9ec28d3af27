"""The kinds of pages that an article has: with all that may stand in one, in both directions, and its history."""

from io import BytesIO

from PIL import Image

from davidson.articles.amending import take_note_back, telling_of
from davidson.articles.cards import picture_of
from davidson.articles.changes import Amendment, ChangeKind
from davidson.articles.manuscript import Citation, ManuscriptPicture
from davidson.articles.models import Article
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.media.models import Media
from tests.browser.kinds import Stage, kind
from tests.browser.newspapers import visitor
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, read

EVERYTHING = """
A paragraph with *emphasis*, **weight**, `code` and [a link](https://example.org/).[^1]

## A sub-head

![A grey gradient]({picture} "A caption, | Anna Berg / Harbour Times")

> A quotation that somebody said.

> **PULL QUOTE:** We would not walk over it ourselves, and we are paid to.[^1]
> — Ada Byron, engineer

> **READ ALSO:** [Mayor resigns](/articles/mayor-resigns)

### A smaller sub-head

![A mast]({upright} "| Anna Berg")

1. One
2. Two

- A point
- Another one, with a very long word: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft

[Inspection of iron bridges](https://www.example.org/guide.pdf "Ministry of Works, 84 pages")

https://video.example.org/watch/a-rather-long-address-that-does-not-fit-on-any-telephone-however-wide

Table: Wheat, by year

| Year | Tons of wheat that were shipped through the old harbour | Who counted the sacks, and where |
| ---: | --- | --- |
| 2024 | 1,200 | Schifffahrtsgesellschaft |

| Year | Tons |
| ---: | --- |
| 2024 | 1,200 |

    a line of code that is so long that it does not fit on any telephone, however wide the telephone may be

---

[^1]: A note at the foot, with [a link](https://example.org/).
"""
SOURCES = (
    Citation("Minutes of the council", "https://www.example.org/minutes"),
    Citation("Two engineers"),
    Citation("www.example.org/bridge", "https://www.example.org/bridge"),
)


def a_picture(width: int = 1600, height: int = 900, *, alt: str = "A gradient") -> ManuscriptPicture:
    """A picture with all that is said of one."""
    file = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "JPEG")
    return ManuscriptPicture(file.getvalue(), alt=alt, caption="A caption of it", credit="Anna Berg")


def everything(stage: Stage) -> str:
    """A text with every construct that there is; its pictures are those of two drafts."""
    return EVERYTHING.format(picture=_kept(stage, 1600, 900), upright=_kept(stage, 600, 900))


def _kept(stage: Stage, width: int, height: int) -> str:
    draft = make_article(stage.app, picture=a_picture(width, height), published=False, published_at=None)
    with stage.app.app_context():
        media = db.session.get_one(Media, db.session.get_one(Article, draft.id).media_id)
        picture = picture_of(media.renditions, alt="")
        db.session.rollback()
    assert picture is not None
    return picture.src


def corrected(stage: Stage, note: str = "The harbour is old, not new.", **fields: object) -> Made:
    """An article with everything, which was corrected once."""
    values = {"picture": a_picture(), "sources": SOURCES, "authors": ("Ada Byron", "Bo Li", "Grace Hopper")} | fields
    article = make_article(stage.app, source="The new harbour.", **values)
    amendment = Amendment(ChangeKind.CORRECTION, note)
    return make_article(stage.app, slug=article.slug, source=everything(stage), amendment=amendment, **values)


@kind("article with everything that one can hold")
def article_with_everything(stage: Stage) -> Page:
    article = corrected(stage, headline="An article with everything", standfirst="A standfirst.", tags=("City hall",))
    with stage.in_process(DAVIDSON_BASE_URL="http://localhost") as reader:
        return read(reader, article.url)


@kind("article with everything, from right to left")
def article_from_right_to_left(stage: Stage) -> Page:
    article = corrected(
        stage,
        "كان الميناء قديمًا.",
        headline="العمدة يستقيل بعد عام من الخلاف",
        standfirst="جملة تمهيدية قصيرة تشرح الخبر.",
        tags=("البلدية",),
        authors=("آدا بايرون",),
        lang="ar",
    )
    make_comment(stage.app, article, name="قارئ", source="تعليق *أول*.")
    with stage.in_process(DAVIDSON_BASE_URL="http://localhost") as reader:
        return read(reader, article.url)


@kind("history of an article")
def history(stage: Stage) -> Page:
    """One with a correction, and with notes that were taken back, on a change of the text and by itself."""
    headline = "An article with a history"
    slug = corrected(stage, headline=headline).slug
    for note in ("The harbor is old.", "Another picture shows it."):
        article = make_article(
            stage.app, slug=slug, headline=headline, source="The old harbour.", amendment=Amendment(note=note)
        )
    with stage.app.app_context():
        for told in telling_of(article.id).notes[:2]:
            take_note_back(db.session.get_one(Article, article.id), told.number, actor=SHELL, now=utcnow())
        db.session.commit()
    return read(stage.reader, f"{article.url}/history")


@kind("history of an article that never changed")
def empty_history(stage: Stage) -> Page:
    return read(stage.reader, f"{stage.article.url}/history")


@kind("corrections")
def corrections(stage: Stage) -> Page:
    corrected(stage)
    return read(stage.reader, "/corrections")


@kind("corrections of a new site")
def corrections_of_a_new_site(stage: Stage) -> Page:
    return read(visitor(stage.new.site), "/corrections")
