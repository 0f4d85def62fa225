"""Finds out by trying in which form each server can be asked for JSON.

Some compatible servers refuse or ignore a `response_format`. After a refusal that may be about the
form, the next form is tried.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, TypeAlias

from liverows import get_logger

log = get_logger(__name__)

Kind: TypeAlias = Literal["json_schema", "json_object+schema", "json_object", "text"]
LimitName: TypeAlias = Literal["max_tokens", "max_completion_tokens"]

_NEXT: dict[Kind, Kind] = {
    "json_schema": "json_object+schema",
    "json_object+schema": "json_object",
    "json_object": "text",
}
_READ_CHARACTERS = 20_000

# If the text of a refusal contains one of these words, the refusal may be about the form.
_NAMES_THE_FORM = re.compile(
    r"response_?format|json_?schema|json_?object|json[ _-]?mode|structured[ _-]?output"
    r"|text\.format|guided_|grammar|output_schema|must contain the word",
    re.IGNORECASE,
)
# Some servers refuse `max_tokens` and name this option in the refusal.
_OTHER_LIMIT: LimitName = "max_completion_tokens"
# A refusal is not about the form if its error word contains one of these words.
_OTHER = re.compile(
    r"context_length|too_long|above_max|content_filter|content_policy|api_key|auth|quota|billing"
    r"|model_not_found|model_not_available|rate_limit"
)
_MAY_MEAN_THE_FORM = (400, 415, 422, 501)


@dataclass(frozen=True, slots=True)
class Form:
    """How an answer is requested.

    With `shows_schema`, the schema is added to the system message. `limit` is the name of the
    option that limits the answer's tokens.
    """

    kind: Kind = "json_schema"
    shows_schema: bool = False
    limit: LimitName = "max_tokens"


class Refusal(NamedTuple):
    """A server's refusal: its HTTP status, its error word and the text of its body."""

    status: int
    word: str | None
    text: str


class Server(NamedTuple):
    """The key for a remembered `Form`: the server's URL, the model, and `responses` or `chat`."""

    base_url: str
    model: str
    style: str


@dataclass(slots=True)
class AnswerForms:
    """Remembers a form for each server, and other forms for schemas that need them."""

    _accepted: dict[Server, Form] = field(default_factory=dict)
    _of_schema: dict[tuple[Server, str], Form] = field(default_factory=dict)

    def of(self, server: Server, schema: str, first: Form) -> Form:
        """The form to use for a question; `first` if nothing is known about the server."""
        return self._of_schema.get((server, schema), self._accepted.get(server, first))

    def after(self, server: Server, form: Form, refusal: Refusal) -> Form | None:
        """The form to try next; None if the refusal is not about the form, or no form is left."""
        text = refusal.text[:_READ_CHARACTERS]
        if refusal.status in (400, 422) and form.limit in text and _OTHER_LIMIT in text:
            return replace(form, limit=_OTHER_LIMIT) if form.limit != _OTHER_LIMIT else None
        following = _NEXT.get(form.kind)
        if following == "json_object+schema" and server.style == "responses":
            following = "json_object"  # the Responses API has no form `json_object+schema`
        if following is None or not self._is_about_form(server, refusal, text):
            return None
        return replace(form, kind=following, shows_schema=True)

    def _is_about_form(self, server: Server, refusal: Refusal, text: str) -> bool:
        if refusal.word is not None and _OTHER.search(refusal.word):
            return False
        if _NAMES_THE_FORM.search(text):
            return refusal.status in (400, 404, 405, 415, 422) or refusal.status >= 500
        return refusal.status in _MAY_MEAN_THE_FORM and server not in self._accepted

    def accept(self, server: Server, schema: str, form: Form, asked_first: Form) -> None:
        """Remember that the server answered a question in this form.

        Once the server has a form, a form other than `asked_first` is remembered for this schema
        only.
        """
        if server not in self._accepted:
            self._accepted[server] = form
        elif form != asked_first:
            self._of_schema[server, schema] = form
        if form != asked_first:
            log.warning("llm_form_learned", model=server.model, form=form.kind, limit=form.limit)

    def note_unkept(self, server: Server, schema: str, form: Form) -> None:
        """Note that an answer in this form did not follow the schema.

        If `form` did not add the schema to the system message, later questions to the server mostly
        do.
        """
        if form.shows_schema:
            return
        log.warning("llm_schema_not_kept", model=server.model, form=form.kind)
        shown = replace(form, shows_schema=True)
        self._of_schema.pop((server, schema), None)
        self._accepted[server] = shown

    def forget(self) -> None:
        """Forget all remembered forms."""
        self._accepted.clear()
        self._of_schema.clear()


FORMS = AnswerForms()
"""The forms that this process remembers, shared by all its models."""


def with_schema(system: str, schema: dict[str, Any]) -> str:
    """The system message with the schema added, for servers that do not show the model a schema."""
    return (
        f"{system}\n\nAnswer with one JSON object that fits this JSON schema, and nothing else:\n"
        f"{json.dumps(schema, ensure_ascii=False)}"
    )
