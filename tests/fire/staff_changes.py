"""What moderators change at random."""

import re

from sqlalchemy import update

from davidson.audit.log import SCREENING, SHELL
from davidson.clock import utcnow
from davidson.comments.lessons import Lesson
from davidson.comments.models import Comment
from davidson.comments.screening.features import FEATURES_VERSION
from davidson.database import db
from davidson.moderation.bans import end_ban
from davidson.moderation.decisions import Decision, decide
from davidson.moderation.relearning import relearn
from tests.factories import Made, make_comment
from tests.fire.desk import Desk
from tests.fire.paper import Said, Story
from tests.moderation.senders import ban_in_store


class StaffChanges(Desk):
    """What moderators change at random."""

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

    def relearn(self) -> Story:
        """What decisions taught is learned anew, as after an upgrade that takes texts apart in another way."""
        with self.elsewhere.app_context():
            db.session.execute(update(Lesson).values(features_version=FEATURES_VERSION - 1))
            relearn(actor=SCREENING, now=utcnow(), batch=10**6)
        return self.draw.choice(self.public())

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

    def ban(self) -> Story:
        """What comes from a banned network is held, and no page shows it, after the ban neither."""
        open_ = [story for story in self.public() if story.is_open]
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
