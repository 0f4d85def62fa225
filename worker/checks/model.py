"""Asks the language model one small question, as a check for `worker doctor`."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel

from liverows import BudgetExceeded, Finding, Permanent, WorkerError
from worker.services import Services
from worker.settings import ServiceSettings

CHECK = "language model"
_SECONDS = 30.0
# The answer needs few tokens, but the model may spend many on thinking first.
_MAX_OUTPUT_TOKENS = 2_000


class Works(BaseModel):
    """The form in which `check_model` asks the model to answer."""

    works: bool


async def check_model(settings: ServiceSettings, services: Services) -> Finding:
    """Ask the model a small question; this may cost money.

    A `WorkerError` or a timeout gives a warning. Without a model, the check is skipped.
    """
    model = services.language_model
    if model is None:
        return Finding(CHECK, "skipped", "no key is set: judgement is left out")
    try:
        async with asyncio.timeout(_SECONDS):
            answer = await model.structured(
                system="You are asked whether you work.",
                prompt='Answer with the JSON object {"works": true}.',
                output=Works,
                max_output_tokens=_MAX_OUTPUT_TOKENS,
            )
    except TimeoutError:
        return _warning(f"no answer within {_SECONDS:g} s", "check the way to it")
    except BudgetExceeded as error:
        return _warning(f"{error.code}: {error.message}", "raise the budget, or wait for its end")
    except WorkerError as error:
        cure = (
            "name a model that can answer in JSON (OPENAI_MODEL, ANTHROPIC_MODEL), and a key for it"
            if isinstance(error, Permanent)
            else "look again later; rows wait and are tried again"
        )
        return _warning(f"{error.code}: {error.message}", cure)
    calls = "" if len(answer.paid) == 1 else f", after {len(answer.paid)} calls"
    return Finding(
        CHECK, "ok", f"{answer.model} answers in the form {_form(settings, model)}{calls}"
    )


def _form(settings: ServiceSettings, model: object) -> str:
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return "of a tool's input"
    from worker.services.models.openai_model import OpenAILanguageModel

    return model.form if isinstance(model, OpenAILanguageModel) else "that it was asked in"


def _warning(detail: str, cure: str) -> Finding:
    return Finding(CHECK, "warning", detail, cure)
