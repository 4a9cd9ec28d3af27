"""What the queue is narrowed to, in its address."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SearchField, SelectField, StringField
from wtforms.validators import StopValidation

from davidson.clock import utcnow
from davidson.comments.reasons import LABELS, Reason
from davidson.moderation import labels
from davidson.moderation.filters import (
    NETWORK,
    TOKEN,
    Filter,
    article_label,
    label_named,
    section_label,
    sections_to_choose,
)
from davidson.moderation.naming import MOST_NAMED, articles_called
from davidson.moderation.rulenames import RULE_NAMES
from davidson.search.words import words_in
from davidson.web.forms import FilterForm, clean

MAX_SEARCH = 200
MAX_CARRIED = 2_000
_ADDRESS = re.compile(r"(?:https?://[^/\s]+)?/articles/(?P<slug>[^/?#\s]+)\S*")
REASONS = [(reason.value, LABELS[reason]) for reason in Reason]
RULES = list(RULE_NAMES.items())


def slug_typed(value: str | None) -> str:
    """The slug of an article, given by itself or within an address that was copied."""
    typed = clean(value)
    address = _ADDRESS.fullmatch(typed)
    return address["slug"] if address else typed


class QueueFilterForm(FilterForm):
    """Which comments are looked for. `network` and `token` are references, never what they stand for."""

    q = SearchField("Words", filters=[clean])
    section = SelectField("Section", filters=[clean], validate_choice=False)
    article = StringField("Article", filters=[slug_typed])
    rule = SelectField("Finding", filters=[clean], validate_choice=False)
    reason = SelectField("Reason", filters=[clean], validate_choice=False)
    network = HiddenField(filters=[clean])
    token = HiddenField(filters=[clean])

    articles: Sequence[tuple[str, str]] = ()
    """The slugs and headlines of the articles that may be meant, where it is not clear which."""

    @classmethod
    def carried(cls, text: str | None) -> "QueueFilterForm":
        """The form that a page of the queue was made with, from what its own forms send along."""
        return cls(MultiDict(parse_qsl((text or "")[:MAX_CARRIED])))

    def offer(self) -> None:
        """Let the sections, rules and reasons be chosen from, and what was asked for in any case."""
        for field, anything, offered in (
            (self.section, "Any section", sections_to_choose()),
            (self.rule, "Any finding", RULES),
            (self.reason, "Any reason", REASONS),
        ):
            asked = [(field.data, field.data)] if field.data and field.data not in dict(offered) else []
            field.choices = [("", anything), *offered, *asked]

    def validate_q(self, field: SearchField) -> None:
        self._words = words_in("")
        if len(field.data or "") > MAX_SEARCH:
            raise StopValidation(f"Search for at most {MAX_SEARCH} characters.")
        self._words = words_in(field.data or "")
        if field.data and not self._words:
            raise StopValidation("There is no word in this to look for.")

    def validate_section(self, field: SelectField) -> None:
        self._take(field, section_label, "There is no such section.")

    def validate_article(self, field: StringField) -> None:
        """Take a slug or an address; else the words of a headline, if one article alone has them."""
        typed = field.data or ""
        if typed and article_label(typed) is None:
            called = articles_called(words_in(typed[:MAX_SEARCH]), utcnow())
            if len(called) == 1:
                field.data = called[0][0]
            elif called:
                self.articles = called[:MOST_NAMED]
                number = f"More than {MOST_NAMED}" if len(called) > MOST_NAMED else str(len(called))
                raise StopValidation(f"{number} headlines have these words; choose one, or write more of it.")
        self._take(field, article_label, "There is no article with this address or headline.")

    def validate_rule(self, field: SelectField) -> None:
        self._take(field, lambda name: labels.rule(name) if name in RULE_NAMES else None, "There is no such rule.")

    def validate_reason(self, field: SelectField) -> None:
        known = set(Reason)
        self._take(field, lambda name: labels.reason(name) if name in known else None, "There is no such reason.")

    def validate_network(self, field: HiddenField) -> None:
        self._take(field, lambda name: label_named(NETWORK, name), "This network is not known, or not any more.")

    def validate_token(self, field: HiddenField) -> None:
        self._take(field, lambda name: label_named(TOKEN, name), "This author token is not known, or not any more.")

    @property
    def wanted(self) -> Filter:
        """What is looked for. Of a valid form only."""
        sent = labels.sent(self.begins_at, self.ends_at) if self.begins_at or self.ends_at else ()
        return Filter(tuple(self._labels.values()), sent, self._words)

    @property
    def in_one(self) -> str:
        """What is asked for as one text, for forms that lead back to the page; `carried` reads it."""
        return urlencode(self.in_address)

    @property
    def _labels(self) -> dict[str, str]:
        found: dict[str, str] = self.__dict__.setdefault("_found", {})
        return found

    def _take(self, field: StringField | SelectField, find: Callable[[str], str | None], fault: str) -> None:
        label = find(field.data) if field.data else None
        if label:
            self._labels[field.name] = label
        elif field.data:
            raise StopValidation(fault)
