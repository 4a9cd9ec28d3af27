"""Which tests stay together when several processes share them out: those that share a site which is slow to make."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

BROWSER = PurePosixPath("tests/browser")
DEMO = frozenset({"test_accessibility.py", "test_keyboard.py", "test_markup.py", "test_privacy.py"})


def group_of(nodeid: str) -> str:
    """The tests of one group run in one process; a test that shares nothing is a group of its own."""
    path = PurePosixPath(nodeid.partition("::")[0])
    if path.parent != BROWSER or path.name == "test_journey.py":
        return nodeid
    return "demo" if path.name in DEMO else path.name


class Sharing(LoadScopeScheduling):
    """Hands out groups of tests, each to the process that is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
