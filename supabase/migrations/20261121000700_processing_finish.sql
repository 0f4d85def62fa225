-- The end of a run. A result says how the run ends: complete, fail, retry_later or release. One bad row does not stop
-- the other rows, unless a time limit ends the call.

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

comment on function processing.refuse_outputs(text, jsonb) is
    'Internal: raises RJ004 for undeclared outputs, or for a handover without a store function.';

create function processing.store_handovers(queue regclass, store_function text, key_type text, results jsonb, done text[])
returns void
language plpgsql
set search_path = ''
-- The caller switches these off (the trick "by index", see 0590), but a store function needs them.
set enable_seqscan = on
set enable_bitmapscan = on
as $$
declare
    one record;
begin
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    for one in
        select r ->> 'id' as id, r -> 'handover' as handover from pg_catalog.jsonb_array_elements(results) as r
        where r ->> 'id' = any (done) order by r ->> 'id'
    loop
        -- Set before each call, because a contract call in the store function removes the mark.
        perform processing.enter_contract(null, 'store');
        execute pg_catalog.format('select %s($1::%s, $2)', store_function, key_type) using one.id, one.handover;
    end loop;
    perform processing.leave_contract();
end
$$;

comment on function processing.store_handovers(regclass, text, text, jsonb, text[]) is
    'Internal: calls the store function for each completed row, in the transaction that completes it.';

create function processing.finish_group(worker uuid, pipeline text, completes boolean, results jsonb, crashed boolean) returns json[]
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    done text[];
    free text[];
    tries integer := 0;
    awaited boolean;
    problem jsonb;
    constraint_name text;
    column_name text;
begin
    select * into p from processing.pipelines as x where x.pipeline = finish_group.pipeline;
    if p.pipeline is null then
        return array(
            select processing.answer(r, 'refused', pg_catalog.jsonb_build_object('sqlstate', 'RJ003',
                'message', pg_catalog.format('there is no pipeline %s', pipeline)))
            from pg_catalog.jsonb_array_elements(results) as r);
    end if;
    loop
        tries := tries + 1;
        begin
            if completes then
                done := processing.complete_of(pipeline, results, worker, processing.clock());
            else
                done := processing.end_rows(p, worker, results);
                perform processing.check_deferred(p.table_id);
            end if;
            if completes and crashed then
                delete from processing.crashes as c where c.table_id = p.table_id and c.row_id = any (done);
            end if;
            -- Two questions in one statement (the trick "in full", see 0590). Not earlier: see 0720.
            with mended as (
                delete from processing.set_aside as s where s.row_id = any (done) and s.table_id = p.table_id and s.kind = 'finish'
            ) select exists (select from processing.waits) into awaited;
            if awaited and completes then
                perform processing.rows_ended(p.table_id, done);
            end if;
            if pg_catalog.cardinality(done) = pg_catalog.jsonb_array_length(results) then
                return '{}'::json[];
            end if;
            return array(
                select processing.diagnose(p, worker, r) from pg_catalog.jsonb_array_elements(results) as r
                where (r ->> 'id' = any (done)) is not true);
        exception
            when query_canceled then
                if pg_catalog.jsonb_array_length(results) > 1 then
                    raise;  -- the batch ran into a time limit; then the whole call fails
                end if;
                return array[processing.set_run_aside(p, results -> 0, pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm))];
            when assert_failure or others then
                get stacked diagnostics constraint_name = constraint_name, column_name = column_name;
                problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm,
                    'constraint', nullif(constraint_name, ''), 'column', nullif(column_name, ''));
        end;
        -- A deadlock or a serialization failure may pass at once: try up to three times.
        exit when case problem ->> 'sqlstate'
            when '40P01' then tries = 3
            when '40001' then tries = 3
            -- A single result is tried once more if its row is free by now.
            when '55P03' then tries = 2 or pg_catalog.jsonb_array_length(results) > 1
                or processing.free_rows(p.table_id, results) = '{}'
            else not processing.plans_again(problem ->> 'sqlstate') end;
    end loop;
    if not exists (select from pg_catalog.pg_class as c where c.oid = p.table_id) then
        return array(
            select processing.answer(r, 'refused', '{"sqlstate": "RJ003", "message": "the table is gone"}')
            from pg_catalog.jsonb_array_elements(results) as r);
    end if;
    -- The run is over in its worker, so the row did not kill the worker: forget its crashes.
    delete from processing.crashes as c
    where c.table_id = p.table_id and c.row_id in (select r ->> 'id' from pg_catalog.jsonb_array_elements(results) as r);
    free := processing.free_rows(p.table_id, results);
    if free = '{}' then
        perform processing.wait_less();
    end if;
    if pg_catalog.jsonb_array_length(results) = 1 then
        return array[case when free = '{}' then processing.answer(results -> 0, 'busy', problem)
            -- Class 22 is an error in a value. If the value is the key itself, no lease has this key.
            when problem ->> 'sqlstate' like '22%' and not exists (
                select from processing.leases as l where l.table_id = p.table_id
                    and l.row_id = results -> 0 ->> 'id' and l.nonce = (results -> 0 ->> 'nonce')::uuid)
            then processing.answer(results -> 0, 'lost', '{"sqlstate": "RJ001", "message": "the lease of this run is gone"}')
            else processing.refused(p, worker, completes, results -> 0, problem) end];
    end if;
    return processing.finish_rest(worker, pipeline, completes, results, crashed, free);
end
$$;

comment on function processing.finish_group(uuid, text, boolean, jsonb, boolean) is
    'Internal: ends runs of one pipeline. Runs that ended as requested may be missing in the answer.';

create function processing.free_rows(queue regclass, results jsonb) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    asked text[] := array(select r ->> 'id' from pg_catalog.jsonb_array_elements(results) as r);
begin
    return array(
        select f from pg_catalog.unnest(processing.lock_free(queue, asked)) as f
        where exists (select from processing.leases as l where l.table_id = queue and l.row_id = f for update skip locked)
        union all
        -- A row without a lease counts as free, because there is no lease on which a lock could be.
        select a from pg_catalog.unnest(asked) as a
        where not exists (select from processing.leases as l where l.table_id = queue and l.row_id = a));
exception
    when lock_not_available then
        return '{}'::text[];  -- the whole table is locked
    when query_canceled then
        raise;
    when assert_failure or others then
        return asked;
end
$$;

comment on function processing.free_rows(regclass, jsonb) is
    'Internal: keys of results whose row and lease no other transaction has locked, as far as can be seen.';

create function processing.finish_rest(
    worker uuid, pipeline text, completes boolean, results jsonb, crashed boolean, free text[]
) returns json[]
language plpgsql
set search_path = ''
as $$
declare
    one jsonb;
    able jsonb;
    answers json[];
begin
    select coalesce(pg_catalog.jsonb_agg(r), '[]') into able
    from pg_catalog.jsonb_array_elements(results) as r where r ->> 'id' = any (free);
    answers := array(
        select processing.answer(r, 'busy', '{"sqlstate": "55P03"}') from pg_catalog.jsonb_array_elements(results) as r
        where r ->> 'id' <> all (free));
    if able = '[]' then
        return answers;
    elsif pg_catalog.cardinality(answers) > 0 then
        -- Perhaps only the locked rows were the problem, so try the rest as a batch.
        return answers || processing.finish_group(worker, pipeline, completes, able, crashed);
    end if;
    for one in select r from pg_catalog.jsonb_array_elements(able) as r loop
        answers := answers || processing.finish_group(worker, pipeline, completes, pg_catalog.jsonb_build_array(one), crashed);
    end loop;
    return answers;
end
$$;

comment on function processing.finish_rest(uuid, text, boolean, jsonb, boolean, text[]) is
    'Internal: ends runs after their batch was refused. Those not in `free` are answered with busy.';

create function processing.refused(p processing.pipelines, worker uuid, completes boolean, result jsonb, problem jsonb) returns json
language plpgsql
set search_path = ''
as $$
declare
    fields text[] := '{}'::text[];
    run bigint := (result ->> 'run')::bigint;
begin
    if problem ->> 'sqlstate' in ('55P03', '40001', '40P01') then
        -- The write needs something else that is locked. The result may be good.
        perform processing.set_row_aside(p.table_id, result ->> 'id', p.pipeline, 'finish', problem || pg_catalog.jsonb_build_object('run', run));
        return processing.answer(result, 'busy', problem);
    elsif problem ->> 'sqlstate' ~ '^(08|53|57|58)' then
        -- The server, or one that a trigger asks, lacks disk or memory, or does not answer. That says nothing about the result. The
        -- row runs again from its checkpoints, once the database accepts its end.
        return processing.set_run_aside(p, result, problem);
    elsif completes and (exists (select from processing.broken as b where b.pipeline = p.pipeline and b.look_again_at > processing.clock())
        or not processing.can_complete(p, worker))
    then
        -- The table is the cause. The worker keeps the result and sends it again.
        return processing.answer(result, 'busy', problem);
    elsif completes then
        fields := processing.refused_outputs(p, worker, result);
        if fields = '{}' and processing.completes_now(p, worker, result) then
            return processing.answer(result, 'done');
        end if;
        insert into processing.events (at, table_id, row_id, run, kind, data)
        values (processing.clock(), p.table_id, result ->> 'id', run, 'output_refused',
            pg_catalog.jsonb_strip_nulls(problem || pg_catalog.jsonb_build_object('outputs', fields)));
        return processing.answer(result, 'refused', problem || pg_catalog.jsonb_build_object('outputs', fields));
    end if;
    -- The run ends without a result, and the table refuses even that: set the row aside.
    return processing.set_run_aside(p, result, problem);
end
$$;

comment on function processing.refused(processing.pipelines, uuid, boolean, jsonb, jsonb) is
    'Internal: the answer for a result that the database refused: refused, busy, done (after a second try) or '
    'set_aside.';

create function processing.set_run_aside(p processing.pipelines, result jsonb, problem jsonb) returns json
language plpgsql
set search_path = ''
as $$
begin
    -- Later take_back_orphans sends the row back to the queue.
    delete from processing.leases as l
    where l.table_id = p.table_id and l.row_id = result ->> 'id' and l.nonce = (result ->> 'nonce')::uuid;
    perform processing.set_row_aside(p.table_id, result ->> 'id', p.pipeline, 'finish',
        problem || pg_catalog.jsonb_build_object('run', (result ->> 'run')::bigint));
    return processing.answer(result, 'set_aside', problem);
end
$$;

comment on function processing.set_run_aside(processing.pipelines, jsonb, jsonb) is
    'Internal: deletes the lease of a run whose end the table refuses, and sets the row aside.';

create function processing.completes_now(p processing.pipelines, worker uuid, result jsonb) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    done text[];
begin
    -- The cause may be gone by now, for instance if somebody has just renamed a column back.
    done := processing.complete_of(p.pipeline, pg_catalog.jsonb_build_array(result), worker, processing.clock());
    execute processing.checks_now();
    perform processing.rows_ended(p.table_id, done);
    return done <> '{}';
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        return false;
end
$$;

comment on function processing.completes_now(processing.pipelines, uuid, jsonb) is
    'Internal: tries once more to complete a row whose outputs are not to blame. True if that worked.';

create function processing.refused_outputs(p processing.pipelines, worker uuid, result jsonb) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    outputs jsonb := coalesce(result -> 'outputs', '{}') ;
    name text;
    tried jsonb;
    refused text[] := '{}'::text[];
    worked boolean;
begin
    foreach name in array array[null::text] || array(select k from pg_catalog.jsonb_object_keys(outputs) as k order by k) loop
        tried := case when name is null then '{}' else pg_catalog.jsonb_build_object(name, outputs -> name) end;
        worked := false;
        begin
            perform processing.complete_of(p.pipeline,
                pg_catalog.jsonb_build_array(result || pg_catalog.jsonb_build_object('outputs', tried)), worker, processing.clock());
            worked := true;
            raise exception 'taken back' using errcode = 'RJ000';
        exception
            when query_canceled then
                raise;
            when assert_failure or others then
                -- A rollback does not reset `worked`. A trigger may raise the same code, so the code tells nothing.
                continue when worked;
                if name is null then
                    return '{}'::text[];  -- the row is refused even without outputs, so no output is to blame
                end if;
                refused := refused || name;
        end;
    end loop;
    return refused;
end
$$;

comment on function processing.refused_outputs(processing.pipelines, uuid, jsonb) is
    'Internal: outputs that the table refuses when each is written alone; none if the row is refused without any.';

create function processing.diagnose(p processing.pipelines, worker uuid, result jsonb) returns json
language plpgsql
set search_path = ''
as $$
declare
    last_kind text;
    done text[];
    state jsonb;
    wanted text[] := case result ->> 'action'
        when 'complete' then array['completed'] when 'fail' then array['failed', 'retry']
        when 'retry_later' then array['waiting', 'failed'] when 'release' then array['released'] end;
begin
    -- The worker may repeat a call whose reply was lost. Then an event shows that the run ended as requested.
    select e.kind into last_kind from processing.events as e
    where e.table_id = p.table_id and e.row_id = result ->> 'id' and e.nonce = (result ->> 'nonce')::uuid
        and e.data ->> 'worker' = diagnose.worker::text
    order by e.id desc limit 1;
    if last_kind = any (wanted) then
        return processing.answer(result, 'already_done');
    end if;
    state := processing.row_state(p.table_id::text, result ->> 'id');
    if state ->> 'status' = 'processing' and exists (
        select from processing.leases as l
        where l.table_id = p.table_id and l.row_id = result ->> 'id' and l.nonce = (result ->> 'nonce')::uuid
            and l.worker = diagnose.worker)
    then
        if result ->> 'action' <> 'complete' or processing.lock_free(p.table_id, array[result ->> 'id']) = '{}' then
            return processing.answer(result, 'busy', '{"sqlstate": "55P03"}');
        end if;
        -- No other transaction has locked the row. If it still cannot be completed, a trigger prevents it.
        done := processing.complete_of(p.pipeline, pg_catalog.jsonb_build_array(result), worker, processing.clock());
        perform processing.rows_ended(p.table_id, done);
        return case when done = '{}' then processing.refused(p, worker, true, result, processing.held_back())
            else processing.answer(result, 'done') end;
    elsif state is not null then
        insert into processing.events (at, table_id, row_id, run, kind, data)
        values (processing.clock(), p.table_id, result ->> 'id', (result ->> 'run')::bigint, 'stale_write_refused',
            pg_catalog.jsonb_build_object('action', result ->> 'action', 'worker', diagnose.worker));
    end if;
    return case when state ->> 'status' = 'cancelled'
        then processing.answer(result, 'cancelled', '{"sqlstate": "RJ002", "message": "the row was cancelled"}')
        else processing.answer(result, 'lost', '{"sqlstate": "RJ001", "message": "the lease of this run is gone"}') end;
end
$$;

comment on function processing.diagnose(processing.pipelines, uuid, jsonb) is
    'Internal: the answer for a result that was not written, such as already_done, cancelled, lost or busy.';

insert into processing.library_migrations (version) values ('20261121000700');
