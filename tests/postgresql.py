"""A PostgreSQL server of the suite's own, where the server's programs are installed.

It listens on a Unix socket in a temporary folder only, and keeps nothing safe on disk unless it is asked to. `initdb`
refuses to run as root, so for root the programs run under an unprivileged account.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def server_programs() -> Path | None:
    """The folder that holds `initdb` and `pg_ctl`, the newest version's; None where there is no server."""
    versioned = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("pg_ctl")
    folders = [*reversed(versioned), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@contextmanager
def running_server(programs: Path, *, durable: bool = False) -> Iterator[str]:
    """Start a server with an empty cluster; gives an SQLAlchemy URL of its database `postgres`, a superuser's.

    `durable` has it keep what it commits, as a server in earnest does.
    """
    folder = Path(tempfile.mkdtemp(prefix="davidson-pg-", dir="/tmp"))  # A socket's path must be short.
    account = _account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120, **who)

    run("initdb", "-D", str(data), "--no-sync", "-A", "trust", "-U", "test", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
    if not durable:
        # Tests that look at plans analyse what they have filled; nobody else is to do so at some moment.
        options += " -c autovacuum=off"
        options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://test@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no unprivileged account to run PostgreSQL under")
