"""Names: nobody outside the newsroom may go by the name of its staff or of the site.

The form refuses such a name; the rule holds what comes another way, or was sent before the name was anybody's.
"""

import re
from functools import lru_cache

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.finding import Finding, Place, excerpt
from davidson.comments.screening.folding import skeleton_of
from davidson.comments.screening.matching import find_terms
from davidson.comments.status import CommentStatus

# What looks alike in many a typeface, beyond single characters of other scripts: Unicode Technical Standard 39,
# section 4, takes "m" for "rn" and capital I for small L too.
_TALL = str.maketrans({"I": "l", "1": "l", "|": "l", "0": "o"})
_PAIRS = (("rn", "m"), ("vv", "w"))
_WORD = re.compile(r"[^\W_]+")


def owned_name(name: str, owned: tuple[str, ...]) -> str | None:
    """The first of the owned names that a sender's name is, or passes for, however it is spelled.

    A name of several words is also found within a longer one ("Davidson News Support"), one of a single word only
    alone: a reader called Ann Smith does not pose as the editor Ann.
    """
    for found, places in find_terms(name, owned).items():
        if len(found.split()) > 1 or any(_is_whole(place, name) for place in places):
            return found
    looks = f" {_looks_of(name)} "
    return next((one for one in owned if " " in _looks_of(one) and f" {_looks_of(one)} " in looks), None)


def borrowed_name(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment under the site's name or that of one of its staff, however it is spelled."""
    name = owned_name(draft.name, (facts.site_name, *facts.staff_names))
    if name is None:
        return None
    whose = "the site" if name == facts.site_name else "a member of staff"
    detail = f"The sender goes by the name of {whose}, “{excerpt(name, 40)}”."
    return Finding("names", CommentStatus.PENDING, detail, evidence=excerpt(draft.name))


@lru_cache(maxsize=1024)
def _looks_of(name: str) -> str:
    """A name as it looks at a glance, its words parted by single spaces."""
    looks = skeleton_of(name.translate(_TALL))
    for pair, letter in _PAIRS:
        looks = looks.replace(pair, letter)
    return " ".join(_WORD.findall(looks))


def _is_whole(place: Place, name: str) -> bool:
    rest = name[: place.start] + name[place.end :]
    return not any(character.isalnum() for character in rest)
