"""The command line: help for everything, and what the operator can mend is one line and exit code 1."""

from pathlib import Path

import click
import pytest
from flask import Flask
from sqlalchemy.engine import URL

from davidson.cli import DavidsonGroup
from tests.conftest import migrate, run_davidson


def commands_of(group: click.Group, ctx: click.Context, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands_of(command, click.Context(command, parent=ctx), (*path, name))
    return found


def test_every_command_has_help(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("DAVIDSON_INSTANCE", str(tmp_path))
    group = DavidsonGroup()
    with group.make_context("davidson", ["routes"]) as ctx:
        commands = commands_of(group, ctx)
        assert {("serve",), ("doctor",), ("demo",), ("db", "upgrade"), ("routes",), ("shell",)} <= set(commands)
        for path in commands:
            command: click.Command | None = group
            for name in path:
                assert isinstance(command, click.Group)
                command = command.get_command(ctx, name)
            assert command is not None and command.help, path


def test_options_for_choosing_another_application_are_not_offered(tmp_path: Path):
    helped = run_davidson("--help", url=None, instance=tmp_path)
    assert helped.returncode == 0
    for option in ("--app", "--env-file", "--debug", "FLASK"):
        assert option not in helped.stdout


def test_wrong_usage_exits_with_2(tmp_path: Path):
    assert run_davidson("no-such-command", url=None, instance=tmp_path).returncode == 2
    assert run_davidson("doctor", "--no-such-option", url=None, instance=tmp_path).returncode == 2


def test_a_store_that_is_not_migrated_is_told_in_one_line(store: URL, app: Flask, tmp_path: Path):
    migrate(store, tmp_path / "instance", "downgrade", "base")
    try:
        refused = run_davidson("article", "list", url=store, instance=tmp_path / "instance")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr == "Error: the store's schema is empty: run `davidson db upgrade`\n"
    finally:
        migrate(store, tmp_path / "instance")


def test_a_store_that_is_away_is_told_in_one_line(tmp_path: Path):
    away = URL.create("postgresql+psycopg", "ada", "hunter2", "127.0.0.1", 1, "nowhere")
    for command in (("article", "list"), ("db", "upgrade"), ("serve", "--port", "0")):
        refused = run_davidson(*command, url=away, instance=tmp_path)
        assert refused.returncode == 1
        assert refused.stderr.startswith("Error: the store does not answer: ")
        assert refused.stderr.count("\n") == 1
        assert "hunter2" not in refused.stderr


def test_a_damaged_store_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "davidson.db").write_text("no database at all, and long enough to be taken for one")
    for command in (("article", "list"), ("staff", "list"), ("db", "upgrade")):
        refused = run_davidson(*command, url=None, instance=tmp_path)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr == "Error: the store does not answer: file is not a database\n"
