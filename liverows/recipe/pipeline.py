"""Declares the recipe for one kind of row, and runs it for one row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from liverows.base.errors import InvalidInput, Permanent, SetupError
from liverows.base.sentences import SENTENCES, in_one
from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob
from liverows.recipe.context import Context
from liverows.recipe.environment import RunEnvironment
from liverows.recipe.outputs import dump_output
from liverows.recipe.retry import leading_error
from liverows.recipe.step import SLUG, Step

ServicesT = TypeVar("ServicesT")
InputsT = TypeVar("InputsT", bound=BaseModel)
OutputsT = TypeVar("OutputsT", bound=BaseModel)
Recipe: TypeAlias = Callable[[Context[ServicesT], InputsT], Awaitable[OutputsT]]


class Pipeline(Generic[InputsT, OutputsT]):
    """Declares a recipe, its inputs and its outputs. The object is used as the recipe's decorator.

        pipeline = Pipeline("summarise-cv", inputs=Cv, outputs=Summary, steps=(READ, SUMMARISE))

        @pipeline
        async def summarise(context: Context[Services], cv: Cv) -> Summary: ...

    `slug` is the name given to `processing.attach`. The fields of `inputs` are the input
    columns, those of `outputs` the output columns. An output field named `handover` is not a
    column: it is passed to the pipeline's store function. `steps` lists every step that the
    recipe may run; their weights give the percentage. While rows take only milliseconds, a
    worker may claim more rows than it has slots; `claim_ahead=False` forbids this, for all
    pipelines of the worker. `sentences` are what a row's owner reads about errors, by error code
    (or `code.kind`, see `WorkerError`), in place of the message, which then only operators read.

    Raises `SetupError` if the slug is malformed or if two steps have the same name.
    """

    def __init__(
        self,
        slug: str,
        *,
        inputs: type[InputsT],
        outputs: type[OutputsT],
        steps: Sequence[Step[Any, Any]] = (),
        claim_ahead: bool = True,
        sentences: Mapping[str, str] | None = None,
    ) -> None:
        self.claim_ahead = claim_ahead
        self.sentences = dict(sentences or {})
        self.slug = slug
        self.inputs = inputs
        self.outputs = outputs
        self.steps = tuple(steps)
        self._recipe: Recipe[Any, InputsT, OutputsT] | None = None
        self._check_declaration()

    def __call__(
        self, recipe: Recipe[ServicesT, InputsT, OutputsT]
    ) -> Recipe[ServicesT, InputsT, OutputsT]:
        """Register the decorated function as the recipe; `SetupError` if there is one already."""
        if self._recipe is not None:
            raise SetupError(
                f"pipeline {self.slug} has two recipes", cure="decorate one function only"
            )
        self._recipe = recipe
        return recipe

    @property
    def has_recipe(self) -> bool:
        """Whether a function has been decorated with this pipeline."""
        return self._recipe is not None

    def open(
        self, job: ClaimedJob, services: ServicesT, environment: RunEnvironment
    ) -> Context[ServicesT]:
        """Make the context of one run. After a failure the caller reads the stage there."""
        return Context(job, services, self.steps, self.outputs, environment)

    async def run(self, context: Context[Any]) -> JsonObject:
        """Run the recipe and return the outputs that it set, as JSON by field name.

        Raises `InvalidInput` if the row does not fit the input model, `Permanent` if an output does
        not fit its type, and the errors of the recipe.
        """
        if self._recipe is None:
            raise Permanent(f"pipeline {self.slug} has no recipe", code="internal")
        inputs = self._validated(context.inputs)
        try:
            if self.steps:
                async with context.progress.kept_up():
                    output = await self._recipe(context, inputs)
            else:  # without steps there is no progress to show
                output = await self._recipe(context, inputs)
        except ExceptionGroup as group:
            error = leading_error(group)
            raise error from error.__cause__ or group
        if not isinstance(output, self.outputs):
            raise Permanent(
                f"pipeline {self.slug} did not return {self.outputs.__name__}", code="bad_output"
            )
        return dump_output(output)

    def _validated(self, inputs: JsonObject) -> InputsT:
        if self.inputs.model_config.get("extra") == "forbid":
            # A later release may have attached columns that this model does not know and would
            # refuse.
            known = self.inputs.model_fields
            inputs = {name: value for name, value in inputs.items() if name in known}
        try:
            return self.inputs.model_validate(inputs)
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or 'row'}: {item['msg']}"
                for item in error.errors(include_input=False, include_url=False)
            )
            # Hide the cause: pydantic's message quotes the value, which may be private.
            raise InvalidInput(in_one(SENTENCES["invalid_input"]), detail=wrong) from None

    def _check_declaration(self) -> None:
        if not SLUG.fullmatch(self.slug):
            raise SetupError(
                f"pipeline name {self.slug!r} is not in lower-case-with-hyphens",
                cure="name it like company-research",
            )
        names = [step.name for step in self.steps]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise SetupError(
                f"pipeline {self.slug} has two steps named {', '.join(twice)}",
                cure="give each step its own name; checkpoints are found by it",
            )
