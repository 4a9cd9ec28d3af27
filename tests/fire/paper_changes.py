"""What editors change at random, and what the site does by itself."""

from typing import Any

from davidson.articles.changes import Amendment, ChangeKind
from davidson.articles.describing import PictureWords, describe_picture, pictured_article
from davidson.articles.manuscript import ManuscriptPicture
from davidson.articles.models import Author, Section
from davidson.articles.modes import set_mode
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.breaker import THE_ONE, Breaker, count_found, last_wave, present
from davidson.comments.screening.breaker import LEAST
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from davidson.homepage.pinning import Act, pin
from davidson.homepage.places import Place
from davidson.pagecache.tags import BREAKER
from davidson.pagecache.versions import touch
from tests.factories import make_article
from tests.fire.desk import Desk
from tests.fire.paper import TREATMENT, Story
from tests.media.samples import corners, encoded

STORIES = 6
SECTIONS = ("World", "Science")
PICTURE = encoded(corners())


class PaperChanges(Desk):
    """What editors change at random, and what the site does by itself."""

    def pin(self) -> Story:
        """A story that leads the front from now on."""
        self.lead = self.draw.choice(self.public())
        with self.elsewhere.app_context():
            article = article_to_change(self.lead.slug)
            assert article is not None
            pin(article, Place.TOP, 1, until=None, act=Act(SHELL, utcnow()))
            db.session.commit()
        return self.lead

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
        self._store(story)
        return story

    def amend(self) -> Story:
        """Something that was wrong put right in an article, with a note."""
        self.made += 1
        story = self.draw.choice(self.public())
        note = f"Correction number {self.made}."
        story.notes.append((self.made, note))
        self._store(story, source=f"Text number {self.made}.", amendment=Amendment(ChangeKind.CORRECTION, note))
        return story

    def describe(self) -> Story:
        """Other words for an article's picture, from elsewhere."""
        self.made += 1
        story = self.draw.choice(self.public())
        story.alt = f"Picture number {self.made}"
        with self.elsewhere.app_context():
            found = pictured_article(self.article_of(story).id, to_change=True)
            assert found is not None
            article, media = found
            words = PictureWords(story.alt, "", "Ada")
            describe_picture(article, media, words, media.focus, actor=SHELL, now=utcnow())
            db.session.commit()
        return story

    def _store(self, story: Story, **fields: Any) -> None:
        """Write the story as it ought to be, as the newest of its section."""
        story.alt, story.written = f"Picture number {self.made}", self.made
        make_article(
            self.draw.choice([self.app, self.elsewhere]),
            slug=story.slug,
            headline=story.headline,
            section=story.section,
            tags=("Rivers",),
            authors=("Ann Author",),
            picture=ManuscriptPicture(PICTURE, alt=story.alt, credit="Ada"),
            **fields,
        )

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
