"""A folder of pipelines is found whole, or the mistake is named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from worker.base.errors import SetupError
from worker.engine.registry import discover

HEAD = """
from pydantic import BaseModel
from worker.engine import Context, Pipeline

class Nothing(BaseModel):
    pass
"""

WHOLE = (
    HEAD
    + """
pipeline = Pipeline("{slug}", inputs=Nothing, outputs=Nothing)

@pipeline
async def recipe(context: Context[None], row: Nothing) -> Nothing:
    return row

same_pipeline = pipeline
"""
)

MakePackage = Callable[[dict[str, str]], str]


@pytest.fixture
def make_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePackage]:
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def make(files: dict[str, str]) -> str:
        name = f"pipelines_{uuid4().hex}"
        folder = tmp_path / name
        folder.mkdir()
        for file, text in {"__init__.py": "", **files}.items():
            (folder / file).write_text(text)
        made.append(name)
        return name

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] in made]:
        del sys.modules[name]


def whole(slug: str) -> str:
    return WHOLE.replace("{slug}", slug)


def test_every_file_is_found_by_its_slug(make_package: MakePackage) -> None:
    package = make_package({"read_page.py": whole("read-page"), "score.py": whole("score")})
    assert sorted(discover(package)) == ["read-page", "score"]


def test_several_packages_are_one_registry(make_package: MakePackage) -> None:
    ours, theirs = make_package({"a.py": whole("a")}), make_package({"b.py": whole("b")})
    assert sorted(discover(ours, theirs)) == ["a", "b"]


def test_an_empty_package_has_none(make_package: MakePackage) -> None:
    assert discover(make_package({})) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds 0 pipelines instead of one"),
        (
            whole("read-page") + 'second = Pipeline("second", inputs=Nothing, outputs=Nothing)',
            "holds 2 pipelines instead of one",
        ),
        (whole("other-name"), "holds the pipeline other-name"),
        (
            HEAD + 'pipeline = Pipeline("read-page", inputs=Nothing, outputs=Nothing)',
            "has no recipe",
        ),
        ("import no_such_module_anywhere", "no_such_module_anywhere"),
    ],
)
def test_a_file_that_is_not_one_pipeline_is_named(
    make_package: MakePackage, text: str, reason: str
) -> None:
    with pytest.raises(SetupError, match=reason) as caught:
        discover(make_package({"read_page.py": text}))
    assert caught.value.cure


def test_one_slug_in_two_packages_is_refused(make_package: MakePackage) -> None:
    ours, theirs = make_package({"a.py": whole("a")}), make_package({"a.py": whole("a")})
    with pytest.raises(SetupError, match="exists twice"):
        discover(ours, theirs)


def test_a_package_that_does_not_exist_is_named() -> None:
    with pytest.raises(SetupError, match="no_such_package"):
        discover("no_such_package")


def test_a_module_is_no_package() -> None:
    with pytest.raises(SetupError, match="is a module"):
        discover("worker.base.errors")
