"""In which form a server is asked for JSON: what it understands is found out once.

OpenAI knows `json_schema`. Of the servers that speak its wire format some know only
`json_object`, some no `response_format` at all, and some accept it and do not keep to it.
They say so in many ways: 400, 404, 422 or 500, with texts of their own. So no text is
waited for: a refusal is taken as one of the form if another form is then accepted. What was
found is remembered per server and model for the life of the process.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, TypeAlias

import structlog

log = structlog.get_logger(__name__)

Kind: TypeAlias = Literal["json_schema", "json_object", "text"]
LimitName: TypeAlias = Literal["max_tokens", "max_completion_tokens"]

_NEXT: dict[Kind, Kind] = {"json_schema": "json_object", "json_object": "text"}
_READ_CHARACTERS = 20_000

# The words in which servers name the option, as far as they name it.
_NAMES_THE_FORM = re.compile(
    r"response_?format|json_?schema|json_?object|json[ _-]?mode|structured[ _-]?output"
    r"|text\.format|guided_|grammar|output_schema|must contain the word",
    re.IGNORECASE,
)
# What a server names that does not know the usual `max_tokens`, as Azure's reasoning models.
_OTHER_LIMIT: LimitName = "max_completion_tokens"
# These words say that something else is wrong, whatever the form.
_OTHER = re.compile(
    r"context_length|too_long|above_max|content_filter|content_policy|api_key|auth|quota|billing"
    r"|model_not_found|model_not_available|rate_limit"
)
_MAY_MEAN_THE_FORM = (400, 415, 422, 501)


@dataclass(frozen=True, slots=True)
class Form:
    """How an answer is asked for. `shows_schema` puts the schema into the system message."""

    kind: Kind = "json_schema"
    shows_schema: bool = False
    limit: LimitName = "max_tokens"


class Refusal(NamedTuple):
    """What a server answered instead: its status, its word for the error, and its text."""

    status: int
    word: str | None
    text: str


class Server(NamedTuple):
    """Whom a form is remembered for."""

    base_url: str
    model: str
    style: str


@dataclass(slots=True)
class AnswerForms:
    """The forms that servers have accepted, and those that single schemas need."""

    _accepted: dict[Server, Form] = field(default_factory=dict)
    _of_schema: dict[tuple[Server, str], Form] = field(default_factory=dict)

    def of(self, server: Server, schema: str, first: Form) -> Form:
        """The form to ask in; `first` for a server of which nothing is known."""
        return self._of_schema.get((server, schema), self._accepted.get(server, first))

    def after(self, server: Server, form: Form, refusal: Refusal) -> Form | None:
        """The form to try next, None if the refusal is not about the form or none is left."""
        text = refusal.text[:_READ_CHARACTERS]
        if refusal.status in (400, 422) and form.limit in text and _OTHER_LIMIT in text:
            return replace(form, limit=_OTHER_LIMIT) if form.limit != _OTHER_LIMIT else None
        following = _NEXT.get(form.kind)
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
        """Note that a server answered a question of this form."""
        if server not in self._accepted:
            self._accepted[server] = form
        elif form != asked_first:
            # It knows the better form, and this one schema is too much for it.
            self._of_schema[server, schema] = form
        if form != asked_first:
            log.warning("llm_form_learned", model=server.model, form=form.kind, limit=form.limit)

    def note_unkept(self, server: Server, schema: str, form: Form) -> None:
        """Note that a server takes the schema and does not keep to it: show it to the model."""
        if form.shows_schema:
            return
        log.warning("llm_schema_not_kept", model=server.model, form=form.kind)
        shown = replace(form, shows_schema=True)
        self._of_schema.pop((server, schema), None)
        self._accepted[server] = shown

    def forget(self) -> None:
        """Start anew, as a new process does."""
        self._accepted.clear()
        self._of_schema.clear()


FORMS = AnswerForms()
"""What this process has found out."""


def with_schema(system: str, schema: dict[str, Any]) -> str:
    """A system message that tells the model the schema, for servers that do not."""
    return (
        f"{system}\n\nAnswer with one JSON object that fits this JSON schema, and nothing else:\n"
        f"{json.dumps(schema, ensure_ascii=False)}"
    )
