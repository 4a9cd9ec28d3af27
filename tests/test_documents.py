"""What the documents promise is there: every command, option, setting, file and route that they name."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

from davidson.cli import DavidsonGroup
from davidson.config import settings_from
from tests.conftest import ROOT, run_davidson

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/configuration.md",
    "docs/deploying.md",
    "docs/audit.md",
    "docs/commenting.md",
    "docs/discussion.md",
    "docs/feeds.md",
    "docs/front.md",
    "docs/mail.md",
    "docs/moderating.md",
    "docs/pictures.md",
    "docs/screening.md",
    "docs/waves.md",
    "docs/words.md",
)
COMMAND = re.compile(r"(?:^|[`/ ])davidson ((?:[a-z]+ ?)+|--help)((?: [^`\n#]*)?)", re.MULTILINE)


def code_of(text: str) -> str:
    """The code blocks and code spans of a Markdown text, a line each."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    return "\n".join([*blocks, *spans])


class Recording(dict[str, str]):
    """An environment that remembers what it was asked for."""

    asked: set[str]

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


def test_the_page_of_settings_names_each_and_no_other(tmp_path: Path):
    environ = Recording(DAVIDSON_INSTANCE=str(tmp_path))
    environ.asked = set()
    settings_from(environ)
    table = re.findall(r"^\| `(DAVIDSON_\w+)` \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE)
    assert sorted(table) == sorted(environ.asked)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_setting_that_is_named_is_one(document: str, tmp_path: Path):
    named = set(re.findall(r"\bDAVIDSON_[A-Z_]+[A-Z]\b", (ROOT / document).read_text()))
    known = set(re.findall(r"`(DAVIDSON_\w+)`", (ROOT / "docs/configuration.md").read_text()))
    # One is the tests' own, one the containers'.
    assert named - known - {"DAVIDSON_TEST_DATABASE_URL", "DAVIDSON_STORE_PASSWORD"} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_and_option_that_is_named_is_there(
    document: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("DAVIDSON_INSTANCE", str(tmp_path))
    group = DavidsonGroup()
    with group.make_context("davidson", ["routes"]) as ctx:
        for words, rest in COMMAND.findall(code_of((ROOT / document).read_text()).replace("\\\n", " ")):
            if words == "--help":
                continue
            command: click.Command = group
            for name in words.split():
                if not isinstance(command, click.Group):
                    break
                found = command.get_command(ctx, name)
                assert found is not None, f"{document} names `davidson {words}`"
                command = found
            options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
            assert set(re.findall(r"--[a-z-]+", rest)) <= options, f"davidson {words}{rest}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_file_leads_to_one(document: str):
    text = (ROOT / document).read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link and not link.startswith("/")]
    here = (ROOT / document).parent
    # The screenshot is made by the project itself, from a running site.
    missing = [link for link in links if not (here / link).exists() and link != "docs/screenshot.png"]
    assert missing == []


def test_the_map_of_the_code_names_every_package():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    packages = {path.parent.name for path in (ROOT / "davidson").glob("*/__init__.py")}
    assert {name for name in packages if f" {name}/" not in text} == set()


def test_the_readmes_example_is_an_article(app: Flask, store: object, tmp_path: Path):
    [example] = re.findall(r"^```markdown\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    picture = next((ROOT / "davidson/operations/demo/pictures").glob("*.jpg"))
    (tmp_path / "mayor.jpg").write_bytes(picture.read_bytes())
    (tmp_path / "mayor.md").write_text(example)
    url = app.extensions["davidson-settings"].database_url
    instance = Path(app.instance_path)
    added = run_davidson("article", "add", str(tmp_path / "mayor.md"), "--publish", url=url, instance=instance)
    assert (added.returncode, added.stderr, added.stdout) == (0, "", "/articles/mayor-resigns\n")
    page = app.test_client().get("/articles/mayor-resigns").text
    assert "She handed in her letter at noon." in page
    assert "Who will follow her" in page
