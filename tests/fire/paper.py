"""What a newspaper ought to show after each change: the truth that pages of a running site are held against."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlencode

PICK = re.compile(r'<blockquote class="picks__text" dir="auto">(.*?)</blockquote>')
MOST_PICKS = 5
NOT_YET = datetime.max.replace(tzinfo=UTC)
# What the form says in each mode of an article, on a site that publishes at once.
TREATMENT = {
    "site": "Most comments are published at once",
    "publish": "Most comments are published at once",
    "hold-first": "A first comment is read by a moderator",
    "hold-all": "A moderator reads each comment",
    "closed": "",
}
IN_A_WAVE = "Much spam is coming in"
CARD = re.compile(r'<article class="card card--(\w+)".*?</article>', re.DOTALL)


@dataclass
class Said:
    """A comment as it ought to be; `waiting` is a new text that nobody has approved, `unseen` what must not show."""

    id: int
    text: str
    status: str
    version: int
    before: str = ""
    is_pick: bool = False
    reports: int = 0
    is_staff: bool = False
    waiting: str = ""
    appealed: bool = False
    unseen: set[str] = field(default_factory=set)

    def becomes(self, status: str) -> None:
        """Take the state that a decision gave it; `before` is the one that an undo would give back."""
        self.before, self.status = self.status, status
        self.is_pick, self.reports = False, 0
        self.version += 1

    def changes(self, *, status: str = "", text: str = "", versions: int = 1) -> None:
        """Take another state or text by an act that is no decision on it, so that there is nothing to undo."""
        self.before = ""
        if status:
            self.status, self.is_pick, self.reports = status, False, 0
        if text:
            self.is_pick = False
            self.unseen.add(self.text)
            self.unseen.discard(text)
            self.text, self.waiting = text, ""
        self.version += versions


@dataclass
class Story:
    """An article as it ought to be.

    `notes` are its corrections, with a number that tells which was written later; `changed` is that of the last change
    of its text, 0 if there is none since it was last published again; `withdrawn` are notes that were taken back.
    """

    slug: str
    headline: str
    section: str
    public: bool = True
    day: str = ""
    takes_comments: bool = True
    mode: str = "site"
    headlines_before: list[str] = field(default_factory=list)
    alt: str = ""
    picture: str = ""
    published_at: datetime = NOT_YET
    notes: list[tuple[int, str]] = field(default_factory=list)
    changed: int = 0
    withdrawn: list[str] = field(default_factory=list)
    comments: list[Said] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/articles/{self.slug}"

    @property
    def silent(self) -> int:
        """The number of the last change if nothing is said of it now, else 0."""
        return 0 if any(number >= self.changed for number, _ in self.notes) else self.changed

    @property
    def unseen(self) -> set[str]:
        """What is said in its discussion and nobody must see: what was held, refused, removed, replaced or erased."""
        hidden = {comment.text for comment in self.comments if comment.status != "approved"}
        return hidden.union(*(comment.unseen for comment in self.comments))

    @property
    def is_open(self) -> bool:
        return self.takes_comments and self.mode != "closed"

    @property
    def shown(self) -> list[Said]:
        return [comment for comment in self.comments if comment.status == "approved"]


class Pages:
    """Fetches pages from workers chosen at random, and offers them now and then the ETag that it was given before."""

    def __init__(self, workers: Iterable[HTTPConnection], **headers: str) -> None:
        self.workers = list(workers)
        self.headers = {"Accept-Encoding": "identity"} | headers
        self.asked = self.unchanged = 0
        self.known: dict[str, tuple[str, str]] = {}

    def get(self, path: str) -> tuple[int, str]:
        """The status and text of a page; of one that is said to be unchanged, the text that it had."""
        connection = random.choice(self.workers)
        self.asked += 1
        etag, text = self.known.get(path, ("", ""))
        offered = {"If-None-Match": etag} if etag and random.random() < 0.5 else {}
        connection.request("GET", path, headers=self.headers | offered)
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status == 304:
            self.unchanged += 1
            return 200, text
        self.known[path] = (answer.headers.get("ETag", ""), body)
        return answer.status, body


def check_words(text: str, where: str, story: Story) -> list[str]:
    """What a text holds of the story's discussion that nobody must see."""
    return [f"{where} shows {words!r}" for words in story.unseen if words in text]


def check_article(pages: Pages, story: Story, *, in_wave: bool = False) -> list[str]:
    """What is wrong with the article's own page; `in_wave` says that every comment waits because of spam."""
    status, text = pages.get(story.path)
    if not story.public:
        return [] if status == 410 and "Taken back in the test" in text else [f"{story.path} is {status}"]
    wrong = [] if status == 200 else [f"{story.path} is {status}"]
    headlines = (f'<h1 class="story__headline">{story.headline}</h1>', f'"headline":"{story.headline}"')
    wrong += [f"{story.path} lacks {headline}" for headline in headlines if headline not in text]
    wrong += [
        f"{story.path}: {comment.status} comment {comment.id} is wrong"
        for comment in story.comments
        if (comment.text in text) is not (comment.status == "approved")
    ]
    wrong += check_words(text, story.path, story)
    if story.alt and not (f'alt="{story.alt}"' in text and f"/media/{story.picture}" in text):
        wrong.append(f"{story.path} has another picture than {story.alt}")
    if re.findall("<bdi>(Correction number .*?)</bdi>", text) != [note for _, note in story.notes]:
        wrong.append(f"{story.path} tells other corrections than {story.notes}")
    picks = [said.partition(" https://")[0] for said in PICK.findall(text)]  # Without the link of an edit.
    if set(picks) != {comment.text for comment in story.comments if comment.is_pick} and len(picks) < MOST_PICKS:
        wrong.append(f"{story.path} has the picks {picks}")
    if ('id="comment-form"' in text) is not story.is_open:
        wrong.append(f"{story.path} does not say whether it takes comments")
    treatment = IN_A_WAVE if in_wave and story.mode != "hold-all" else TREATMENT[story.mode]
    if story.is_open and f'treatment">{treatment}' not in text:
        wrong.append(f"{story.path} does not say how it treats comments")
    if f'id="comments-heading">{counted(len(story.shown))}' not in text:
        wrong.append(f"{story.path} does not count {len(story.shown)}")
    return wrong


def check_feed(pages: Pages, story: Story) -> list[str]:
    """What is wrong with the feed of the article's comments, and with its page that has the newest first."""
    status, text = pages.get(f"{story.path}/comments.atom")
    if not story.public:
        return [] if status == 404 else [f"the feed of {story.path} is {status}"]
    newest = pages.get(f"{story.path}?order=newest")[1]
    wrong = check_words(text, "the feed", story) + check_words(newest, "the other order", story)
    return wrong + [
        f"{story.path}: {comment.status} comment {comment.id} is wrong in {name}"
        for comment in story.comments[-40:]
        for name, shown in (("the feed", text), ("the other order", newest))
        if (comment.text in shown) is not (comment.status == "approved")
    ]


def check_list(pages: Pages, path: str, stories: Iterable[Story]) -> list[str]:
    """What is wrong with a list: it shows each public story's headline and count, and no other of these."""
    status, text = pages.get(path)
    cards = [(match[1], match[0]) for match in CARD.finditer(text)]
    wrong = []
    for story in stories:
        wrong += check_words(text, path, story)
        mine = [(kind, card) for kind, card in cards if f'href="{story.path}"' in card]
        if bool(mine) is not story.public:
            wrong.append(f"{path} ({status}): {story.path} is {'there' if mine else 'missing'}")
        for kind, card in mine:
            if story.alt and "<img" in card and f'alt="{story.alt}"' not in card:
                wrong.append(f"{path}: {story.path} has an old picture")
            if story.headline not in card:
                wrong.append(f"{path}: {story.path} has an old headline")
            number = len(story.shown)
            if number and kind in ("lead", "second", "river") and f"<li>{counted(number).lower()}</li>" not in card:
                wrong.append(f"{path}: {story.path} has an old count")
    return wrong


def check_search(pages: Pages, story: Story) -> list[str]:
    """What is wrong with what readers find: the story by its headline if it is public, and by none that it had."""
    wrong = []
    for headline in (story.headline, *story.headlines_before):
        path = "/search?" + urlencode({"q": f'"{headline}"'})
        status, text = pages.get(path)
        is_found = f'href="{story.path}"' in text
        if is_found is not (story.public and headline == story.headline):
            wrong.append(f"{path} ({status}): {story.path} is {'there' if is_found else 'missing'}")
    return wrong


def check_subject(pages: Pages, author: str) -> list[str]:
    """What is wrong with where a search by the only author's name leads, and by the tag of all stories."""
    wrong = []
    for name, place in ((author, f'"/authors/ann-author">Articles by <bdi>{author}<'), ("rivers", '"/tags/rivers">')):
        path = "/search?" + urlencode({"q": name})
        status, text = pages.get(path)
        if place not in text:
            wrong.append(f"{path} ({status}) does not lead to the articles")
    return wrong


def check_more(pages: Pages, story: Story, stories: Iterable[Story]) -> list[str]:
    """What is wrong with what an article's page names of its section: the newest four of the others."""
    others = [other for other in stories if other.public and other.section == story.section and other is not story]
    wanted = [other.path for other in sorted(others, key=lambda other: other.published_at, reverse=True)[:4]]
    more = pages.get(story.path)[1].partition('class="more"')[2].partition("</section>")[0]
    named = re.findall(r'<h3[^>]*><a href="([^"]+)">', more)
    return [] if named == wanted else [f"{story.path} leads to {named}, not {wanted}"]


def check_corrections(pages: Pages, stories: Iterable[Story]) -> list[str]:
    """What is wrong with the list of corrections, which names the newest of public stories."""
    notes = sorted((note for story in stories if story.public for note in story.notes), reverse=True)
    shown = re.findall(r'class="change__note"[^>]*>([^<]*)<', pages.get("/corrections")[1])
    return [] if shown == [note for _, note in notes[:20]] else [f"/corrections lists {shown}"]


def check_history(pages: Pages, story: Story) -> list[str]:
    """What is wrong with an article's history."""
    status, text = pages.get(f"{story.path}/history")
    if not story.public:
        return [] if status == 303 else [f"the history of {story.path} is {status}"]
    wrong = [] if f"<bdi>{story.headline}</bdi>" in text else [f"the history of {story.path} has an old headline"]
    return wrong + [f"the history of {story.path} tells of {note}" for note in story.withdrawn if note in text]


def check_lead(pages: Pages, story: Story) -> list[str]:
    """What is wrong with the lead of the homepage, which ought to be that story."""
    leads = [match[0] for match in CARD.finditer(pages.get("/")[1]) if match[1] == "lead"]
    return [] if [story.headline in lead for lead in leads] == [True] else [f"/ is not led by {story.path}"]


def check_document(pages: Pages, path: str, stories: Iterable[Story], *, name: str = "") -> list[str]:
    """What is wrong with a feed or sitemap: it has each public story, as it is called where it says so, and no other.

    `name` is one that a feed says, of the author or the section.
    """
    status, text = pages.get(path)
    wrong = [] if name in text else [f"{path} ({status}) lacks {name}"]
    for story in stories:
        is_there = re.search(rf'{story.path}["<]', text) is not None
        if is_there is not story.public:
            wrong.append(f"{path} ({status}): {story.path} is {'there' if is_there else 'missing'}")
        elif is_there and "/sitemap-" not in path and not re.search(rf'{story.headline}["<]', text):
            wrong.append(f"{path}: {story.path} has an old headline")
    return wrong


def counted(number: int) -> str:
    """A count of comments as pages write it."""
    return "No comments" if not number else "1 comment" if number == 1 else f"{number} comments"
