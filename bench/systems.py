"""The measured systems, and the SQL that puts rows into them and reads results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench import our_worker, raw_loop

# Random hexadecimal digits can hardly be compressed, so a row really has its stated size.
_BODY = "(select string_agg(md5(n || ':' || part), '') from generate_series(1, 62) as part)"
_ACCOUNT = "('00000000-0000-4000-8000-' || lpad((%s)::text, 12, '0'))::uuid"
_ANSWER = "returning id::text, pg_current_xact_id()::xid::text"


@dataclass(frozen=True, slots=True)
class System:
    """A system, and the SQL with which it is used.

    `insert_one` takes a body as `$1` and returns the row's id and its transaction. `insert_many`
    takes a count. `finished` returns the id and the last transaction of each finished row.
    `ahead` says whether our worker may claim more rows than it has slots.
    """

    kind: Literal["raw", "ours"]
    ahead: bool
    schema: str
    insert_one: str
    insert_many: str
    finished: str


RAW = System(
    kind="raw",
    ahead=False,
    schema=raw_loop.SCHEMA,
    insert_one=f"insert into public.raw_jobs (body) values ($1) {_ANSWER}",
    insert_many="insert into public.raw_jobs (body)"
    f" select {_BODY} from generate_series(1, %s) as n",
    finished="select id::text, xmin from public.raw_jobs where status = 'done'",
)


def _ours(*, ahead: bool = True, owners: bool = True) -> System:
    insert = "insert into public.bench_rows (account_id, body)"
    return System(
        kind="ours",
        ahead=ahead,
        schema=our_worker.WITH_OWNERS if owners else our_worker.WITHOUT_OWNERS,
        insert_one=f"{insert} values ({_ACCOUNT % 'floor(random() * 10)'}, $1) {_ANSWER}",
        insert_many=f"{insert} select {_ACCOUNT % 'n %% 10'}, {_BODY}"
        " from generate_series(1, %s) as n",
        finished="select id::text, xmin from public.bench_rows"
        " where processing_status = 'completed'",
    )


OURS = _ours()
PLAIN = _ours(owners=False)
NEVER_AHEAD = _ours(ahead=False)
PLAIN_NEVER_AHEAD = _ours(ahead=False, owners=False)
