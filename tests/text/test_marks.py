"""Signs that belong to their word though `\\w` leaves them out."""

import re
import unicodedata

from davidson.text.marks import MARKS


def test_marks_are_those_signs_of_their_block_that_unicode_calls_so_and_no_others():
    of_class = re.compile(f"[{MARKS}]")
    signs = [chr(code) for code in range(0x2000)]
    marked = [sign for sign in signs if of_class.fullmatch(sign)]
    assert marked == [
        sign for sign in signs if unicodedata.category(sign).startswith("M") and "\u0300" <= sign < "\u1d00"
    ]
