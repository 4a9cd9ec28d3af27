"""What one check of `davidson doctor` found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`FAIL` is for what must be mended, `warn` for what should be looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Check:
    """One line of the report: what was looked at, the verdict, and the finding in words."""

    name: str
    verdict: Verdict
    text: str


def ok(name: str, text: str) -> Check:
    """All is well."""
    return Check(name, Verdict.OK, text)


def warn(name: str, text: str) -> Check:
    """It works, and should be looked at."""
    return Check(name, Verdict.WARN, text)


def fail(name: str, text: str) -> Check:
    """It does not work, or not safely."""
    return Check(name, Verdict.FAIL, text)
