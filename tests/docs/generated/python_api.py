"""The reference of the Python names, from their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

import liverows
import liverows.testing

HEAD = """\
# Python API

```python
from liverows import Context, Pipeline, Step
```

These are the public names: what `liverows` and `liverows.testing` list in `__all__`. Other
modules may change in any release.
"""

GROUPS = {
    "Pipelines": "Pipeline Step Retry ONCE Context AwaitedRow Resource run_in_child in_thread "
    "ChildProcesses",
    "Errors": "WorkerError Transient RateLimited Permanent InvalidInput NotConfigured "
    "BudgetExceeded LeaseLost Cancelled SetupError Unreachable",
    "Paid calls": "Usage record_usage Payment paid idempotency_key idempotency_headers",
    "Traces": "model_call traceparent trace_headers",
    "Services": "Database open_database EnvSettings CommaSeparated read_settings Finding "
    "get_logger mask_secrets",
    "Types": "Json JsonObject",
}
_DECLARATIONS = ("Pipeline", "Step", "Retry")
"""Authors only make these. Their methods are called by the engine."""
_MADE_FOR_YOU = (
    "Context", "AwaitedRow", "Resource", "Database", "EnvSettings", "Project", "Ended", "LeaseLost",
    "Cancelled", "Payment",
)  # fmt: skip
"""Authors get these from the engine or the test kit, or inherit from them; they call none."""
_AS_IT_STANDS = re.compile(r"<(?:class|function) '?([\w.]+)'?[^>]*>")


def python_api() -> str:
    """Return the page."""
    text = HEAD
    names = {name for name in liverows.__all__ if name != "__version__"}
    for title, listed in GROUPS.items():
        text += f"\n## {title}\n"
        for name in listed.split():
            names.remove(name)
            text += _entry(name, getattr(liverows, name), "liverows")
    assert not names, f"add these to GROUPS: {sorted(names)}"
    text += "\n## Tests\n"
    for name in liverows.testing.__all__:
        text += _entry(name, getattr(liverows.testing, name), "liverows.testing")
    return text


def _entry(name: str, value: Any, module: str) -> str:
    head = f"\n### {name}\n\n```text\nfrom {module} import {name}\n```\n"
    if not (inspect.isclass(value) or inspect.isroutine(value)):
        return f"{head}\n{_CONSTANTS[name]}\n"
    signature = "" if name in _MADE_FOR_YOU else _signature(name, value)
    text = head + signature + _prose(inspect.getdoc(value) or "")
    if inspect.isclass(value) and name not in _DECLARATIONS:
        text += "".join(_member(name, each, member) for each, member in _members(value))
    return text


_CONSTANTS = {
    "ONCE": "`Retry(attempts=1)`: the `Retry` of a step that is tried once per call, without a "
    "second try.",
    "CommaSeparated": "The type of a setting that is written as `a, b` and read as the tuple "
    '`("a", "b")`.',
    "Json": "What JSON can hold: None, bool, int, float, str, and lists and dicts of these.",
    "JsonObject": "A dict with keys of type str and values of type `Json`.",
}


def _members(value: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(value).items():
        plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        is_member = inspect.isroutine(plain) or isinstance(plain, property)
        if not name.startswith("_") and is_member and inspect.getdoc(plain):
            yield name, plain


def _member(owner: str, name: str, member: Any) -> str:
    if isinstance(member, property):
        return f"\n#### {owner}.{name}\n" + _prose(inspect.getdoc(member) or "")
    return (
        f"\n#### {owner}.{name}\n"
        + _signature(f"{owner}.{name}", member)
        + _prose(inspect.getdoc(member) or "")
    )


def _signature(name: str, value: Any) -> str:
    try:
        signature = inspect.signature(value)
    except ValueError:
        return ""
    parts = [each for key, each in signature.parameters.items() if key != "self"]
    shown = [f"    {each},\n" for each in _shown(parts)]
    if not shown:
        return ""
    kind = "async " if inspect.iscoroutinefunction(value) else ""
    result = signature.return_annotation
    answer = f" -> {_annotation(result)}" if isinstance(result, str) and result != "None" else ""
    return f"\n```text\n{kind}{name}(\n{''.join(shown)}){answer}\n```\n"


def _shown(parameters: Iterable[inspect.Parameter]) -> Iterator[str]:
    """The parameters as in a definition, with the star before those that need their name."""
    starred = False
    for each in parameters:
        if each.kind == each.KEYWORD_ONLY and not starred:
            yield "*"
        starred = starred or each.kind in (each.VAR_POSITIONAL, each.KEYWORD_ONLY)
        yield _parameter(each)


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    text = parameter.name
    if parameter.kind in stars:
        text = stars[parameter.kind] + text
    if parameter.annotation is not parameter.empty:
        text += f": {_annotation(parameter.annotation)}"
    if parameter.default is not parameter.empty:
        default = _AS_IT_STANDS.sub(lambda found: f"{found[1]}()", repr(parameter.default))
        text += f" = {'Retry()' if default.endswith('factory>') else default}"
    return text


def _annotation(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else str(getattr(annotation, "__name__", ""))


def _prose(docstring: str) -> str:
    """Return the docstring as Markdown. Its indented parts are code, and become blocks."""
    return f"\n{docstring}\n" if docstring else ""
