"""A model of pydantic-ai of which each request is a span of the row's trace."""

from __future__ import annotations

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from liverows import model_call


class TracedModel(WrapperModel):
    """The wrapped model. pydantic-ai's own spans may quote what a model wrote; these do not."""

    def __init__(self, wrapped: Model, vendor: str) -> None:
        super().__init__(wrapped)
        self._vendor = vendor

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        with model_call("chat", self._vendor, self.model_name) as call:
            answer = await super().request(messages, model_settings, model_request_parameters)
            call.note(
                {
                    "gen_ai.response.model": answer.model_name or self.model_name,
                    "gen_ai.usage.input_tokens": answer.usage.input_tokens,
                    "gen_ai.usage.output_tokens": answer.usage.output_tokens,
                }
            )
            return answer
