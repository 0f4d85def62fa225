"""The table of a run: one line for each kind of fault."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median

from bench.chaos.faults import FAULTS, Injection
from bench.chaos.finding import Finding
from bench.chaos.invariants import Verdict

BACKGROUND = "no fault before"
LOST = frozenset({"lost", "not ended"})
DOUBLED = frozenset({"doubled result", "doubled in the store", "run leased twice"})
STALE = frozenset(
    {"stale result", "stale write", "stale draft", "stale checkpoint", "wrong result"}
)
PAID = frozenset({"paid twice", "paid although stored"})
NOT_INJECTED = ("no ", "every ", "not injected")
"""How the reason begins why a fault was not injected, as a rule for want of something to hit."""
COUNTED = ("lost", "doubled", "refused", "stale", "repeated", "paid")
HEAD = (
    "fault", "injected", "rows hit", "lost", "doubled", "stale refused", "stale accepted",
    "paid again, same key", "paid twice", "recovery p50", "max",
)  # fmt: skip


CHEATS = ("cheat", "users", "requests", "refused", "unanswered", "succeeded")
CHEATED = ("tried", "refused", "unanswered", "succeeded")
BEYOND = "cheat succeeded"


@dataclass(slots=True)
class Line:
    """What is known of one kind of fault."""

    injected: int = 0
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    recoveries: list[float] = field(default_factory=list)
    cheats: Counter[str] = field(default_factory=Counter)

    def cells(self, kind: str) -> list[str]:
        counts, times = self.counts, sorted(self.recoveries)
        return [
            kind,
            f"{self.injected:,}",
            f"{self.rows:,}",
            *(str(counts[name]) for name in COUNTED),
            f"{median(times):.1f} s" if times else "",
            f"{times[-1]:.1f} s" if times else "",
        ]


class Table:
    """Adds up the rounds. What happened to a row belongs to the last fault that hit it before."""

    def __init__(self) -> None:
        self.lines: defaultdict[str, Line] = defaultdict(Line)
        self.injected = self.rows = self.completed = self.missed = self.rounds = 0
        self.findings: list[tuple[int, Finding]] = []
        self.others: Counter[str] = Counter()

    def add(self, number: int, injections: list[Injection], verdict: Verdict) -> None:
        """Add what one round gave."""
        self.rounds += 1
        for note in injections:
            if note.failed.startswith(NOT_INJECTED):
                self.missed += 1
                continue
            self.injected += 1
            line = self.lines[note.kind]
            line.injected += 1
            line.rows += len(note.rows)
            if note.recovered is not None and note.rows:
                line.recoveries.append(note.recovered)
            for name in CHEATED:
                line.cheats[name] += getattr(note, name)
            if note.succeeded:
                self.findings.append((number, Finding(BEYOND, 0, note.at, note.kind)))
                self.others[BEYOND] += note.succeeded
        self.rows += verdict.rows
        self.completed += verdict.completed
        for thing, at in verdict.refused:
            self._line_of(injections, thing, at).counts["refused"] += 1
        for thing, at in verdict.repeated:
            self._line_of(injections, thing, at).counts["repeated"] += 1
        for finding in verdict.findings:
            self.findings.append((number, finding))
            column = _column(finding.what)
            self._line_of(injections, finding.thing, finding.at).counts[column] += 1
            self.others[finding.what] += 1

    def body(self) -> list[list[str]]:
        """The cells, kinds in the order of their declaration, and a sum."""
        kinds = [fault.kind for fault in FAULTS]
        found = [kind for kind in (*dict.fromkeys(kinds), BACKGROUND) if kind in self.lines]
        total = Line(self.injected, sum(line.rows for line in self.lines.values()))
        for line in self.lines.values():
            total.counts += line.counts
            total.recoveries += line.recoveries
        return [*(self.lines[kind].cells(kind) for kind in found), total.cells("all")]

    def markdown(self) -> str:
        """The tables for a page."""
        return "\n\n".join(map(_piped, self._tables()))

    def cheats(self) -> list[list[str]]:
        """What cheaters tried: kinds, and a sum; empty without cheaters."""
        lines = {kind: line for kind, line in self.lines.items() if line.cheats["tried"]}
        total = Line(sum(line.injected for line in lines.values()))
        for line in lines.values():
            total.cheats += line.cheats
        return [
            [kind, *(f"{n:,}" for n in (line.injected, *(line.cheats[name] for name in CHEATED)))]
            for kind, line in (*lines.items(), *([("all", total)] if lines else []))
        ]

    def text(self) -> str:
        """The tables for a terminal."""
        return "\n\n".join(map(_aligned, self._tables()))

    def _tables(self) -> list[list[list[str]]]:
        cheats = self.cheats()
        return [[list(HEAD), *self.body()], *([[list(CHEATS), *cheats]] if cheats else [])]

    def _line_of(self, injections: list[Injection], thing: int, at: float) -> Line:
        hits = [n for n in injections if thing in n.rows and (not at or n.at <= at)]
        return self.lines[max(hits, key=lambda n: n.at).kind if hits else BACKGROUND]


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _piped(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _column(what: str) -> str:
    for names, column in ((LOST, "lost"), (DOUBLED, "doubled"), (STALE, "stale"), (PAID, "paid")):
        if what in names:
            return column
    return what
