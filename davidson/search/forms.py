"""What readers look for, in the address of a search."""

from collections.abc import Mapping
from types import MappingProxyType

from wtforms import SearchField, SelectField, StringField
from wtforms.validators import StopValidation

from davidson.articles.queries import public_sections
from davidson.clock import utcnow
from davidson.search.articles import Order, Search, listed_author
from davidson.search.words import NO_WORDS, Words, words_in
from davidson.web.forms import FilterForm, clean

MAX_SEARCH = 200


class SearchForm(FilterForm):
    """Words, and what they are looked for in. An author is given by name, of today or of old, or by slug."""

    q = SearchField("Search for", filters=[clean])
    section = SelectField("Section", filters=[clean], validate_choice=False)
    author = StringField("Author", filters=[clean])
    order = StringField(filters=[clean])

    _words: Words = NO_WORDS
    _section_id: int | None = None
    _author_id: int | None = None
    _sections: Mapping[str, str] = MappingProxyType({})

    def offer(self) -> None:
        """Let the sections be chosen from that readers know, and what was asked for in any case."""
        asked = {self.section.data or "": self.section.data or ""}
        self._sections = asked | {section.slug: section.name for section in public_sections(utcnow())}
        self.section.choices = [("", "All sections"), *((slug, name) for slug, name in self._sections.items() if slug)]

    def validate_q(self, field: SearchField) -> None:
        if len(field.data or "") > MAX_SEARCH:
            raise StopValidation(f"Search for at most {MAX_SEARCH} characters.")
        self._words = words_in(field.data or "")
        if field.data and not self._words:
            raise StopValidation("There is no word in this to look for.")

    def validate_section(self, field: SelectField) -> None:
        if not field.data:
            return
        found = [section.id for section in public_sections(utcnow()) if section.slug == field.data]
        if not found:
            raise StopValidation("There is no such section.")
        self._section_id = found[0]

    def validate_author(self, field: StringField) -> None:
        if not field.data:
            return
        self._author_id = listed_author(field.data, utcnow())
        if self._author_id is None:
            raise StopValidation("Nobody of this name has written here. Give the whole name as it stands on articles.")

    def validate_order(self, field: StringField) -> None:
        if field.data not in ("", *Order):
            field.data = ""

    @property
    def wanted(self) -> Search:
        """What is looked for. Of a valid form only."""
        return Search(self._words, self._section_id, self._author_id, self.begins_at, self.ends_at)

    @property
    def chosen_order(self) -> Order:
        """The order that was asked for, the best first where none was."""
        return Order(self.order.data or Order.BEST)

    @property
    def words_alone(self) -> tuple[str, ...]:
        """The words and phrases that are looked for, where there are several of them."""
        phrases = self._words.phrases
        return phrases if len(phrases) > 1 else ()

    @property
    def narrowed_to(self) -> tuple[str, ...]:
        """What else than words is asked for, in words. Of a form that has offered what can be chosen."""
        section = self._sections.get(self.section.data or "", "")
        since = f"from {self.since.data}" if self.since.data else ""
        until = f"to {self.until.data}" if self.until.data else ""
        return tuple(told for told in (section, self.author.data, since, until) if told)

    @property
    def is_narrowed(self) -> bool:
        """Whether something else than words is asked for."""
        return any(field.data for field in (self.section, self.author, self.since, self.until))
