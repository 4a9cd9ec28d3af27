"""The built wheel is the whole site: code, templates, static files, migrations and gunicorn's configuration."""

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.site import running_site

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `davidson` of an environment that holds the wheel, and reaches this one's packages for what it needs."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--no-index", "--no-build-isolation", "--no-deps", "-w", folder, ROOT)
    _run(sys.executable, "-m", "venv", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    _run(python, "-m", "pip", "install", "--no-index", "--no-deps", *folder.glob("*.whl"))
    own = sysconfig.get_path("purelib", vars={"base": str(folder / "venv")})
    # Added without its .pth files, one of which would lead back to the checkout.
    (Path(own) / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return folder / "venv" / "bin" / "davidson"


def test_an_installed_wheel_serves_the_whole_site_from_anywhere(installed: Path, tmp_path: Path):
    code = "import davidson, wsgi; print(davidson.__file__, wsgi.__file__)"
    where = _run(installed.with_name("python"), "-c", code, cwd=tmp_path).split()
    assert [Path(path).is_relative_to(installed.parent.parent) for path in where] == [True, True]

    with running_site(None, tmp_path / "instance", command=(str(installed),), cwd=tmp_path) as site:
        home = site.get("/")
        assert home.status == 200
        sheet = re.search(r'href="(/static/[^"]+/css/site\.css)"', home.text)
        assert sheet is not None
        styles = site.get(sheet[1])
        assert styles.status == 200
        assert "@layer" in styles.text
        fonts = set(re.findall(r"/static/[^\")]+\.woff2", home.text))
        assert {site.get(font).status for font in fonts} <= {200}
        assert site.get("/readyz").text == "ready\n"
        assert site.get("/no-such-page").status == 404
        assert site.stop() == 0


def test_an_installed_wheel_keeps_its_store_where_the_operator_stands(installed: Path, tmp_path: Path):
    answer = subprocess.run([installed, "doctor"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert f"instance folder {tmp_path / 'instance'}" in answer.stdout


def _run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
