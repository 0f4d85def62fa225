"""What goes wrong on the command line ends as two lines and an exit code."""

from __future__ import annotations

import pytest

from liverows.base.errors import SetupError, Transient
from liverows.cli.edge import reported


def fail(error: Exception) -> None:
    with pytest.raises(SystemExit) as ended, reported():
        raise error
    assert ended.value.code == 1


def test_an_error_is_one_line_and_its_cure_another(capsys: pytest.CaptureFixture[str]) -> None:
    fail(SetupError("two\nlines", cure="do this\nand that"))
    assert capsys.readouterr().err == "error: two lines\ncure: do this and that\n"


def test_of_a_group_the_error_on_purpose_counts(capsys: pytest.CaptureFixture[str]) -> None:
    inner = ExceptionGroup("tasks", [ValueError("x"), SetupError("the one", cure="mend it")])
    fail(ExceptionGroup("more tasks", [inner]))
    assert capsys.readouterr().err == "error: the one\ncure: mend it\n"


@pytest.mark.parametrize("error", [Transient("later"), ZeroDivisionError("by zero")])
def test_every_error_has_a_cure(capsys: pytest.CaptureFixture[str], error: Exception) -> None:
    fail(error)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error: ")
    assert second.startswith("cure: ")


def test_a_traceback_is_for_debugging_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    fail(ValueError("odd"))
    assert "Traceback" in capsys.readouterr().err


def test_secrets_are_masked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "a-secret-of-mine")
    fail(ValueError("refused a-secret-of-mine at postgresql://me:hidden-word@host/db"))
    shown = capsys.readouterr().err
    assert "a-secret-of-mine" not in shown
    assert "hidden-word" not in shown
