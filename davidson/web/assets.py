"""Static files: put together once a release in the instance folder, under a name made of their content.

The source keeps one CSS file a component; a page must not pay a request for each. So the first process of a release
joins the style sheets in the order of their layers, compresses what compresses, and every process serves that folder.
A changed file makes another folder and other addresses: browsers and proxies may keep them for ever.
"""

import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from flask import Flask, current_app
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

SOURCE = Path(__file__).resolve().parent.parent / "static"
SITE_ORDER = ("tokens.css", "reset.css", "base.css", "layout.css", "components/*.css", "utilities.css", "print.css")
# Every page has the first; what only some pages need, others do not load.
SHEETS = {"site": SITE_ORDER, "staff": ("staff/*.css",), "search": ("search/*.css",)}
YEAR = 365 * 24 * 3600
EXTENSION = "davidson-asset"


def init_assets(app: Flask, instance: Path) -> None:
    """Serve the static files and give templates `asset(path)`, the address of one of them.

    `asset` raises KeyError for a file that there is not.
    """
    sheets = {f"css/{name}.css": _joined(order) for name, order in SHEETS.items()}
    copied = {path.relative_to(SOURCE).as_posix(): path for path in _copied_files()}
    release = _digest(sheets, copied)
    folder = instance / "static" / release
    if not folder.exists():
        _build(folder, sheets, copied)
    known = {*sheets, *copied}

    def asset(path: str) -> str:
        if path not in known:
            raise KeyError(f"there is no static file {path}")
        return f"/static/{release}/{path}"

    app.jinja_env.globals["asset"] = app.extensions[EXTENSION] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=folder,
        prefix=f"static/{release}",
        max_age=YEAR,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: True,
    )


def asset_path(path: str) -> str:
    """The address of a static file where no template asks. Raises KeyError for a file that there is not."""
    asset: Callable[[str], str] = current_app.extensions[EXTENSION]
    return asset(path)


def _joined(patterns: tuple[str, ...]) -> bytes:
    css = SOURCE / "css"
    files = [path for pattern in patterns for path in sorted(css.glob(pattern))]
    return b"\n".join(path.read_bytes() for path in files)


def _copied_files() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*") if path.is_file() and path.suffix != ".css")


def _digest(sheets: dict[str, bytes], copied: dict[str, Path]) -> str:
    digest = sha256()
    for name, content in [*sheets.items(), *((name, path.read_bytes()) for name, path in copied.items())]:
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


def _build(folder: Path, sheets: dict[str, bytes], copied: dict[str, Path]) -> None:
    """Make the folder beside its place and move it there whole; where another process was faster, its folder stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".building-"))
    try:
        for name, content in sheets.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        for name, path in copied.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, fresh / name)
        compressor = Compressor(quiet=True)
        for path in [path for path in fresh.rglob("*") if path.is_file()]:
            if compressor.should_compress(path.name):
                compressor.compress(str(path))
        fresh.chmod(0o755)  # A web server of another account may serve these public files.
        fresh.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
