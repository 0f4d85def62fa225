-- The statements of the claim path, one set of functions per pipeline.
--
-- attach writes them, detach drops them. Being functions with the table's name in them, they are planned once per
-- session, where dynamic SQL would be planned at every call; that is half the cost of a claim. They are made of short
-- statements: what a large one costs before it has read its first row is more than what it saves. Scans are told to use
-- the partial indexes, whatever the statistics of a queue that fills and empties say.
--
--   processing.pick__<pipeline>         locks due rows, whose turn it is, and answers their keys
--   processing.pick_around__<pipeline>  the same while rows of the pipeline are set aside: passes them over
--   processing.live__<pipeline>         part of pick_around: due rows of one owner that are not set aside
--   processing.lease__<pipeline>        marks and leases rows that are locked
--   processing.complete__<pipeline>     writes results and ends the leases
--   processing.next_due__<pipeline>     when the next row becomes due
--
-- and claim_of, pick_of, pick_around_of, lease_of, complete_of and next_due_of, which call them for all pipelines.
--
-- What enter_contract and leave_contract do stands in them in full: calls and statements cost more than assignments.
-- In the templates below stand, for every pipeline alike:
--   %1$s table   %2$I key column   %3$s key type   %4$L pipeline   %5$I owner column   %6$s owner type
--   %7$s the condition of a row that waits   %8$s that of a row that is due
--   %9$s for pick_around the condition of a row that is not set aside, otherwise nothing

create function processing.statement_name(verb text, pipeline text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.format('%I.%I', 'processing', verb || '__' || pg_catalog.replace(pipeline, '-', '_'));
end
$$;

comment on function processing.statement_name(text, text) is 'Internal: qualified name of a generated function.';

create function processing.filled(template text, p processing.pipelines, q processing.queues, around boolean default false)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
    waits text := pg_catalog.format('t.processing_pipeline = %L and t.processing_status = ''pending''', p.pipeline);
    due text := pg_catalog.format(
        '%s and t.processing_not_before <= moment and (t.%I = any (among)) = alone', waits, q.key_column);
    live text := case when around then pg_catalog.format(
        ' and t.processing_not_before > front and t.%I::text <> all (passed)', q.key_column) else '' end;
begin
    return pg_catalog.format(template, q.table_id, q.key_column, q.key_type, p.pipeline,
        p.owner_column, p.owner_type, waits, due, live);
end
$$;

comment on function processing.filled(text, processing.pipelines, processing.queues, boolean) is 'Internal: a template with the names of a pipeline in it.';

create function processing.pick_sql(around boolean) returns text
language sql immutable
set search_path = ''
as $$
    -- One index range per priority: rows that are not due yet are never walked over.
    select $sql$
declare
    -- Without owners nobody has places: @plpgsql_check_options: extra_warnings = false
    among %3$s[] := suspects::%3$s[];
    picked %3$s[] := '{}'::%3$s[];
    level integer := 32768;
$sql$ || case when around then '    front timestamptz;
    passed text[] := processing.passed_over(%4$L);
' else '' end || $sql$begin
    while pg_catalog.cardinality(picked) < slots loop
        level := (select t.processing_priority from %1$s as t where %7$s and t.processing_priority < level
            order by t.processing_priority desc limit 1);
        exit when level is null;
$sql$ || case when around then '        front := processing.front_of(%4$L, null, level);
' else '' end || $sql$        picked := picked || array(
            select t.%2$I from %1$s as t where %8$s and t.processing_priority = level%9$s
            order by t.processing_not_before limit slots - pg_catalog.cardinality(picked)
            for no key update skip locked);
    end loop;
    return picked;
end
    $sql$
$$;

comment on function processing.pick_sql(boolean) is
    'Internal: picks due rows of a pipeline without owners; `around` passes over rows that are set aside.';

create function processing.live_sql() returns text
language sql immutable
set search_path = ''
as $$
    -- As pick_sql, for the rows of one owner.
    select $sql$
declare
    among %3$s[] := suspects::%3$s[];
    found %3$s[] := '{}'::%3$s[];
    level integer := 32768;
    front timestamptz;
begin
    while pg_catalog.cardinality(found) < share loop
        if of_owner is null then
            level := (select t.processing_priority from %1$s as t where %7$s and t.%5$I is null
                and t.processing_priority < level order by t.%5$I, t.processing_priority desc limit 1);
            exit when level is null;
            front := processing.front_of(%4$L, null, level);
            found := found || array(
                select t.%2$I from %1$s as t
                where %8$s and t.%5$I is null and t.processing_priority = level and t.%2$I <> all (picked)%9$s
                order by t.%5$I, t.processing_priority desc, t.processing_not_before limit share - pg_catalog.cardinality(found)
                for no key update skip locked);
        else
            level := (select t.processing_priority from %1$s as t where %7$s and t.%5$I >= of_owner and t.%5$I <= of_owner
                and t.processing_priority < level order by t.%5$I, t.processing_priority desc limit 1);
            exit when level is null;
            front := processing.front_of(%4$L, of_owner::text, level);
            found := found || array(
                select t.%2$I from %1$s as t
                where %8$s and t.%5$I >= of_owner and t.%5$I <= of_owner and t.processing_priority = level
                    and t.%2$I <> all (picked)%9$s
                order by t.%5$I, t.processing_priority desc, t.processing_not_before limit share - pg_catalog.cardinality(found)
                for no key update skip locked);
        end if;
    end loop;
    return found;
end
    $sql$
$$;

comment on function processing.live_sql() is 'Internal: picks due rows of one owner that are not set aside.';

create type processing.batch as (
    rows integer,
    claimed json,
    held_back text[]
);

comment on type processing.batch is
    'What one pipeline gave to a claim: how many rows, and {table, pipeline, max_attempts, timeout_seconds, json_inputs: [column], '
    'rows: [{id, run, nonce, attempt, edited, late_ms, inputs, checkpoints}]}, with checkpoints [{step, version, input_hash, output}] or null. '
    'What a user may have stored in any depth or size travels as text: the columns named in json_inputs, and each output. '
    'Null inputs are larger than 64 MB, which no worker reads. held_back are keys of rows that a trigger of the table kept as they were.';

create function processing.checkpoints_of(queue regclass, key text) returns json
language plpgsql stable
set search_path = ''
as $$
begin
    return (
        select pg_catalog.json_agg(pg_catalog.json_build_object(
            'step', s.step, 'version', s.version, 'input_hash', s.input_hash, 'output', s.output::text))
        from processing.checkpoints as s where s.table_id = queue and s.row_id = key);
end
$$;

comment on function processing.checkpoints_of(regclass, text) is 'Internal: what earlier runs of a row have stored, or null.';

create function processing.travels_as_text(of_type oid) returns boolean
language plpgsql stable
set search_path = ''
as $$
declare
    t pg_catalog.pg_type;
begin
    select * into t from pg_catalog.pg_type as x where x.oid = of_type;
    -- All types but those whose values are bounded in depth and digits wherever they are written as JSON.
    return case
        when t.typtype = 'd' then processing.travels_as_text(t.typbasetype)
        when t.typelem <> 0 and t.typcategory = 'A' then processing.travels_as_text(t.typelem)
        else t.typtype <> 'e' and t.typcategory not in ('B', 'S', 'D', 'T', 'I')
            and t.typname not in ('int2', 'int4', 'int8', 'float4', 'float8', 'uuid', 'bytea') end;
end
$$;

comment on function processing.travels_as_text(oid) is 'Internal: whether a value of this type may be JSON of any depth or a number of any size.';

create function processing.json_inputs(p processing.pipelines) returns text[]
language sql stable
set search_path = ''
as $$
    select array(
        select a.attname::text from pg_catalog.pg_attribute as a
        where a.attrelid = p.table_id and a.attname = any (p.inputs) and not a.attisdropped
            and processing.travels_as_text(a.atttypid) order by a.attname)
$$;

comment on function processing.json_inputs(processing.pipelines) is 'Internal: inputs that a claim answers as text that holds JSON.';

create function processing.size_of_inputs(p processing.pipelines) returns text
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.string_agg(pg_catalog.format('coalesce(pg_catalog.%s(t.%I), 0)::bigint', case
        when t.typname in ('text', 'varchar', 'bytea') then 'octet_length' else 'pg_column_size' end, a.attname), ' + ' order by a.attname), '0')
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_type as d on d.oid = a.atttypid join pg_catalog.pg_type as t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
    where a.attrelid = p.table_id and a.attname = any (p.inputs) and not a.attisdropped and a.attlen = -1
$$;

comment on function processing.size_of_inputs(processing.pipelines) is 'Internal: expression for the bytes of a row''s inputs as far as they are known without reading what is stored apart: of most types the compressed size.';

create function processing.lease_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- An answer has a size that a worker can read. Rows with large inputs, or more than 16 MB of rows, are claimed one by one.
    select pg_catalog.format($sql$
declare
    claimed_rows json;
    claimed_keys text[];
    held_back_keys text[];
    some_large boolean;
    mark text;
begin
    select m.secret || ':worker:' || %5$L::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with claimed as (
        update %1$s as t set
            processing_status = 'processing', processing_run = t.processing_run + 1,
            processing_attempts = t.processing_attempts + 1, processing_stage = null, processing_progress = 0,
            processing_error = null, processing_outdated = '{}', processing_started_at = moment, processing_finished_at = null
        where t.%2$I = any (picked) and (t.processing_status = 'pending' and t.processing_pipeline = %6$L) is true
        returning pg_catalog.array_position(picked, t.%2$I) as place, t.processing_status = 'processing' and t.processing_pipeline = %6$L as held, t.%2$I::text as id, t.processing_run as run,
            pg_catalog.gen_random_uuid() as nonce, t.processing_attempts as attempt, %3$s as owner, t.processing_edited as edited,
            greatest(pg_catalog.date_part('epoch', moment - t.processing_not_before) * 1000, 0) as late_ms,
            case when %11$s <= case when pg_catalog.cardinality(picked) = 1 then 67108864 else 262144 end
                then (select pg_catalog.row_to_json(i) from (select %4$s) as i) end as inputs
    ), leased as (
        insert into processing.leases (
            table_id, row_id, run, nonce, worker, pipeline, owner, claimed_at, deadline, late_ms, woken_by)
        select %5$L::regclass, c.id, c.run, c.nonce, for_worker, %6$L, c.owner, moment, moment + %7$L::interval, c.late_ms, woken
        from claimed as c where c.held
    )
    select coalesce(pg_catalog.json_agg(r), '[]'), coalesce(pg_catalog.array_agg(r.id), '{}'),
        pg_catalog.bool_or(r.inputs is null) into claimed_rows, claimed_keys, some_large from (
        select c.id, c.run, c.nonce, c.attempt, c.edited, c.late_ms,
            case when pg_catalog.pg_column_size(c.inputs) <= 67108864 then c.inputs end as inputs,
            case when c.run > 1 then processing.checkpoints_of(%5$L, c.id) end as checkpoints
        from claimed as c where c.held order by c.place) as r;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);
    -- What the application checks at commit is checked here, where it costs only these rows.
    set constraints all immediate;
    if (some_large or pg_catalog.pg_column_size(claimed_rows) > 16777216) and pg_catalog.cardinality(picked) > 1 then
        raise exception 'the rows are too large for one answer' using errcode = 'RJ010';
    end if;
    if pg_catalog.cardinality(claimed_keys) < pg_catalog.cardinality(picked) then
        -- A trigger of the table kept some of them as they were, or gave them another status.
        held_back_keys := array(select k::text from pg_catalog.unnest(picked) as k where k::text <> all (claimed_keys));
    end if;
    return (pg_catalog.cardinality(claimed_keys), pg_catalog.json_build_object(
        'table', %5$L, 'pipeline', %6$L, 'max_attempts', %8$s, 'timeout_seconds', %9$s, 'json_inputs', %10$L::text[],
        'rows', claimed_rows), held_back_keys)::processing.batch;
end
        $sql$,
        q.table_id, q.key_column,
        case when p.owner_column is null then 'null::text' else pg_catalog.format('t.%I::text', p.owner_column) end,
        (select coalesce(pg_catalog.string_agg(pg_catalog.format(
            case when i = any (processing.json_inputs(p)) then 'pg_catalog.to_json(t.%1$I)::text as %1$I' else 't.%1$I' end, i), ', '), '')
        from pg_catalog.unnest(p.inputs) as i),
        q.table_id::text, p.pipeline, p.timeout + p.grace, p.max_attempts, extract(epoch from p.timeout), processing.json_inputs(p),
        processing.size_of_inputs(p))
$$;

comment on function processing.lease_sql(processing.pipelines, processing.queues) is 'Internal: marks and leases picked rows of one pipeline.';

create function processing.read_outputs(p processing.pipelines, given text, out columns text, out source text)
language plpgsql stable
set search_path = ''
as $$
declare
    listed text[] := '{}'::text[];
    one record;
begin
    columns := '';
    for one in
        select o.name, o.place, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, t.typtype = 'd' as alone
        from pg_catalog.unnest(p.outputs) with ordinality as o (name, place)
        join pg_catalog.pg_attribute as a on a.attrelid = p.table_id and a.attname = o.name and not a.attisdropped
        join pg_catalog.pg_type as t on t.oid = a.atttypid
        order by o.place
    loop
        if one.alone then
            -- A domain may refuse null, so it is not asked about an output that was not given.
            columns := columns || pg_catalog.format(
                ', case when %1$s ? %2$L then (select x.%2$I from pg_catalog.jsonb_to_record(%1$s) as x (%2$I %3$s)) end as new_%4$s',
                given, one.name, one.type, one.place);
        else
            columns := columns || pg_catalog.format(', o.%I as new_%s', one.name, one.place);
            listed := listed || pg_catalog.format('%I %s', one.name, one.type);
        end if;
    end loop;
    source := case when listed = '{}' then '' else pg_catalog.format(
        ' cross join lateral pg_catalog.jsonb_to_record(%s) as o (%s)', given, pg_catalog.array_to_string(listed, ', ')) end;
end
$$;

comment on function processing.read_outputs(processing.pipelines, text) is
    'Internal: select list (new_1, new_2, …) and from item that read declared outputs, and no other column, out of the JSON expression `given`.';

create function processing.assignments(p processing.pipelines) returns text
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.string_agg(pg_catalog.format(
        ', %1$I = case when k.outputs ? %1$L and not %1$L = any (t.processing_edited) then k.new_%2$s else t.%1$I end',
        o.name, o.place), '' order by o.place), '')
    from pg_catalog.unnest(p.outputs) with ordinality as o (name, place)
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
    -- Rows change in key order, then their leases go; a row whose lease is not the caller's is simply not
    -- among the answers. Who ends a run otherwise changes its row first, so that a row which had to be
    -- waited for fails the condition. "= any (array[…])" and "is true" leave but one way to find a row and
    -- a lease, by its key: whatever the plan of the day, a call with many rows does not read them many
    -- times. An output that is not declared undoes it all.
    select pg_catalog.format($sql$
declare
    done_rows text[];
    mark text;
begin
    select m.secret || ':worker:' || %4$L::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with done as (
        update %1$s as t set processing_status = 'completed', processing_stage = null, processing_progress = 100,
            processing_error = null, processing_finished_at = moment%6$s
        from (
            select r.key, r.id, r.nonce, r.outputs, r.hands_over%10$s
            from (
                select (x ->> 'id')::%2$s as key, x ->> 'id' as id, (x ->> 'nonce')::uuid as nonce,
                    coalesce(x -> 'outputs', '{}') as outputs, x -> 'handover' <> 'null' as hands_over
                from pg_catalog.jsonb_array_elements(results) as x) as r%11$s
            order by 1
        ) as k join processing.leases as l on l.row_id = any (array[k.id])
            and (l.table_id = %4$L::regclass and l.nonce = k.nonce and l.worker = for_worker and l.pipeline = %5$L) is true
        where t.%3$I = any (array[k.key]) and (t.processing_status = 'processing' and t.processing_run = l.run) is true
        returning case when k.outputs - %7$L::text[] <> '{}'%8$s then processing.refuse_outputs(%5$L, k.outputs) else k.id end as id,
            l.run, l.nonce, l.ctid as lease, l.claimed_at, l.woken_by, l.late_ms,
            case when t.processing_edited = '{}' then '{}' else processing.kept_edits(t.processing_edited, k.outputs) end as kept
    ), gone as (
        delete from processing.leases as l where l.ctid = any (array(select d.lease from done as d))
    ), noted as (
        insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
        select moment, %4$L::regclass, d.id, d.run, d.nonce, 'completed', d.kept || pg_catalog.jsonb_build_object(
            'worker', for_worker, 'claimed_at', d.claimed_at, 'woken_by', d.woken_by, 'late_ms', d.late_ms)
        from done as d
    )
    select array(select d.id from done as d) into done_rows;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);%9$s
    -- What the application checks at commit is checked here, where it costs only these rows.
    set constraints all immediate;
    return done_rows;
end
        $sql$,
        q.table_id, q.key_type, q.key_column, q.table_id::text, p.pipeline, processing.assignments(p), p.outputs,
        case when p.store_function is null then ' or k.hands_over' else '' end,
        case when p.store_function is not null then pg_catalog.format(E'\n    perform processing.store_handovers(%L, %L, %L, results, done_rows);',
            q.table_id::text, p.store_function, q.key_type) else '' end, r.columns, r.source)
    from processing.read_outputs(p, 'r.outputs') as r
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
