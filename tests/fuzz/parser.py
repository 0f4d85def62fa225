"""What the fuzzing knows of one parser, and what it asks of it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import strategies as st

from liverows.base.errors import WorkerError
from tests.fuzz import inputs
from tests.support.cpu_time import grows_too_fast, limited

TIMES = 4
MOST_TIMES_MORE = 8.0
"""For an input four times as long: linear memory is 4 times as much, quadratic memory 16 times."""
UNNOTICED_SECONDS = 0.01
UNNOTICED_BYTES = 4 * 2**20
SIZE = 3_000
"""The length of the smaller one of two inputs whose costs are compared, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """One way from a stranger's input to our data.

    `reads` are the functions of the product that it covers, as `module:qualified.name`; reading a
    sample enters each of them. `raises` are the errors that the parser's docstring promises. The
    functions in `growing` make an input of n times a size.
    """

    name: str
    read: Callable[[Any], object]
    inputs: st.SearchStrategy[Any]
    samples: tuple[Any, ...]
    growing: Mapping[str, Callable[[int], Any]]
    reads: tuple[str, ...]
    raises: tuple[type[Exception], ...] = (WorkerError,)

    def crash(self, given: Any) -> str | None:
        """What is wrong with reading this input: an error that is not promised, or no end."""
        try:
            ended = limited(partial(self._calm, given))
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:200]}"
        return None if ended else "does not end"

    def slow(self, growth: str) -> str | None:
        """What is wrong with the time of reading longer and longer inputs."""
        return grows_too_fast(self._calm, self.growing[growth], unnoticed=UNNOTICED_SECONDS)

    def large(self, growth: str) -> str | None:
        """What is wrong with the memory that Python uses to read longer and longer inputs."""
        peak = self._peak(self.growing[growth](TIMES))
        if peak <= UNNOTICED_BYTES:
            return None
        before = self._peak(self.growing[growth](1))
        if peak <= MOST_TIMES_MORE * before:
            return None
        return f"{peak / before:.1f} times the memory for {TIMES} times the input"

    def _peak(self, given: Any) -> int:
        tracemalloc.start()
        try:
            self._calm(given)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def _calm(self, given: Any) -> None:
        try:
            self.read(given)
        except self.raises:
            return


def of_text(
    name: str,
    read: Callable[[str], object],
    *samples: str,
    reads: tuple[str, ...],
    raises: tuple[type[Exception], ...] = (WorkerError,),
    pieces: tuple[str, ...] = (),
) -> Parser:
    """A parser of text; `pieces` are further ones to repeat in it."""
    repeated = (
        *pieces,
        "a",
        " ",
        "0.",
        "1,",
        "\n",
        "oh yeah ",
        "[",
        "&#65;",
        "<!--",
        "://",
        "=",
        ";",
    )
    growing = {repr(piece): _repeating(samples[0], piece) for piece in repeated}
    return Parser(
        name=name, read=read, inputs=inputs.texts_like(*samples) | inputs.texts,
        samples=samples, growing=growing, reads=reads, raises=raises,
    )  # fmt: skip


def of_json(
    name: str,
    read: Callable[[str], object],
    *samples: Any,
    reads: tuple[str, ...],
    raises: tuple[type[Exception], ...] = (WorkerError,),
) -> Parser:
    """A parser of JSON text; the samples are values."""
    return Parser(
        name=name, read=read, inputs=inputs.json_like(*samples),
        samples=tuple(map(inputs.written, samples)),
        growing={
            **{where: _written(grow) for where, grow in _growing(samples[0]).items()},
            "nested": lambda times: "[" * SIZE * times,
            "escapes": lambda times: '"' + "\\u0041" * (SIZE // 6 * times),
        },
        reads=reads, raises=raises,
    )  # fmt: skip


def of_value(
    name: str,
    read: Callable[[Any], object],
    *samples: Any,
    reads: tuple[str, ...],
    raises: tuple[type[Exception], ...] = (WorkerError,),
) -> Parser:
    """A parser of values that were JSON."""
    return Parser(
        name=name, read=read, inputs=inputs.plain_values_like(*samples), samples=samples,
        growing=_growing(samples[0]), reads=reads, raises=raises,
    )  # fmt: skip


def of_page(
    name: str,
    read: Callable[[str], object],
    *samples: str,
    reads: tuple[str, ...],
    raises: tuple[type[Exception], ...] = (WorkerError,),
) -> Parser:
    """A parser of HTML or XML."""
    repeated = (
        "<p>a</p>", "<div>", "<b", "<!-- -->", "<!--", "</p>", "&amp;", "<a href=/b>c</a>",
        "<li>- x",
        "<h2>Pay</h2>£1 ", "<dt>Location<dd>", "<td>", "<script>{</script>", '<p property="a">',
        '<p itemscope itemprop="a">', "0.", "oh yeah ", "<![CDATA[", "<svg>", "\x00",
    )  # fmt: skip
    return Parser(
        name=name, read=read, inputs=inputs.pages_like(*samples), samples=samples,
        growing={repr(piece): _repeating(samples[0], piece) for piece in repeated},
        reads=reads, raises=raises,
    )  # fmt: skip


def of_bytes(
    name: str,
    read: Callable[[bytes], object],
    *samples: bytes,
    reads: tuple[str, ...],
    raises: tuple[type[Exception], ...] = (WorkerError,),
) -> Parser:
    """A parser of bytes."""
    repeated = (b"\x00", b"\xff", b"a", b"\r\n", samples[0] or b"x")
    return Parser(
        name=name, read=read, inputs=inputs.bytes_like(*samples), samples=samples,
        growing={repr(piece[:20]): _repeating(samples[0], piece) for piece in repeated},
        reads=reads, raises=raises,
    )  # fmt: skip


def _repeating(sample: Any, piece: Any) -> Callable[[int], Any]:
    """The sample with a piece repeated in its middle."""
    half, count = len(sample) // 2, SIZE // len(piece) + 1
    return lambda times: sample[:half] + piece * (count * times) + sample[half:]


def _written(grow: Callable[[int], Any]) -> Callable[[int], str]:
    return lambda times: inputs.written(grow(times))


def _growing(sample: Any) -> dict[str, Callable[[int], Any]]:
    """Longer and longer texts, lists and objects in each place of a value that has such a one."""
    growing: dict[str, Callable[[int], Any]] = {}
    for place in inputs.places(sample):
        there = inputs.found(sample, place)
        where = "/".join(map(str, place))
        if isinstance(there, str):
            for piece in ("oh yeah ", "0."):
                growing[f"{where} {piece!r}"] = _text_at(sample, place, there + piece)
        elif isinstance(there, list) and there:
            growing[f"{where} items"] = _list_at(sample, place, there)
        elif isinstance(there, dict):
            growing[f"{where} keys"] = _keys_at(sample, place, there)
    return growing


def _text_at(sample: Any, place: inputs.Path, text: str) -> Callable[[int], Any]:
    count = SIZE // len(text) + 1
    return lambda times: inputs.put(sample, place, text * (count * times))


def _list_at(sample: Any, place: inputs.Path, items: list[Any]) -> Callable[[int], Any]:
    count = SIZE // len(inputs.written(items)) + 1
    return lambda times: inputs.put(sample, place, items * (count * times))


def _keys_at(sample: Any, place: inputs.Path, had: dict[str, Any]) -> Callable[[int], Any]:
    def grown(times: int) -> Any:
        more = {f"key {number}": 1 for number in range(SIZE // 12 * times)}
        return inputs.put(sample, place, had | more)

    return grown
