"""Templates are rendered whether or not they can be kept compiled."""

from pathlib import Path
from shutil import rmtree

from davidson import create_app
from davidson.config import settings_from
from tests.conftest import environment


def test_a_page_is_rendered_where_compiled_templates_can_be_neither_read_nor_kept(tmp_path: Path, static_files: Path):
    (tmp_path / "static").symlink_to(static_files)
    kept = tmp_path / "templates"

    def page(*, spoil: bool) -> str:
        app = create_app(settings_from(environment(None, tmp_path)), commands=False)
        if spoil:
            rmtree(kept)
            kept.write_text("no folder")
        answer = app.test_client().get("/")
        assert answer.status_code == 503  # There is no store, and what says so is a page of the site.
        return answer.text

    usual = page(spoil=False)
    assert "We are busy" in usual and list(kept.iterdir())
    assert page(spoil=True) == usual
