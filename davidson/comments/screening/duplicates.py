"""Duplicates: the text of an earlier comment, sent again as it was or a little changed."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, pairwise

from davidson.comments.draft import Draft, Facts, Recent
from davidson.comments.screening.finding import Finding
from davidson.comments.screening.folding import skeleton_of
from davidson.comments.status import CommentStatus

MIN_WORDS = 6
"""A shorter text ("Thank you!") is written by many people on their own, so only its own sender repeats it."""

NEARLY_SAME = 0.6
"""Jaccard similarity of two texts' pairs of neighbouring words (Broder 1997) from which they count as one text."""

MAX_WORDS = 1000
"""Words of a text that are compared, about as many as the longest comment has: 200 long ones may have to be."""

KEPT = 80
"""Texts whose words are kept: those of the earlier comments, which are the same for the next comment but for one."""

# Kana and Han have no spaces between words, so there each character counts as one.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W_\u3040-\u30ff\u3400-\u9fff]+")

# Which of several earlier comments to name: what the newsroom made of it tells a moderator more than its age.
_TELLING = {CommentStatus.SPAM: 3, CommentStatus.REJECTED: 2, CommentStatus.PENDING: 1, CommentStatus.APPROVED: 0}


def same_text_again(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a text that a recent comment of the site has, or nearly has; take one that was marked as spam for spam.

    Quoted lines are left out of the comparison, so that two people may answer the same passage.
    """
    words, pairs = _words_and_pairs(draft.source)
    least, most = NEARLY_SAME * len(pairs) - 1, len(pairs) / NEARLY_SAME + 1
    is_short = len(words) < MIN_WORDS
    same: list[Recent] = []
    nearly: list[Recent] = []
    for recent in facts.recent:
        if recent.status not in _TELLING or (is_short and not recent.same_sender):
            continue
        their_words, their_pairs = _words_and_pairs(recent.source)
        if their_words == words:
            same.append(recent)
        # What differs so much in length cannot be that alike, and need not be compared.
        elif not is_short and least <= len(their_pairs) <= most and _similarity(pairs, their_pairs) >= NEARLY_SAME:
            nearly.append(recent)
    if same:
        return _finding("Same text", _most_telling(same), exact=True)
    return _finding("Nearly the same text", _most_telling(nearly), exact=False) if nearly else None


def are_alike(one: str, other: str) -> bool:
    """Whether two texts are the same, or nearly; short ones only where they are the same."""
    (words, pairs), (their_words, their_pairs) = _words_and_pairs(one), _words_and_pairs(other)
    return words == their_words or (len(words) >= MIN_WORDS and _similarity(pairs, their_pairs) >= NEARLY_SAME)


def _finding(likeness: str, recent: Recent, *, exact: bool) -> Finding:
    outcome = {CommentStatus.SPAM: "marked as spam", CommentStatus.PENDING: "waiting"}.get(recent.status, recent.status)
    sender = " from the same sender" if recent.same_sender else ""
    article = "under this article" if recent.same_article else "under another article"
    detail = f"{likeness} as comment #{recent.id}{sender} {article}, {outcome}."
    is_spam = exact and recent.status is CommentStatus.SPAM
    status = CommentStatus.SPAM if is_spam else CommentStatus.PENDING
    return Finding("duplicates", status, detail, evidence=f"#{recent.id}")


def _most_telling(recent: Iterable[Recent]) -> Recent:
    """The first of those that tell most, which is the newest."""
    return max(recent, key=lambda each: _TELLING[each.status])


@lru_cache(maxsize=KEPT)
def _words_and_pairs(source: str) -> tuple[list[str], frozenset[int]]:
    """Give the words of a text, and the hashes of its pairs of neighbouring words, which are small and compared fast.

    Two pairs with one hash of 64 bits are not to be met in a lifetime.
    """
    words = _words_of(source)
    return words, frozenset(map(hash, pairwise(words)))


def _words_of(source: str) -> list[str]:
    """Give the words of a text without its quoted lines; of a text without words, what stands between its spaces."""
    own = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(">"))
    folded = skeleton_of(own if own.strip() else source)
    words = [match[0] for match in islice(_WORD.finditer(folded), MAX_WORDS)]
    return words or folded.split()


def _similarity(left: frozenset[int], right: frozenset[int]) -> float:
    if not left or not right:
        return 0.0
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared)
