-- How runs end without a result: released, failed, postponed or taken back.
--
-- One statement ends many runs of a table. If the table refuses that statement, the runs are ended one by one. A row
-- that the table refuses even then is set aside (see …0510), so that no row delays another.

create function processing.retry_delay(base interval, cap interval, attempt integer) returns interval
language sql volatile
set search_path = ''
as $$
    -- Half of the wait is fixed and half is random, also at the cap. So rows that failed together come back spread out.
    select least(base * power(2, least(attempt - 1, 30)), cap) * (0.5 + 0.5 * pg_catalog.random())
$$;

comment on function processing.retry_delay(interval, interval, integer) is 'Internal: wait before the next attempt; doubles up to the cap.';

create function processing.end_runs(queue regclass, runs jsonb) returns jsonb
language plpgsql
set search_path = ''
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
    -- `runs` is [{id, run, nonce, worker, unheld, kind, error, not_before, refund, final}] and covers every way in which
    -- a run ends without a result. `unheld` says that the row has no lease. Without a not_before the row keeps its place
    -- in the queue. The exception: while there are fronts, claims no longer look at earlier places, so it is due now.
    -- Rows are locked first, in key order (see "locked first" in …0590), then their leases are deleted, then the rows
    -- change. A row that another transaction holds locked is left for the next call.
    execute pg_catalog.format($sql$
        with asked as (
            select (r ->> 'id')::%2$s as key, (r ->> 'run')::bigint as run, (r ->> 'nonce')::uuid as nonce,
                (r ->> 'worker')::uuid as worker, coalesce((r ->> 'unheld')::boolean, false) as unheld, r ->> 'kind' as kind, r -> 'error' as error, coalesce((r ->> 'not_before')::timestamptz,
                    case when exists (select from processing.fronts) then processing.clock() end) as not_before,
                coalesce((r ->> 'refund')::boolean, false) as refund, coalesce((r ->> 'final')::boolean, false) as final,
                r -> 'data' as data
            from pg_catalog.jsonb_array_elements($1) as r
        ), locked as materialized (
            select t.%3$I as key, t.processing_run as run, t.processing_pipeline as pipeline, a.nonce, a.unheld, a.kind, a.error, a.not_before, a.refund, a.final, a.data
            from %1$s as t join asked as a on a.key = t.%3$I
            where t.processing_status = 'processing' and case
                when a.unheld then t.processing_run = a.run
                else exists (select from processing.leases as l
                    where l.row_id = t.%3$I::text and l.table_id = $2 and l.nonce = a.nonce and l.run = t.processing_run
                        and l.worker = coalesce(a.worker, l.worker)) end
            order by t.%3$I for no key update of t skip locked
        ), gone as (
            delete from processing.leases as l using locked as k
            where l.table_id = $2 and l.row_id = k.key::text and l.nonce = k.nonce
            returning l.row_id, l.worker, l.claimed_at, l.woken_by, l.late_ms
        ), ended as (
            update %1$s as t set
                processing_status = case when k.final then 'failed' else 'pending' end::public.processing_status,
                processing_attempts = greatest(t.processing_attempts - case when k.refund then 1 else 0 end, 0),
                processing_not_before = case when k.final then t.processing_not_before
                    -- Somebody may have set it to null during the run, and such a row would never be due.
                    else coalesce(k.not_before, t.processing_not_before, processing.clock()) end,
                processing_error = case when k.error <> 'null' then pg_catalog.jsonb_build_object(
                    'stage', t.processing_stage, 'attempt', t.processing_attempts, 'at', processing.clock())
                    || k.error || pg_catalog.jsonb_build_object('retryable', not k.final) end,
                processing_finished_at = case when k.final then processing.clock() end
            from locked as k
            where t.%3$I = k.key
                and (k.unheld or exists (select from gone as g where g.row_id = k.key::text))
            returning t.%3$I::text as id, k.run, k.nonce, k.kind, k.error, k.not_before, k.final, k.data,
                t.processing_attempts as attempts, t.processing_status as status,
                -- False if a trigger of the table has changed the row so that no claim would find it.
                t.processing_run = k.run and t.processing_pipeline is not distinct from k.pipeline and (k.final or t.processing_not_before is not null) as found
        ), noted as (
            insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
            select processing.clock(), $2, e.id, e.run, e.nonce, e.kind, pg_catalog.jsonb_strip_nulls(
                pg_catalog.jsonb_build_object(
                    'worker', g.worker, 'error', e.error, 'attempts', e.attempts, 'status', e.status,
                    'not_before', case when not e.final then e.not_before end, 'claimed_at', g.claimed_at,
                    'woken_by', g.woken_by, 'late_ms', g.late_ms) || coalesce(e.data, '{}'))
            from ended as e left join gone as g on g.row_id = e.id
        )
        select
            (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'id', e.id, 'reason', e.data ->> 'reason', 'final', e.final)), '[]') from ended as e),
            exists (select from locked as k where k.key::text not in (select e.id from ended as e where e.found))
        $sql$, queue, q.key_type, q.key_column)
        into ended, held_back using runs, queue;
    perform processing.leave_contract();
    if held_back then
        raise exception 'a trigger of the table keeps the row as it is, or changes its run, pipeline or not-before at the end of its run' using errcode = 'RJ009';
    end if;
    return ended;
end
$$;

comment on function processing.end_runs(regclass, jsonb) is
    'Internal: ends runs without a result; answers [{id, reason, final}] of those it ended. Raises RJ009 if a trigger of the table kept a row as it was.';

create function processing.wait_less() returns void
language plpgsql
set search_path = ''
as $$
begin
    -- The lock timeout of the call holds for each lock. Without this, many locked tables would add up to many timeouts.
    if pg_catalog.current_setting('lock_timeout') = '200ms' then
        perform pg_catalog.set_config('lock_timeout', '50ms', true);
    end if;
end
$$;

comment on function processing.wait_less() is
    'Internal: called after a lock timeout; from then on the call waits only a moment for each lock.';

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
    'Internal: whether another transaction holds a lock on one of these rows, on its lease or on the whole table.';

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
    -- First all runs at once; if that is refused, each run by itself.
    foreach part in array case when processing.is_careful(queue) then '{}'::jsonb[] else array[runs] end
        || array(
            select pg_catalog.jsonb_build_array(r) from pg_catalog.jsonb_array_elements(runs) as r
            where pg_catalog.jsonb_array_length(runs) > 1 or processing.is_careful(queue))
    loop
        begin
            now_ended := processing.end_runs(queue, part);
            perform processing.check_deferred(queue);
            -- Only after both calls: an error rolls back the rows, but not the value of a variable.
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
            -- The row is left for the next call. If the whole table is locked, stop: do not wait again for every row.
            perform processing.wait_less();
            exit when processing.is_locked(queue, '[]');
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
    'Internal: as end_runs, but one row does not delay another: a row that the table refuses is set aside, a locked one is left for the next call.';
