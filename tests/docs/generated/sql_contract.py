"""The reference of the SQL functions, from the comments in the catalogue."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from devstack.project import MIGRATIONS

_FUNCTIONS = """
select f.proname, pg_get_function_identity_arguments(f.oid), pg_get_function_arguments(f.oid),
    pg_get_function_result(f.oid), obj_description(f.oid, 'pg_proc')
from pg_proc as f
where f.pronamespace = 'processing'::regnamespace and (
    f.proname in ('attach', 'detach', 'schedule', 'unschedule', 'pause_schedule', 'cron_next')
    or has_function_privilege('liverows_worker', f.oid, 'execute')
        and obj_description(f.oid, 'pg_proc') not like 'Internal:%'
        and f.proname not in ('by_person', 'by_user', 'limits_rows', 'is_traced'))
order by f.proname
"""

GROUPS = {
    "For migrations": "attach detach schedule unschedule pause_schedule cron_next",
    "For people and applications": "cancel retry reset_edited redrive explain overview "
    "capabilities spending set_budget budgets reserve_outside settle_outside pause prune "
    "list_pipelines forget_owner contract_version database_id",
    "For operators": "list_rows count_rows change_rows failures history inspect set_limits "
    "operator_log storage installation alerts set_alert pause_alert remove_alert export_owner",
    "For workers": "claim finish finish_and_claim checkpoint shared_checkpoint begin_call "
    "reserve spend await_rows progress heartbeat take_back sign_off ping_doorbell run_schedules "
    "due_alerts alert_told",
}

HEAD = """\
# SQL contract

```sql
select processing.overview();
```

Every change of a row's state is one of these functions in the schema `processing`. Call them with
named arguments. Those for migrations are called by the owner of the table or of the schema. All
others may be called by `service_role` and by roles that have `liverows_worker`; `anon` and
`authenticated` may call none of them. An API that calls one on behalf of a user first reads the
row with that user's own rights, and passes the user's id as `requested_by`.

A refusal has an error code of its own:

{errors}
[attach](attach.md) describes each argument of `attach`, and [Schedules](schedules.md) each of
`schedule`.
"""


def sql_contract(connection: psycopg.Connection[Any]) -> str:
    """Return the page. A function that no group names makes a group of its own."""
    connection.execute("set search_path = ''")
    found: dict[str, str] = {}
    for name, _identity, arguments, result, comment in connection.execute(_FUNCTIONS):
        found[name] = found.get(name, "") + _entry(name, arguments, result, comment)
    text = HEAD.replace("{errors}", _errors())
    for title, names in GROUPS.items():
        text += f"\n## {title}\n" + "".join(found.pop(name) for name in names.split())
    assert not found, f"add these to GROUPS: {sorted(found)}"
    return text


def _errors() -> str:
    """The error codes as a table, from the head of the first migration."""
    head = min(MIGRATIONS.glob("*.sql")).read_text(encoding="utf-8")
    listed = re.findall(r"(RJ\d{3}) (.+?)(?= · RJ|\n)", head)
    rows = "".join(f"| `{code}` | {meaning} |\n" for code, meaning in sorted(listed))
    return f"| SQLSTATE | meaning |\n| --- | --- |\n{rows}"


def _entry(name: str, arguments: str, result: str, comment: str) -> str:
    listed = "".join(f"    {each}\n" for each in _split(arguments))
    signature = f"processing.{name}(\n{listed})" if listed else f"processing.{name}()"
    return f"\n### {name}\n\n{comment}\n\n```text\n{signature} returns {result}\n```\n"


def _split(arguments: str) -> list[str]:
    """Split a list of arguments; no default of the contract has a comma and a space in it."""
    parts = arguments.split(", ") if arguments else []
    return [f"{part}," for part in parts[:-1]] + parts[-1:]
