"""What readers and authors of comments change at random."""

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.appealing import make_appeal
from davidson.comments.reasons import Reason
from davidson.comments.reports import report
from davidson.comments.withdrawing import erase, withdraw
from davidson.database import db
from davidson.moderation.appeals import Verdict, answer_appeal
from tests.fire.desk import Desk
from tests.fire.paper import Story

REPORTS_TO_HOLD = 3


class ReaderChanges(Desk):
    """What readers and authors of comments change at random."""

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
