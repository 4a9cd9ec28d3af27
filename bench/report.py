"""What a part found, written as a table (Markdown), a chart (SVG) and the raw figures (JSON)."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.chart import Bar, chart
from bench.load import GENERATOR
from bench.machine import LOAD_CORE, SERVER_CORE, load_note, processor_name
from bench.options import Options
from bench.rounds import Line

HEADS = (
    "",
    "requests / processor s",
    "{base} is",
    "in all rounds",
    "requests / s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "broken lines",
)


@dataclass(frozen=True)
class Table:
    """Rows of text under heads; the first column is text, the others are figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table as GitHub draws it."""
        lines = [self.heads, ["---", *["---:"] * (len(self.heads) - 1)], *self.rows]
        body = "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)
        return f"## {self.title}\n\n{body}\n"


@dataclass
class Report:
    """A part's tables, the bars of its chart, notes on how it was done, and everything that was measured.

    `is_loaded` says that servers were asked by the load, so that the notes tell how. `below` are the figures that are
    not what they have to be; a run with any fails once it is written.
    """

    title: str
    unit: str = "requests per second of the server's processor time"
    is_loaded: bool = True
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    raw: dict[str, object] = field(default_factory=dict)
    below: list[str] = field(default_factory=list)
    began: str = field(default_factory=lambda: f"{time.strftime('%Y-%m-%d %H:%M')}, {load_note()}")

    def compare(self, title: str, lines: Sequence[Line], *, base: str = "the site") -> None:
        """Add a table of contestants, of whom the first is held against each other one."""
        first = lines[0]
        rows = [[line.name, *_figures(line, first)] for line in lines]
        self.tables.append(Table(title, [head.format(base=base) for head in HEADS], rows))
        self.bars += [Bar(title, line.name, line.median("per_cpu_second")) for line in lines]
        self.raw[title] = {line.name: [asdict(one) for one in line.rounds] for line in lines}

    def add(self, table: Table, *, bars: Sequence[Bar] = (), raw: object = None) -> None:
        """Add a table of another kind."""
        self.tables.append(table)
        self.bars += bars
        self.raw[table.title] = raw if raw is not None else [list(row) for row in table.rows]

    def write(self, name: str, options: Options) -> Path:
        """Write the three files under that name, and give the path of the table."""
        options.results.mkdir(parents=True, exist_ok=True)
        how = conditions(options, self.began)[: None if self.is_loaded else 1]
        notes = "\n".join(f"- {note}" for note in (*how, *self.notes))
        tables = "\n".join(table.markdown() for table in self.tables)
        picture = f"\n![{self.title}: {self.unit}]({name}.svg)\n" if self.bars else ""
        path = options.results / f"{name}.md"
        path.write_text(f"# {self.title}\n\n{notes}\n{picture}\n{tables}")
        if self.bars:
            (options.results / f"{name}.svg").write_text(chart(f"{self.title}: {self.unit}", self.bars))
        raw = {"conditions": how, "notes": self.notes, "figures": self.raw}
        (options.results / f"{name}.json").write_text(json.dumps(raw, indent=1) + "\n")
        return path


def conditions(options: Options, began: str) -> list[str]:
    """How a run was done, a sentence each."""
    cores = f"the servers ran on core {SERVER_CORE}, the load on core {LOAD_CORE}"
    return f"""From {began} to {time.strftime("%H:%M")}, {load_note()}. {processor_name()}; {cores}.
{GENERATOR} asked from {options.clients} kept connections where nothing else is said, {options.seconds} s at a time; \
medians of {options.rounds} rounds in which all took turns, after a second of warming up. "In all rounds" is the ratio \
of all requests by all processor time: a worker's renewal, which few rounds see, has its due share in it.
Each application runs under the site's gunicorn.conf.py: 2 workers of 4 threads, renewed after some 200,000 \
requests. What that costs is counted, the time of workers that ended too.
Each answer's status was looked at (nginx's before and after), and pages' bytes before and after.""".splitlines()


def _figures(line: Line, first: Line) -> list[str]:
    per_cpu, per_second = line.median("per_cpu_second"), line.median("per_second")
    waits = [f"{line.median(name):,.1f}" for name in ("p50", "p95", "p99")]
    ratios = ["1", "1"] if line is first else [f"{first.ratio_to(line):,.2f} ×", f"{first.pooled / line.pooled:,.2f} ×"]
    broken = sum(one.broken for one in line.rounds)
    return [f"{per_cpu:,.0f}", *ratios, f"{per_second:,.0f}", *waits, str(broken)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
