"""Settings: a wrong one stops the start and is named; the secret key is made once and kept to its owner."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from davidson.config import CommentsMode, ConfigError, settings_from
from tests.conftest import ROOT, environment, run_davidson

WRONG = [
    ("DAVIDSON_DATABASE_URL", "news.db"),
    ("DAVIDSON_DATABASE_URL", "mysql://localhost/news"),
    ("DAVIDSON_DATABASE_URL", "sqlite://"),
    ("DAVIDSON_DATABASE_URL", "sqlite:///:memory:"),
    ("DAVIDSON_DATABASE_URL", "postgresql://localhost:port/news"),
    ("DAVIDSON_SECRET_KEY", "short"),
    ("DAVIDSON_BASE_URL", "news.example.org"),
    ("DAVIDSON_BASE_URL", "https://news.example.org/paper"),
    ("DAVIDSON_BASE_URL", "https://ada@news.example.org"),
    ("DAVIDSON_BASE_URL", "https://news.example.org:99999"),
    ("DAVIDSON_BASE_URL", "https://[::1"),
    ("DAVIDSON_BASE_URL", "ftp://news.example.org"),
    ("DAVIDSON_SITE_NAME", "The\nDavidson"),
    ("DAVIDSON_SITE_NAME", "x" * 81),
    ("DAVIDSON_TIME_ZONE", "Mars/Olympus"),
    ("DAVIDSON_TIME_ZONE", "../../etc/passwd"),
    ("DAVIDSON_COMMENTS", "open"),
    ("DAVIDSON_COMMENT_LIMIT", "many"),
    ("DAVIDSON_COMMENT_MIN_SECONDS", "-1"),
    ("DAVIDSON_COMMENT_MIN_SECONDS", "3.5"),
    ("DAVIDSON_COMMENT_MIN_SECONDS", "soon"),
    ("DAVIDSON_TRUST_AFTER", "0"),
    ("DAVIDSON_TRUST_AFTER", "one"),
    ("DAVIDSON_REDIS_URL", "localhost:6379"),
    ("DAVIDSON_MEDIA_URL", "s3://bucket"),
    ("DAVIDSON_SMTP_URL", "mail.example.org"),
    ("DAVIDSON_SMTP_URL", "smtp://"),
    ("DAVIDSON_SMTP_URL", "smtp:mail.example.org"),
    ("DAVIDSON_SMTP_URL", "smtp://mail.example.org:port"),
    ("DAVIDSON_SMTP_URL", "smtp://mail.example.org:99999"),
    ("DAVIDSON_SMTP_URL", "smtp://mail.example.org/inbox"),
    ("DAVIDSON_SMTP_URL", "smtp://mail.example.org?tls=no"),
    ("DAVIDSON_SMTP_URL", "smtp://ada@mail.example.org"),
    ("DAVIDSON_SMTP_URL", "smtp://ada:hünter2@mail.example.org"),
    ("DAVIDSON_SMTP_URL", "smtp://ada:hunter2%0d%0aNOOP@mail.example.org"),
    ("DAVIDSON_SMTP_URL", "smtp://mail.exam ple.org"),
    ("DAVIDSON_MAIL_FROM", "news"),
    ("DAVIDSON_MAIL_FROM", "The News <news@example.org>"),
    ("DAVIDSON_MAIL_FROM", "ä@example.org"),
    ("DAVIDSON_MAIL_FROM", "news@example.org, all@example.org"),
    ("DAVIDSON_TRUSTED_PROXIES", "all"),
    ("DAVIDSON_TRUSTED_PROXIES", "-1"),
    ("DAVIDSON_TRUSTED_PROXIES", "²"),
    ("DAVIDSON_RETENTION_NETWORK_DAYS", "a month"),
    ("DAVIDSON_RETENTION_NETWORK_DAYS", "-1"),
    ("DAVIDSON_RETENTION_SPAM_DAYS", "30.5"),
    ("DAVIDSON_RETENTION_SPAM_DAYS", "36501"),
    ("DAVIDSON_PURGE_URL", "127.0.0.1:6081"),
    ("DAVIDSON_AI_CRAWLERS", "no"),
    ("DAVIDSON_WEBSUB_HUB", "hub.example.org"),
    ("DAVIDSON_WEBSUB_HUB", "https://ada@hub.example.org/"),
    ("DAVIDSON_PURGE_URL", "ftp://127.0.0.1/purge"),
    ("DAVIDSON_PURGE_URL", "http:///purge"),
    ("DAVIDSON_PURGE_URL", "http://ada:hunter2@127.0.0.1/purge"),
    ("DAVIDSON_PURGE_URL", "http://127.0.0.1/a purge"),
    ("DAVIDSON_PURGE_URL", "http://127.0.0.1:99999/"),
    ("DAVIDSON_PURGE_TOKEN", "a\nb"),
    ("DAVIDSON_SPAM_BREAKER", "often"),
    ("DAVIDSON_SHARED_MAX_AGE", "0"),
    ("DAVIDSON_SHARED_MAX_AGE", "a minute"),
    ("DAVIDSON_LOG", "xml"),
    ("DAVIDSON_METRICS_TOKEN", "\udcff"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_in_one_line(name: str, value: str, tmp_path: Path):
    with pytest.raises(ConfigError) as raised:
        settings_from({"DAVIDSON_INSTANCE": str(tmp_path), name: value})
    message = str(raised.value)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    assert "takes" in message or "not supported" in message


def test_a_wrong_value_stops_every_way_to_start(tmp_path: Path):
    wrong = {"DAVIDSON_COMMENTS": "open"}
    ways = [
        run_davidson("serve", "--port", "0", url=None, instance=tmp_path, **wrong),
        run_davidson("doctor", url=None, instance=tmp_path, **wrong),
        run_davidson("--help", url=None, instance=tmp_path, **wrong),
        subprocess.run(
            [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"],
            env=environment(None, tmp_path, **wrong),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        ),
    ]
    for way in ways:
        assert way.returncode == 1
        assert way.stdout == ""
        [line] = way.stderr.splitlines()
        assert "DAVIDSON_COMMENTS: takes one of hold-all, hold-first, publish, closed, not 'open'" in line


def test_the_version_can_be_asked_whatever_the_settings(tmp_path: Path):
    asked = run_davidson("--version", url=None, instance=tmp_path / "instance", DAVIDSON_COMMENTS="open")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout.startswith("Davidson News ")
    assert not (tmp_path / "instance").exists()


def test_a_password_in_a_wrong_url_is_not_repeated(tmp_path: Path):
    for name, value in (
        ("DAVIDSON_DATABASE_URL", "mysql://davidson:hunter2@localhost/news"),
        ("DAVIDSON_REDIS_URL", "http://:hunter2@localhost"),
        ("DAVIDSON_SMTP_URL", "http://ada:hunter2@mail.example.org"),
    ):
        with pytest.raises(ConfigError) as raised:
            settings_from({"DAVIDSON_INSTANCE": str(tmp_path), name: value})
        assert "hunter2" not in str(raised.value)


def test_without_any_setting_the_site_has_its_own_store_and_key(tmp_path: Path):
    settings = settings_from({"DAVIDSON_INSTANCE": str(tmp_path / "a ? and # % folder")})
    assert settings.database_url.database == str(tmp_path / "a ? and # % folder" / "davidson.db")
    assert settings.embedded
    assert settings.comments is CommentsMode.HOLD_FIRST
    assert str(settings.comment_limit) == "5 per 1 minute"
    assert (settings.site_name, settings.base_url, settings.trusted_proxies) == ("Davidson News", "", 0)


def test_an_empty_comment_limit_means_none(tmp_path: Path):
    assert settings_from({"DAVIDSON_INSTANCE": str(tmp_path), "DAVIDSON_COMMENT_LIMIT": ""}).comment_limit is None


def test_an_origin_is_kept_as_browsers_write_it(tmp_path: Path):
    def origin(text: str) -> str:
        return settings_from({"DAVIDSON_INSTANCE": str(tmp_path), "DAVIDSON_BASE_URL": text}).base_url

    assert origin("https://News.Example.org/") == "https://news.example.org"
    assert origin("https://news.example.org:443") == "https://news.example.org"
    assert origin("http://news.example.org:80/") == "http://news.example.org"
    assert origin("http://[::1]:8000") == "http://[::1]:8000"


def test_mails_come_from_the_sites_own_host_unless_said_otherwise(tmp_path: Path):
    given = {"DAVIDSON_INSTANCE": str(tmp_path), "DAVIDSON_BASE_URL": "https://news.example.org:8443"}
    assert settings_from(given).sender_address == "noreply@news.example.org"
    bare = given | {"DAVIDSON_BASE_URL": "http://[::1]:8000"}
    assert settings_from(bare).sender_address == "noreply@localhost"
    assert settings_from(given | {"DAVIDSON_MAIL_FROM": "news@Example.org"}).sender_address == "news@example.org"


@pytest.mark.parametrize(("smtp", "origin"), [("", ""), ("smtp://localhost", ""), ("", "https://news.example.org")])
def test_mails_take_a_server_and_an_origin(smtp: str, origin: str, tmp_path: Path):
    given = {"DAVIDSON_INSTANCE": str(tmp_path), "DAVIDSON_SMTP_URL": smtp, "DAVIDSON_BASE_URL": origin}
    assert not settings_from(given).offers_mail
    both = given | {"DAVIDSON_SMTP_URL": "smtp://localhost", "DAVIDSON_BASE_URL": "https://news.example.org"}
    assert settings_from(both).offers_mail and settings_from(both).has_later_work


def test_a_mistyped_setting_is_remembered(tmp_path: Path):
    settings = settings_from({"DAVIDSON_INSTANCE": str(tmp_path), "DAVIDSON_COMMENT": "closed", "HOME": "/"})
    assert settings.unknown == ("DAVIDSON_COMMENT",)


def test_secrets_are_not_shown_with_the_settings(tmp_path: Path):
    given = {"DAVIDSON_SECRET_KEY": "hunter2" * 5, "DAVIDSON_METRICS_TOKEN": "hunter2"}
    assert "hunter2" not in repr(settings_from({"DAVIDSON_INSTANCE": str(tmp_path)} | given))


def test_the_secret_key_is_made_once_and_kept_to_the_owner(tmp_path: Path):
    first = settings_from({"DAVIDSON_INSTANCE": str(tmp_path)})
    second = settings_from({"DAVIDSON_INSTANCE": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_a_given_key_is_used_and_none_is_made(tmp_path: Path):
    given = {"DAVIDSON_SECRET_KEY": "k" * 32, "DAVIDSON_SECRET_KEY_PREVIOUS": "j" * 32}
    assert settings_from({"DAVIDSON_INSTANCE": str(tmp_path)} | given).secret_keys == ("k" * 32, "j" * 32)
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path):
    code = "from davidson.config import settings_from; print(settings_from().secret_key)"

    def key(_: int) -> str:
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment(None, tmp_path), cwd=ROOT, capture_output=True, text=True)
        return done.stdout

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(key, range(4)))
    assert keys == {(tmp_path / "secret-key").read_text()}


@pytest.mark.parametrize("kept", ["", "short", "\n\n"])
def test_a_key_file_without_a_key_is_named(kept: str, tmp_path: Path):
    (tmp_path / "secret-key").write_text(kept)
    (tmp_path / "secret-key").chmod(0o600)
    with pytest.raises(ConfigError, match="secret-key: holds no secret key"):
        settings_from({"DAVIDSON_INSTANCE": str(tmp_path)})


def test_a_key_that_others_can_read_is_refused(tmp_path: Path):
    settings_from({"DAVIDSON_INSTANCE": str(tmp_path)})
    (tmp_path / "secret-key").chmod(0o640)
    with pytest.raises(ConfigError, match="others can read the secret key"):
        settings_from({"DAVIDSON_INSTANCE": str(tmp_path)})


def test_a_key_that_cannot_be_kept_is_named(tmp_path: Path):
    (tmp_path / "secret-key").mkdir(0o700)
    with pytest.raises(ConfigError, match="secret-key: the secret key cannot be kept there"):
        settings_from({"DAVIDSON_INSTANCE": str(tmp_path)})


def test_an_instance_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="DAVIDSON_INSTANCE: cannot make the folder"):
        settings_from({"DAVIDSON_INSTANCE": str(tmp_path / "file" / "instance")})
