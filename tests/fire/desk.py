"""What random changes begin with: the paper as it ought to be, and a comment or story to change."""

import random
from collections.abc import Callable

from flask import Flask

from davidson.articles.closing import close_comments
from davidson.articles.publishing import article_to_change
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.editing import edit
from davidson.comments.models import Comment
from davidson.comments.queries import proposal_for
from davidson.database import db
from tests.factories import Made, make_comment
from tests.fire.paper import Said, Story
from tests.fire.people import Moderator


class Desk:
    """What random changes begin with: the paper as it ought to be, and a comment or story to change."""

    def __init__(self, app: Flask, elsewhere: Flask, moderator: Moderator, draw: random.Random) -> None:
        self.app, self.elsewhere, self.moderator, self.draw = app, elsewhere, moderator, draw
        self.stories: list[Story] = []
        self.sections = {"world": "World", "science": "Science"}
        self.order: list[str] = []
        self.hidden: set[str] = set()
        self.author = "Ann Author"
        self.made = 0
        self.lead: Story | None = None

    def public(self) -> list[Story]:
        return [story for story in self.stories if story.public]

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

    def act(self, act: Callable[[Comment], None], said: Said) -> None:
        """Let its author act on a comment, in another process than those that serve."""
        with self.elsewhere.app_context():
            act(db.session.get_one(Comment, said.id))
            db.session.commit()

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
