-- The end of a run: complete, fail, retry_later, release. Many results travel in one statement
-- (`finish`), also together with the next claim (`finish_and_claim`); each row succeeds or fails alone.

create function processing.refuse_outputs(of_pipeline text, outputs jsonb) returns text
language plpgsql
set search_path = ''
as $$
declare
    declared text[] := (select p.outputs from processing.pipelines as p where p.pipeline = of_pipeline);
    undeclared text;
begin
    select pg_catalog.string_agg(k, ', ' order by k) into undeclared from pg_catalog.jsonb_object_keys(outputs - declared) as k;
    if undeclared is null then
        raise exception 'pipeline % hands over a result but has no store function', of_pipeline
            using errcode = 'RJ004', hint = 'name one with store => in processing.attach';
    end if;
    raise exception 'pipeline % does not declare the outputs %', of_pipeline, undeclared
        using errcode = 'RJ004', hint = 'add them to the outputs of processing.attach';
end
$$;

comment on function processing.refuse_outputs(text, jsonb) is 'Internal: raises RJ004.';

create function processing.store_handovers(store_function text, key_type text, results jsonb, done text[]) returns void
language plpgsql
set search_path = ''
-- It is called from a generated function, whose plans these are off for.
set enable_seqscan = on
set enable_bitmapscan = on
as $$
declare
    one record;
begin
    for one in
        select r ->> 'id' as id, r -> 'handover' as handover from pg_catalog.jsonb_array_elements(results) as r
        where r ->> 'id' = any (done) order by r ->> 'id'
    loop
        -- Each time, because the function may make contract calls of its own.
        perform processing.enter_contract(null, 'store');
        execute pg_catalog.format('select %s($1::%s, $2)', store_function, key_type) using one.id, one.handover;
    end loop;
    perform processing.leave_contract();
end
$$;

comment on function processing.store_handovers(text, text, jsonb, text[]) is
    'Internal: gives each completed row''s handover to the store function of its pipeline, in the same transaction.';

create function processing.finish_group(
    worker uuid, table_name text, pipeline text, completes boolean, results jsonb, crashed boolean
) returns json[]
language plpgsql
set search_path = ''
as $$
declare
    one jsonb;
    answers json[] := '{}'::json[];
    done text[];
begin
    begin
        done := case when completes then processing.complete_of(pipeline, table_name, results, worker, processing.clock())
            else processing.end_rows(pipeline, table_name, worker, results) end;
        if completes and crashed then
            delete from processing.crashes as c
            where c.table_id = pg_catalog.to_regclass(table_name) and c.row_id = any (done);
        end if;
        if pg_catalog.cardinality(done) = pg_catalog.jsonb_array_length(results) then
            return answers;
        end if;
        return array(
            select case when done is null then processing.answer(r, 'refused', 'RJ003',
                    pg_catalog.format('there is no pipeline %s on %s', pipeline, table_name))
                else processing.diagnose(table_name, worker, r) end
            from pg_catalog.jsonb_array_elements(results) as r
            where (r ->> 'id' = any (done)) is not true);
    exception
        -- Not the row's fault: the caller repeats the whole call.
        when deadlock_detected or serialization_failure or lock_not_available or query_canceled
            or insufficient_resources or invalid_transaction_state
        then
            raise;
        when others then
            if pg_catalog.jsonb_array_length(results) = 1 then
                -- A table that was dropped has no pipeline.
                return array[processing.answer(results -> 0, 'refused',
                    case when pg_catalog.to_regclass(table_name) is null then 'RJ003' else 'RJ004' end, sqlerrm)];
            end if;
    end;
    -- One of them is bad: find out which, each in its own subtransaction.
    for one in select r from pg_catalog.jsonb_array_elements(results) as r loop
        answers := answers || processing.finish_group(
            worker, table_name, pipeline, completes, pg_catalog.jsonb_build_array(one), crashed);
    end loop;
    return answers;
end
$$;

comment on function processing.finish_group(uuid, text, text, boolean, jsonb, boolean) is
    'Internal: ends runs of one pipeline; a bad one fails alone. Answers those that did not end as asked.';

create function processing.answer(result jsonb, outcome text, code text, message text) returns json
language sql stable
set search_path = ''
as $$
    select pg_catalog.json_build_object(
        'table', result -> 'table', 'id', result -> 'id', 'run', result -> 'run', 'outcome', outcome,
        'code', code, 'message', message)
$$;

comment on function processing.answer(jsonb, text, text, text) is 'Internal: what became of one result.';

create function processing.diagnose(table_name text, worker uuid, result jsonb) returns json
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    last_kind text;
    status public.processing_status;
    wanted text[] := case result ->> 'action'
        when 'complete' then array['completed'] when 'fail' then array['failed', 'retry']
        when 'retry_later' then array['waiting', 'failed'] when 'release' then array['released'] end;
begin
    select * into q from processing.queues as x where x.table_id = pg_catalog.to_regclass(table_name);
    -- How this very run ended: a repeated call after a lost reply is told so, and changes nothing.
    select e.kind into last_kind from processing.events as e
    where e.table_id = q.table_id and e.row_id = result ->> 'id' and e.run = (result ->> 'run')::bigint
        and e.kind in ('completed', 'failed', 'retry', 'waiting', 'released', 'taken_back')
        and e.data ->> 'worker' = diagnose.worker::text
    order by e.id desc limit 1;
    if last_kind = any (wanted) then
        return processing.answer(result, 'already_done', null, null);
    end if;
    execute pg_catalog.format(
        'select t.processing_status from %s as t where t.%I = $1::%s', q.table_id, q.key_column, q.key_type)
        into status using result ->> 'id';
    if status is not null then
        insert into processing.events (at, table_id, row_id, run, kind, data)
        values (processing.clock(), q.table_id, result ->> 'id', (result ->> 'run')::bigint, 'stale_write_refused',
            pg_catalog.jsonb_build_object('action', result ->> 'action', 'worker', diagnose.worker));
    end if;
    return case when status = 'cancelled'
        then processing.answer(result, 'cancelled', 'RJ002', 'the row was cancelled')
        else processing.answer(result, 'lost', 'RJ001', 'the lease of this run is gone') end;
end
$$;

comment on function processing.diagnose(text, uuid, jsonb) is 'Internal: why a result was not written.';
