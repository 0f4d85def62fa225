-- finish, finish_and_claim and the calls for one row. The first two give up on a row that somebody else
-- keeps locked, since a worker waits for their answer with all of its results; it simply calls again.

create function processing.close_provider(provider text, not_before timestamptz, reason text) returns void
language sql
set search_path = ''
as $$
    insert into processing.providers as v (provider, not_before, reason, closed_at)
    values (close_provider.provider, close_provider.not_before, close_provider.reason, processing.clock())
    on conflict (provider) do update set
        not_before = greatest(v.not_before, excluded.not_before), reason = excluded.reason, closed_at = excluded.closed_at
$$;

comment on function processing.close_provider(text, timestamptz, text) is 'Internal: nobody calls this provider before then.';

create function processing.ending(p processing.pipelines, worker uuid, result jsonb, attempts integer, moment timestamptz)
returns jsonb
language plpgsql volatile
set search_path = ''
as $$
declare
    action text := result ->> 'action';
    wait interval := pg_catalog.make_interval(secs => coalesce((result ->> 'retry_after')::double precision, 0));
    spends boolean := action = 'fail' or (action = 'retry_later' and coalesce((result ->> 'spends_attempt')::boolean, false));
    retryable boolean := action <> 'fail' or coalesce((result ->> 'retryable')::boolean, false);
    final boolean := not retryable or (spends and attempts >= p.max_attempts);
    delay interval := case
        when action = 'fail' then greatest(wait, processing.retry_delay(p.retry_base, p.retry_cap, attempts))
        else wait end;
begin
    return pg_catalog.jsonb_build_object(
        'id', result ->> 'id', 'run', (result ->> 'run')::bigint, 'worker', worker,
        'kind', case when final then 'failed' when action = 'release' then 'released'
            when action = 'retry_later' then 'waiting' else 'retry' end,
        'not_before', case when action is distinct from 'release' then moment + delay end, 'refund', not spends, 'final', final,
        'data', coalesce(result -> 'data', '{}'),
        'error', case when action <> 'release' then coalesce(result -> 'error', '{}') end);
end
$$;

comment on function processing.ending(processing.pipelines, uuid, jsonb, integer, timestamptz) is
    'Internal: how a run without a result ends: whether the row waits, and how long, or fails for good.';

create function processing.end_rows(pipeline text, table_name text, worker uuid, results jsonb) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
    p processing.pipelines;
    ended text[];
    one record;
begin
    select * into p from processing.pipelines as x
    where x.pipeline = end_rows.pipeline and x.table_id = pg_catalog.to_regclass(table_name);
    if not found then
        return null;
    end if;
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
            pg_catalog.min(r -> 'error' ->> 'message') as reason
        from pg_catalog.jsonb_array_elements(results) as r
        where r ->> 'provider' is not null and r ->> 'id' = any (ended) group by 1 order by 1
    loop
        perform processing.close_provider(
            one.provider, moment + pg_catalog.make_interval(secs => coalesce(one.wait, 0)),
            coalesce(one.reason, 'asked us to wait'));
    end loop;
    return ended;
end
$$;

comment on function processing.end_rows(text, text, uuid, jsonb) is
    'Internal: fails, postpones or releases rows of one pipeline; null where the table has no such pipeline.';

create function processing.lock_rows(results jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
begin
    -- A group locks its own rows in key order. Where there are several, all rows are locked here first,
    -- so that the order holds over the whole call.
    for one in
        select q.table_id, q.key_column, q.key_type, pg_catalog.array_agg(r ->> 'id') as keys
        from pg_catalog.jsonb_array_elements(results) as r
        join processing.queues as q on q.table_id = pg_catalog.to_regclass(r ->> 'table')
        group by 1, 2, 3 order by 1
    loop
        execute pg_catalog.format(
            'select from %1$s as t where t.%2$I = any ($1::%3$s[]) order by t.%2$I for no key update',
            one.table_id, one.key_column, one.key_type) using one.keys;
    end loop;
end
$$;

comment on function processing.lock_rows(jsonb) is 'Internal: keeps the order of locks in a call with mixed results.';

create function processing.finish_now(worker uuid, results jsonb, crashed boolean) returns json[]
language plpgsql
set search_path = ''
as $$
declare
    of_table text := results -> 0 ->> 'table';
    of_pipeline text := results -> 0 ->> 'pipeline';
    completes boolean := results -> 0 ->> 'action' = 'complete';
    one record;
    answers json[] := '{}'::json[];
begin
    if results = '[]' then
        return answers;
    elsif not exists (
        select from pg_catalog.jsonb_array_elements(results) as r
        where r ->> 'table' is distinct from of_table or r ->> 'pipeline' is distinct from of_pipeline
            or (r ->> 'action' = 'complete') is distinct from completes)
    then
        -- As it is under load: nothing to sort and to copy.
        return processing.finish_group(worker, of_table, of_pipeline, completes, results, crashed);
    end if;
    perform processing.lock_rows(results);
    for one in
        select r ->> 'table' as table_name, r ->> 'pipeline' as pipeline, r ->> 'action' = 'complete' as completes,
            pg_catalog.jsonb_agg(r order by r ->> 'id') as group_results
        from pg_catalog.jsonb_array_elements(results) as r
        group by 1, 2, 3 order by pg_catalog.to_regclass(r ->> 'table'), 2, 3
    loop
        answers := answers || processing.finish_group(
            worker, one.table_name, one.pipeline, one.completes, one.group_results, crashed);
    end loop;
    return answers;
end
$$;

comment on function processing.finish_now(uuid, jsonb, boolean) is
    'Internal: finish. Answers those that did not end as asked, which is cheap to say of many.';

create function processing.finish(worker uuid, results jsonb) returns json
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '5s'
as $$
declare
    answers json[];
begin
    answers := processing.finish_now(worker, results, true);
    return (
        select coalesce(pg_catalog.json_agg(coalesce(a.answer, processing.answer(r.result, 'done', null, null)) order by r.place), '[]')
        from pg_catalog.jsonb_array_elements(results) with ordinality as r (result, place) left join lateral (
            select x as answer from pg_catalog.unnest(answers) as x
            where row(x ->> 'table', x ->> 'id', x ->> 'run')
                is not distinct from row(r.result ->> 'table', r.result ->> 'id', r.result ->> 'run') limit 1) as a on true);
end
$$;

comment on function processing.finish(uuid, jsonb) is
    'Ends many runs. results: [{table, id, run, pipeline, action: complete|fail|retry_later|release, outputs, handover, error, '
    'retryable, retry_after (seconds), spends_attempt, provider}]. Answers [{table, id, run, outcome: done|already_done|lost|cancelled|refused}].';

create function processing.finish_and_claim(
    worker uuid, results jsonb, pipelines text[], slots integer, sweep boolean default false, woken_by text default 'finished'
) returns json
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '5s'
as $$
declare
    view_now processing.outlook := processing.look_out(worker, pipelines);
    answers json[];
    answer json;
begin
    if view_now.capped then
        perform processing.lock_capped(pipelines);
    end if;
    answers := processing.finish_now(worker, results, view_now.crashed);
    -- What failed may have closed a provider.
    answer := processing.claim_now(worker, pipelines, slots, sweep, woken_by,
        case when results @? '$[*] ? (@.provider != null)' then processing.look_out(worker, pipelines) else view_now end, answers);
    return answer;
end
$$;

comment on function processing.finish_and_claim(uuid, jsonb, text[], integer, boolean, text) is
    'finish, then claim, in one round trip and one commit. Answers as claim, and finished: as finish, without those that are done.';

create function processing.finish_one(worker uuid, table_name text, result jsonb) returns text
language plpgsql
set search_path = ''
as $$
declare
    queue regclass := pg_catalog.to_regclass(table_name);
    chosen text;
    answer json;
begin
    select l.pipeline into chosen from processing.leases as l where l.table_id = queue and l.row_id = result ->> 'id';
    if chosen is null then
        chosen := processing.row_state(table_name, result ->> 'id') ->> 'pipeline';
    end if;
    if chosen is null then
        raise exception 'the row is gone' using errcode = 'RJ001';
    end if;
    answer := (processing.finish_now(worker, pg_catalog.jsonb_build_array(
        result || pg_catalog.jsonb_build_object('table', queue::text, 'pipeline', chosen)), true))[1];
    if answer ->> 'code' is not null then
        raise exception '%', answer ->> 'message' using errcode = answer ->> 'code';
    end if;
    return coalesce(answer ->> 'outcome', 'done');
end
$$;

comment on function processing.finish_one(uuid, text, jsonb) is 'Internal: ends one run, or raises.';

create function processing.complete(
    worker uuid, table_name text, row_id text, run bigint, outputs jsonb, handover jsonb default null
) returns text
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    return processing.finish_one(worker, table_name, pg_catalog.jsonb_build_object(
        'action', 'complete', 'id', row_id, 'run', run, 'outputs', outputs, 'handover', handover));
end
$$;

comment on function processing.complete(uuid, text, text, bigint, jsonb, jsonb) is
    'Writes the declared outputs that nobody edited, calls the store function with `handover` and completes the row. Answers done or already_done.';

create function processing.fail(
    worker uuid, table_name text, row_id text, run bigint, error jsonb, retryable boolean, retry_after double precision default null
) returns text
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    return processing.finish_one(worker, table_name, pg_catalog.jsonb_build_object(
        'action', 'fail', 'id', row_id, 'run', run, 'error', error, 'retryable', retryable, 'retry_after', retry_after));
end
$$;

comment on function processing.fail(uuid, text, text, bigint, jsonb, boolean, double precision) is
    'Ends the attempt with an error {code, message, stage}. A retryable one waits and runs again while attempts are left.';

create function processing.retry_later(
    worker uuid, table_name text, row_id text, run bigint, error jsonb, retry_after double precision,
    spends_attempt boolean default false, provider text default null
) returns text
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    return processing.finish_one(worker, table_name, pg_catalog.jsonb_build_object(
        'action', 'retry_later', 'id', row_id, 'run', run, 'error', error, 'retry_after', retry_after,
        'spends_attempt', spends_attempt, 'provider', provider));
end
$$;

comment on function processing.retry_later(uuid, text, text, bigint, jsonb, double precision, boolean, text) is
    'Puts the row back until `retry_after` seconds from now, by default without spending an attempt; closes `provider` for all workers until then.';

create function processing.release(worker uuid, table_name text, row_id text, run bigint) returns text
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    return processing.finish_one(worker, table_name, pg_catalog.jsonb_build_object(
        'action', 'release', 'id', row_id, 'run', run));
end
$$;

comment on function processing.release(uuid, text, text, bigint) is 'Hands the row back at once, as at shutdown; the attempt is not spent.';
