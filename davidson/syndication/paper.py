"""The site as its documents name it, by the settings."""

from davidson.syndication.structured import Paper
from davidson.web.assets import asset_path
from davidson.web.signing import settings

LOGO, LOGO_SIZE = "icons/icon-512.png", 512


def this_paper() -> Paper:
    """The paper."""
    chosen = settings()
    return Paper(chosen.site_name, chosen.base_url, asset_path(LOGO), LOGO_SIZE)
