"""The icons that cannot be an SVG, drawn by Chromium from `static/favicon.svg`: `make icons`."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from davidson.web.assets import SOURCE
from tests.browser.conftest import SWITCHES, chromium

FAVICON = SOURCE / "favicon.svg"
ICONS = {"apple-touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512}
COLOURS = 32


def main() -> None:
    """Make all icons anew."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        for name, size in ICONS.items():
            _save(drawn(browser, size), SOURCE / "icons" / name)
        browser.close()


def drawn(browser: Browser, size: int) -> Image.Image:
    """The favicon as a square of so many px."""
    page = browser.new_page(viewport={"width": size, "height": size})
    svg = FAVICON.read_text().replace("<svg ", f'<svg width="{size}" height="{size}" style="display:block" ', 1)
    page.set_content(f"<!doctype html><body style='margin:0'>{svg}")
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def _save(picture: Image.Image, path: Path) -> None:
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
