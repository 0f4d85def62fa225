"""Faults of every kind against real workers, a real Postgres and a paid service that counts.

`python -m bench.chaos` runs it. `world` builds what is attacked, `faults` has the attacks,
`director` injects them, `invariants` judges what is left, and `table` shows it.
"""
