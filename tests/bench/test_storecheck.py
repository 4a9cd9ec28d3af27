"""The store can be asked as often as is measured, and the page stays true."""

from bench.options import Options
from bench.parts.storecheck import measure_store
from bench.report import Report


def test_each_store_is_asked_with_and_without_a_commit_before(store, tmp_path):
    report = Report("Asking", is_loaded=False)
    measure_store("this one", store, report, Options(tmp_path, tmp_path, rounds=1))
    (table,) = report.tables
    assert len(table.rows) == 2
    assert report.write("asking", Options(tmp_path, tmp_path)).read_text().count("this one, ") == 2
