"""What must be said of a picture that readers see. Pure, for web servers need it too, and they draw nothing."""

from dataclasses import dataclass


@dataclass
class PictureUnsaid(ValueError):
    """A picture cannot be shown: `field`, alt or credit, says too little; `fault` tells what is wanted.

    `line` is where one in the text is named, counted from 0; None for the article's own.
    """

    field: str
    fault: str
    line: int | None = None

    def __str__(self) -> str:
        return self.fault


def fault_of_alt(alt: str, *, told: tuple[str, ...]) -> str:
    """What is wrong with an alternative text, or nothing. `told` is what a reader is told beside it anyway.

    WCAG 2.2, success criterion 1.1.1: it stands for the picture, so it repeats no caption, headline or file name.
    """
    if not alt.strip():
        return "a picture that is published needs an alt text: what somebody who cannot see it should know"
    if alt.strip().casefold() in {text.strip().casefold() for text in told if text}:
        return "an alt text says what the picture shows, not the caption, the headline or the file’s name again"
    return ""


def fault_of_credit(credit: str) -> str:
    """What is wrong with a credit, or nothing."""
    return "" if credit.strip() else "a picture that is published needs a credit: whose it is"


def require_said(alt: str, credit: str, *, told: tuple[str, ...], line: int | None = None) -> None:
    """Raise PictureUnsaid unless a picture of which that is said may be published."""
    for field, fault in (("alt", fault_of_alt(alt, told=told)), ("credit", fault_of_credit(credit))):
        if fault:
            raise PictureUnsaid(field, fault, line)
