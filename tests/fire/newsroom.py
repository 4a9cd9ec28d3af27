"""A newsroom that makes random changes by every way there is, and knows what its pages ought to show then."""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from davidson.articles.closing import close_comments
from davidson.articles.models import Author, Section
from davidson.articles.modes import set_mode
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.appealing import make_appeal
from davidson.comments.breaker import THE_ONE, Breaker, count_found, last_wave, present
from davidson.comments.editing import edit
from davidson.comments.models import Comment
from davidson.comments.queries import proposal_for
from davidson.comments.reasons import Reason
from davidson.comments.receipts import receipt_for
from davidson.comments.reports import report
from davidson.comments.screening.breaker import LEAST
from davidson.comments.status import CommentStatus
from davidson.comments.withdrawing import erase, withdraw
from davidson.config import CommentsMode
from davidson.database import db
from davidson.homepage.pinning import Act, pin
from davidson.homepage.places import Place
from davidson.moderation.appeals import Verdict, answer_appeal
from davidson.moderation.bans import end_ban
from davidson.moderation.decisions import Decision, decide
from davidson.moderation.precision import public_precision
from davidson.pagecache.tags import BREAKER
from davidson.pagecache.versions import touch
from tests.factories import Made, make_article, make_comment
from tests.fire.paper import (
    TREATMENT,
    Pages,
    Said,
    Story,
    check_article,
    check_document,
    check_feed,
    check_lead,
    check_list,
    check_words,
)
from tests.fire.people import Moderator
from tests.moderation.senders import ban_in_store

STORIES = 6
SECTIONS = ("World", "Science")
REPORTS_TO_HOLD = 3


class Newsroom:
    """Makes random changes by every way there is, and knows what the paper ought to show then."""

    def __init__(self, app: Flask, elsewhere: Flask, moderator: Moderator, draw: random.Random) -> None:
        self.app, self.elsewhere, self.moderator, self.draw = app, elsewhere, moderator, draw
        self.stories: list[Story] = []
        self.sections = {"world": "World", "science": "Science"}
        self.author = "Ann Author"
        self.made = 0
        self.lead: Story | None = None

    def change(self) -> Story:
        """Make one change and give the story that it is about."""
        ways: list[Callable[[], Story]] = [self.decide, self.decide, self.decide, self.undo, self.comment]
        ways += [self.comment, self.decide_elsewhere, self.write, self.take_back, self.rename, self.correct]
        ways += [self.pick, self.report, self.answer, self.close, self.pin, self.ban]
        ways += [self.edit, self.edit, self.settle_text, self.appeal, self.withdraw]
        ways += [self.decide_on_many]
        ways += [self.treat, self.calm]
        return self.draw.choice(ways)() if len(self.public()) > 2 else self.write()

    def public(self) -> list[Story]:
        return [story for story in self.stories if story.public]

    def comment(self) -> Story:
        open_ = [story for story in self.public() if story.is_open]
        if not open_:
            return self.write()
        story = self.draw.choice(open_)
        self.made += 1
        text = f"Said in the test, number {self.made}."
        status = self.draw.choice(["pending", "approved", "approved"])
        article = self.article_of(story)
        made = make_comment(self.elsewhere, article, status=status, source=text)
        story.comments.append(Said(made.id, text, made.status, made.version))
        return story

    def article_of(self, story: Story) -> Made:
        with self.app.app_context():
            article = article_to_change(story.slug)
            assert article is not None
            return Made(article.id, article.slug)

    def one_said(self, *states: str) -> tuple[Story, Said] | None:
        found = [(story, said) for story in self.stories for said in story.comments[-6:] if said.status in states]
        return self.draw.choice(found) if found else None

    def one_of_reader(self, *states: str) -> tuple[Story, Said] | None:
        """One with a receipt."""
        found = self.one_said(*states)
        return None if found is None or found[1].is_staff else found

    def decide(self) -> Story:
        found = self.one_said("pending", "approved")
        if found is None:
            return self.comment()
        story, said = found
        decision = self.draw.choice(["approve", "reject", "spam"] if said.status == "pending" else ["reject", "spam"])
        answer = self.moderator.decide(said.id, decision, version=said.version, reason="abuse")
        assert answer.status == 303, answer.text
        said.becomes({"approve": "approved", "reject": "rejected", "spam": "spam"}[decision])
        return story

    def decide_on_many(self) -> Story:
        """One decision on the last comments of a story, and at times its undoing as a whole."""
        found = self.one_said("pending", "approved")
        if found is None:
            return self.comment()
        story, _ = found
        meant = [said for said in story.comments[-6:] if said.status in ("pending", "approved")]
        picked = [f"{said.id}:{said.version}" for said in meant]
        answer = self.moderator.decide_on_many(picked, "spam")
        assert answer.status == 303, answer.text
        is_undone = self.draw.random() < 0.5
        if is_undone:
            bulk = re.search(r"bulk=(\d+)", answer.headers["Location"])
            assert bulk is not None
            assert self.moderator.undo_all(int(bulk[1])).status == 303
        for said in meant:
            before = said.status
            said.becomes("spam")
            if is_undone:
                said.becomes(before)
                said.before = ""
        return story

    def undo(self) -> Story:
        undoable = [(story, said) for story in self.stories for said in story.comments if said.before]
        if not undoable:
            return self.decide()
        story, said = self.draw.choice(undoable)
        answer = self.moderator.decide(said.id, "undo", version=said.version)
        assert answer.status == 303, answer.text
        said.becomes(said.before)
        said.before = ""
        return story

    def decide_elsewhere(self) -> Story:
        """A decision by another process, as the command line or a second machine makes it."""
        found = self.one_said("pending", "rejected", "spam")
        if found is None:
            return self.comment()
        story, said = found
        with self.elsewhere.app_context():
            decide(said.id, Decision.APPROVE, version=said.version, actor=SHELL, now=utcnow())
            db.session.commit()
        said.becomes("approved")
        return story

    def pick(self) -> Story:
        """An editor's pick, or one that is taken back."""
        found = self.one_said("approved")
        if found is None:
            return self.comment()
        story, said = found
        said.is_pick = not said.is_pick
        values = {"version": str(said.version), "pick": "yes" if said.is_pick else "no"}
        assert self.moderator.send(said.id, "pick", values).status == 303
        return story

    def report(self) -> Story:
        """A reader's report; the third one since the last decision holds the comment."""
        found = self.one_said("approved")
        if found is None:
            return self.comment()
        story, said = found
        self.made += 1
        with self.elsewhere.app_context():
            report(said.id, Reason.ABUSE, network=f"network-{self.made}", now=utcnow())
            db.session.commit()
        said.reports += 1
        if said.reports == REPORTS_TO_HOLD and not said.is_staff:  # What the staff wrote stays.
            said.becomes("pending")
            said.before = ""  # No decision, so none to undo.
        return story

    def ban(self) -> Story:
        """What comes from a banned network is held, and no page shows it, after the ban neither."""
        open_ = [story for story in self.public() if story.takes_comments]
        found = self.one_said("approved", "pending", "rejected")
        if not open_ or found is None:
            return self.comment()
        story, banned = self.draw.choice(open_), found[1]
        self.made += 1
        network, text = f"banned-{self.made}", f"Said in the test, number {self.made}."
        with self.elsewhere.app_context():
            db.session.get_one(Comment, banned.id).sender = network
            db.session.commit()
        ban_id = ban_in_store(self.elsewhere, Made(banned.id))
        article = self.article_of(story)
        made = make_comment(self.elsewhere, article, status="pending", source=text, network=network)
        with self.elsewhere.app_context():
            assert "ban" in {finding["rule"] for finding in db.session.get_one(Comment, made.id).findings}
            end_ban(ban_id, actor=SHELL, now=utcnow())
            db.session.commit()
        story.comments.append(Said(made.id, text, made.status, made.version))
        return story

    def answer(self) -> Story:
        """A reply of the staff, which is published at once."""
        found = self.one_said("approved")
        if found is None or not found[0].public:
            return self.comment()
        story, said = found
        self.made += 1
        text = f"Answered in the test, number {self.made}."
        answer = self.moderator.send(said.id, "reply", {"body": text})
        assert answer.status == 303, answer.text
        answer_id = int(answer.headers["Location"].split("/")[-2])
        story.comments.append(Said(answer_id, text, "approved", 1, is_staff=True))
        return story

    def close(self) -> Story:
        """The moment at which comments close, come or taken back."""
        story = self.draw.choice(self.public())
        story.takes_comments = not story.takes_comments
        with self.elsewhere.app_context():
            article = article_to_change(story.slug)
            assert article is not None
            close_comments(article, None if story.takes_comments else utcnow(), actor=SHELL, now=utcnow())
            db.session.commit()
        return story

    def pin(self) -> Story:
        """A story that leads the front from now on."""
        self.lead = self.draw.choice(self.public())
        with self.elsewhere.app_context():
            article = article_to_change(self.lead.slug)
            assert article is not None
            pin(article, Place.TOP, 1, until=None, act=Act(SHELL, utcnow()))
            db.session.commit()
        return self.lead

    def edit(self) -> Story:
        """Another text by its author; one with a link waits beside the text that is on the page."""
        found = self.one_of_reader("pending", "approved")
        if found is None:
            return self.comment()
        story, said = found
        self.made += 1
        text = f"Anew {self.made}."
        source = f"{text} https://example.org/{self.made}" if self.draw.random() < 0.6 else text
        self.act(lambda row: edit(row, source, now=utcnow()), said)
        with self.elsewhere.app_context():
            waits = said.status == "approved" and proposal_for(said.id) is not None
        if waits:
            said.changes()
            said.waiting = text
            said.unseen.add(text)
        else:
            said.changes(text=text)
        return story

    def settle_text(self) -> Story:
        """A moderator's decision on such a text."""
        waiting = [
            (story, said)
            for story in self.stories
            for said in story.comments
            if said.waiting and said.status == "approved"
        ]
        if not waiting:
            return self.edit()
        story, said = self.draw.choice(waiting)
        decision = self.draw.choice(["approve", "refuse"])
        sent = {"csrf_token": self.moderator.token, "version": str(said.version), "decision": decision}
        answer = self.moderator.ask("POST", f"/staff/moderation/edits/{said.id}", sent)
        assert answer.status == 303, answer.text
        said.changes(text=said.waiting if decision == "approve" else "")
        said.waiting = ""
        return story

    def appeal(self) -> Story:
        """An appeal, and its answer from elsewhere."""
        found = self.one_of_reader("rejected", "spam")
        if found is None or found[1].appealed:
            return self.edit()
        story, said = found
        self.act(lambda row: make_appeal(row, "Why?", now=utcnow()), said)
        verdict = self.draw.choice(list(Verdict))
        with self.elsewhere.app_context():
            version = said.version + 1
            answer_appeal(said.id, verdict, answer="So.", version=version, actor=SHELL, now=utcnow())
            db.session.commit()
        said.changes(status="approved" if verdict is Verdict.UPHOLD else "", versions=2)
        said.appealed = True
        return story

    def withdraw(self) -> Story:
        """A comment taken back by its author, or erased."""
        found = self.one_of_reader("pending", "approved", "rejected", "spam")
        if found is None:
            return self.comment()
        story, said = found
        take = self.draw.choice([withdraw, erase])
        self.act(lambda row: take(row, now=utcnow()), said)
        said.changes(status="deleted")
        said.waiting = ""
        return story

    def act(self, act: Callable[[Comment], None], said: Said) -> None:
        """Let its author act on a comment, in another process than those that serve."""
        with self.elsewhere.app_context():
            act(db.session.get_one(Comment, said.id))
            db.session.commit()

    def treat(self) -> Story:
        """Another mode for one article's comments, by a moderator or from another process."""
        story = self.draw.choice(self.public())
        story.mode = self.draw.choice(list(TREATMENT))
        said = [said.id for said in story.comments]
        if said:
            assert self.moderator.send(said[0], "mode", {"mode": story.mode}).status == 303
            return story
        with self.elsewhere.app_context():
            article = article_to_change(story.slug)
            assert article is not None
            set_mode(article, None if story.mode == "site" else CommentsMode(story.mode), actor=SHELL, now=utcnow())
            db.session.commit()
        return story

    def calm(self) -> Story:
        """The end of a wave of spam before its time, or the beginning of one."""
        with self.elsewhere.app_context():
            wave = db.session.get(Breaker, THE_ONE)
            if wave is not None and wave.until > utcnow():
                wave.until = utcnow()
                touch(BREAKER)
            else:
                for _ in range(LEAST):
                    count_found(CommentStatus.SPAM, now=utcnow())
            db.session.commit()
        return self.draw.choice(self.public())

    def in_wave(self) -> bool:
        """Whether there is a wave by now, from the store itself: what moderators mark as spam makes one too."""
        with self.elsewhere.app_context():
            return present(last_wave(), utcnow()) is not None

    def write(self) -> Story:
        """A new article, another text for one that is there, or one that was taken back once more."""
        self.made += 1
        story = self.draw.choice([None, *self.stories]) if len(self.stories) >= STORIES else None
        if story is None and len(self.stories) < 3 * STORIES:
            story = Story(f"story-{self.made}", "", self.draw.choice(SECTIONS))
            self.stories.append(story)
        story = story or self.draw.choice(self.stories)
        story.headline, story.public = f"Headline number {self.made}", True
        story.section = self.draw.choice(SECTIONS)
        make_article(
            self.draw.choice([self.app, self.elsewhere]),
            slug=story.slug,
            headline=story.headline,
            section=story.section,
            tags=("Rivers",),
            authors=("Ann Author",),
        )
        return story

    def take_back(self) -> Story:
        story = self.draw.choice(self.public())
        with self.elsewhere.app_context():
            article = article_to_change(story.slug)
            assert article is not None
            retract(article, reason="Taken back in the test", actor=SHELL, now=utcnow())
            db.session.commit()
        story.public = False
        return story

    def rename(self) -> Story:
        """Another name for a section."""
        self.made += 1
        slug = self.draw.choice(["world", "science"])
        with self.app.app_context():
            section = db.session.query(Section).filter_by(slug=slug).one_or_none()
            if section is not None:
                section.name = self.sections[slug] = f"Section {self.made}"
                db.session.commit()
        return self.draw.choice(self.public())

    def correct(self) -> Story:
        """The author's name, corrected."""
        self.made += 1
        with self.elsewhere.app_context():
            db.session.query(Author).one().name = self.author = f"Author {self.made}"
            db.session.commit()
        return self.draw.choice(self.public())

    def wrongs(self, pages: Pages, about: Story) -> list[str]:
        """All that is wrong on the pages that show the story, and on every list."""
        wrong = check_article(pages, about, in_wave=self.in_wave()) + check_feed(pages, about)
        wrong += check_list(pages, "/", newest(self.public(), about))
        if self.lead is not None and self.lead.public:
            wrong += check_lead(pages, self.lead)
        for slug, name in (("world", "World"), ("science", "Science")):
            here = [story for story in self.stories if story.section == name]
            if any(story.public for story in here):
                wrong += check_list(pages, f"/sections/{slug}", here)
        wrong += check_list(pages, "/tags/rivers", self.stories)
        wrong += check_list(pages, "/authors/ann-author", self.stories)
        wrong += self.wrong_documents(pages)
        return wrong + self.wrong_names(pages) + self.wrong_receipt(pages, about) + self.wrong_figures(pages)

    def wrong_receipt(self, pages: Pages, story: Story) -> list[str]:
        """What one receipt shows of what others said, now and then."""
        with_receipt = [said for said in story.comments if not said.is_staff]
        if not with_receipt or self.draw.random() < 0.7:
            return []
        mine = self.draw.choice(with_receipt)
        with self.app.test_request_context():
            path = f"/comments/{receipt_for(db.session.get_one(Comment, mine.id))}"
        others = replace(story, comments=[said for said in story.comments if said is not mine])
        status, text = pages.get(path)
        return check_words(text, path, others) if status == 200 else [f"{path} is {status}"]

    def wrong_documents(self, pages: Pages) -> list[str]:
        """All that is wrong in one of the feeds and one of the sitemaps."""
        lists = [(place, self.stories, self.author) for place in ("", "/tags/rivers", "/authors/ann-author")]
        for slug, name in (("world", "World"), ("science", "Science")):
            if self.has_public(name):
                here = [story for story in self.stories if story.section == name]
                lists.append((f"/sections/{slug}", here, self.sections[slug]))
        place, stories, name = self.draw.choice(lists)
        path = f"{place}/feed.{self.draw.choice(['atom', 'rss', 'json'])}"
        wrong = check_document(pages, path, stories, name=name)
        path = self.draw.choice(["/sitemap-1.xml", "/news-sitemap.xml"])
        return wrong + check_document(pages, path, self.stories)

    def wrong_figures(self, pages: Pages) -> list[str]:
        """On how many decisions the check that learns rests, as the store has it by now."""
        with self.elsewhere.app_context():
            decisions = public_precision().decisions
        wanted = f"the last {decisions} decisions" if decisions else "on fewer than 5 decisions"
        return [] if wanted in pages.get("/about/moderation")[1] else [f"/about/moderation does not tell {wanted}"]

    def wrong_names(self, pages: Pages) -> list[str]:
        story = self.draw.choice(self.public())
        text = pages.get(story.path)[1]
        wrong = [] if self.author in text else [f"{story.path} lacks {self.author}"]
        shown = {slug for slug, name in (("world", "World"), ("science", "Science")) if self.has_public(name)}
        masthead = dict(re.findall(r'<a href="/sections/(\w+)">([^<]+)</a>', text.partition("</header>")[0]))
        if masthead != {slug: self.sections[slug] for slug in shown}:
            wrong.append(f"{story.path} has the masthead {masthead}")
        return wrong

    def has_public(self, section: str) -> bool:
        return any(story.public and story.section == section for story in self.stories)


def newest(public: list[Story], about: Story) -> list[Story]:
    """The homepage has places for some only: the story that was changed is looked for if it is not public any more."""
    return [about] if not about.public else []
