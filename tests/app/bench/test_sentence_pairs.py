"""Sentence pairs that others wrote are counted by whether the second follows, and is taken."""

from __future__ import annotations

from pathlib import Path

from bench.research.pairs import judge, pairs_in

LINES = (
    "We build boats in Hull for ferries.\tWe build boats in Hull.\t1",
    "We build boats in Hull for ferries.\tWe sell pumps to farmers in Kent.\tcontradiction",
    "We came to Hull in 1976, to York in 1987.\tWe came to York in 1976, to Hull in 1987.\t0",
    "sentence1\tsentence2\tlabel",
    "NS\tNS\t0",
    "a line without a label",
)


def test_pairs_are_read_with_their_labels_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("\n".join(LINES), encoding="utf-8")
    assert [is_true for _, _, is_true in pairs_in(file)] == [True, False, False]
    counts = judge(tmp_path)["pairs.tsv"]
    assert counts == {"true": 1, "true taken": 1, "false": 2, "false taken": 0}
    assert judge(tmp_path, every=3)["pairs.tsv"]["false"] == 0
