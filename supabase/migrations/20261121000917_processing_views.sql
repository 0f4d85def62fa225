-- For people who live in Studio: what the queue does, as views. The owner of schema processing may read them, so
-- that they show no more than the functions and tables below them.

create function processing.storage() returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'table', pg_catalog.format('%I.%I', n.nspname, c.relname),
        -- Before the first analyze Postgres does not know it.
        'rows', case when c.reltuples >= 0 then c.reltuples::bigint end,
        'bytes', pg_catalog.pg_total_relation_size(c.oid),
        'dead_rows', pg_catalog.pg_stat_get_dead_tuples(c.oid)) order by pg_catalog.pg_total_relation_size(c.oid) desc, c.relname), '[]')
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'processing' and c.relkind = 'r'
$$;

comment on function processing.storage() is
    'What the tables of schema processing hold: [{table, rows, bytes, dead_rows}], the largest first. rows is the '
    'estimate of the last analyze, or null. bytes includes the indexes.';

create function processing.installation() returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'postgres', pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1),
        'migrations', (select coalesce(pg_catalog.jsonb_agg(m.version order by m.version), '[]') from processing.library_migrations as m))
$$;

comment on function processing.installation() is
    'What is installed: {postgres, migrations}: the version of the server, as in 17.4, and the versions of the library''s '
    'migrations that are applied.';

create view processing.overview
with (security_invoker = true) as
select l ->> 'pipeline' as pipeline, l ->> 'table' as "table", (l ->> 'pending')::bigint as pending, (l ->> 'due')::bigint as due,
    (l ->> 'processing')::bigint as processing, (l ->> 'set_aside')::bigint as set_aside,
    pg_catalog.make_interval(secs => round((l ->> 'oldest_due_seconds')::numeric)::double precision) as oldest_due,
    coalesce((l -> 'last_hour' ->> 'completed')::bigint, 0) as completed_last_hour,
    coalesce((l -> 'last_hour' ->> 'failed')::bigint, 0) as failed_last_hour,
    (l ->> 'workers')::bigint as workers, (l ->> 'paused')::boolean as paused, l -> 'broken' ->> 'message' as trouble,
    l -> 'broken' ->> 'cure' as cure
from pg_catalog.jsonb_array_elements(processing.overview() -> 'pipelines') as l;

comment on view processing.overview is
    'One line per pipeline: how many rows wait, are due, run and are set aside, and how many workers run it.';
comment on column processing.overview.oldest_due is 'For how long the oldest row that is due has been waiting.';
comment on column processing.overview.trouble is 'Why no row of the pipeline runs; cure says what to do about it.';

create view processing.failures
with (security_invoker = true) as
select l ->> 'pipeline' as pipeline, l ->> 'code' as code, l ->> 'step' as step, l ->> 'text' as text, (l ->> 'rows')::bigint as rows,
    (l ->> 'first_at')::timestamptz as first_at, (l ->> 'last_at')::timestamptz as last_at, l -> 'example' ->> 'table' as example_table,
    l -> 'example' ->> 'id' as example_id, l ->> 'signature' as signature
from pg_catalog.jsonb_array_elements(processing.failures(max_groups => 1000)) as l;

comment on view processing.failures is
    'Rows that have failed and were not queued again, in groups that failed in the same way, the latest first, at most 1,000 groups.';
comment on column processing.failures.text is 'What happened, with the values replaced by places such as <n>.';
comment on column processing.failures.signature is 'Names the group, for list_rows, change_rows and the commands.';

create view processing.slow_steps
with (security_invoker = true) as
select pg_catalog.format('%I.%I', n.nspname, c.relname) as "table", e.data ->> 'step' as step, count(*) as runs,
    round((percentile_cont(0.5) within group (order by (e.data ->> 'seconds')::double precision))::numeric, 3) as p50_seconds,
    round((percentile_cont(0.95) within group (order by (e.data ->> 'seconds')::double precision))::numeric, 3) as p95_seconds,
    round(max((e.data ->> 'seconds')::numeric), 3) as slowest_seconds, sum((e.data ->> 'attempts')::bigint) - count(*) as retries
from processing.events as e
    join pg_catalog.pg_class as c on c.oid = e.table_id join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where e.kind = 'step' and e.at > processing.clock() - interval '1 day' and e.data ? 'seconds'
group by n.nspname, c.relname, e.data ->> 'step'
order by p95_seconds desc nulls last;

comment on view processing.slow_steps is
    'Steps that finished within the last 24 hours, the slowest first. Steps whose stored result was reused are not in it.';

create view processing.cost_by_owner
with (security_invoker = true) as
select u.owner, u.pipeline, (u.at at time zone 'UTC')::date as day, sum(u.calls) as calls, sum(u.input_tokens) as input_tokens,
    sum(u.output_tokens) as output_tokens, sum(u.audio_seconds) as audio_seconds, sum(u.cost_usd) as cost_usd
from processing.usage as u
group by u.owner, u.pipeline, (u.at at time zone 'UTC')::date
order by day desc, cost_usd desc;

comment on view processing.cost_by_owner is
    'What paid calls used, by owner, pipeline and day (UTC). owner is null for rows without one and for deleted accounts.';

create view processing.set_aside_rows
with (security_invoker = true) as
select s.pipeline, pg_catalog.format('%I.%I', n.nspname, c.relname) as "table", s.row_id as id, s.kind, s.sqlstate, s.message, s.constraint_name as "constraint",
    s.column_name as "column", s.since, s.tries, s.look_again_at
from processing.set_aside as s
    join pg_catalog.pg_class as c on c.oid = s.table_id join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
order by s.since;

comment on view processing.set_aside_rows is
    'Rows that the database refuses to claim or to finish, and why. Mend the row, or what refuses it; it then runs by itself.';

insert into processing.library_migrations (version) values ('20261121000917');
