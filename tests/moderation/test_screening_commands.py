"""`davidson screening …`: warming the score up from files of labelled comments, and trying it on others."""

import csv
import json
from pathlib import Path
from typing import cast

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from davidson.comments.lessons import LearnedStanding, Lesson
from davidson.comments.screening.features import FEATURES_VERSION, bucket_of
from davidson.database import db
from davidson.moderation.labelled import as_typed, different, read_labelled
from davidson.moderation.measuring import measured
from tests.conftest import SHARED_DATA
from tests.desks import audit_log
from tests.factories import comment_now, make_article, make_comment
from tests.moderation.test_teaching import learned, lessons_of, settle, sum_of_lessons

FILES = sorted((SHARED_DATA / "spam").glob("*.csv"))
needs_files = pytest.mark.skipif(not FILES, reason="the shared data are not here")
HEAD = ("COMMENT_ID", "AUTHOR", "DATE", "CONTENT", "CLASS")


def run(app: Flask, *arguments: str | Path) -> Result:
    """`davidson screening` with these arguments."""
    return app.test_cli_runner().invoke(args=["screening", *map(str, arguments)])


def write(folder: Path, rows: list[tuple[str, str]], name: str = "labelled.csv") -> Path:
    """A file of these texts and classes."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *(("id", "Ann", "", text, label) for text, label in rows)])
    return path


def some(number: int = 30) -> list[tuple[str, str]]:
    words = ("one", "two", "three", "four", "five", "six")
    numbered = [f"{words[n % 6]} {words[n // 6]}" for n in range(number)]
    return [
        row
        for said in numbered
        for row in ((f"Cheap {said} watches on whatsapp", "1"), (f"Bridge {said} is old, the mayor said", "0"))
    ]


def test_a_file_is_learned_once_however_often_it_is_given(app: Flask, tmp_path: Path):
    file = write(tmp_path, [*some(), ("CHEAP one one  watches, on whatsapp!\ufeff", "1")])
    first = run(app, "train", file)
    assert (first.exit_code, first.stdout) == (0, "60 comments learned; 1 are copies or were learned before\n")
    before = learned(app)
    assert before["counts"] == (30, 30, 0)
    assert before["weights"] == sum_of_lessons(app)
    again = run(app, "train", file)
    assert (again.exit_code, again.stdout) == (0, "no comments learned; 61 are copies or were learned before\n")
    assert learned(app) == before
    entries = [entry for entry in audit_log(app) if entry.action == "screening.train"]
    assert [entry.details for entry in entries] == [{"spam": 30, "ham": 30}]


def test_a_trained_site_holds_what_resembles_the_spam_and_counts_no_file_as_a_decision(app: Flask, tmp_path: Path):
    run(app, "train", write(tmp_path, some()))
    article = make_article(app)
    made = make_comment(app, article, status="pending", source="Hello, cheap watches on whatsapp today")
    (finding,) = (each for each in comment_now(app, made).findings if each["rule"] == "learned")
    assert finding["detail"].startswith("Learned score 0.")
    figures = json.loads(run(app, "figures", "--json").stdout)
    assert (figures["lessons_spam"], figures["decisions"], figures["may_mark_spam"]) == (30, 0, False)
    settle(app, made, "spam")
    assert json.loads(run(app, "figures", "--json").stdout)["decisions"] == 1
    assert "decisions      1," in run(app, "figures").stdout


def test_evaluation_learns_nothing_and_says_what_it_found(app: Flask, tmp_path: Path):
    run(app, "train", write(tmp_path, some()))
    before = learned(app)
    other = write(tmp_path, [("Cheap shoes on whatsapp", "1"), ("Our mayor said it is old", "0")], "other.csv")
    done = run(app, "evaluate", other)
    assert done.exit_code == 0
    assert "AUC         1.0000" in done.stdout and "ham held    0.0000" in done.stdout
    told = json.loads(run(app, "evaluate", other, "--json").stdout)
    assert (told["auc"], told["precision"], told["recall"], told["learned_before"]) == (1.0, 1.0, 1.0, 0)
    assert learned(app) == before
    flattering = run(app, "evaluate", tmp_path / "labelled.csv")
    assert flattering.exit_code == 0 and "the figures flatter" in flattering.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no column CONTENT and no AUTHOR and no CLASS"),
        (b"a,b\n1,2\n", "has no column CONTENT"),
        (b"CONTENT,AUTHOR,CLASS\n", "holds no comments"),
        (b"CONTENT,AUTHOR,CLASS\nhello,Ann,spam\n", "line 2: CLASS is 1 for spam or 0 for none, not 'spam'"),
        (b"CONTENT,AUTHOR,CLASS\nhello\n", "line 2: CLASS is 1"),
        (b"CONTENT,AUTHOR,CLASS\n\xff\xfe,Ann,1\n", "is not text in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text in UTF-8"),
        (b'CONTENT,AUTHOR,CLASS\n"' + b"x" * 200_000 + b'",Ann,1\n', "is no CSV file"),
    ],
)
@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_wrong_file_is_refused_in_one_line(app: Flask, tmp_path: Path, command: str, content: bytes, said: str):
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    done = run(app, command, path)
    assert done.exit_code == 1
    assert said in done.stderr and done.stderr.count("\n") == 1
    assert learned(app)["lessons"] == []


def test_what_cannot_be_tried_is_told_in_one_line(app: Flask, tmp_path: Path):
    file = write(tmp_path, some())
    untrained = run(app, "evaluate", file)
    assert (untrained.exit_code, untrained.stderr.count("\n")) == (1, 1)
    assert "too little was learned" in untrained.stderr
    run(app, "train", file)
    one_kind = run(app, "evaluate", write(tmp_path, [("Well said", "0")], "ham.csv"))
    assert one_kind.exit_code == 1 and "of one kind only" in one_kind.stderr
    assert run(app, "train").exit_code == 2


def test_reset_begins_anew(app: Flask, tmp_path: Path):
    comment = make_comment(app, make_article(app), status="pending")
    settle(app, comment, "approve")
    file = write(tmp_path, some())
    run(app, "train", file)
    assert run(app, "reset", "--yes").stdout == "61 lessons forgotten\n"
    assert learned(app) == {"weights": {}, "counts": (0, 0, 0), "lessons": []}
    assert audit_log(app)[-1].action == "screening.reset"
    assert run(app, "train", file).stdout.startswith("60 comments learned")
    with app.app_context():
        assert db.session.query(LearnedStanding).count() == 1


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ("wow\ufeff", "wow"),
        ("I&#39;m here &amp; there", "I'm here & there"),
        ("one<br />two<br>three", "one\ntwo\nthree"),
        ('<a href="http://www.youtube.com/watch?v=K&amp;t=2m19s">2:19</a> best', "2:19 best"),
        ("<b>bold</b> and 2 < 3 > 1", "bold and 2 < 3 > 1"),
    ],
)
def test_a_files_texts_are_read_as_they_were_typed(given: str, typed: str):
    assert as_typed(given) == typed


@pytest.mark.parametrize(
    ("scored", "auc", "precision", "recall", "ham_held"),
    [
        ([(0.9, True), (0.1, False)], 1.0, 1.0, 1.0, 0.0),
        ([(0.1, True), (0.9, False)], 0.0, 0.0, 0.0, 1.0),
        ([(0.5, True), (0.5, False)], 0.5, 0.5, 1.0, 1.0),
        ([(0.9, True), (0.3, True), (0.6, False), (0.2, False)], 0.75, 0.5, 0.5, 0.5),
    ],
)
def test_scores_are_measured(scored, auc: float, precision: float, recall: float, ham_held: float):
    found = measured(scored)
    assert (found.auc, found.precision, found.recall, found.ham_held) == (auc, precision, recall, ham_held)


def test_files_make_the_same_site_in_whatever_order_they_are_given(app: Flask, tmp_path: Path):
    rows = some()
    files = [write(tmp_path, part, f"{number}.csv") for number, part in enumerate((rows[:24], rows[24:40], rows[40:]))]
    article = make_article(app)
    settle(app, make_comment(app, article, status="pending", source="The bridge is on whatsapp"), "approve")
    states = []
    for order in (files, files[::-1]):
        for file in order:
            assert run(app, "train", file).exit_code == 0
        assert learned(app)["weights"] == sum_of_lessons(app)
        states.append((learned(app)["weights"], learned(app)["counts"]))
        run(app, "reset", "--yes")
        settle(app, make_comment(app, article, status="pending", source="The bridge is on whatsapp"), "approve")
    assert states[0] == states[1]


def test_names_in_files_teach_nothing(app: Flask, tmp_path: Path):
    run(app, "train", write(tmp_path, some()))
    weights = cast("dict[int, int]", learned(app)["weights"])
    assert bucket_of("word", "cheap") in weights
    assert bucket_of("name", "ann") not in weights


def test_a_text_that_was_taken_apart_in_an_earlier_way_is_learned_anew(app: Flask, tmp_path: Path):
    file = write(tmp_path, some())
    run(app, "train", file)
    before = learned(app)
    with app.app_context():
        db.session.execute(update(Lesson).values(features_version=FEATURES_VERSION - 1))
        db.session.commit()
    assert run(app, "train", file).stdout.startswith("60 comments learned")
    after = learned(app)
    assert (after["weights"], after["counts"]) == (sum_of_lessons(app), before["counts"])
    assert {lesson.features_version for lesson in lessons_of(app)} == {FEATURES_VERSION}


@needs_files
@pytest.mark.parametrize("left_out", FILES, ids=[file.stem for file in FILES])
def test_on_a_file_that_it_has_not_seen_the_score_tells_spam_from_the_rest(app: Flask, left_out: Path):
    if not app.extensions["davidson-settings"].embedded:
        pytest.skip("the store makes no difference to the figures")
    for file in FILES:
        if file != left_out:
            assert run(app, "train", file).exit_code == 0
    found = json.loads(run(app, "evaluate", left_out, "--json").stdout)
    assert found["auc"] >= 0.99
    assert found["recall"] >= 0.92
    assert found["ham_held"] <= 0.05
    assert found["caught_at_few"] >= 0.97


@needs_files
def test_the_accidents_of_the_files_are_not_learned(tmp_path: Path):
    for file in FILES:
        for comment in read_labelled(file):
            assert not {"\ufeff", "<br"} & {comment.text[-1:], comment.text[:3]}
            assert "&#39;" not in comment.text and "<br />" not in comment.text
        comments = read_labelled(file)
        assert len(different(comments)) < len(comments)
