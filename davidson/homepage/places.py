"""The places of the front that editors fill."""

from enum import StrEnum


class Place(StrEnum):
    """Where an article can be pinned: among the lead and the seconds, or in the row of its section."""

    TOP = "top"
    SECTION = "section"


# How many slots each has, and a section's row too.
SLOTS = {Place.TOP: 3, Place.SECTION: 4}
