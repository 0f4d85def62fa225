"""All pipelines of a folder are found, or the error names the mistake."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from liverows.base.errors import SetupError
from liverows.recipe.registry import (
    available_services,
    discover,
    find_packages,
    opened_services,
)

HEAD = """
from pydantic import BaseModel
from liverows import Context, Pipeline

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


def test_files_without_a_pipeline_and_pipelines_of_the_same_file_are_fine(
    make_package: MakePackage,
) -> None:
    two = whole("read-page") + whole("score").removeprefix(HEAD).replace(
        "pipeline ", "second "
    ).replace("@pipeline", "@second")
    assert sorted(discover(make_package({"both.py": two, "words.py": "X = 1"}))) == [
        "read-page",
        "score",
    ]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "holds no pipeline"),
        ({"words.py": "X = 1"}, "holds no pipeline"),
        ({"a.py": whole("read-page"), "b.py": whole("read-page")}, "two pipelines are called"),
        (
            {"a.py": HEAD + 'pipeline = Pipeline("read-page", inputs=Nothing, outputs=Nothing)'},
            "has no recipe",
        ),
        ({"a.py": "import no_such_module_anywhere"}, "no_such_module_anywhere"),
    ],
)
def test_a_package_that_cannot_be_served_is_named(
    make_package: MakePackage, files: dict[str, str], reason: str
) -> None:
    with pytest.raises(SetupError, match=reason) as caught:
        discover(make_package(files))
    assert caught.value.cure


SERVICES = """
from contextlib import asynccontextmanager
from shared_services import open_shared as services, look
checks = (look,)
"""

SHARED = """
from contextlib import asynccontextmanager
opened = []

@asynccontextmanager
async def open_shared():
    opened.append("opened")
    yield "what recipes call"
    opened.append("closed")

async def look():
    return []
"""


async def test_packages_that_name_the_same_services_share_them(
    make_package: MakePackage, tmp_path: Path
) -> None:
    (tmp_path / "shared_services.py").write_text(SHARED)
    ours = make_package({"__init__.py": SERVICES, "a.py": whole("a")})
    theirs = make_package({"__init__.py": SERVICES, "b.py": whole("b")})
    alone = make_package({"c.py": whole("c")})
    packages = find_packages(ours, theirs, alone)
    async with opened_services(packages) as services:
        assert services == {"a": "what recipes call", "b": "what recipes call"}
    assert sys.modules.pop("shared_services").opened == ["opened", "closed"]
    assert [len(package.checks) for package in packages] == [1, 1, 0]


async def test_a_pipeline_keeps_the_services_of_its_package_wherever_it_is_imported(
    make_package: MakePackage, tmp_path: Path
) -> None:
    (tmp_path / "shared_services.py").write_text(SHARED)
    theirs = make_package({"__init__.py": SERVICES, "a.py": whole("a")})
    borrowing = f"from {theirs}.a import pipeline as borrowed\n" + whole("b")
    ours = make_package({"b.py": borrowing})
    packages = find_packages(theirs, ours)
    assert [sorted(package.pipelines) for package in packages] == [["a"], ["b"]]
    async with opened_services(packages) as services:
        assert services == {"a": "what recipes call"}
    del sys.modules["shared_services"]


class Shop:
    """Services that tell what is set up."""

    def __init__(self, **here: bool) -> None:
        self._here = here

    def available(self) -> dict[str, bool]:
        return self._here


def test_services_that_tell_what_is_set_up_are_told_together() -> None:
    shop = Shop(speech=True, model=True)
    assert available_services([shop, shop]) == {"speech": True, "model": True}
    assert available_services([shop, Shop(model=False, search=True)]) == {
        "speech": True,
        "model": False,
        "search": True,
    }


class Pool:
    """A client whose own method is called `available` too."""

    def available(self) -> int:
        return 5


class LazyPool:
    async def available(self) -> dict[str, bool]:
        raise AssertionError("nobody asks for this")


class Warehouse:
    def available(self, article: str) -> dict[str, bool]:
        raise AssertionError(f"nobody asks for {article}")


@pytest.mark.parametrize("services", ["a text", None, object(), Pool(), LazyPool(), Warehouse()])
def test_services_that_tell_nothing_are_no_trouble(services: object) -> None:
    assert available_services([services]) == {}


def test_one_slug_in_two_packages_is_refused(make_package: MakePackage) -> None:
    ours, theirs = make_package({"a.py": whole("a")}), make_package({"a.py": whole("a")})
    with pytest.raises(SetupError, match="two pipelines are called a, in"):
        discover(ours, theirs)


def test_a_package_that_does_not_exist_is_named() -> None:
    with pytest.raises(SetupError, match="no_such_package"):
        discover("no_such_package")


def test_a_module_is_no_package() -> None:
    with pytest.raises(SetupError, match="is a module"):
        discover("liverows.base.errors")
