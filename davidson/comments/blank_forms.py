"""The empty comment form of an article's page, without the cost of a form.

Such a form differs from one article to the next only in its address and its token. So its fields are rendered once a
process; whoever sends it is answered by `CommentForm`.
"""

from dataclasses import dataclass

from flask import current_app, get_template_attribute
from markupsafe import Markup

from davidson.comments.forms import CommentForm
from davidson.web.signing import keyed_hash

FIELDS = "davidson-comment-fields"


@dataclass(frozen=True)
class BlankForm:
    """What the template of the form shows where nothing was sent and nothing is answered."""

    action: str
    token: str
    fields: Markup
    errors: tuple[()] = ()
    replying_to: None = None

    @classmethod
    def on(cls, slug: str, *, action: str) -> "BlankForm":
        """The form below the article `slug`."""
        return cls(action=action, token=keyed_hash("form", "comment", slug), fields=_fields())


def _fields() -> Markup:
    """The fields of a form that nobody has touched, alike for every article."""
    fields: Markup | None = current_app.extensions.get(FIELDS)
    if fields is None:
        render = get_template_attribute("components/comment-fields.html", "comment_fields")
        fields = current_app.extensions[FIELDS] = render(CommentForm.on("", action=""))
    return fields
