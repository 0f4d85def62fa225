"""The reference of the metrics, from the objects that count them."""

from __future__ import annotations

from collections.abc import Iterable

from liverows.running.metrics import Metrics
from liverows.running.queue_metrics import QUEUE_METRICS

HEAD = """\
# Metrics

For Prometheus, in base units. Labels have few values: names of pipelines, steps, doorbells and
models (the first 50, then `other`), and codes; never a text, a key or an owner.
[Observability](observability.md) says how to read them, with a dashboard and alert rules.

```sh
liverows exporter --host 0.0.0.0 --port 8081
```

## Of one worker, at its `/metrics`

`process_…` are those of the process: memory, processor time, open files.

"""
QUEUE = """
## Of the whole queue, at the `/metrics` of `liverows exporter`

"""


def metrics() -> str:
    """Return the page."""
    worker = ((one.name, one.kind, one.labels, one.text) for one in Metrics().described)
    queue = ((one.name, "gauge", one.labels, one.text) for one in QUEUE_METRICS)
    return HEAD + _table(worker) + QUEUE + _table(queue)


def names() -> set[str]:
    """Return every name under which Prometheus stores a series."""
    found = {metric.name for metric in QUEUE_METRICS}
    for one in Metrics().described:
        endings = ("_bucket", "_sum", "_count") if one.kind == "histogram" else ("",)
        found |= {one.name + ending for ending in endings}
    return found


def _table(rows: Iterable[tuple[str, str, tuple[str, ...], str]]) -> str:
    text = "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n"
    for name, kind, labels, meaning in sorted(rows):
        shown = ", ".join(f"`{label}`" for label in labels)
        text += f"| `{name}` | {kind} | {shown} | {meaning} |\n"
    return text
