"""`davidson staff …`: people from the shell."""

import json

import pytest

from davidson.accounts.models import Role
from tests.conftest import run_davidson
from tests.desks import PASSWORD, audit_log, browser, hire, log_in


@pytest.fixture
def davidson(store, tmp_path):
    """Run a `davidson staff` command on the store."""

    def run(*arguments, stdin="", **more):
        return run_davidson("staff", *arguments, url=store, instance=tmp_path / "instance", stdin=stdin, **more)

    return run


def test_an_account_made_in_the_shell_can_log_in_and_is_listed(app, davidson):
    done = davidson("add", "Ada@Example.org", "--role", "editor", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ada@example.org is now editor.\n", "")
    assert log_in(browser(app), "ada@example.org").status == 303
    (line,) = davidson("list", "--json").stdout.splitlines()
    listed = json.loads(line)
    assert listed.pop("created_at").endswith("Z")
    assert listed == {"email": "ada@example.org", "name": "Ada", "role": "editor", "disabled": False}
    assert next((entry.actor, entry.action) for entry in audit_log(app)) == ("shell", "staff.add")


def test_what_cannot_be_added_is_told_in_one_line(app, davidson):
    hire(app, email="ada@example.org")
    for arguments, password, fault in (
        (["ada@example.org"], PASSWORD, "there is already somebody with the address ada@example.org"),
        (["ADA@example.org"], PASSWORD, "there is already somebody with the address ada@example.org"),
        (["no address"], PASSWORD, "Enter an e-mail address"),
        (["joe@example.org"], "short", "the password is refused: Use at least 12 characters."),
        (["joe@example.org"], "password1234", "the password is refused"),
        (["joe@example.org"], "", "the password is refused"),
        (["joe@example.org", "--name", "x" * 81], PASSWORD, "Enter a name"),
    ):
        done = davidson("add", *arguments, "--role", "author", "--password-stdin", stdin=password)
        assert done.returncode == 1
        assert fault in done.stderr and len(done.stderr.splitlines()) == 1 and not done.stdout
    assert len(davidson("list").stdout.splitlines()) == 1


def test_wrong_usage_is_answered_with_two(davidson):
    for arguments in (
        ["add", "ada@example.org", "--role", "author"],
        ["add", "ada@example.org", "--role", "owner", "--password-stdin"],
        ["add", "--role", "author", "--password-stdin"],
        ["disable"],
        ["enable"],
        ["password", "ada@example.org"],
        ["fire", "ada@example.org"],
    ):
        assert davidson(*arguments, stdin=PASSWORD).returncode == 2


def test_disabling_ends_the_account_and_its_sessions_at_once(app, davidson):
    hire(app, Role.MODERATOR, "ada@example.org")
    client = browser(app)
    log_in(client, "ada@example.org")
    done = davidson("disable", "ADA@example.org")
    assert (done.returncode, done.stdout) == (0, "ada@example.org is disabled.\n")
    assert client.get("/staff/account").status_code == 303
    assert log_in(browser(app), "ada@example.org").status == 422
    assert json.loads(davidson("list", "--json").stdout)["disabled"] is True
    assert davidson("disable", "ada@example.org").returncode == 0
    assert [entry.action for entry in audit_log(app)].count("staff.disable") == 1


def test_nobody_and_the_last_admin_cannot_be_disabled(app, davidson):
    hire(app, Role.ADMIN, "ada@example.org")
    for email, fault in (("joe@example.org", "there is nobody"), ("ada@example.org", "is the last admin")):
        done = davidson("disable", email)
        assert done.returncode == 1 and fault in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_disabled_person_is_enabled_again_and_both_are_written_down(app, davidson):
    hire(app, email="ada@example.org")
    davidson("disable", "ada@example.org", check=True)
    for _ in range(2):
        done = davidson("enable", "ADA@example.org")
        assert (done.returncode, done.stdout, done.stderr) == (0, "ada@example.org may log in.\n", "")
    assert log_in(browser(app), "ada@example.org").status == 303
    assert [(entry.actor, entry.action) for entry in audit_log(app)].count(("shell", "staff.enable")) == 1


def test_a_new_password_from_the_shell_takes_the_old_ones_place_and_ends_all_sessions(app, davidson):
    new = "harbour 17 violin lettuce"
    hire(app, email="ada@example.org")
    client = browser(app)
    log_in(client, "ada@example.org")
    for email, password, fault in (
        ("joe@example.org", new, "there is nobody with the address joe@example.org"),
        ("ada@example.org", "short", "the password is refused: Use at least 12 characters."),
        ("ada@example.org", "ada-adaada-ada", "the password is refused: Do not build your password on"),
    ):
        refused = davidson("password", email, "--password-stdin", stdin=password)
        assert refused.returncode == 1 and fault in refused.stderr and len(refused.stderr.splitlines()) == 1
    assert client.get("/staff/account").status_code == 200
    done = davidson("password", "ADA@example.org", "--password-stdin", stdin=f"{new}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "ada@example.org has a new password and is logged out everywhere.\n"
    entry = audit_log(app)[-1]
    assert (entry.actor, entry.action, entry.details) == ("shell", "staff.password", {"email": "ada@example.org"})
    assert client.get("/staff/account").status_code == 303
    assert log_in(browser(app), "ada@example.org").status == 422
    assert log_in(browser(app), "ada@example.org", new).status == 303
    davidson("disable", "ada@example.org", check=True)
    told = davidson("password", "ada@example.org", "--password-stdin", stdin=PASSWORD).stdout
    assert told == "ada@example.org has a new password and is logged out everywhere, but is disabled.\n"
