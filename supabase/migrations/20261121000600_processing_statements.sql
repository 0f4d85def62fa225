-- The statements of the claim path. attach writes these functions for each pipeline, and detach drops them. 0590
-- explains the tricks in them.

--   processing.pick__<pipeline>         locks due rows and answers their keys
--   processing.pick_around__<pipeline>  the same, used while rows of the pipeline are set aside: skips those rows
--   processing.live__<pipeline>         part of pick_around, for the rows of one owner
--   processing.lease__<pipeline>        marks and leases rows that are locked
--   processing.complete__<pipeline>     writes results and ends the leases
--   processing.next_due__<pipeline>     when the next pending row that is not due yet becomes due

create function processing.pick_sql(p processing.pipelines, q processing.queues, around boolean) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    parts jsonb := case when around then pg_catalog.jsonb_build_object(
        'passed', E'    front timestamptz;\n    passed text[] := processing.passed_over({pipeline});\n',
        'find_front', E'        front := processing.front_of({pipeline}, null, level);\n',
        'and_not_aside', ' and {not_aside}') else '{"passed": "", "find_front": "", "and_not_aside": ""}' end;
begin
    -- Written with the tricks "one range" and "short", see 0590. From `earliest` on, because before the first waiting row
    -- the index may still have many that are claimed.
    return processing.filled_for(p, q, $sql$
declare
    -- owner_places is unused, because the pipeline has no owners: @plpgsql_check_options: extra_warnings = false
    among {key_type}[] := suspects::{key_type}[];
    picked {key_type}[] := '{}'::{key_type}[];
    level integer := 32768;
    earliest timestamptz;
{passed}begin
    while pg_catalog.cardinality(picked) < slots loop
        select t.processing_priority, t.processing_not_before into level, earliest from {table} as t
        where {waits} and t.processing_priority < level
        order by t.processing_priority desc, t.processing_not_before limit 1;
        exit when level is null;
{find_front}        picked := picked || array(
            select t.{key} from {table} as t
            where {due} and t.processing_priority = level and t.processing_not_before >= earliest{and_not_aside}
            order by t.processing_not_before limit slots - pg_catalog.cardinality(picked)
            for no key update skip locked);
    end loop;
    {leave_suspects}
    return picked;
end
    $sql$, processing.fragments_for(p, q, parts));
end
$$;

comment on function processing.pick_sql(processing.pipelines, processing.queues, boolean) is
    'Internal: the text of a function that locks due rows of a pipeline without owners and answers their keys. With '
    '`around` it skips rows that are set aside.';

create function processing.live_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- As pick_sql, but for one owner. Written with the tricks "one range" and "owner as range", see 0590.
    select processing.filled_for(p, q, $sql$
declare
    among {key_type}[] := suspects::{key_type}[];
    found {key_type}[] := '{}'::{key_type}[];
    level integer := 32768;
    front timestamptz;
begin
    while pg_catalog.cardinality(found) < share loop
        if of_owner is null then
            level := (select t.processing_priority from {table} as t where {waits} and t.{owner} is null
                and t.processing_priority < level order by t.{owner}, t.processing_priority desc limit 1);
            exit when level is null;
            front := processing.front_of({pipeline}, null, level);
            found := found || array(
                select t.{key} from {table} as t
                where {due} and t.{owner} is null and t.processing_priority = level and t.{key} <> all (picked) and {not_aside}
                order by t.{owner}, t.processing_priority desc, t.processing_not_before limit share - pg_catalog.cardinality(found)
                for no key update skip locked);
        else
            level := (select t.processing_priority from {table} as t where {waits} and t.{owner} >= of_owner and t.{owner} <= of_owner
                and t.processing_priority < level order by t.{owner}, t.processing_priority desc limit 1);
            exit when level is null;
            front := processing.front_of({pipeline}, of_owner::text, level);
            found := found || array(
                select t.{key} from {table} as t
                where {due} and t.{owner} >= of_owner and t.{owner} <= of_owner and t.processing_priority = level
                    and t.{key} <> all (picked) and {not_aside}
                order by t.{owner}, t.processing_priority desc, t.processing_not_before limit share - pg_catalog.cardinality(found)
                for no key update skip locked);
        end if;
    end loop;
    return found;
end
    $sql$)
$$;

comment on function processing.live_sql(processing.pipelines, processing.queues) is
    'Internal: the text of a function that locks due rows of one owner, except rows set aside.';

create type processing.batch as (
    rows integer,
    claimed json,
    held_back text[]
);

comment on type processing.batch is
    'What one pipeline adds to the answer of a claim. rows: how many. claimed: {table, pipeline, max_attempts, '
    'timeout_seconds, json_inputs: [column], rows: [{id, run, nonce, attempt, owner, edited, late_ms, inputs, checkpoints: '
    '[{step, version, input_hash, output}]}], traces: see traces_of}. The columns in json_inputs, and each output, are '
    'texts with JSON in them. inputs is null if larger than 64 MB. held_back: keys of rows that a trigger of the table kept from being '
    'claimed, or null.';

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

comment on function processing.checkpoints_of(regclass, text) is
    'Internal: the stored checkpoints of a row, [{step, version, input_hash, output}], or null.';

create function processing.travels_as_text(of_type oid) returns boolean
language plpgsql stable
set search_path = ''
as $$
declare
    t pg_catalog.pg_type;
begin
    select * into t from pg_catalog.pg_type as x where x.oid = of_type;
    -- False only for types whose JSON has a limited depth and a limited number of digits.
    return case
        when t.typtype = 'd' then processing.travels_as_text(t.typbasetype)
        when t.typelem <> 0 and t.typcategory = 'A' then processing.travels_as_text(t.typelem)
        else t.typtype <> 'e' and t.typcategory not in ('B', 'S', 'D', 'T', 'I')
            and t.typname not in ('int2', 'int4', 'int8', 'float4', 'float8', 'uuid', 'bytea') end;
end
$$;

comment on function processing.travels_as_text(oid) is
    'Internal: whether a value of this type is sent as text, because its JSON may be very deep or have very long '
    'numbers.';

create function processing.json_inputs(p processing.pipelines) returns text[]
language sql stable
set search_path = ''
as $$
    select array(
        select a.attname::text from pg_catalog.pg_attribute as a
        where a.attrelid = p.table_id and a.attname = any (p.inputs) and not a.attisdropped
            and processing.travels_as_text(a.atttypid) order by a.attname)
$$;

comment on function processing.json_inputs(processing.pipelines) is
    'Internal: the inputs that a claim sends as text with JSON in it, see travels_as_text.';

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

comment on function processing.size_of_inputs(processing.pipelines) is
    'Internal: an SQL expression for about how many bytes the inputs have, without reading values stored out of '
    'line.';

create function processing.lease_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- A batch that is too large for a worker to read is refused with RJ010, and its rows are claimed one by one.
    -- Written with the tricks "in full" and "checked here", see 0590.
    select processing.filled_for(p, q, $sql$
declare
    claimed_rows json;
    claimed_keys text[];
    held_back_keys text[];
    some_large boolean;
    mark text;
{steady}begin
    select m.secret || ':worker:' || {table_name}::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with claimed as (
        update {table} as t set
            processing_status = 'processing', processing_run = t.processing_run + 1,
            processing_attempts = t.processing_attempts + 1, processing_stage = null, processing_progress = 0,
            processing_error = null, processing_outdated = '{}', processing_started_at = moment, processing_finished_at = null
        where t.{key} = any (picked) and (t.processing_status = 'pending' and t.processing_pipeline = {pipeline}) is true
        returning pg_catalog.array_position(picked, t.{key}) as place, t.processing_status = 'processing' and t.processing_pipeline = {pipeline} as held, t.{key}::text as id, t.processing_run as run,
            pg_catalog.gen_random_uuid() as nonce, t.processing_attempts as attempt, {owner_text} as owner, t.processing_edited as edited,
            greatest(pg_catalog.date_part('epoch', moment - t.processing_not_before) * 1000, 0) as late_ms,
            case when {size_of_inputs} <= case when pg_catalog.cardinality(picked) = 1 then 67108864 else 262144 end
                then (select pg_catalog.row_to_json(i) from (select {inputs}) as i) end as inputs
    ), leased as (
        insert into processing.leases (
            table_id, row_id, run, nonce, worker, pipeline, owner, claimed_at, deadline, late_ms, woken_by)
        select {table_name}::regclass, c.id, c.run, c.nonce, for_worker, {pipeline}, c.owner, moment, moment + {lasts}::interval, c.late_ms, woken
        from claimed as c where c.held
    )
    select coalesce(pg_catalog.json_agg(r), '[]'), coalesce(pg_catalog.array_agg(r.id), '{}'),
        pg_catalog.bool_or(r.inputs is null) into claimed_rows, claimed_keys, some_large from (
        select c.id, c.run, c.nonce, c.attempt, c.owner, c.edited, c.late_ms,
            case when pg_catalog.pg_column_size(c.inputs) <= 67108864 then c.inputs end as inputs,
            case when c.run > 1 then processing.checkpoints_of({table_name}, c.id) end as checkpoints
        from claimed as c where c.held order by c.place) as r;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);
    -- Deferred checks of the application run here, where an error costs only these rows.
    {checks_now}
    if (some_large or pg_catalog.pg_column_size(claimed_rows) > 16777216) and pg_catalog.cardinality(picked) > 1 then
        raise exception 'the rows are too large for one answer' using errcode = 'RJ010';
    end if;
    if pg_catalog.cardinality(claimed_keys) < pg_catalog.cardinality(picked) then
        -- A trigger of the table has kept some of these rows from being claimed.
        held_back_keys := array(select k::text from pg_catalog.unnest(picked) as k where k::text <> all (claimed_keys));
    end if;
    return (pg_catalog.cardinality(claimed_keys), pg_catalog.json_build_object(
        'table', {table_name}, 'pipeline', {pipeline}, 'max_attempts', {max_attempts}, 'timeout_seconds', {timeout_seconds}, 'json_inputs', {json_inputs}::text[],
        'rows', claimed_rows, 'traces', processing.traces_of({table_name}::regclass, claimed_keys)), held_back_keys)::processing.batch;
end
        $sql$, pg_catalog.jsonb_build_object(
            'owner_text', case when p.owner_column is null then 'null::text' else pg_catalog.format('t.%I::text', p.owner_column) end,
            'inputs', i.inputs,
            'steady', i.steady,
            'size_of_inputs', processing.size_of_inputs(p),
            'json_inputs', pg_catalog.quote_literal(processing.json_inputs(p)::text),
            'lasts', pg_catalog.quote_literal((p.timeout + p.grace)::text),
            'timeout_seconds', extract(epoch from p.timeout)::text,
            'max_attempts', p.max_attempts::text))
    from processing.inputs_sql(p) as i
$$;

comment on function processing.lease_sql(processing.pipelines, processing.queues) is
    'Internal: the text of a function that leases the pending rows among the keys `picked` and returns a '
    'processing.batch.';

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
            -- A domain may refuse null, so an output that was not given is not converted to the domain.
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
    'Internal: parts of a statement that reads the declared outputs from the JSON expression `given`: select list '
    'and source.';

create function processing.assignments(p processing.pipelines) returns text
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.string_agg(pg_catalog.format(
        ', %1$I = case when k.outputs ? %1$L and not %1$L = any (t.processing_edited) then k.new_%2$s else t.%1$I end',
        o.name, o.place), '' order by o.place), '')
    from pg_catalog.unnest(p.outputs) with ordinality as o (name, place)
$$;

comment on function processing.assignments(processing.pipelines) is
    'Internal: a SET list for the declared outputs that the result names and no person has edited.';

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

comment on function processing.kept_edits(text[], jsonb) is
    'Internal: {kept_edits: [output]}, the outputs in a result that a person has edited; {} if none.';

create function processing.complete_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- Rows change in key order. If the statement waits for a row, and its run ends meanwhile, the row fails the
    -- conditions. Written with the tricks "in full", "one way", "by place" and "checked here", see 0590.
    select processing.filled_for(p, q, $sql$
declare
    done_rows text[];
    mark text;
begin
    select m.secret || ':worker:' || {table_name}::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with done as (
        update {table} as t set processing_status = 'completed', processing_stage = null, processing_progress = 100,
            processing_error = null, processing_finished_at = moment{assignments}
        from (
            select r.key, r.id, r.nonce, r.outputs, r.hands_over{new_columns}
            from (
                select (x ->> 'id')::{key_type} as key, x ->> 'id' as id, (x ->> 'nonce')::uuid as nonce,
                    coalesce(x -> 'outputs', '{}') as outputs, x -> 'handover' <> 'null' as hands_over
                from pg_catalog.jsonb_array_elements(results) as x) as r{new_source}
            order by 1
        ) as k join processing.leases as l on l.row_id = any (array[k.id])
            and (l.table_id = {table_name}::regclass and l.nonce = k.nonce and l.worker = for_worker and l.pipeline = {pipeline}) is true
        where t.{key} = any (array[k.key]) and (t.processing_status = 'processing' and t.processing_run = l.run) is true
        returning case when k.outputs - {outputs}::text[] <> '{}'{or_hands_over} then processing.refuse_outputs({pipeline}, k.outputs) else k.id end as id,
            l.run, l.nonce, l.ctid as lease, l.claimed_at, l.woken_by, l.late_ms,
            case when t.processing_edited = '{}' then '{}' else processing.kept_edits(t.processing_edited, k.outputs) end as kept
    ), gone as (
        delete from processing.leases as l where l.ctid = any (array(select d.lease from done as d))
    ), noted as (
        insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
        select moment, {table_name}::regclass, d.id, d.run, d.nonce, 'completed', d.kept || pg_catalog.jsonb_build_object(
            'worker', for_worker, 'pipeline', {pipeline}, 'claimed_at', d.claimed_at, 'woken_by', d.woken_by, 'late_ms', d.late_ms)
        from done as d
    )
    select array(select d.id from done as d) into done_rows;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);{store_handovers}
    -- Deferred checks of the application run here, where an error costs only these rows.
    {checks_now}
    return done_rows;
end
        $sql$, pg_catalog.jsonb_build_object(
            'outputs', pg_catalog.quote_literal(p.outputs::text),
            'assignments', processing.assignments(p),
            'new_columns', r.columns,
            'new_source', r.source,
            'or_hands_over', case when p.store_function is null then ' or k.hands_over' else '' end,
            'store_handovers', case when p.store_function is null then '' else pg_catalog.format(
                E'\n    perform processing.store_handovers(%L, %L, %L, results, done_rows);',
                q.table_id::text, p.store_function, q.key_type) end))
    from processing.read_outputs(p, 'r.outputs') as r
$$;

comment on function processing.complete_sql(processing.pipelines, processing.queues) is
    'Internal: the text of a function that completes rows and answers the keys of completed rows.';

create function processing.next_due_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- Written with the trick "one range", see 0590.
    select processing.filled_for(p, q, $sql$
declare
    level integer := 32768;
    soonest timestamptz;
begin
    loop
        level := (select t.processing_priority from {table} as t where {waits} and t.processing_priority < level
            order by t.processing_priority desc limit 1);
        exit when level is null;
        soonest := least(soonest, (
            select t.processing_not_before from {table} as t
            where {waits} and t.processing_priority = level and t.processing_not_before > moment
            order by t.processing_not_before limit 1));
    end loop;
    return soonest;
end
    $sql$)
$$;

comment on function processing.next_due_sql(processing.pipelines, processing.queues) is
    'Internal: the text of a function that answers when the next pending row becomes due, or null.';

insert into processing.library_migrations (version) values ('20261121000600');
