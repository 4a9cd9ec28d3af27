"""The folder of the edge is one that a web server with an account of its own may enter."""

import os
import stat
from pathlib import Path

from davidson.pagecache.edge import Edge


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_others_may_enter_what_the_edge_makes_whatever_the_umask_is(tmp_path: Path):
    given = tmp_path / "given"
    given.mkdir(mode=0o750)
    folder = given / "made" / "edge"
    edge = Edge(tmp_path)
    mask = os.umask(0o027)
    try:
        edge.open(folder)
        edge.open(folder)  # As at each start.
    finally:
        os.umask(mask)
    assert edge.folder == folder
    assert [mode(path) for path in (folder.parent, folder, folder / "now")] == [0o755] * 3
    assert mode(given) == 0o750
