"""Pipelines that each break one promise on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import BaseModel

from liverows import ONCE, Context, Permanent, Pipeline, Resource, Step, Transient
from liverows.testing import Ended, Project
from liverows.testing.suite.subject import Subject

TABLE = """
create table public.letters (id uuid primary key default gen_random_uuid(), body text, answer text);
create table public.sent (letter uuid primary key);
select processing.attach('public.letters', 'answer-letters', inputs => '{{body}}',
    outputs => '{{answer}}', editable => '{{answer}}', max_attempts => 3{more});
"""

OVERWRITES = """
create function public.overwrite() returns trigger language plpgsql as $$
begin
    if new.processing_status = 'completed' then new.answer := 'Ours.'; end if;
    return new;
end $$;
create trigger zz_overwrite before update on public.letters
for each row execute function public.overwrite();
"""

HIDES_PROGRESS = """
create function public.hide() returns trigger language plpgsql as $$
begin
    new.processing_stage := null;
    return new;
end $$;
create trigger zz_hide before update on public.letters
for each row execute function public.hide();
"""

SENDS_ONCE = """
create function public.send() returns trigger language plpgsql security definer as $$
begin
    if new.processing_status = 'completed' then insert into public.sent values (new.id); end if;
    return null;
end $$;
create trigger zz_send after update on public.letters
for each row execute function public.send();
"""


class Letter(BaseModel):
    body: str


class Answer(BaseModel):
    answer: str


class Clerk(Resource):
    async def answer(self, body: str) -> str:
        await asyncio.sleep(0)
        return f"Re: {body}"


Write = Callable[[Clerk, str], Awaitable[str]]
Recipe = Callable[[Context[Clerk], Letter, Step[Any, str]], Awaitable[Answer]]


async def plain(clerk: Clerk, body: str) -> str:
    return await clerk.answer(body)


async def swallows(clerk: Clerk, body: str) -> str:
    try:
        return await clerk.answer(body)
    except BaseException:
        return "Later."


async def renames(clerk: Clerk, body: str) -> str:
    try:
        return await clerk.answer(body)
    except BaseException as error:
        raise Permanent("No.", code="renamed") from error


async def leaves_task(clerk: Clerk, body: str) -> str:
    _LEFT.append(asyncio.create_task(_goes_on()))
    return await clerk.answer(body)


async def _goes_on() -> None:
    await asyncio.Event().wait()


_LEFT: list[asyncio.Task[None]] = []


async def through(context: Context[Clerk], letter: Letter, write: Step[Any, str]) -> Answer:
    return Answer(answer=await context.run(write, context.services, letter.body))


async def depends_on_chance(
    context: Context[Clerk], letter: Letter, write: Step[Any, str]
) -> Answer:
    await context.run(write, context.services, str(uuid4()))
    return Answer(answer="Re: Come.")


async def depends_on_run(context: Context[Clerk], letter: Letter, write: Step[Any, str]) -> Answer:
    answer = await context.run(write, context.services, letter.body)
    return Answer(answer=f"{answer} {context.job.key.run}")


async def depends_on_time(context: Context[Clerk], letter: Letter, write: Step[Any, str]) -> Answer:
    answer = await context.run(write, context.services, letter.body)
    return Answer(answer=f"{answer} {datetime.now(UTC)}")


async def goes_on_when_cancelled(
    context: Context[Clerk], letter: Letter, write: Step[Any, str]
) -> Answer:
    try:
        return await through(context, letter, write)
    except BaseException:
        return await through(context, letter, write)


async def hides_failures(context: Context[Clerk], letter: Letter, write: Step[Any, str]) -> Answer:
    try:
        return await through(context, letter, write)
    except Permanent:
        return Answer(answer="Re: nothing")


async def tries_for_ever(context: Context[Clerk], letter: Letter, write: Step[Any, str]) -> Answer:
    try:
        return await through(context, letter, write)
    except Permanent as error:
        raise Transient("Again.") from error


async def gives_up(context: Context[Clerk], letter: Letter, write: Step[Any, str]) -> Answer:
    try:
        return await through(context, letter, write)
    except Transient as error:
        raise Permanent("No.") from error


async def breaks_on_bad_input(
    context: Context[Clerk], letter: Letter, write: Step[Any, str]
) -> Answer:
    letter.body.index("e")
    return await through(context, letter, write)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A pipeline that differs from a good one in one thing."""

    write: Write = plain
    recipe: Recipe = through
    sql: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def subject(self, check: Callable[[Ended], object]) -> Subject:
        write = Step("write", self.write, retry=ONCE)
        pipeline = Pipeline("answer-letters", inputs=Letter, outputs=Answer, steps=(write,))

        @pipeline
        async def recipe(context: Context[Clerk], letter: Letter) -> Answer:
            return await self.recipe(context, letter, write)

        def prepare(project: Project) -> None:
            project.execute(TABLE.format(more=""))
            if self.sql:
                project.execute(self.sql)

        given: dict[str, Any] = {"row": {"body": "Come."}, "bad_row": {"body": "?"}}
        given |= {"edit": {"answer": "Dear all"}, "services": Clerk, "deadline": 5.0, **self.more}
        return Subject(pipeline=pipeline, check=check, prepare=prepare, **given)
