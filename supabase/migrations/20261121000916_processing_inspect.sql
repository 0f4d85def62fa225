-- inspect: all about one row, for a page that shows it.

create function processing.steps_of(queue regclass, key text) returns table (
    run bigint, step text, started_at timestamptz, ended_at timestamptz, details jsonb, nth bigint
)
language sql stable
set search_path = ''
as $$
    select e.run, e.data ->> 'step', e.at - processing.wait_of(coalesce((e.data ->> 'seconds')::double precision, 0)), e.at, e.data, e.id
    from processing.events as e where e.table_id = queue and e.row_id = key and e.kind = 'step'
$$;

comment on function processing.steps_of(regclass, text) is 'Internal: the finished steps of a row, by its events.';

create function processing.cost_of(usage jsonb) returns numeric
language sql immutable
set search_path = ''
as $$
    select sum((u ->> 'cost_usd')::numeric) from pg_catalog.jsonb_array_elements(
        case pg_catalog.jsonb_typeof(usage) when 'array' then usage when 'object' then pg_catalog.jsonb_build_array(usage) else '[]' end) as u
$$;

comment on function processing.cost_of(jsonb) is 'Internal: the cost in US dollars that a step has told, or null.';

create function processing.runs_of(queue regclass, key text) returns jsonb
language sql stable
set search_path = ''
as $$
    with told as (
        select e.run, e.kind, e.at, e.id, e.data from processing.events as e where e.table_id = queue and e.row_id = key
    ), runs as (
        select t.run, t.at as ended_at, t.kind as "end", t.id, t.data, (t.data ->> 'claimed_at')::timestamptz as claimed_at
        from told as t where t.kind in ('completed', 'failed', 'retry', 'waiting', 'released', 'taken_back')
        union all
        select l.run, null, null, 9223372036854775807, pg_catalog.jsonb_build_object(
            'worker', l.worker, 'woken_by', l.woken_by, 'late_ms', l.late_ms), l.claimed_at
        from processing.leases as l where l.table_id = queue and l.row_id = key
    ), placed as (
        select r.*, coalesce(pg_catalog.lag(r.id) over (order by r.id), 0) as after_id from runs as r
    )
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'run', r.run, 'worker', r.data -> 'worker', 'claimed_at', r.claimed_at, 'ended_at', r.ended_at, 'end', r."end",
        'woken_by', r.data -> 'woken_by', 'late_ms', r.data -> 'late_ms', 'error', r.data -> 'error', 'exception', r.data -> 'exception',
        'reason', r.data -> 'reason', 'steps', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'step', s.step, 'started_at', s.started_at, 'ended_at', s.ended_at, 'tries', coalesce(s.details -> 'attempts', '1'),
                'waits', s.details -> 'waits', 'reused', false, 'cost_usd', processing.cost_of(s.details -> 'usage'), 'error', s.details -> 'error')
                order by s.nth), '[]')
            from processing.steps_of(queue, key) as s where s.run = r.run and s.nth > r.after_id and s.nth < r.id)
            || (
            -- Steps of earlier runs whose results this run could reuse.
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'step', c.step, 'started_at', null, 'ended_at', null, 'tries', 0, 'waits', null, 'reused', true, 'cost_usd', null,
                'error', null) order by c.created_at), '[]')
            from processing.checkpoints as c where c.table_id = queue and c.row_id = key and c.run < r.run
                and c.created_at < coalesce(r.claimed_at, r.ended_at))) order by r.id), '[]')
    from placed as r
$$;

comment on function processing.runs_of(regclass, text) is
    'Internal: the runs of a row with their steps, oldest first; steps of earlier runs that may be reused come last.';

create function processing.shown_columns(queue regclass, key text, names text[], contents boolean) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    most constant integer := 500;
    q processing.queues;
    edited text[];
    bytes jsonb;
    previews jsonb;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    names := array(
        select a.attname from pg_catalog.pg_attribute as a
        where a.attrelid = queue and a.attname = any (names) and a.attnum > 0 and not a.attisdropped order by a.attname);
    if names = '{}' then
        return '{}'::jsonb;
    end if;
    execute (
        select pg_catalog.format('select t.processing_edited, pg_catalog.jsonb_build_object(%s), pg_catalog.jsonb_build_object(%s)
            from %s as t where t.%I = $1::%s',
            pg_catalog.string_agg(pg_catalog.format('%1$L, pg_catalog.pg_column_size(t.%1$I)', n), ', '),
            case when contents then pg_catalog.string_agg(pg_catalog.format('%1$L, pg_catalog.left(t.%1$I::text, %2$s)', n, most), ', ') else '' end,
            queue, q.key_column, q.key_type)
        from pg_catalog.unnest(names) as n) into edited, bytes, previews using key;
    return (
        select pg_catalog.jsonb_object_agg(n, pg_catalog.jsonb_build_object(
            'bytes', coalesce(bytes -> n, 'null'), 'preview', previews -> n, 'edited', n = any (edited)))
        from pg_catalog.unnest(names) as n);
end
$$;

comment on function processing.shown_columns(regclass, text, text[], boolean) is
    'Internal: {column: {bytes, preview, edited}} of a row. Previews, of at most 500 characters, only with contents.';

create function processing.inspect(table_name text, row_id text, contents boolean default false) returns jsonb
language plpgsql stable security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
declare
    told jsonb := processing.explain(table_name, row_id);
    queue regclass := pg_catalog.to_regclass(table_name);
    key text := told -> 'row' ->> 'id';
    p processing.pipelines;
begin
    select * into p from processing.pipelines as x where x.pipeline = told -> 'row' ->> 'pipeline';
    return told || pg_catalog.jsonb_build_object(
        'signature', (select f.signature from processing.failed_rows as f where f.table_id = queue and f.row_id = key),
        'runs', processing.runs_of(queue, key),
        'inputs', processing.shown_columns(queue, key, p.inputs, contents),
        'outputs', processing.shown_columns(queue, key, p.outputs, contents));
end
$$;

comment on function processing.inspect(text, text, boolean) is
    'What explain answers, and {signature, runs: [{run, worker, claimed_at, ended_at, end, woken_by, late_ms, error, exception, reason, '
    'steps: [{step, started_at, ended_at, tries, waits, reused, cost_usd, error}]}], inputs: {column: {bytes, preview, edited}}, outputs}. '
    'Previews, of at most 500 characters, are null unless `contents` is true. Raises P0002 if there is no such row.';

insert into processing.library_migrations (version) values ('20261121000916');
