-- The statements of the claim path, one set of functions per pipeline.
--
-- attach writes them, detach drops them. Being functions with the table's name in them, they are planned
-- once per session, where dynamic SQL would be planned at every call; that is half the cost of a claim.
-- They are made of short statements: what a large one costs before it has read its first row is more
-- than what it saves. Scans are told to use the partial indexes, whatever the statistics of a queue that
-- fills and empties say.
--
--   processing.claim__<pipeline>      locks due rows, whose turn it is, then marks and leases them
--   processing.complete__<pipeline>   writes results and ends the leases
--   processing.next_due__<pipeline>   when the next row becomes due
--
-- and, for all pipelines together, claim_of, complete_of and next_due_of, which call them.
--
-- In the templates below stand, for every pipeline alike:
--   %1$s table   %2$I key column   %3$s key type   %4$L pipeline   %5$I owner column   %6$s owner type
--   %7$s the condition of a row that waits   %8$s that of a row that is due

create function processing.statement_name(verb text, pipeline text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.format('%I.%I', 'processing', verb || '__' || pg_catalog.replace(pipeline, '-', '_'));
end
$$;

comment on function processing.statement_name(text, text) is 'Internal: qualified name of a generated function.';

create function processing.filled(template text, p processing.pipelines, q processing.queues) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    waits text := pg_catalog.format('t.processing_pipeline = %L and t.processing_status = ''pending''', p.pipeline);
    due text := pg_catalog.format(
        '%s and t.processing_not_before <= moment and (t.%I = any (among)) = alone', waits, q.key_column);
begin
    return pg_catalog.format(template, q.table_id, q.key_column, q.key_type, p.pipeline,
        p.owner_column, p.owner_type, waits, due);
end
$$;

comment on function processing.filled(text, processing.pipelines, processing.queues) is 'Internal: a template with the names of a pipeline in it.';

create function processing.pick_sql() returns text
language sql immutable
set search_path = ''
as $$
    -- One index range per priority: rows that are not due yet are never walked over.
    select $sql$
declare
    -- Without owners nobody has places: @plpgsql_check_options: extra_warnings = false
    level integer := 32768;
begin
    while pg_catalog.cardinality(picked) < slots loop
        level := (select t.processing_priority from %1$s as t where %7$s and t.processing_priority < level
            order by t.processing_priority desc limit 1);
        exit when level is null;
        picked := picked || array(
            select t.%2$I from %1$s as t where %8$s and t.processing_priority = level
            order by t.processing_not_before limit slots - pg_catalog.cardinality(picked)
            for no key update skip locked);
    end loop;
end;
    $sql$
$$;

comment on function processing.pick_sql() is 'Internal: part of claim that picks due rows of a pipeline without owners.';

create type processing.batch as (
    rows integer,
    claimed json
);

comment on type processing.batch is
    'What one pipeline gave to a claim: how many rows, and {table, pipeline, max_attempts, timeout_seconds, '
    'rows: [{id, run, attempt, edited, late_ms, inputs, checkpoints}]}, with checkpoints [{step, version, input_hash, output}] or null.';

create function processing.checkpoints_of(queue regclass, key text) returns json
language plpgsql stable
set search_path = ''
as $$
begin
    return (
        select pg_catalog.json_agg(pg_catalog.json_build_object(
            'step', s.step, 'version', s.version, 'input_hash', s.input_hash, 'output', s.output))
        from processing.checkpoints as s where s.table_id = queue and s.row_id = key);
end
$$;

comment on function processing.checkpoints_of(regclass, text) is 'Internal: what earlier runs of a row have stored, or null.';

create function processing.claim_sql(p processing.pipelines, q processing.queues, pick text) returns text
language sql stable
set search_path = ''
as $$
    select pg_catalog.format($sql$
declare
    among %1$s[] := suspects::%1$s[];
    picked %1$s[] := '{}'::%1$s[];
    claimed_rows json;
begin
    %2$s
    if picked = '{}' then
        return (0, null)::processing.batch;
    end if;
    perform processing.enter_contract(%7$L::regclass);
    with claimed as (
        update %3$s as t set
            processing_status = 'processing', processing_run = t.processing_run + 1,
            processing_attempts = t.processing_attempts + 1, processing_stage = null, processing_progress = 0,
            processing_error = null, processing_outdated = '{}', processing_started_at = moment, processing_finished_at = null
        where t.%4$I = any (picked)
        returning pg_catalog.array_position(picked, t.%4$I) as place, t.%4$I::text as id, t.processing_run as run,
            t.processing_attempts as attempt, %5$s as owner, t.processing_edited as edited,
            greatest(pg_catalog.date_part('epoch', moment - t.processing_not_before) * 1000, 0) as late_ms,
            pg_catalog.json_build_object(%6$s) as inputs
    ), leased as (
        insert into processing.leases (
            table_id, row_id, run, worker, pipeline, owner, claimed_at, deadline, late_ms, woken_by)
        select %7$L::regclass, c.id, c.run, for_worker, %8$L, c.owner, moment, moment + %9$L::interval, c.late_ms, woken
        from claimed as c
    )
    -- A trigger of the table may have held back even all of them.
    select coalesce(pg_catalog.json_agg(r), '[]') into claimed_rows from (
        select c.id, c.run, c.attempt, c.edited, c.late_ms, c.inputs,
            case when c.run > 1 then processing.checkpoints_of(%7$L, c.id) end as checkpoints
        from claimed as c order by c.place) as r;
    perform processing.leave_contract();
    return (pg_catalog.cardinality(picked), pg_catalog.json_build_object(
        'table', %7$L, 'pipeline', %8$L, 'max_attempts', %10$s, 'timeout_seconds', %11$s, 'rows', claimed_rows))::processing.batch;
end
        $sql$,
        q.key_type, processing.filled(pick, p, q), q.table_id, q.key_column,
        case when p.owner_column is null then 'null::text' else pg_catalog.format('t.%I::text', p.owner_column) end,
        (select pg_catalog.string_agg(pg_catalog.format('%1$L, t.%1$I', i), ', ') from pg_catalog.unnest(p.inputs) as i),
        q.table_id::text, p.pipeline, p.timeout + p.grace, p.max_attempts, extract(epoch from p.timeout))
$$;

comment on function processing.claim_sql(processing.pipelines, processing.queues, text) is 'Internal: picks, marks and leases rows of one pipeline.';

create function processing.assignments(p processing.pipelines) returns text
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.string_agg(pg_catalog.format(
        ', %1$I = case when k.outputs ? %1$L and not %1$L = any (t.processing_edited) then (k.new_values).%1$I else t.%1$I end',
        o), ''), '')
    from pg_catalog.unnest(p.outputs) as o
$$;

comment on function processing.assignments(processing.pipelines) is 'Internal: SET list that writes declared outputs and leaves what a person has edited.';

create function processing.kept_edits(edited text[], outputs jsonb) returns jsonb
language plpgsql immutable
set search_path = ''
as $$
begin
    return coalesce((
        select pg_catalog.jsonb_build_object('kept_edits', pg_catalog.jsonb_agg(e))
        from pg_catalog.unnest(edited) as e where outputs ? e having count(*) > 0), '{}');
end
$$;

comment on function processing.kept_edits(text[], jsonb) is 'Internal: {kept_edits: [output]} for an event, or {} where no output was kept.';

create function processing.complete_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- Rows change in key order, then their leases go; a row whose run or lease is not the caller's is
    -- simply not among the answers. Who ends a run otherwise changes its row first, so that a row which
    -- had to be waited for fails the condition. "= any (array[…])" and "is true" leave but one way to find
    -- a row and a lease, by its key: whatever the plan of the day, a call with many rows does not read
    -- them many times. An output that is not declared undoes it all.
    select pg_catalog.format($sql$
declare
    done_rows text[];
begin
    -- Workers give the name back as claim gave it; any other must name the same table.
    if table_name is distinct from %4$L and pg_catalog.to_regclass(table_name) is distinct from %4$L::regclass then
        return null;
    end if;
    perform processing.enter_contract(%4$L::regclass);
    with done as (
        update %1$s as t set processing_status = 'completed', processing_stage = null, processing_progress = 100,
            processing_error = null, processing_finished_at = moment%6$s
        from (
            select (r ->> 'id')::%2$s as key, r ->> 'id' as id, (r ->> 'run')::bigint as run,
                coalesce(r -> 'outputs', '{}') as outputs, r -> 'handover' <> 'null' as hands_over,
                pg_catalog.jsonb_populate_record(null::%1$s, coalesce(r -> 'outputs', '{}')) as new_values
            from pg_catalog.jsonb_array_elements(results) as r order by 1
        ) as k join processing.leases as l on l.row_id = any (array[k.id])
            and (l.table_id = %4$L::regclass and l.run = k.run and l.worker = for_worker and l.pipeline = %5$L) is true
        where t.%3$I = any (array[k.key]) and (t.processing_status = 'processing' and t.processing_run = k.run) is true
        returning case when k.outputs - %7$L::text[] <> '{}'%8$s then processing.refuse_outputs(%5$L, k.outputs) else k.id end as id,
            k.run, l.ctid as lease, l.claimed_at, l.woken_by, l.late_ms,
            case when t.processing_edited = '{}' then '{}' else processing.kept_edits(t.processing_edited, k.outputs) end as kept
    ), gone as (
        delete from processing.leases as l where l.ctid = any (array(select d.lease from done as d))
    ), noted as (
        insert into processing.events (at, table_id, row_id, run, kind, data)
        select moment, %4$L::regclass, d.id, d.run, 'completed', d.kept || pg_catalog.jsonb_build_object(
            'worker', for_worker, 'claimed_at', d.claimed_at, 'woken_by', d.woken_by, 'late_ms', d.late_ms)
        from done as d
    )
    select array(select d.id from done as d) into done_rows;
    perform processing.leave_contract();%9$s
    return done_rows;
end
        $sql$,
        q.table_id, q.key_type, q.key_column, q.table_id::text, p.pipeline, processing.assignments(p), p.outputs,
        case when p.store_function is null then ' or k.hands_over' else '' end,
        case when p.store_function is not null then pg_catalog.format(E'\n    perform processing.store_handovers(%L, %L, results, done_rows);',
            p.store_function, q.key_type) else '' end)
$$;

comment on function processing.complete_sql(processing.pipelines, processing.queues) is 'Internal: completes rows of one pipeline.';

create function processing.next_due_sql() returns text
language sql immutable
set search_path = ''
as $$
    select $sql$
declare
    level integer := 32768;
    soonest timestamptz;
begin
    loop
        level := (select t.processing_priority from %1$s as t where %7$s and t.processing_priority < level
            order by t.processing_priority desc limit 1);
        exit when level is null;
        soonest := least(soonest, (
            select t.processing_not_before from %1$s as t
            where %7$s and t.processing_priority = level and t.processing_not_before > moment
            order by t.processing_not_before limit 1));
    end loop;
    return soonest;
end
    $sql$
$$;

comment on function processing.next_due_sql() is 'Internal: finds when the next row becomes due.';
