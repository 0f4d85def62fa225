"""A wrong step is refused when it is declared, and equal arguments have the same hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

import pytest
from pydantic import BaseModel

from liverows import Step
from liverows.base.errors import Permanent, SetupError
from liverows.recipe.resource import Resource


class Pages(Resource, Protocol):
    async def fetch(self, url: str) -> str: ...


class Browser:
    async def fetch(self, url: str) -> str:
        return url


class OtherBrowser(Browser):
    pass


class Level(Enum):
    HIGH = "high"


class Person(BaseModel):
    name: str
    skills: frozenset[str] = frozenset()


class Senior(Person):
    years: int


@dataclass(frozen=True)
class Point:
    x: float
    y: float


async def read(pages: Pages, url: str, depth: int = 1) -> str:
    return url


async def read_maybe(pages: Pages | None, url: str) -> str:
    return url


async def describe(person: Person) -> str:
    return person.name


async def anything(value: Any) -> Any:
    return value


async def measure() -> float:
    return 0.0


READ = Step("read", read)
ANYTHING = Step("anything", anything)


class TestHash:
    def test_resources_do_not_count(self) -> None:
        assert READ.input_hash(Browser(), "a") == READ.input_hash(OtherBrowser(), "a")

    def test_a_resource_that_may_be_missing_does_not_count(self) -> None:
        step = Step("read", read_maybe)
        assert step.input_hash(None, "a") == step.input_hash(Browser(), "a")

    def test_data_counts(self) -> None:
        assert READ.input_hash(Browser(), "a") != READ.input_hash(Browser(), "b")

    def test_position_keyword_and_default_are_the_same_argument(self) -> None:
        by_position = READ.input_hash(Browser(), "a", 1)
        assert by_position == READ.input_hash(Browser(), url="a", depth=1)
        assert by_position == READ.input_hash(Browser(), "a")

    def test_fields_of_a_subclass_count(self) -> None:
        step = Step("describe", describe)
        junior = step.input_hash(Senior(name="Ada", years=1))
        assert junior != step.input_hash(Senior(name="Ada", years=9))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
            (1, 1.0),
            ((1, 2), [1, 2]),
            ({"x", "y", "z"}, ["x", "y", "z"]),
            (Level.HIGH, "high"),
            ({3: "three"}, {"3": "three"}),
            (Point(1, 2), {"x": 1, "y": 2}),
            (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
            (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ],
    )
    def test_what_json_cannot_tell_apart_has_one_hash(self, one: object, other: object) -> None:
        assert ANYTHING.input_hash(one) == ANYTHING.input_hash(other)

    @pytest.mark.parametrize("value", [object(), float("nan"), {(1, 2): 3}, [object()]])
    def test_what_is_not_data_is_refused(self, value: object) -> None:
        with pytest.raises(Permanent, match="step anything was given an argument that is not data"):
            ANYTHING.input_hash(value)

    def test_is_the_same_in_every_process(self) -> None:
        assert READ.input_hash(Browser(), "a") == (
            "ca050b99b92139d74a50abb7d5805093ef157040d4e14b1888c24f1102982ab0"
        )


class TestResult:
    def test_comes_back_as_every_later_run_will_see_it(self) -> None:
        result, output = ANYTHING.settled((1, 2))
        assert (result, output) == ([1, 2], [1, 2])

    def test_characters_that_jsonb_refuses_are_dropped(self) -> None:
        assert READ.settled("a\x00b\ud800c") == ("ab?c", "ab?c")

    def test_of_another_type_is_refused_without_showing_it(self) -> None:
        with pytest.raises(Permanent) as caught:
            READ.settled(b"secret" * 10)  # type: ignore[arg-type]  # the mistake under test
        assert "did not return what it declares" in str(caught.value)
        assert "secret" not in str(caught.value)

    def test_a_number_that_json_lacks_is_unknown(self) -> None:
        assert ANYTHING.settled(float("nan")) == (None, None)
        with pytest.raises(Permanent, match="cannot be read back from JSON"):
            Step("measure", measure).settled(float("inf"))

    def test_stored_json_of_another_shape_is_a_value_error(self) -> None:
        with pytest.raises(ValueError, match="1 fields do not fit"):
            Step("describe", describe).load(7)


async def takes_client(client: Browser) -> str:
    return ""


async def returns_client() -> Browser:
    return Browser()


async def returns_nothing_declared(url: str):  # type: ignore[no-untyped-def]  # the mistake
    return url


async def takes_undeclared(url) -> str:  # type: ignore[no-untyped-def]  # the mistake under test
    return str(url)


async def takes_many(*urls: str) -> str:
    return ""


class TestDeclaration:
    @pytest.mark.parametrize(
        ("function", "reason"),
        [
            (takes_client, "parameter client is Browser, which is neither data nor a Resource"),
            (returns_client, "its result is Browser"),
            (returns_nothing_declared, "declares no result"),
            (takes_undeclared, "parameter url of takes_undeclared is not annotated"),
            (takes_many, "takes any number of arguments"),
        ],
    )
    def test_of_an_unfit_function_is_refused(self, function: Any, reason: str) -> None:
        with pytest.raises(SetupError, match=reason):
            Step("unfit", function)

    @pytest.mark.parametrize("name", ["", "Read", "read_page", "read page", "-read", "1st"])
    def test_of_an_unfit_name_is_refused(self, name: str) -> None:
        with pytest.raises(SetupError, match="lower-case-with-hyphens"):
            Step(name, read)

    @pytest.mark.parametrize("numbers", [{"timeout": 0}, {"weight": -1}])
    def test_of_unfit_numbers_is_refused(self, numbers: dict[str, float]) -> None:
        with pytest.raises(SetupError):
            Step("read", read, **numbers)  # type: ignore[arg-type]  # one option at a time

    def test_gives_the_stage_a_readable_label(self) -> None:
        assert Step("read-page", read).stage == "Read page"
        assert Step("read-page", read, stage="Reading").stage == "Reading"
