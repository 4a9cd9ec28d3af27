"""What a measurement becomes: medians, ratios, tables, and a chart that any text may stand in."""

import xml.etree.ElementTree as ET

import pytest

from bench.chart import Bar, Scale, chart
from bench.load import Round, WrongAnswer, round_of
from bench.report import Report, Table
from bench.rounds import Line, words_of


def a_round(requests: int = 100, *, cpu: float = 1.0) -> Round:
    return Round(requests, wall=2.0, cpu=cpu, p50=1.0, p95=2.0, p99=3.0, slowest=4.0, broken=0, last=requests)


def test_a_line_is_the_median_of_its_rounds():
    line = Line("site", [a_round(100), a_round(900), a_round(300)])
    assert (line.median("per_cpu_second"), line.median("per_second")) == (300, 150)


def test_a_ratio_is_taken_within_each_turn():
    busy_in_the_second = Line("site", [a_round(100), a_round(50), a_round(100)])
    other = Line("other", [a_round(200), a_round(100), a_round(50)])
    assert busy_in_the_second.ratio_to(other) == 0.5


def test_all_rounds_together_weigh_each_second_alike():
    assert Line("site", [a_round(300), a_round(100, cpu=3.0)]).pooled == 100


def test_the_load_s_line_becomes_a_round_in_milliseconds():
    said = '{"requests": 100, "micros": 2000000, "wrong": 0, "sample": 0, "broken": 1, "timeouts": 0, "last": 42,'
    said += ' "p50": 1500, "p95": 2500, "p99": 3500, "slowest": 4500}'
    done = round_of(f"Running 2s test\nBENCH {said}\n", "", cpu=0.5)
    assert (done.per_second, done.per_cpu_second, done.p50, done.p99, done.last) == (50, 200, 1.5, 3.5, 42)


@pytest.mark.parametrize(
    "said",
    [
        "unable to connect to 127.0.0.1",
        'BENCH {"requests": 10, "wrong": 1, "sample": 500, "timeouts": 0, "broken": 0}',
        'BENCH {"requests": 0, "wrong": 0, "sample": 0, "timeouts": 0, "broken": 0}',
        'BENCH {"requests": 10, "wrong": 0, "sample": 0, "timeouts": 1, "broken": 0}',
        'BENCH {"requests": 10, "wrong": 0, "sample": 0, "timeouts": 0, "broken": 1}',
    ],
)
def test_a_round_with_a_wrong_answer_counts_for_nothing(said):
    with pytest.raises(WrongAnswer):
        round_of(said, "", cpu=1)


def test_a_table_keeps_its_cells_apart():
    table = Table("Pages", ("", "a | b"), [["one\ntwo", "3"]])
    assert table.markdown() == "## Pages\n\n|  | a \\| b |\n| --- | ---: |\n| one two | 3 |\n"


def test_the_first_contestant_is_held_against_each_other_one():
    report = Report("Pages")
    report.compare("Homepage", [Line("site", [a_round(900)]), Line("bare", [a_round(1000)])])
    (table,) = report.tables
    assert [row[:4] for row in table.rows] == [["site", "900", "1", "1"], ["bare", "1,000", "0.90 ×", "0.90 ×"]]
    assert [bar.value for bar in report.bars] == [900, 1000]


def test_a_chart_is_a_picture_whatever_the_names_hold():
    picture = ET.fromstring(chart('"Faster" & <b>', [Bar("<i>", "a & b", 10), Bar("<i>", "c", 1000)]))  # noqa: S314 - ours.
    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {'"Faster" & <b>', "<i>", "a & b", "1,000"} <= set(texts)
    assert picture.attrib["aria-label"] == '"Faster" & <b>'


def test_every_bar_has_a_width_and_each_power_of_ten_the_same():
    scale = Scale(10, 1000)
    widths = [scale.width(value) for value in (10, 100, 1000)]
    assert widths[0] > 0 and widths[1] - widths[0] == pytest.approx(widths[2] - widths[1], abs=0.2)


def test_a_page_s_words_are_told_without_its_tags():
    assert words_of("<p>the <b>mayor</b> resigns</p>") == ["mayor", "resigns", "the"]
