"""What becomes of Lighthouse's scores: the best performance counts, and the worst of all else."""

from bench.parts.lighthouse import METRICS, Look, tell
from bench.report import Report


def a_look(performance: int, accessibility: int = 100) -> Look:
    scores = {"performance": performance, "accessibility": accessibility, "best-practices": 100, "seo": 100}
    return Look(scores, dict.fromkeys(METRICS, 1.5), ("accessibility: Images have alt ()",))


def test_a_busy_machine_lowers_no_performance_and_a_fault_in_one_round_counts():
    report = Report("Lighthouse", is_loaded=False)
    tell(report, {"home": [a_look(97), a_look(100), a_look(98)], "section": [a_look(99), a_look(99, 95)]})
    home, section = report.tables[0].rows
    assert home[:6] == ["home", "100", "98", "100", "100", "100"]
    assert section[:6] == ["section", "99", "99", "95", "100", "100"]
    assert [line.partition(";")[0] for line in report.below] == [
        "section: performance is 99, not 100",
        "section: accessibility is 95, not 100",
    ]
