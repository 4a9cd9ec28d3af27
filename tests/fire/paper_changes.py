"""What editors change at random, and what the site does by itself."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from davidson.admin.queries import section_by_slug
from davidson.admin.sections import move_section, rename_section, show_section
from davidson.articles.amending import take_note_back, tell, telling_of
from davidson.articles.changes import Amendment, ChangeKind
from davidson.articles.describing import PictureWords, describe_picture, pictured_article, replace_picture
from davidson.articles.manuscript import ManuscriptPicture
from davidson.articles.models import Author, Section
from davidson.articles.modes import set_mode
from davidson.articles.picturing import store_picture
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL, Act
from davidson.clock import utcnow
from davidson.comments.breaker import THE_ONE, Breaker, count_found, last_wave, present
from davidson.comments.screening.breaker import LEAST
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from davidson.homepage.pinning import pin
from davidson.homepage.places import Place
from davidson.media.files import media_folder
from davidson.media.models import Media
from davidson.media.pictures import draw
from davidson.pagecache.tags import BREAKER
from davidson.pagecache.versions import touch
from tests.factories import make_article
from tests.fire.desk import Desk
from tests.fire.paper import TREATMENT, Story
from tests.media.samples import corners, encoded

STORIES = 6
SECTIONS = ("World", "Science")
PICTURES = (encoded(corners()), encoded(corners(120, 60)))


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
        story.headlines_before = [story.headline] if story.headline else []
        story.changed = self.made if story.headline and story.public else 0
        story.headline, story.public = f"Headline number {self.made}", True
        story.section = self.draw.choice(SECTIONS)
        if story.section.lower() not in self.order:
            self.order.append(story.section.lower())
        self._store(story)
        return story

    def amend(self) -> Story:
        """Something that was wrong put right in an article, with a note."""
        self.made += 1
        story = self.draw.choice(self.public())
        note = f"Correction number {self.made}."
        story.notes.append((self.made, note))
        story.changed = self.made
        self._store(story, source=f"Text number {self.made}.", amendment=Amendment(ChangeKind.CORRECTION, note))
        return story

    def tell(self) -> Story:
        """A note on what was changed, said afterwards, or one that is taken back; from elsewhere."""
        self.made += 1
        story = self.draw.choice(self.public())
        number, note = story.silent or self.made, f"Correction number {self.made}."
        with self.elsewhere.app_context():
            article = article_to_change(story.slug)
            assert article is not None
            if story.notes and self.draw.random() < 0.5:
                _, note = story.notes.pop(self.draw.randrange(len(story.notes)))
                change = next(told for told in telling_of(article.id).notes if told.note == note)
                take_note_back(article, change.number, actor=SHELL, now=utcnow())
                story.withdrawn.append(note)
            else:
                tell(article, Amendment(ChangeKind.CORRECTION, note), actor=SHELL, now=utcnow())
                story.notes.append((number, note))
            db.session.commit()
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
            assert media is not None
            words = PictureWords(story.alt, "", "Ada")
            describe_picture(article, media, words, media.focus, actor=SHELL, now=utcnow())
            db.session.commit()
        return story

    def picture(self) -> Story:
        """Another picture for an article, from elsewhere."""
        self.made += 1
        story = self.draw.choice(self.public())
        story.alt = f"Picture number {self.made}"
        with self.elsewhere.app_context():
            drawn = draw(self.draw.choice(PICTURES), folder=media_folder())
            found = pictured_article(self.article_of(story).id, to_change=True)
            media = db.session.get_one(Media, store_picture(drawn, now=utcnow()))
            assert found is not None
            replace_picture(found[0], media, PictureWords(story.alt, "", "Ada"), actor=SHELL, now=utcnow())
            story.picture = media.digest[:20]
            db.session.commit()
        return story

    def _store(self, story: Story, **fields: Any) -> None:
        """Write the story as it ought to be, of today or of the day before."""
        story.alt, story.picture = f"Picture number {self.made}", sha256(PICTURES[0]).hexdigest()[:20]
        story.published_at = utcnow() - timedelta(hours=self.draw.choice([1, 25]))
        story.day = story.published_at.date().isoformat()
        make_article(
            self.draw.choice([self.app, self.elsewhere]),
            slug=story.slug,
            headline=story.headline,
            section=story.section,
            tags=("Rivers",),
            authors=("Ann Author",),
            published_at=story.published_at,
            picture=ManuscriptPicture(PICTURES[0], alt=story.alt, credit="Ada"),
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
        slug = self.draw.choice(self.order)
        self.sections[slug] = f"Section {self.made}"
        self.on_section(slug, lambda section, act: rename_section(section, self.sections[slug], act=act))
        return self.draw.choice(self.public())

    def reorder(self) -> Story:
        """Another order of the masthead, or a section in it or out of it."""
        slug = self.draw.choice(self.order)
        if self.draw.random() < 0.5:
            self.order.remove(slug)
            place = self.draw.randrange(len(self.order) + 1)
            self.order.insert(place, slug)
            self.on_section(slug, lambda section, act: move_section(section, place + 1, act=act))
        else:
            self.hidden ^= {slug}
            self.on_section(slug, lambda section, act: show_section(section, slug not in self.hidden, act=act))
        return self.draw.choice(self.public())

    def on_section(self, slug: str, change: Callable[[Section, Act], None]) -> None:
        with self.draw.choice([self.app, self.elsewhere]).app_context():
            section = section_by_slug(slug)
            assert section is not None
            change(section, Act(SHELL, utcnow()))
            db.session.commit()

    def correct(self) -> Story:
        """The author's name, corrected."""
        self.made += 1
        with self.elsewhere.app_context():
            db.session.query(Author).one().name = self.author = f"Author {self.made}"
            db.session.commit()
        return self.draw.choice(self.public())
