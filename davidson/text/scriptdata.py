"""JSON inside a page: the one place where values become the content of a `script` element."""

import json

from markupsafe import Markup

# `<` and `>` could end the element or begin a comment in it (HTML standard, section 4.12.1.3), `&` is one in XHTML, and
# the last two end a line in JavaScript but not in JSON. Escaped so, they are the same to whoever reads the JSON.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def script_data(value: object) -> Markup:
    """Give a value as JSON that is the same text inside a `script` element as outside."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 - nothing is left in it that HTML knows.
