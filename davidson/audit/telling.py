"""Telling an entry of the log as a sentence. Pure: no session, no clock.

A kind of act has a phrase here; one that has none is told by its own name, so that nothing is ever left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from davidson.audit.models import AuditEntry

ACTORS = {
    "shell": "The command line",
    "reader": "A reader",
    "screening": "The screening",
    "retention": "The daily tidying",
    "breaker": "The spam breaker",
}
STATES = {"pending": "waiting", "deleted": "erased"}
# What was done, before and after the name of what it was done to.
PHRASES = {
    "comment.submit": ("sent", ", {now}"),
    "comment.edit": ("changed the text of", ", {now}"),
    "comment.propose-text": ("proposed a new text for", ""),
    "comment.take-text-back": ("took back the new text for", ""),
    "comment.accept-text": ("approved the new text of", ""),
    "comment.refuse-text": ("refused the new text for", ""),
    "comment.restore-text": ("took back the decision on the new text for", ""),
    "comment.appeal": ("appealed against the refusal of", ""),
    "comment.uphold": ("upheld the appeal about", ", which was {before}"),
    "comment.dismiss": ("dismissed the appeal about", ""),
    "comment.withdraw": ("withdrew", ""),
    "comment.erase": ("erased", ""),
    "comment.forget": ("erased", ", which was spam"),
    "comment.approve": ("approved", ", which was {before}"),
    "comment.reject": ("rejected", ", which was {before}"),
    "comment.spam": ("marked", ", which was {before}, as spam"),
    "comment.undo": ("took back the last decision on", ", {now} again"),
    "article.add": ("added the draft", ""),
    "article.update": ("changed", ""),
    "article.publish": ("published", ""),
    "article.unpublish": ("took back", ""),
    "article.tell": ("told readers of a change to", ""),
    "article.untell": ("took back what readers were told of", ""),
    "article.replace-picture": ("gave another picture to", ""),
    "article.picture": ("described the picture of", ""),
    "front.pin": ("pinned", " to the front"),
    "front.unpin": ("took", " off its place on the front"),
    "section.add": ("added the section", ""),
    "section.rename": ("renamed the section", ""),
    "section.move": ("moved the section", ""),
    "section.show": ("put the section", " into the masthead"),
    "section.hide": ("took the section", " out of the masthead"),
    "article.comments-mode": ("changed how comments wait on", ", from {before} to {to_state}"),
    "media.add": ("added the picture", ""),
    "staff.add": ("added", " as {to_state}"),
    "staff.role": ("gave", " the role of {to_state} instead of {before}"),
    "staff.disable": ("disabled the account of", ""),
    "staff.enable": ("enabled the account of", " again"),
    "staff.password": ("changed the password of", ""),
    "ban.place": ("placed", " on a {to_state}"),
    "ban.end": ("ended", " on a {before} early"),
    "note.add": ("wrote", " on a {to_state}"),
    "note.delete": ("deleted", " on a {before}"),
    "term.add": ("put", " on the list of {to_state} words"),
    "term.move": ("moved", " from the list of {before} words to that of {to_state} ones"),
    "term.remove": ("took", " off the list of {before} words"),
}
# What people do to their own sessions, who are named as the actor already.
ALONE = {
    "staff.login": "logged in",
    "staff.logout": "logged out",
    "staff.end-session": "ended one of their sessions",
    "staff.end-other-sessions": "ended their other sessions",
    "breaker.trip": "let every comment wait for a moderator",
    "breaker.close": "let comments be treated as usual again",
    "screening.train": "taught the screening from a file",
    "screening.rebuild": "learned anew what earlier decisions taught",
    "screening.reset": "let the screening forget all that it learned",
    "retention.run": "forgot what is kept no longer",
}
# Details by which a thing is called, and those that a phrase has told already.
NAMES = ("headline", "email", "term", "address", "section")
TOLD = frozenset({*NAMES, "slug", "findings", "rules_version", "undoes", "bulk"})


@dataclass(frozen=True)
class Told:
    """An entry as a sentence without its full stop, in the parts around the name of what it is about; and why.

    `thing` is empty where the sentence names nothing but who acted.
    """

    who: str
    before: str
    thing: str
    after: str
    because: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of it as one text."""
        return f"{self.who} {self.before}{' ' if self.thing else ''}{self.thing}{self.after}"


def told(entry: AuditEntry, *, names: Mapping[int, str], reasons: Mapping[str, str]) -> Told:
    """Tell an entry; `names` are those of staff by id, `reasons` what the reasons of a refusal are called."""
    who = names.get(entry.actor_id or 0) or ACTORS.get(entry.actor, entry.actor)
    because = (*_reason(entry, reasons), *_findings(entry), *_bulk(entry), *_others(entry))
    if entry.action in ALONE:
        return Told(who, ALONE[entry.action], "", "", because)
    if entry.action not in PHRASES:
        return Told(f"{who}:", f"{_plain(entry.action)},", _thing(entry), _states(entry), because)
    before, after = PHRASES[entry.action]
    values = {"to_state": entry.to_state, "before": _state(entry.from_state), "now": f"now {_state(entry.to_state)}"}
    return Told(who, before, _thing(entry), after.format(**values), because)


def action_label(action: str) -> str:
    """What a kind of act is called in a list to choose from."""
    kind, _, verb = action.partition(".")
    return f"{kind}: {_plain(verb or kind)}"


def _thing(entry: AuditEntry) -> str:
    for key in NAMES:
        if name := entry.details.get(key):
            return str(name) if key in ("email", "address") else f"“{name}”"
    return entry.subject.replace(":", " ")


def _state(state: str) -> str:
    return STATES.get(state, state) or "new"


def _states(entry: AuditEntry) -> str:
    """From what to what, for an act without a phrase."""
    if not entry.to_state:
        return ""
    return (
        f", from {_state(entry.from_state)} to {_state(entry.to_state)}"
        if entry.from_state
        else f", now {_state(entry.to_state)}"
    )


def _plain(action: str) -> str:
    return action.replace(".", " ").replace("-", " ")


def _reason(entry: AuditEntry, reasons: Mapping[str, str]) -> tuple[str, ...]:
    return (reasons.get(entry.reason, entry.reason),) if entry.reason else ()


def _findings(entry: AuditEntry) -> tuple[str, ...]:
    """What screening found, in its own sentences."""
    findings: Any = entry.details.get("findings")
    if not isinstance(findings, list):
        return ()
    return tuple(str(found["detail"]) for found in findings if isinstance(found, dict) and found.get("detail"))


def _bulk(entry: AuditEntry) -> tuple[str, ...]:
    """That it was one of many, by the number of the decision on these."""
    number = entry.details.get("bulk")
    return (f"one of many at once, in decision {number} of this kind",) if number else ()


def _others(entry: AuditEntry) -> tuple[str, ...]:
    """The other details that are plain values, such as "networks of comments: 12"."""
    return tuple(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in entry.details.items()
        if name not in TOLD and isinstance(value, (str, int, float))
    )
