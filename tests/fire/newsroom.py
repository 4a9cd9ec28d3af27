"""A newsroom that makes random changes by every way there is, and knows what its pages ought to show then."""

import re
from collections.abc import Callable
from dataclasses import replace

from davidson.comments.models import Comment
from davidson.comments.receipts import receipt_for
from davidson.database import db
from davidson.moderation.precision import public_precision
from tests.fire.paper import (
    Pages,
    Story,
    check_article,
    check_corrections,
    check_document,
    check_feed,
    check_history,
    check_lead,
    check_list,
    check_more,
    check_search,
    check_subject,
    check_words,
)
from tests.fire.paper_changes import PaperChanges
from tests.fire.reader_changes import ReaderChanges
from tests.fire.staff_changes import StaffChanges

DAY = re.compile(r'href="/archive/(\d{4}-\d\d-\d\d)"')


class Newsroom(StaffChanges, ReaderChanges, PaperChanges):
    """Makes random changes by every way there is, and knows what the paper ought to show then."""

    paper_before = ""

    def change(self) -> Story:
        """Make one change and give the story that it is about."""
        ways: list[Callable[[], Story]] = [self.decide, self.decide, self.decide, self.undo, self.comment]
        ways += [self.comment, self.decide_elsewhere, self.write, self.take_back, self.rename, self.correct]
        ways += [self.reorder, self.pick, self.report, self.answer, self.close, self.pin, self.ban]
        ways += [self.edit, self.edit, self.settle_text, self.appeal, self.withdraw]
        ways += [self.decide_on_many, self.relearn]
        ways += [self.treat, self.calm]
        ways += [self.amend, self.tell, self.describe, self.picture]
        return self.draw.choice(ways)() if len(self.public()) > 2 else self.write()

    def wrongs(self, pages: Pages, about: Story) -> list[str]:
        """All that is wrong on the pages that show the story, and on every list.

        What shows nothing of a discussion is always asked for after a change of the paper, else now and then.
        """
        wrong = check_article(pages, about, in_wave=self.in_wave()) + check_feed(pages, about)
        wrong += check_list(pages, "/", newest(self.public(), about))
        for slug, name in (("world", "World"), ("science", "Science")):
            here = [story for story in self.stories if story.section == name]
            if any(story.public for story in here):
                wrong += check_list(pages, f"/sections/{slug}", here)
        wrong += check_list(pages, "/tags/rivers", self.stories)
        wrong += check_list(pages, "/authors/ann-author", self.stories)
        wrong += self.wrong_archive(pages) + self.wrong_receipt(pages, about) + self.wrong_figures(pages)
        paper = self.paper()
        if paper != self.paper_before or self.draw.random() < 0.25:
            wrong += self.wrong_paper(pages, about)
        self.paper_before = paper
        return wrong

    def paper(self) -> str:
        """All that the paper ought to show but for what is said in its discussions."""
        stories = [replace(story, comments=[]) for story in self.stories]
        return repr((stories, self.lead and self.lead.slug, self.sections, self.order, self.hidden, self.author))

    def wrong_paper(self, pages: Pages, about: Story) -> list[str]:
        """All that is wrong where nothing is shown of a discussion."""
        wrong = check_corrections(pages, self.stories) + check_history(pages, about)
        wrong += check_more(pages, self.draw.choice(self.public()), self.stories)
        if self.lead is not None and self.lead.public:
            wrong += check_lead(pages, self.lead)
        return wrong + self.wrong_documents(pages) + check_search(pages, about) + self.wrong_names(pages)

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

    def wrong_archive(self, pages: Pages) -> list[str]:
        """All that is wrong on the page of one day, and in the calendar of its month."""
        day = self.draw.choice(sorted({story.day for story in self.stories}))
        path, filled = f"/archive/{day}", sorted({story.day for story in self.public()})
        status, text = pages.get(path)
        if day not in filled:
            return [] if status == 404 else [f"{path} is {status}"]
        here = [replace(story, public=story.public and story.day == day) for story in self.stories]
        wrong = check_list(pages, path, here)
        place = filled.index(day)
        wanted = {*filled[max(place - 1, 0) : place + 2], *(other for other in filled if other[:7] == day[:7])} - {day}
        linked = set(DAY.findall(text + pages.get(path[: -len("-01")])[1])) - {day}
        return wrong + ([] if linked == wanted else [f"{path} and its month lead to {linked}, not to {wanted}"])

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
        wrong += check_subject(pages, self.author)
        shown = [slug for slug in self.order if slug not in self.hidden and self.has_public(slug.capitalize())]
        line = text.partition('<ul class="masthead__sections">')[2].partition("</ul>")[0]
        masthead = re.findall(r'<a href="/sections/(\w+)">([^<]+)</a>', line)
        if masthead != [(slug, self.sections[slug]) for slug in shown]:
            wrong.append(f"{story.path} has the masthead {masthead}")
        return wrong

    def has_public(self, section: str) -> bool:
        return any(story.public and story.section == section for story in self.stories)


def newest(public: list[Story], about: Story) -> list[Story]:
    """The homepage has places for some only: the story that was changed is looked for if it is not public any more."""
    return [about] if not about.public else []
