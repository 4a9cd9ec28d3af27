"""The colour in a picture's place: a class for each that there may be, on which an alt text can be read."""

import re
from itertools import product

from davidson.media.pictures import TONES
from davidson.web.assets import SOURCE

RULE = re.compile(r"\.tone-([0-9a-f]{3}) \{\s*background: #([0-9a-f]{3});\s*color: #([0-9a-f]{3});\s*\}")
AA = 4.5  # WCAG 2.2, success criterion 1.4.3.


def luminance(colour: str) -> float:
    """The relative luminance of three hexadecimal digits, as WCAG 2.2 defines it."""
    channels = [int(digit * 2, 16) / 255 for digit in colour]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_tone_has_a_class_on_which_words_can_be_read():
    rules = RULE.findall((SOURCE / "css" / "components" / "tone.css").read_text())
    assert {name for name, _, _ in rules} == {"".join(digits) for digits in product(TONES.values(), repeat=3)}
    for name, ground, ink in rules:
        darker, lighter = sorted((luminance(ground), luminance(ink)))
        assert name == ground and (lighter + 0.05) / (darker + 0.05) >= AA, name
