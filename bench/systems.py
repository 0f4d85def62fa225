"""The measured systems, and the SQL that puts rows into them and reads results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench import noop, raw_loop

# Random hexadecimal digits can hardly be compressed, so a row really has its stated size.
_BODY = "(select string_agg(md5(n || ':' || part), '') from generate_series(1, 62) as part)"
_ACCOUNT = "('00000000-0000-4000-8000-' || lpad((%s)::text, 12, '0'))::uuid"
_ANSWER = "returning id::text, pg_current_xact_id()::xid::text"


@dataclass(frozen=True, slots=True)
class System:
    """A system, and the SQL with which it is used.

    `insert_one` takes a body as `$1` and returns the row's id and its transaction. `insert_many`
    takes a count. `finished` returns the id and the last transaction of each finished row.
    `ahead` says whether our worker may claim more rows than it has slots. It serves `pipelines`
    pipelines; all rows belong to the first.
    """

    kind: Literal["raw", "ours", "command"]
    ahead: bool
    schema: str
    insert_one: str
    insert_many: str
    finished: str
    pipelines: int = 1


RAW = System(
    kind="raw",
    ahead=False,
    schema=raw_loop.SCHEMA,
    insert_one=f"insert into public.raw_jobs (body) values ($1) {_ANSWER}",
    insert_many="insert into public.raw_jobs (body)"
    f" select {_BODY} from generate_series(1, %s) as n",
    finished="select id::text, xmin from public.raw_jobs where status = 'done'",
)


def _ours(
    *,
    ahead: bool = True,
    owners: int = 10,
    pipelines: int = 1,
    kind: Literal["ours", "command"] = "ours",
) -> System:
    """A worker; with 0 `owners` its tables have no owner column."""
    insert = f"insert into public.{noop.TABLE} (account_id, body)"
    count = max(owners, 1)
    return System(
        kind=kind,
        ahead=ahead,
        schema=noop.schema(owners=owners > 0, pipelines=pipelines),
        insert_one=f"{insert} values ({_ACCOUNT % f'floor(random() * {count})'}, $1) {_ANSWER}",
        insert_many=f"{insert} select {_ACCOUNT % f'n %% {count}'}, {_BODY}"
        " from generate_series(1, %s) as n",
        finished=f"select id::text, xmin from public.{noop.TABLE}"
        " where processing_status = 'completed'",
        pipelines=pipelines,
    )


OURS = _ours()
PLAIN = _ours(owners=0)
MANY_OWNERS = _ours(owners=5000)
NEVER_AHEAD = _ours(ahead=False)
PLAIN_NEVER_AHEAD = _ours(ahead=False, owners=0)
COMMANDS = {count: _ours(kind="command", pipelines=count) for count in (1, 6, 20)}
"""The whole command, by the number of pipelines that it serves."""
