"""What all the site's forms share."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto as ASK_REQUEST


class SiteForm(FlaskForm):
    """A form of text fields. A file that is sent in a field's place is not there: no form of the site takes one."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """The fields that this request sent, where it is asked; nothing of its files, and no JSON."""
            if formdata is not ASK_REQUEST:
                return formdata
            return request.form if request.method == "POST" else None
