"""Names: nobody outside the newsroom may go by the name of its staff or of the site."""

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.finding import Finding, Place, excerpt
from davidson.comments.screening.matching import find_terms
from davidson.comments.status import CommentStatus


def borrowed_name(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment under the site's name or that of one of its staff, however it is spelled.

    A name of several words is also found within a longer one ("Davidson News Support"), one of a single word only
    alone: a reader called Ann Smith does not pose as the editor Ann.
    """
    owned = (facts.site_name, *facts.staff_names)
    for name, places in find_terms(draft.name, owned).items():
        if len(name.split()) > 1 or any(_is_whole(place, draft.name) for place in places):
            whose = "the site" if name == facts.site_name else "a member of staff"
            detail = f"The sender goes by the name of {whose}, “{excerpt(name, 40)}”."
            return Finding("names", CommentStatus.PENDING, detail, evidence=excerpt(draft.name))
    return None


def _is_whole(place: Place, name: str) -> bool:
    rest = name[: place.start] + name[place.end :]
    return not any(character.isalnum() for character in rest)
