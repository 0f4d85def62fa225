-- finish and finish_and_claim. The result for a row that another transaction has locked is answered with busy, so that
-- the other results need not wait. The worker sends it again.

create function processing.answer(result jsonb, outcome text, problem jsonb default null) returns json
language sql stable
set search_path = ''
as $$
    -- The worker may log this, so it has only messages of RJ errors: others may quote the row.
    select pg_catalog.json_build_object(
        'table', result -> 'table', 'id', result -> 'id', 'run', result -> 'run', 'nonce', result -> 'nonce', 'outcome', outcome,
        'sqlstate', problem ->> 'sqlstate', 'constraint', problem ->> 'constraint', 'column', problem ->> 'column',
        'outputs', problem -> 'outputs',
        'message', case when problem ->> 'sqlstate' like 'RJ%' then problem ->> 'message' end)
$$;

comment on function processing.answer(jsonb, text, jsonb) is
    'Internal: the answer for one result. It has the message of an error only if its code starts with RJ.';

create function processing.close_provider(provider text, not_before timestamptz, reason text) returns void
language sql
set search_path = ''
as $$
    insert into processing.providers as v (provider, not_before, reason, closed_at)
    values (close_provider.provider, close_provider.not_before, close_provider.reason, processing.clock())
    on conflict (provider) do update set
        not_before = greatest(v.not_before, excluded.not_before), reason = excluded.reason, closed_at = excluded.closed_at
$$;

comment on function processing.close_provider(text, timestamptz, text) is
    'Internal: closes a provider until not_before, or until a later moment if it was closed until then already.';

create function processing.ending(p processing.pipelines, worker uuid, result jsonb, attempts integer, moment timestamptz)
returns jsonb
language plpgsql volatile
set search_path = ''
as $$
declare
    action text := result ->> 'action';
    wait interval := processing.wait_of(coalesce((result ->> 'retry_after')::double precision, 0));
    spends boolean := action = 'fail' or (action = 'retry_later' and coalesce((result ->> 'spends_attempt')::boolean, false));
    retryable boolean := action <> 'fail' or coalesce((result ->> 'retryable')::boolean, false);
    final boolean := not retryable or (spends and attempts >= p.max_attempts);
    delay interval := case
        when action = 'fail' then greatest(wait, processing.retry_delay(p.retry_base, p.retry_cap, attempts))
        when action = 'retry_later' and result -> 'error' ->> 'code' = 'budget_reached'
            then processing.budget_wait(wait, result ->> 'id', (result ->> 'nonce')::uuid)
        else wait end;
begin
    return pg_catalog.jsonb_build_object(
        'id', result ->> 'id', 'run', (result ->> 'run')::bigint, 'nonce', result ->> 'nonce', 'worker', worker,
        'kind', case when final then 'failed' when action = 'release' then 'released'
            when action = 'retry_later' then 'waiting' else 'retry' end,
        'not_before', case when action is distinct from 'release' then moment + delay end, 'refund', not spends, 'final', final,
        'data', coalesce(result -> 'data', '{}'),
        -- A person may try again also after the last attempt, so this does not say whether the worker does.
        'error', case when action <> 'release' then
            case pg_catalog.jsonb_typeof(result -> 'error') when 'object' then result -> 'error' else '{}' end
            || pg_catalog.jsonb_build_object('retryable', retryable) end);
end
$$;

comment on function processing.ending(processing.pipelines, uuid, jsonb, integer, timestamptz) is
    'Internal: the entry for end_runs, made from a result with the action fail, retry_later or release.';

create function processing.end_rows(p processing.pipelines, worker uuid, results jsonb) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
    ended text[];
    one record;
begin
    select coalesce(pg_catalog.array_agg(e ->> 'id'), '{}') into ended
    from pg_catalog.jsonb_array_elements(processing.end_runs(p.table_id, (
        select pg_catalog.jsonb_agg(processing.ending(
            p, worker, r, processing.attempts_of(p.table_id, r ->> 'id'), moment))
        from pg_catalog.jsonb_array_elements(results) as r))) as e;
    delete from processing.crashes as c
    where c.table_id = p.table_id and c.row_id = any (ended) and c.row_id in (
        select r ->> 'id' from pg_catalog.jsonb_array_elements(results) as r where r ->> 'action' = 'fail');
    for one in
        select r ->> 'provider' as provider, pg_catalog.max((r ->> 'retry_after')::double precision) as wait,
            pg_catalog.min(coalesce(r -> 'data' ->> 'reason', r -> 'error' ->> 'message')) as reason
        from pg_catalog.jsonb_array_elements(results) as r
        where r ->> 'provider' is not null and r ->> 'id' = any (ended) group by 1 order by 1
    loop
        perform processing.close_provider(
            one.provider, moment + processing.wait_of(coalesce(one.wait, 0)),
            coalesce(one.reason, 'asked us to wait'));
    end loop;
    return ended;
end
$$;

comment on function processing.end_rows(processing.pipelines, uuid, jsonb) is
    'Internal: ends runs of one pipeline that have no result, and answers the keys of those that ended.';

create function processing.lock_rows(results jsonb) returns regclass[]
language plpgsql
set search_path = ''
as $$
declare
    one record;
    held regclass[] := '{}'::regclass[];
begin
    -- All rows are locked here first, so that the whole call keeps the order of locks.
    for one in
        select p.table_id, pg_catalog.array_agg(r ->> 'id') as keys
        from pg_catalog.jsonb_array_elements(results) as r
        join processing.pipelines as p on p.pipeline = r ->> 'pipeline'
        group by 1 order by 1
    loop
        begin
            perform processing.lock_free(one.table_id, one.keys);
        exception
            when lock_not_available then
                held := held || one.table_id;
                perform processing.wait_less();
            when assert_failure or others then
                null;
        end;
    end loop;
    return held;
end
$$;

comment on function processing.lock_rows(jsonb) is
    'Internal: locks the results'' rows, as far as they are free. Answers the tables that are locked as a whole.';

create function processing.note_unwritten(worker uuid, answers json[]) returns json[]
language plpgsql
set search_path = ''
as $$
declare
    held uuid[];
begin
    if pg_catalog.cardinality(answers) = 0 then
        return answers;
    end if;
    held := array(select (a ->> 'nonce')::uuid from pg_catalog.unnest(answers) as a where a ->> 'outcome' = 'busy' order by 1);
    if held <> '{}' then
        delete from processing.unwritten as u
        where u.worker = note_unwritten.worker and not exists (select from processing.leases as l where l.nonce = u.nonce and l.worker = u.worker);
        insert into processing.unwritten (nonce, worker) select h, note_unwritten.worker from pg_catalog.unnest(held) as h
        on conflict do nothing;
        -- These runs are over in the worker, so their rows did not kill it: forget their crashes.
        delete from processing.crashes as c using processing.leases as l
        where l.worker = note_unwritten.worker and l.nonce = any (held) and c.table_id = l.table_id and c.row_id = l.row_id;
    end if;
    return answers;
end
$$;

comment on function processing.note_unwritten(uuid, json[]) is
    'Internal: notes runs whose answer is busy, which are over in their worker. Returns `answers`.';

create function processing.finish_now(worker uuid, results jsonb, crashed boolean) returns json[]
language plpgsql
set search_path = ''
as $$
declare
    of_pipeline text := results -> 0 ->> 'pipeline';
    completes boolean := results -> 0 ->> 'action' = 'complete';
    one record;
    held regclass[];
    answers json[] := '{}'::json[];
begin
    if results = '[]' then
        return answers;
    elsif not exists (
        select from pg_catalog.jsonb_array_elements(results) as r
        where r ->> 'pipeline' is distinct from of_pipeline or (r ->> 'action' = 'complete') is distinct from completes)
    then
        -- The usual case under load: nothing has to be sorted or copied.
        return processing.finish_group(worker, of_pipeline, completes, results, crashed);
    end if;
    held := processing.lock_rows(results);
    for one in
        select p.table_id, r ->> 'pipeline' as pipeline, r ->> 'action' = 'complete' as completes,
            pg_catalog.jsonb_agg(r order by r ->> 'id') as group_results
        from pg_catalog.jsonb_array_elements(results) as r
        left join processing.pipelines as p on p.pipeline = r ->> 'pipeline'
        group by 1, 2, 3 order by 1, 2, 3
    loop
        if one.table_id = any (held) then
            answers := answers || array(
                select processing.answer(r, 'busy', '{"sqlstate": "55P03"}') from pg_catalog.jsonb_array_elements(one.group_results) as r);
            continue;
        end if;
        -- The previous group made constraints immediate, to check them. A store function may need them deferred.
        set constraints all deferred;
        answers := answers || processing.finish_group(worker, one.pipeline, one.completes, one.group_results, crashed);
    end loop;
    return answers;
end
$$;

comment on function processing.finish_now(uuid, jsonb, boolean) is
    'Internal: the work of finish. Runs that ended as requested may be missing in the answer.';

create function processing.finish(worker uuid, results jsonb) returns json
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    answers json[];
begin
    answers := processing.note_unwritten(worker, processing.finish_now(worker, results, true));
    return (
        select coalesce(pg_catalog.json_agg(coalesce(a.answer, processing.answer(r.result, 'done')) order by r.place), '[]')
        from pg_catalog.jsonb_array_elements(results) with ordinality as r (result, place) left join lateral (
            select x as answer from pg_catalog.unnest(answers) as x
            where row(x ->> 'id', x ->> 'nonce') is not distinct from row(r.result ->> 'id', r.result ->> 'nonce') limit 1) as a on true);
end
$$;

comment on function processing.finish(uuid, jsonb) is
    'Ends runs of a worker. results: [{table, id, run, nonce, pipeline, action: complete|fail|retry_later|release, '
    'outputs, handover, error, retryable, retry_after (seconds), spends_attempt, provider, data}]. Answers, in the '
    'same order, [{table, id, run, nonce, outcome: done|already_done|lost|cancelled|refused|busy|set_aside, sqlstate, '
    'constraint, column, outputs, message}]. busy: send the result again.';

create function processing.finish_and_claim(
    worker uuid, results jsonb, pipelines text[], slots integer, sweep boolean default false, woken_by text default 'finished',
    busy text[] default '{}', kept integer default 0, slow boolean default null
) returns json
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    seen processing.outlook := processing.look_and_lock(worker, pipelines);
    answers json[];
    answer json;
begin
    answers := processing.note_unwritten(worker, processing.finish_now(worker, results, seen.crashed));
    answer := processing.claim_now((worker, woken_by, busy, kept, '{}', '{}', null, '{}', false, slow)::processing.asked,
        pipelines, slots, sweep, seen, answers);
    return answer;
end
$$;

comment on function processing.finish_and_claim(uuid, jsonb, text[], integer, boolean, text, text[], integer, boolean) is
    'finish, then claim, in one transaction. `finished` may leave out runs that ended as requested.';

insert into processing.library_migrations (version) values ('20261121000710');
