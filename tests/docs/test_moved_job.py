"""A job of Trigger.dev with four chained tasks is moved by the guide, and a row of it is done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.docs.pages import DOCS, Block, blocks
from tests.docs.walk import Walk
from tests.support.databases import Connections, Database
from tests.support.doorbells import until
from tests.support.fake_http import FakeHttp, Reply, fake_http

PAGE = DOCS / "trigger-dev-chain.md"
END = "An Edge Function that triggers"
MOST_COMMANDS = 7
MOST_LINES = 240
BRIEF = "They make clocks, and write Rust."
INSERT = """
insert into public.research (company_name, company_url) values ('Clock Works', %s) returning id
"""
DONE = "select processing_status, brief, warnings from public.research where id = %s"


@dataclass(frozen=True, slots=True)
class Far:
    """The services that the old tasks reached over the network."""

    site: FakeHttp
    github: FakeHttp
    model: FakeHttp

    def settings(self) -> str:
        return (
            f"GITHUB_API_URL={self.github.url}\nANTHROPIC_BASE_URL={self.model.url}\n"
            "ANTHROPIC_API_KEY=a-made-up-key\n"
        )


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    async with AsyncExitStack() as stack:
        site, github, model = [await stack.enter_async_context(fake_http()) for _ in range(3)]
        site.script(Reply(b"<style>p {}</style><p>We make <b>clocks</b>.</p>"))
        # Any web server may write a date where others write seconds.
        late = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
        found = Reply({"items": [{"language": "Rust"}, {"language": None}]})
        github.script(Reply({}, status=429, headers=late), found)
        usage = {"input_tokens": 40, "output_tokens": 9}
        text = [{"type": "text", "text": BRIEF}]
        busy = Reply({"type": "error"}, status=529)
        model.script(busy, Reply({"model": "claude-haiku-4-5", "content": text, "usage": usage}))
        yield Far(site, github, model)


def the_job() -> tuple[str, list[Block]]:
    """The job as it was, in TypeScript, and the blocks of the page that move it."""
    ends = next(n for n, line in enumerate(PAGE.read_text().splitlines(), 1) if END in line)
    ours = [block for block in blocks(PAGE) if block.line < ends]
    before = next(block.text for block in ours if block.language == "ts")
    return before, ours


def test_every_task_of_the_job_has_a_place_in_the_pipeline() -> None:
    """Each child is a step of its name or the store function, with the numbers of its retry."""
    before, ours = the_job()
    parent, *children = reversed(re.findall(r'id: "([a-z-]+)"', before))
    assert (parent, len(children)) == ("company-research-job", 4)
    after = "".join(block.text for block in ours if block.language in ("sql", "python"))
    assert set(children) - set(re.findall(r'Step\(\s*"([a-z-]+)"', after)) == {"store"}
    assert "store => 'public.store_research'" in after
    option = re.search(
        r"maxAttempts: (\d+), minTimeoutInMs: (\d+)000, maxTimeoutInMs: (\d+)000", before
    )
    assert option is not None
    attempts, first, longest = option.groups()
    assert f"Retry(attempts={attempts}, first_wait={first}, max_wait={longest})" in after
    row = f"max_attempts => {attempts}, retry_base => '{first} second', retry_cap => '{longest} "
    assert row in after


@pytest.mark.thorough
@pytest.mark.timeout(240)
async def test_the_moved_job_completes_a_row(
    tmp_path: Path, far: Far, bare_database: Database, connect: Connections
) -> None:
    walk = Walk(tmp_path)
    _, ours = the_job()
    runs = next(n for n, block in enumerate(ours) if "liverows run\n" in block.text)
    for block in ours[:runs]:
        walk.follow(block)
    env = (tmp_path / ".env").read_text()
    url = f"SUPABASE_DB_URL={bare_database.dsn}"
    walk.write(".env", env.replace("SUPABASE_DB_URL=", url) + far.settings())
    walk.run("liverows", "migrate")
    user = str(uuid4())
    connect(bare_database).execute("insert into auth.users (id) values (%s)", [user])
    page = connect(bare_database, "authenticated", user_id=user)
    walk.commands.append("liverows run")
    with walk.shell.running(program="liverows") as worker:
        worker.logged("worker_started")
        row = page.execute(INSERT, [far.site.url]).fetchone()
        assert row is not None
        done: tuple[str, str, list[str]] = ("completed", BRIEF, [])
        await until(lambda: page.execute(DONE, row).fetchone() == done, deadline=30)
        assert "analyse" in walk.run("liverows", "explain", "research", str(row[0]))
        assert worker.terminate() == 0
    history = connect(bare_database).execute("select brief from public.research_history")
    assert history.fetchall() == [(BRIEF,)]
    # The two busy ones were asked again, and nothing else was.
    assert [len(each.heard) for each in (far.site, far.github, far.model)] == [1, 2, 2]
    question = far.model.heard[1].body["messages"][0]["content"]
    assert "We make clocks ." in question
    assert "['Rust']" in question
    print(f"\nfour chained tasks, moved: {walk.told()}")  # noqa: T201 - shown with -s
    assert len(walk.commands) <= MOST_COMMANDS
    assert walk.lines <= MOST_LINES
