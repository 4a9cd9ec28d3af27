"""Links: how many there are, who sends them, and whether they say where they lead."""

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.anchors import Link, links_in
from davidson.comments.screening.finding import Finding, excerpt, first_places
from davidson.comments.status import CommentStatus

MANY_LINKS = 2
"""More than this many links hold a comment, whoever sends it."""

FLOOD_OF_LINKS = 6
"""More than this many links are spam."""


def link_from_a_stranger(draft: Draft, facts: Facts) -> Finding | None:
    """Hold any link from a sender without an approved comment."""
    links = links_in(draft.source)
    if facts.known or not links:
        return None
    return _finding(CommentStatus.PENDING, "Contains a link, from a sender without an approved comment.", links)


def many_links(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment with more than MANY_LINKS links, whoever sends it; beyond FLOOD_OF_LINKS it is spam."""
    links = links_in(draft.source)
    if len(links) <= MANY_LINKS:
        return None
    status = CommentStatus.SPAM if len(links) > FLOOD_OF_LINKS else CommentStatus.PENDING
    return _finding(status, f"Contains {len(links)} links.", links)


def disguised_links(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment with a link whose text is not the address it leads to."""
    links = tuple(link for link in links_in(draft.source) if link.is_disguised)
    if not links:
        return None
    first = links[0]
    more = f", and {len(links) - 1} more like it" if len(links) > 1 else ""
    detail = f"A link says “{excerpt(first.label or '', 40)}” but leads to {excerpt(first.target, 60)}{more}."
    return _finding(CommentStatus.PENDING, detail, links)


def link_in_the_name(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment whose sender's name is or holds a link."""
    links = links_in(draft.name)
    if not links:
        return None
    return Finding("links", CommentStatus.PENDING, "The name contains a link.", evidence=excerpt(draft.name))


def _finding(status: CommentStatus, detail: str, links: tuple[Link, ...]) -> Finding:
    evidence = excerpt(" ".join(link.target for link in links), 300)
    return Finding("links", status, detail, first_places(link.place for link in links), evidence)
