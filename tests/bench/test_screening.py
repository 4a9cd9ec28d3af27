"""What the learned score adds to a comment can be measured on each store."""

from bench.parts.screening import LENGTHS, measure_store
from bench.report import Report


def test_each_store_tells_what_each_length_takes(store):
    report = Report("Scoring", is_loaded=False)
    measure_store("this one", store, report)
    (table,) = report.tables
    assert [row[0] for row in table.rows] == list(LENGTHS)
    assert all(float(figure) > 0 for row in table.rows for figure in row[1:-1])
