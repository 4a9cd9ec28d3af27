"""What a web process is when it has made the application: small, and without a connection, a thread or a store."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment

pytestmark = pytest.mark.server


def of_a_web_process(what: str, instance: Path) -> str:
    """What a process that has made the application tells of itself."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, threading, wsgi; print({what})"],
        cwd=ROOT,
        env=environment(None, instance),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_web_process_loads_nothing_that_only_commands_need(tmp_path):
    names = "alembic", "flask_migrate", "redis", "markdown_it", "PIL", "smtplib", "davidson.mail.sending"
    assert of_a_web_process(f"[name for name in {names!r} if name in sys.modules]", tmp_path) == "[]"


def test_a_web_process_loads_libraries_that_few_requests_need_with_the_first_of_them(tmp_path):
    loaded = "[name for name in ('bleach', 'email_validator') if name in sys.modules]"
    assert of_a_web_process(loaded, tmp_path) == "[]"
    first = "__import__('davidson.emails').emails.ascii_email('ada@example.org')"
    assert of_a_web_process(f"({first}, {loaded})", tmp_path) == "('ada@example.org', ['email_validator'])"


def test_the_application_is_made_without_connections_and_threads_for_workers_are_forks_of_it(tmp_path):
    pool = "wsgi.app.app_context().push() or wsgi.app.extensions['sqlalchemy'].engine.pool.checkedin()"
    assert of_a_web_process(f"({pool}, threading.active_count())", tmp_path) == "(0, 1)"
    assert not (tmp_path / "davidson.db").exists()


def test_templates_are_compiled_once_for_all_processes(tmp_path):
    def compiled() -> dict[str, int]:
        of_a_web_process("wsgi.app.jinja_env.get_template('base.html')", tmp_path)
        return {path.name: path.stat().st_mtime_ns for path in (tmp_path / "templates").iterdir()}

    first = compiled()
    assert len(first) == 1
    assert compiled() == first
