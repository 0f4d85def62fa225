"""Every message that a user may see stands in one table, in each language, in plain words."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devstack.sentences import PAGE, copies
from liverows.base import errors
from liverows.base.sentences import AUTHORS_CODES
from liverows.recipe.registry import discover
from worker import PACKAGES
from worker.sentences import AGAIN, ERRORS, LANGUAGES, table

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "examples" / "web" / "src"
# These say that a run must write nothing more, or are raised before any run.
NOT_ON_A_ROW = {"lease_lost", "cancelled", "setup"}
ERROR_KINDS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.WorkerError)
} - {"SetupError", "Unreachable", "ContractMismatch", "StrangeAnswer"}
PLACE = re.compile(r"\{(\w+)\}")
FOR_OPERATORS = re.compile(
    r"[A-Z]{3,}_"  # a setting
    r"|\w(?:Error|Exception)\b|Traceback|SQLSTATE"
    r"|\b[a-z]+_[a-z_]+\b"  # a table, a column or a code
    r"|localhost|\b(?:10|127|169\.254|172\.16|192\.168)\.\d"
)


def texts(language: str) -> dict[str, str]:
    """The texts of the page, by key."""
    found: dict[str, str] = json.loads((PAGE / f"{language}.json").read_text())
    return found


def sentences(language: str) -> dict[str, str]:
    """Each sentence that the page may show, by section and code."""
    sections = json.loads((PAGE / f"sentences.{language}.json").read_text())
    return {
        f"{section}.{code}": said if isinstance(said, str) else joined(said)
        for section, known in sections.items()
        for code, said in known.items()
    }


def joined(said: dict[str, Any]) -> str:
    return " ".join(filter(None, (said["message"], said.get("action"))))


def test_the_copies_of_the_page_and_of_the_function_are_up_to_date() -> None:
    for path, text in copies().items():
        assert path.read_text(encoding="utf-8") == text, "run python -m devstack.sentences"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_sentence_with_the_same_values_in_it(language: str) -> None:
    for english, other in (
        (texts("en"), texts(language)),
        (sentences("en"), sentences(language)),
    ):
        assert other.keys() == english.keys()
        for key, text in english.items():
            assert set(PLACE.findall(other[key])) == set(PLACE.findall(text)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_for_users_has_a_word_for_operators(language: str) -> None:
    for key, text in {**texts(language), **sentences(language)}.items():
        if not key.startswith("fields."):  # these are for who writes a client, too
            assert FOR_OPERATORS.search(PLACE.sub("", text)) is None, (key, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_says_in_whole_sentences_what_happened_and_what_to_do(language: str) -> None:
    known = table(language)["errors"]
    for code, said in known.items():
        for part in (said["message"], said.get("action", "X.")):
            assert part[0].isupper(), code
            assert part[-1] == ".", code
            assert len(part) < 200, code


def test_a_sentence_says_to_try_again_where_the_page_has_a_button_for_it() -> None:
    errors_of_page = json.loads((PAGE / "sentences.en.json").read_text())["errors"]
    for code, again in AGAIN.items():
        assert ("try again" in errors_of_page[code]["action"].lower()) is again, code


def test_each_error_that_can_reach_a_row_has_a_sentence_in_each_language() -> None:
    raised = dict(codes_raised("liverows")) | dict(codes_raised("worker"))
    assert len(raised) > 40
    for language in LANGUAGES:
        known = json.loads((PAGE / f"sentences.{language}.json").read_text())["errors"]
        missing = {code: place for code, place in raised.items() if code not in known}
        assert missing == {}


def test_there_is_no_sentence_for_an_error_that_nothing_raises() -> None:
    sources = "".join(
        path.read_text() for room in ("liverows", "worker") for path in (ROOT / room).rglob("*.py")
    )
    for code in ERRORS:
        for word in code.split("."):
            assert f'"{word}"' in sources, code


def codes_raised(package: str) -> Iterator[tuple[str, str]]:
    """The codes of the errors that a package makes, each with a place."""
    for path in sorted((ROOT / package).rglob("*.py")):
        if {"cli", "testing", "checks", "doorbells"} & set(path.relative_to(ROOT).parts):
            continue  # no row runs there
        tree = ast.parse(path.read_text())
        constants = constants_of(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for code in codes_of(node, constants):
                    yield code, f"{path.relative_to(ROOT)}:{node.lineno}"


def constants_of(tree: ast.Module) -> dict[str, str]:
    """The texts that module-level names stand for."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def codes_of(call: ast.Call, constants: dict[str, str]) -> Iterator[str]:
    """The code and, if there is one, the `code.kind` of an error that is made here."""
    function = call.func
    if isinstance(function, ast.Name) and function.id == "partial" and call.args:
        function = call.args[0]
    name = getattr(function, "id", None)
    if name not in ERROR_KINDS:
        return
    given = {one.arg: one.value for one in call.keywords}
    code = text_of(given.get("code"), constants) or getattr(errors, name).default_code
    if code in NOT_ON_A_ROW:
        return
    yield code
    params = given.get("params")
    if isinstance(params, ast.Dict):
        for key, value in zip(params.keys, params.values, strict=True):
            if text_of(key, {}) == "kind" and (kind := text_of(value, constants)):
                yield f"{code}.{kind}"


def text_of(node: ast.expr | None, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


def test_each_stage_and_each_step_that_may_be_replaced_has_a_sentence() -> None:
    known = table("en")
    for pipeline in discover(*PACKAGES).values():
        for step in pipeline.steps:
            assert step.stage in known["stages"], pipeline.slug
            if step.fallback is not None:
                assert f"{step.name.replace('-', '_')}_degraded" in known["warnings"]


def test_each_warning_that_a_pipeline_gives_by_name_has_a_sentence() -> None:
    given = {
        (path.name, constants.get(node.args[0].id))
        for path in (ROOT / "worker").rglob("*.py")
        for tree in [ast.parse(path.read_text())]
        for constants in [imported_constants(tree) | constants_of(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "warn" and node.args and isinstance(node.args[0], ast.Name)
    }
    codes = {code for _, code in given if code}
    assert len(codes) > 8
    assert codes <= table("en")["warnings"].keys()


def imported_constants(tree: ast.Module) -> dict[str, str]:
    """The texts of names that are imported from other modules of the application."""
    found: dict[str, str] = {}
    for node in tree.body:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and module.startswith("worker."):
            path = (ROOT / module.replace(".", "/")).with_suffix(".py")
            if path.is_file():
                there = constants_of(ast.parse(path.read_text()))
                found |= {a.asname or a.name: there[a.name] for a in node.names if a.name in there}
    return found


def test_the_page_uses_each_of_its_texts_and_names_no_other() -> None:
    code = "\n".join(path.read_text() for path in sorted(SOURCES.rglob("*.ts")))
    named = set(re.findall(r'"([a-z][A-Za-z]*\.[A-Za-z_.]+)"', code))
    counted = {f"{key}.{form}" for key in named for form in ("one", "other")}
    prefixes = tuple(
        {*re.findall(r"`((?:[a-z][A-Za-z]*\.)+)\$\{", code)}
        | {f"{group}." for group in re.findall(r'\bwordOf\("(\w+)"', code)}
    )
    for key in texts("en"):
        assert key in named | counted or key.startswith(prefixes), f"nothing shows {key}"
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', code))
    assert asked <= texts("en").keys()


def test_no_row_shows_what_a_service_said_in_the_words_of_the_application() -> None:
    # Without a sentence of the application, the message of such an error would be shown.
    assert ERRORS.keys() >= AUTHORS_CODES
    for pipeline in discover(*PACKAGES).values():
        assert pipeline.sentences == ERRORS
