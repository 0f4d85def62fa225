-- How runs end without a result: failed, waiting, released or taken back. A row that the table refuses to change is set
-- aside (see 0510).

create function processing.retry_delay(base interval, cap interval, attempt integer) returns interval
language sql volatile
set search_path = ''
as $$
    -- The random part spreads rows that failed together.
    select least(base * power(2, least(attempt - 1, 30)), cap) * (0.5 + 0.5 * pg_catalog.random())
$$;

comment on function processing.retry_delay(interval, interval, integer) is
    'Internal: the wait after attempt number `attempt`: `base`, doubled per earlier attempt up to `cap`, times a '
    'random 0.5 to 1.';

create function processing.end_runs(queue regclass, runs jsonb) returns jsonb
language plpgsql
set search_path = ''
-- Written with the trick "by index", see 0590: statistics of an empty moment call a scan of the leases free.
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    q processing.queues;
    ended jsonb;
    held_back boolean;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    perform processing.enter_contract(queue);
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    -- `unheld` means that the row has no lease. Written with the tricks "locked first" and "one way" (see 0590).
    execute pg_catalog.format($sql$
        with asked as (
            select (r ->> 'id')::%2$s as key, (r ->> 'run')::bigint as run, (r ->> 'nonce')::uuid as nonce,
                (r ->> 'worker')::uuid as worker, coalesce((r ->> 'unheld')::boolean, false) as unheld, r ->> 'kind' as kind, r -> 'error' as error, coalesce((r ->> 'not_before')::timestamptz,
                    case when exists (select from processing.fronts) then processing.clock() end) as not_before,
                coalesce((r ->> 'refund')::boolean, false) as refund, coalesce((r ->> 'final')::boolean, false) as final,
                r -> 'data' as data, r ->> 'stage' as stage
            from pg_catalog.jsonb_array_elements($1) as r
        ), locked as materialized (
            select t.%3$I as key, t.processing_run as run, t.processing_pipeline as pipeline, a.nonce, a.unheld, a.kind, a.error, a.not_before, a.refund, a.final, a.data, a.stage
            from asked as a join %1$s as t on t.%3$I = any (array[a.key])
            where t.processing_status = 'processing' and case
                when a.unheld then t.processing_run = a.run
                else exists (select from processing.leases as l
                    where l.row_id = any (array[t.%3$I::text]) and (l.table_id = $2 and l.nonce = a.nonce and l.run = t.processing_run
                        and l.worker = coalesce(a.worker, l.worker)) is true) end
            order by t.%3$I for no key update of t skip locked
        ), gone as (
            delete from processing.leases as l using locked as k
            where l.row_id = any (array[k.key::text]) and (l.table_id = $2 and l.nonce = k.nonce) is true
            returning l.row_id, l.worker, l.claimed_at, l.woken_by, l.late_ms
        ), ended as (
            update %1$s as t set
                processing_status = case when k.final then 'failed' else 'pending' end::public.processing_status,
                processing_stage = coalesce(k.stage, t.processing_stage),
                processing_attempts = greatest(t.processing_attempts - case when k.refund then 1 else 0 end, 0),
                processing_not_before = case when k.final then t.processing_not_before
                    -- Without a not-before, the row would never be due.
                    else coalesce(k.not_before, t.processing_not_before, processing.clock()) end,
                processing_error = case when k.error <> 'null' then pg_catalog.jsonb_build_object(
                    'stage', t.processing_stage, 'attempt', t.processing_attempts, 'at', processing.clock(),
                    'retryable', not k.final) || k.error end,
                processing_finished_at = case when k.final then processing.clock() end
            from locked as k
            where t.%3$I = any (array[k.key])
                and (k.unheld or exists (select from gone as g where g.row_id = k.key::text))
            returning t.%3$I::text as id, k.run, k.nonce, k.kind, k.error, k.not_before, k.final, k.data,
                t.processing_attempts as attempts, t.processing_status as status, k.pipeline,
                -- False if a trigger of the table has changed the run or the pipeline, or has removed a needed
                -- not-before.
                t.processing_run = k.run and t.processing_pipeline is not distinct from k.pipeline and (k.final or t.processing_not_before is not null) as found
        ), noted as (
            insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
            select processing.clock(), $2, e.id, e.run, e.nonce, e.kind, pg_catalog.jsonb_strip_nulls(
                pg_catalog.jsonb_build_object(
                    'worker', g.worker, 'pipeline', e.pipeline, 'error', e.error, 'attempts', e.attempts, 'status', e.status,
                    'not_before', case when not e.final then e.not_before end, 'claimed_at', g.claimed_at,
                    'woken_by', g.woken_by, 'late_ms', g.late_ms) || coalesce(e.data, '{}'))
            from ended as e left join gone as g on g.row_id = e.id
        )
        select
            (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'id', e.id, 'reason', e.data ->> 'reason', 'final', e.final, 'pipeline', e.pipeline)), '[]') from ended as e),
            exists (select from locked as k where k.key::text not in (select e.id from ended as e where e.found))
        $sql$, queue, q.key_type, q.key_column)
        into ended, held_back using runs, queue;
    perform processing.leave_contract();
    if held_back then
        raise exception 'a trigger of the table keeps the row as it is, or changes its run, pipeline or not-before at the end of its run' using errcode = 'RJ009';
    end if;
    if ended @> '[{"final": true}]' then
        perform processing.rows_ended(queue, array(
            select e ->> 'id' from pg_catalog.jsonb_array_elements(ended) as e where (e ->> 'final')::boolean));
        perform processing.note_failures(queue, runs, ended);
    end if;
    return ended;
end
$$;

comment on function processing.end_runs(regclass, jsonb) is
    'Internal: ends runs without a result; answers [{id, reason, final, pipeline}]. RJ009 if a trigger holds a row back.';

create function processing.wait_less() returns void
language plpgsql
set search_path = ''
as $$
begin
    -- The lock timeout holds for each lock, so a call that meets many locked tables would wait many times.
    if pg_catalog.current_setting('lock_timeout') = '200ms' then
        perform pg_catalog.set_config('lock_timeout', '50ms', true);
    end if;
end
$$;

comment on function processing.wait_less() is
    'Internal: shortens a lock timeout of 200 ms to 50 ms for the rest of the contract call.';

create function processing.is_locked(queue regclass, runs jsonb) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    keys text[] := array(select r ->> 'id' from pg_catalog.jsonb_array_elements(runs) as r);
begin
    return pg_catalog.cardinality(processing.lock_free(queue, keys)) < pg_catalog.cardinality(keys) or exists (
        select from processing.leases as l where l.table_id = queue and l.row_id = any (keys)
            and l.ctid <> all (array(
                select x.ctid from processing.leases as x where x.table_id = queue and x.row_id = any (keys) for update skip locked)));
exception
    when lock_not_available then
        return true;
end
$$;

comment on function processing.is_locked(regclass, jsonb) is
    'Internal: whether another transaction has locked one of these rows, its lease or the table, or a row is gone.';

create function processing.end_runs_apart(queue regclass, of_pipeline text, runs jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    one jsonb;
    part jsonb;
    problem jsonb;
    constraint_name text;
    column_name text;
    now_ended jsonb;
    ended jsonb := '[]'::jsonb;
begin
    -- First all runs at once; if the table refuses that, or is listed in `careful` (see 0510), one by one.
    foreach part in array case when processing.is_careful(queue) then '{}'::jsonb[] else array[runs] end
        || array(
            select pg_catalog.jsonb_build_array(r) from pg_catalog.jsonb_array_elements(runs) as r
            where pg_catalog.jsonb_array_length(runs) > 1 or processing.is_careful(queue))
    loop
        begin
            now_ended := processing.end_runs(queue, part);
            perform processing.check_deferred(queue);
            -- What once kept the run from ending is over.
            delete from processing.set_aside as s where s.table_id = queue and s.kind = 'finish'
                and s.row_id = any (array(select e ->> 'id' from pg_catalog.jsonb_array_elements(now_ended) as e));
            -- An error rolls back the rows, but not a variable, so this comes last.
            ended := ended || now_ended;
            exit when part = runs;
            continue;
        exception
            when query_canceled then
                if pg_catalog.jsonb_array_length(part) > 1 then
                    perform processing.be_careful(queue);
                    return ended;
                end if;
                problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm);
            when assert_failure or others then
                get stacked diagnostics constraint_name = constraint_name, column_name = column_name;
                problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm,
                    'constraint', nullif(constraint_name, ''), 'column', nullif(column_name, ''));
        end;
        one := part -> 0;
        if problem ->> 'sqlstate' = '55P03' and processing.is_locked(queue, part) then
            -- If the whole table is locked, stop, so as not to wait again for each row.
            perform processing.wait_less();
            exit when processing.is_locked(queue, '[]');
            continue;
        end if;
        if processing.plans_again(problem ->> 'sqlstate') and pg_catalog.jsonb_array_length(part) = 1 then
            ended := ended || processing.end_runs_apart(queue, of_pipeline, part);
            continue;
        end if;
        if pg_catalog.jsonb_array_length(part) = 1 then
            delete from processing.leases as l
            where l.table_id = queue and l.row_id = one ->> 'id' and l.nonce = (one ->> 'nonce')::uuid;
            perform processing.set_row_aside(queue, one ->> 'id', coalesce(of_pipeline, ''), 'finish',
                problem || pg_catalog.jsonb_build_object('run', one -> 'run'));
            exit when problem ->> 'sqlstate' = '57014';
        end if;
    end loop;
    return ended;
end
$$;

comment on function processing.end_runs_apart(regclass, text, jsonb) is
    'Internal: as end_runs, but a row that the table refuses is set aside.';

insert into processing.library_migrations (version) values ('20261121000450');
