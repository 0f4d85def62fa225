-- overview, spending, pause and list_pipelines: the queue as a whole.

create function processing.waiting_in(p processing.pipelines) returns text
language sql stable
set search_path = ''
as $$
    -- A row that is set aside waits for whoever mends it, which `troubles` tells, and not for a worker.
    select pg_catalog.format('%1$s as t where t.processing_pipeline = %2$L and t.processing_status = ''pending''', p.table_id, p.pipeline)
        || case when exists (select from processing.set_aside as s where s.table_id = p.table_id) then pg_catalog.format(
            ' and not exists (select from processing.set_aside as s where s.row_id = t.%I::text and s.table_id = %L::regclass)',
            q.key_column, p.table_id) else '' end
    from processing.queues as q where q.table_id = p.table_id
$$;

comment on function processing.waiting_in(processing.pipelines) is
    'Internal: the table t of a pipeline, with a condition for its pending rows that are not set aside.';

create function processing.oldest_waiting(p processing.pipelines) returns timestamptz
language plpgsql stable
set search_path = ''
-- Written with the tricks "by index" and "one range", see 0590.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
    oldest timestamptz;
begin
    execute pg_catalog.format('with recursive ring as (
            (select t.processing_priority as level, t.processing_not_before as first from %1$s
                order by t.processing_priority desc, t.processing_not_before limit 1)
            union all
            select n.level, n.first from ring as r cross join lateral (
                select t.processing_priority as level, t.processing_not_before as first from %1$s and t.processing_priority < r.level
                order by t.processing_priority desc, t.processing_not_before limit 1) as n
        ) select min(r.first) from ring as r', processing.waiting_in(p)) into oldest;
    return oldest;
end
$$;

comment on function processing.oldest_waiting(processing.pipelines) is
    'Internal: the first moment at which a pending row of the pipeline that is not set aside was or is due.';

create table processing.many_waiting (
    pipeline text primary key,
    counted_at timestamptz not null,
    counts jsonb not null
) with (fillfactor = 50);  -- the trick "room", see 0590

comment on table processing.many_waiting is 'The last count of the waiting rows of pipelines that had very many of them, as count_waiting answers it.';

create function processing.count_waiting(p processing.pipelines, moment timestamptz) returns jsonb
language plpgsql stable
set search_path = ''
-- All indexes that Postgres can choose here have waiting rows only. With stale statistics it would read the whole table.
set enable_seqscan = off
set max_parallel_workers_per_gather = 0
as $$
declare
    counts jsonb;
begin
    execute pg_catalog.format(
        'select pg_catalog.jsonb_build_object(
            ''pending'', count(*), ''due'', count(*) filter (where t.processing_not_before <= $2),
            ''oldest_due_seconds'', extract(epoch from $2 - min(t.processing_not_before)
                filter (where t.processing_not_before <= $2)))
        from %s as t where t.processing_pipeline = $1 and t.processing_status = ''pending''', p.table_id)
        into counts using p.pipeline, moment;
    if exists (select from processing.set_aside as s where s.table_id = p.table_id) then
        counts := counts || pg_catalog.jsonb_build_object('oldest_due_seconds', (
            select extract(epoch from moment - o.at) from processing.oldest_waiting(p) as o (at) where o.at <= moment));
    end if;
    return counts;
end
$$;

comment on function processing.count_waiting(processing.pipelines, timestamptz) is
    'Internal: {pending, due, oldest_due_seconds} of a pipeline, counted now. Rows that are set aside make nothing old.';

create function processing.count_over_budget(p processing.pipelines, moment timestamptz) returns bigint
language plpgsql stable
set search_path = ''
set enable_seqscan = off
set max_parallel_workers_per_gather = 0
as $$
declare
    most constant integer := 10000;
    counted bigint;
begin
    -- The error is in no index, so each of these rows is read: there must be an end to them.
    execute pg_catalog.format('select count(*) filter (where x.code = ''budget_reached'') from (
            select t.processing_error ->> ''code'' as code from %s as t
            where t.processing_pipeline = $1 and t.processing_status = ''pending'' and t.processing_not_before > $2 limit $3) as x', p.table_id)
        into counted using p.pipeline, moment, most;
    return counted;
end
$$;

comment on function processing.count_over_budget(processing.pipelines, timestamptz) is
    'Internal: how many of the first 10,000 rows of a pipeline that are not due wait for a budget.';

create function processing.counts_of(p processing.pipelines, budget boolean, moment timestamptz) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    -- So many rows are counted at every call. A count of more rows is kept for a second per 10,000 rows, so that counting
    -- costs little however many rows wait and however often people and metrics ask.
    many constant bigint := 1000;
    told jsonb;
    over bigint := 0;
begin
    if budget then
        over := processing.count_over_budget(p, moment);
    end if;
    select m.counts into told from processing.many_waiting as m
    where m.pipeline = p.pipeline and moment between m.counted_at and m.counted_at
        + least(interval '1 second' * (m.counts ->> 'pending')::bigint / 10000, interval '1 minute');
    if not found then
        told := processing.count_waiting(p, moment);
        if (told ->> 'pending')::bigint > many and processing.minds_alone('many_waiting') then
            begin
                insert into processing.many_waiting as m (pipeline, counted_at, counts) values (p.pipeline, moment, told)
                on conflict (pipeline) do update set counted_at = excluded.counted_at, counts = excluded.counts;
            exception
                when query_canceled then raise;
                when assert_failure or others then null;  -- it cannot be kept, for instance on a standby or a full disk, but it is told
            end;
        end if;
    end if;
    return told || pg_catalog.jsonb_build_object('over_budget', over);
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        end if;
        return '{"pending": null, "due": null, "oldest_due_seconds": null, "over_budget": null}'::jsonb;
end
$$;

comment on function processing.counts_of(processing.pipelines, boolean, timestamptz) is
    'Internal: {pending, due, oldest_due_seconds, over_budget} of a pipeline, all null if the table cannot be read. A count of more '
    'than 1,000 rows is kept for a second per 10,000 rows, at most a minute. over_budget: how many of the first 10,000 rows that are '
    'not due wait for a budget; asked for with `budget`, otherwise 0.';

create function processing.late_rows(p processing.pipelines, longest numeric, moment timestamptz) returns jsonb
language plpgsql stable
set search_path = ''
-- Written with the trick "by index", see 0590.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
    most constant integer := 10000;
    oldest timestamptz := processing.oldest_waiting(p);
    due bigint;
begin
    if oldest < moment - pg_catalog.make_interval(secs => longest::double precision) then
        execute pg_catalog.format('select count(*) from (select from %s and t.processing_not_before <= $1 limit $2) as x', processing.waiting_in(p))
            into due using moment, most + 1;
        return pg_catalog.jsonb_build_object('due', least(due, most), 'more', due > most, 'oldest_due_seconds', extract(epoch from moment - oldest));
    end if;
    return '{}'::jsonb;
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        end if;
        return null;
end
$$;

comment on function processing.late_rows(processing.pipelines, numeric, timestamptz) is
    'Internal: {due, more, oldest_due_seconds} of a pipeline whose oldest row is due for longer than so many seconds, otherwise '
    '{}; null if the table cannot be read. Rows that are not due yet, and those that are set aside, do not count. Rows are counted '
    'only if one is late, and at most 10,000; more: there are more.';

create function processing.overview(pipeline text default null) returns jsonb
language plpgsql security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
#variable_conflict use_column
declare
    p processing.pipelines;
    lines jsonb := '[]'::jsonb;
    moment timestamptz := processing.clock();
    lately processing.history[];
    reached jsonb := processing.reached_budgets(overview.pipeline);
begin
    perform processing.sum_up(interval '1 minute');
    lately := array(select h from processing.history_lines(moment - interval '1 hour') as h);
    for p in
        select x.* from processing.pipelines as x where overview.pipeline is null or x.pipeline = overview.pipeline order by x.pipeline
    loop
        lines := lines || (processing.counts_of(p, exists (
                select from pg_catalog.jsonb_array_elements(reached) as b where coalesce(b ->> 'pipeline', p.pipeline) = p.pipeline), moment) || pg_catalog.jsonb_build_object(
            'pipeline', p.pipeline, 'table', p.table_id::text, 'paused', p.paused,
            'processing', (select count(*) from processing.leases as l where l.pipeline = p.pipeline),
            'set_aside', (select count(*) from processing.set_aside as s where s.pipeline = p.pipeline),
            'broken', (
                select pg_catalog.jsonb_build_object('sqlstate', b.sqlstate, 'message', b.message, 'since', b.since, 'tries', b.tries,
                    'look_again_at', b.look_again_at, 'cure', 'call processing.attach again with columns that exist')
                from processing.broken as b where b.pipeline = p.pipeline
                union all
                select '{"sqlstate": "42P01", "message": "its table was dropped", "cure": "attach it to a table again, or detach it"}'
                where not exists (select from pg_catalog.pg_class as c where c.oid = p.table_id)
                union all
                select '{"sqlstate": "42501", "message": "row level security is forced on the owner of the table, so the contract sees no row", '
                    '"cure": "alter table … no force row level security"}'
                where processing.is_hidden(p.table_id)
                limit 1),
            'workers', (select count(*) from processing.workers as w
                where p.pipeline = any (w.pipelines) and w.beat_at > moment - p.lease),
            'last_hour', (
                select coalesce(pg_catalog.jsonb_object_agg(k.key, k.rows), '{}') from (
                    select c.key, sum(c.value::bigint) as rows
                    from pg_catalog.unnest(lately) as h cross join lateral pg_catalog.jsonb_each_text(h.counts) as c
                    where h.pipeline = p.pipeline group by c.key) as k)));
    end loop;
    return pg_catalog.jsonb_build_object(
        'at', moment, 'pipelines', lines,
        'troubles', processing.troubles(case when overview.pipeline is not null then array[overview.pipeline] end), 'providers_closed', processing.closed_providers(moment),
        'schedules', processing.list_schedules(), 'budgets_reached', reached,
        'workers', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'worker', w.worker, 'name', w.name, 'version', w.version, 'pipelines', w.pipelines,
                'beat_seconds_ago', extract(epoch from moment - w.beat_at), 'listens', w.info -> 'listens', 'hears', w.info -> 'hears',
                'slots', w.info -> 'slots', 'bells', w.info -> 'bells',
                'left_out', coalesce(w.info -> 'left_out', '[]'),
                'holds', (select count(*) from processing.leases as l where l.worker = w.worker)) order by w.started_at), '[]')
            from processing.workers as w));
end
$$;

comment on function processing.overview(text) is
    'The whole queue: per pipeline how many rows wait, run and are set aside; workers, schedules, troubles, closed '
    'providers and budgets of which too little is left. Where over 1,000 rows of a pipeline wait, their count may be old by a '
    'second per 10,000 rows, at most a minute. With a pipeline: only its line, troubles and budgets.';

create function processing.capabilities() returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_object_agg(p.pipeline, pg_catalog.jsonb_build_object(
        'served', exists (select from processing.workers as w
            where p.pipeline = any (w.pipelines) and w.beat_at > processing.clock() - p.lease and not w.info ? 'signed_off'),
        'paused', p.paused, 'services', s.services)), '{}')
    from processing.pipelines as p
    cross join lateral (
        select coalesce(pg_catalog.jsonb_object_agg(k.service, k.everywhere), '{}') as services
        from (
            -- Any of the workers may claim a row, so a service is there only if none of them lacks it.
            select e.key as service, bool_and(e.value = 'true') as everywhere
            from processing.workers as w
            cross join lateral pg_catalog.jsonb_each(
                case pg_catalog.jsonb_typeof(w.info -> 'services') when 'object' then w.info -> 'services' else '{}' end) as e
            where p.pipeline = any (w.pipelines) and w.beat_at > processing.clock() - p.lease and not w.info ? 'signed_off'
            group by e.key) as k) as s
$$;

comment on function processing.capabilities() is
    'What rows can expect at present, by pipeline: {served, paused, services}. served: whether a live worker runs it. '
    'services: {name: whether all of these workers have it}, as far as they tell.';

create function processing.spending(since timestamptz default null, owner text default null) returns jsonb
language plpgsql stable security definer
set search_path = ''
set jit = off
-- With the values at hand, Postgres leaves out the conditions that it does not use. Statistics may be stale, and starting
-- parallel workers costs more than the usage of a day.
set plan_cache_mode = force_custom_plan
set enable_seqscan = off
set max_parallel_workers_per_gather = 0
as $$
begin
    return (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(d) order by d.day desc, d.cost_usd desc), '[]')
        from (
            select (u.at at time zone 'UTC')::date as day, u.pipeline, u.owner, sum(u.calls) as calls, sum(u.input_tokens) as input_tokens,
                sum(u.output_tokens) as output_tokens, sum(u.audio_seconds) as audio_seconds, sum(u.cost_usd) as cost_usd
            from (
                -- In two parts, because single lines and sums have an index by time each.
                select x.* from processing.usage as x
                where x.row_id <> '' and (since is null or x.at >= since) and (spending.owner is null or x.owner = spending.owner)
                union all
                select x.* from processing.usage as x
                where x.row_id = '' and (since is null or x.at >= since) and (spending.owner is null or x.owner = spending.owner)
            ) as u
            group by 1, 2, 3
        ) as d);
end
$$;

comment on function processing.spending(timestamptz, text) is
    'Usage per day (UTC), pipeline and owner, latest day first; of over 400 days ago per month, under its first day. `since` and '
    '`owner` limit it unless they are null.';

create function processing.pause(pipeline text, paused boolean default true, operator text default null) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
begin
    update processing.pipelines as p set paused = pause.paused where p.pipeline = pause.pipeline;
    if not found then
        raise exception 'there is no pipeline %', pause.pipeline using errcode = 'RJ003';
    end if;
    if operator is not null then
        perform processing.note_action(operator, case when paused then 'pause' else 'resume' end, pause.pipeline, '{}');
    end if;
    perform processing.ring_doorbells();
    return pg_catalog.jsonb_build_object('pipeline', pause.pipeline, 'paused', pause.paused);
end
$$;

comment on function processing.pause(text, boolean, text) is
    'Stops, or with false resumes, the claiming of a pipeline''s rows. Running rows go on. An operator that is named is '
    'noted in the log of operators. Raises RJ003 if there is no such pipeline.';

create function processing.list_pipelines() returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'pipeline', p.pipeline, 'table', p.table_id::text, 'key', q.key_column, 'inputs', p.inputs, 'outputs', p.outputs,
        'store', p.store_function, 'providers', p.providers, 'paused', p.paused, 'doorbell', q.doorbell,
        'published', exists (
            select from pg_catalog.pg_publication_tables as t
            where t.pubname = 'supabase_realtime' and pg_catalog.format('%I.%I', t.schemaname, t.tablename) = p.table_id::text),
        'settings', pg_catalog.jsonb_build_object(
            'editable', p.editable, 'owner', p.owner_column, 'when', p.condition, 'store', p.store_function,
            'providers', p.providers, 'max_attempts', p.max_attempts, 'max_crashes', p.max_crashes,
            'lease', p.lease::text, 'timeout', p.timeout::text, 'grace', p.grace::text,
            'retry_base', p.retry_base::text, 'retry_cap', p.retry_cap::text, 'concurrency', p.concurrency,
            'concurrency_per_owner', p.concurrency_per_owner, 'max_open_per_owner', p.max_open_per_owner,
            'doorbell', q.doorbell, 'broadcast', p.broadcast, 'rerun', p.rerun, 'delay', p.delay,
            'daily_limits', processing.declared_budgets(p.pipeline), 'over_budget', p.over_budget),
        'misplaced_triggers', processing.misplaced_triggers(p.table_id),
        'loose_functions', processing.loose_functions(p.table_id, case when p.store_function is not null then
            processing.find_store(p.store_function, p.table_id, q.key_column, q.key_type) end))
        order by p.pipeline), '[]')
    from processing.pipelines as p
    join processing.queues as q on q.table_id = p.table_id
    join pg_catalog.pg_class as t on t.oid = p.table_id
$$;

comment on function processing.list_pipelines() is
    'The attached pipelines whose table exists. Workers ask for them at intervals. settings: most arguments of attach.';

insert into processing.library_migrations (version) values ('20261121000910');
