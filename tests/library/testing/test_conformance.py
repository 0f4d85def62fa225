"""The decorator `conformance`, on a pipeline that keeps every promise."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel

from liverows import Context, InvalidInput, Pipeline, Resource, Retry, Step, in_thread
from liverows.testing import Ended, Project, conformance

TABLE = """
create table public.letters (
    id uuid primary key default gen_random_uuid(),
    account_id uuid references auth.users (id),
    body text not null,
    answer text,
    words integer
);
select processing.attach('public.letters', 'answer-letters', inputs => '{body}',
    outputs => '{answer, words}', editable => '{answer}', owner => 'account_id', max_attempts => 2);
"""


class Letter(BaseModel):
    body: str


class Answer(BaseModel):
    answer: str
    words: int | None


class Clerk(Resource):
    async def answer(self, sentence: str) -> str:
        await asyncio.sleep(0)
        return f"Re: {sentence}"


def split(body: str) -> list[str]:
    if not body.strip():
        raise InvalidInput("The letter is empty.")
    return body.split(". ")


async def write(clerk: Clerk, sentence: str) -> str:
    return await clerk.answer(sentence)


async def count(answer: str) -> int:
    return len(answer.split())


SPLIT = Step("split", in_thread(split))
WRITE = Step("write", write, retry=Retry(attempts=2, first_wait=60, max_wait=60), paid=True)
COUNT = Step("count", count, retry=Retry(attempts=1))
letters = Pipeline("answer-letters", inputs=Letter, outputs=Answer, steps=(SPLIT, WRITE, COUNT))


@letters
async def recipe(context: Context[Clerk], letter: Letter) -> Answer:
    sentences = await context.run(SPLIT, letter.body)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(context.run(WRITE, context.services, sentence))
            for sentence in sentences
        ]
    answer = " ".join(task.result() for task in tasks)
    return Answer(answer=answer, words=await context.run(COUNT, answer))


def attach(project: Project) -> None:
    project.execute(TABLE)


@conformance(
    pipeline=letters,
    prepare=attach,
    row=lambda project: {"account_id": project.user(), "body": "Come. Go. Stay"},
    bad_row={"body": " "},
    edit={"answer": "Dear all"},
    services=Clerk,
)
def test_letters(ended: Ended) -> None:
    assert ended.row["answer"] == "Re: Come Re: Go Re: Stay"
    assert ended.row["words"] == 6
