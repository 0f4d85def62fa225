-- Who is alive, and what becomes of the rows of those who are not.
--
-- A worker beats with one row of its own. It is dead when its heartbeats stop for the lease of its
-- pipeline, or sooner: a worker that holds a session advisory lock is dead when the lock is free and
-- it does not beat within half a second of a peer noticing. A free lock alone proves nothing: the
-- worker may have lost that one connection, or Postgres itself may have restarted.

create function processing.retry_delay(base interval, cap interval, attempt integer) returns interval
language sql volatile
set search_path = ''
as $$
    -- Full jitter, also at the cap: half of the wait is fixed, half is chance, so a herd spreads out.
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
begin
    select * into q from processing.queues as x where x.table_id = queue;
    perform processing.enter_contract(queue);
    -- `runs` is [{id, run, nonce, worker, unheld, kind, error, not_before, refund, final}]: every way in which a
    -- run ends without a result; unheld is a row that no lease belongs to. Without a not_before the row keeps its
    -- place among those that wait, unless others there are set aside, since claims no longer look there.
    -- Rows are locked in key order, then their leases go, then the row changes; a row that somebody else
    -- holds locked is left for the next time.
    execute pg_catalog.format($sql$
        with asked as (
            select (r ->> 'id')::%2$s as key, (r ->> 'run')::bigint as run, (r ->> 'nonce')::uuid as nonce,
                (r ->> 'worker')::uuid as worker, coalesce((r ->> 'unheld')::boolean, false) as unheld, r ->> 'kind' as kind, r -> 'error' as error, coalesce((r ->> 'not_before')::timestamptz,
                    case when exists (select from processing.fronts) then processing.clock() end) as not_before,
                coalesce((r ->> 'refund')::boolean, false) as refund, coalesce((r ->> 'final')::boolean, false) as final,
                r -> 'data' as data
            from pg_catalog.jsonb_array_elements($1) as r
        ), locked as materialized (
            select t.%3$I as key, t.processing_run as run, a.nonce, a.unheld, a.kind, a.error, a.not_before, a.refund, a.final, a.data
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
                    -- While it ran somebody may have emptied it, and such a row would never be due.
                    else coalesce(k.not_before, t.processing_not_before, processing.clock()) end,
                processing_error = case when k.error <> 'null' then pg_catalog.jsonb_build_object(
                    'stage', t.processing_stage, 'attempt', t.processing_attempts, 'at', processing.clock())
                    || k.error || pg_catalog.jsonb_build_object('retryable', not k.final) end,
                processing_finished_at = case when k.final then processing.clock() end
            from locked as k
            where t.%3$I = k.key
                and (k.unheld or exists (select from gone as g where g.row_id = k.key::text))
            returning t.%3$I::text as id, k.run, k.nonce, k.kind, k.error, k.not_before, k.final, k.data,
                t.processing_attempts as attempts, t.processing_status as status
        ), noted as (
            insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
            select processing.clock(), $2, e.id, e.run, e.nonce, e.kind, pg_catalog.jsonb_strip_nulls(
                pg_catalog.jsonb_build_object(
                    'worker', g.worker, 'error', e.error, 'attempts', e.attempts, 'status', e.status,
                    'not_before', case when not e.final then e.not_before end, 'claimed_at', g.claimed_at,
                    'woken_by', g.woken_by, 'late_ms', g.late_ms) || coalesce(e.data, '{}'))
            from ended as e left join gone as g on g.row_id = e.id
        )
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'id', e.id, 'reason', e.data ->> 'reason', 'final', e.final)), '[]')
        from ended as e
        $sql$, queue, q.key_type, q.key_column)
        into ended using runs, queue;
    perform processing.leave_contract();
    -- A lease whose row a trigger kept as it is would be gone while the row runs on.
    if pg_catalog.jsonb_array_length(ended) < pg_catalog.jsonb_array_length(runs) then
        perform processing.check_held_back(queue, runs, ended);
    end if;
    return ended;
end
$$;

comment on function processing.end_runs(regclass, jsonb) is
    'Internal: ends runs without a result; answers [{id, reason, final}] of those it ended. RJ009 where a trigger of the table kept a row as it is.';

create function processing.check_held_back(queue regclass, runs jsonb, ended jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    one jsonb;
begin
    for one in
        select r from pg_catalog.jsonb_array_elements(runs) as r
        where not ended @> pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('id', r ->> 'id'))
    loop
        if processing.row_state(queue::text, one ->> 'id') @> pg_catalog.jsonb_build_object('status', 'processing', 'run', one -> 'run')
            and not exists (select from processing.leases as l where l.table_id = queue and l.row_id = one ->> 'id')
            and processing.lock_free(queue, array[one ->> 'id']) <> '{}'
        then
            raise exception 'a trigger of the table keeps the row as it is: it returns null for the end of its run' using errcode = 'RJ009';
        end if;
    end loop;
end
$$;

comment on function processing.check_held_back(regclass, jsonb, jsonb) is 'Internal: raises RJ009 for a row that should have changed and did not.';

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
    ended jsonb := '[]'::jsonb;
begin
    -- All at once; where that is refused, one by one.
    foreach part in array case when processing.is_careful(queue) then '{}'::jsonb[] else array[runs] end
        || array(
            select pg_catalog.jsonb_build_array(r) from pg_catalog.jsonb_array_elements(runs) as r
            where pg_catalog.jsonb_array_length(runs) > 1 or processing.is_careful(queue))
    loop
        begin
            ended := ended || processing.end_runs(queue, part);
            set constraints all immediate;
            exit when part = runs;
            continue;
        exception
            when query_canceled then
                if pg_catalog.jsonb_array_length(part) > 1 then
                    perform processing.be_careful(queue);
                    return ended;
                end if;
                problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm);
            when lock_not_available then
                -- The table is locked, or a lease is: next time.
                if pg_catalog.jsonb_array_length(part) > 1 then
                    return ended;
                end if;
                continue;
            when others then
                get stacked diagnostics constraint_name = constraint_name, column_name = column_name;
                problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm,
                    'constraint', nullif(constraint_name, ''), 'column', nullif(column_name, ''));
        end;
        one := part -> 0;
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
    'Internal: end_runs where one row may not hold up another: what the table refuses is set aside, what is locked is left for the next time.';

create function processing.dead_workers(asking uuid) returns setof uuid
language plpgsql
set search_path = ''
as $$
declare
    w processing.workers;
    moment timestamptz := processing.clock();
begin
    for w in
        select * from processing.workers as x
        where x.worker <> asking and x.lock_key is not null
            and x.lock_backend_start >= pg_catalog.pg_postmaster_start_time()
            and exists (select from processing.leases as l where l.worker = x.worker)
        order by x.worker
    loop
        if not pg_catalog.pg_try_advisory_xact_lock_shared(w.lock_key) then
            continue;
        elsif w.lock_missed_at is null or w.lock_missed_at <= w.beat_at then
            update processing.workers as x set lock_missed_at = moment where x.worker = w.worker;
        elsif w.lock_missed_at <= moment - interval '500 milliseconds' then
            return next w.worker;
        end if;
    end loop;
end
$$;

comment on function processing.dead_workers(uuid) is 'Internal: workers whose session lock is free and who have not beaten since a peer first noticed.';

create function processing.take_back(worker uuid) returns jsonb
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    moment timestamptz := processing.clock();
    dead uuid[];
    one record;
    ended jsonb;
    taken bigint := 0;
begin
    select coalesce(pg_catalog.array_agg(d), '{}') into dead from processing.dead_workers(take_back.worker) as d;
    for one in
        select x.table_id, x.pipeline, pg_catalog.jsonb_agg(x.run) as runs
        from (
            select l.table_id, l.pipeline, pg_catalog.jsonb_build_object(
                'id', l.row_id, 'run', l.run, 'nonce', l.nonce, 'kind', 'taken_back',
                'not_before', moment + case r.reason when 'timeout'
                    then processing.retry_delay(p.retry_base, p.retry_cap, 1) else interval '0' end,
                'refund', r.reason in ('worker_crashed', 'worker_stopped'), 'data', pg_catalog.jsonb_build_object('reason', r.reason),
                'final', case r.reason
                    -- Of several rows that it still held, most had no part in it, and some had not begun.
                    when 'worker_crashed' then coalesce(c.crashes, 0) + 1 >= p.max_crashes
                        and (c.crashes > 0 or not exists (
                            select from processing.leases as o where o.worker = l.worker and o.ctid <> l.ctid))
                    when 'worker_stopped' then false
                    else processing.attempts_of(l.table_id, l.row_id) >= p.max_attempts end,
                'error', case when r.reason <> 'worker_stopped'
                    then processing.taken_back_error(r.reason, coalesce(c.crashes, 0) + 1, p.max_crashes) end) as run
            from processing.leases as l
            join processing.pipelines as p on p.pipeline = l.pipeline
            join pg_catalog.pg_class as t on t.oid = l.table_id
            left join processing.workers as w on w.worker = l.worker
            left join processing.crashes as c on c.table_id = l.table_id and c.row_id = l.row_id
            cross join lateral (select case
                when w.info ? 'signed_off' then 'worker_stopped'
                when l.worker = any (dead) or w.worker is null
                    or (w.worker <> take_back.worker and greatest(w.beat_at, pg_catalog.pg_postmaster_start_time()) + p.lease < moment) then 'worker_crashed'
                when l.deadline < moment then 'timeout' end as reason) as r
            where r.reason is not null
        ) as x
        group by x.table_id, x.pipeline order by x.table_id, x.pipeline
    loop
        ended := processing.end_runs_apart(one.table_id, one.pipeline, one.runs);
        taken := taken + pg_catalog.jsonb_array_length(ended);
        perform processing.count_crashes(one.table_id, ended);
    end loop;
    taken := taken + processing.take_back_orphans();
    delete from processing.workers as w
    where w.info ? 'signed_off' and not exists (select from processing.leases as l where l.worker = w.worker);
    return pg_catalog.jsonb_build_object(
        'taken_back', taken,
        'others_hold', exists (select from processing.leases as l where l.worker <> take_back.worker));
end
$$;

comment on function processing.take_back(uuid) is
    'Takes rows back from dead workers, from runs past their deadline, and rows in processing without a lease. Answers {taken_back, others_hold}.';

create function processing.attempts_of(queue regclass, key text) returns integer
language plpgsql stable
set search_path = ''
as $$
declare
    q processing.queues;
    attempts integer;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    execute pg_catalog.format('select t.processing_attempts from %s as t where t.%I = $1::%s', queue, q.key_column, q.key_type)
        into attempts using key;
    return coalesce(attempts, 0);
exception
    when others then
        return 0;  -- the end of the run will say what is wrong with the table
end
$$;

comment on function processing.attempts_of(regclass, text) is 'Internal: attempts that the row has spent.';

create function processing.taken_back_error(reason text, crashes integer, max_crashes integer) returns jsonb
language sql immutable
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'code', reason,
        'message', case reason
            when 'timeout' then 'The work took longer than it may.'
            else pg_catalog.format('The worker stopped while it worked on this row (%s of at most %s times).', crashes,
                greatest(max_crashes, crashes)) end)
$$;

comment on function processing.taken_back_error(text, integer, integer) is 'Internal: what the row says about a run that was taken back.';

create function processing.count_crashes(queue regclass, ended jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into processing.crashes as c (table_id, row_id, crashes, last_at)
    select queue, e ->> 'id', 1, processing.clock() from pg_catalog.jsonb_array_elements(ended) as e
    where e ->> 'reason' = 'worker_crashed'
    on conflict (table_id, row_id) do update set crashes = c.crashes + 1, last_at = excluded.last_at;
    -- It counts only while its row may run again: claims are slower as long as there is one.
    delete from processing.crashes as c
    where c.table_id = queue and c.row_id in (
        select e ->> 'id' from pg_catalog.jsonb_array_elements(ended) as e where (e ->> 'final')::boolean);
end
$$;

comment on function processing.count_crashes(regclass, jsonb) is 'Internal: one more crash for each of these rows that its worker died under.';

create function processing.take_back_orphans() returns bigint
language plpgsql
set search_path = ''
as $$
declare
    q record;
    runs jsonb;
    taken bigint := 0;
begin
    for q in
        select x.* from processing.queues as x join pg_catalog.pg_class as t on t.oid = x.table_id order by x.table_id
    loop
        begin
            execute pg_catalog.format(
                'select pg_catalog.jsonb_object_agg(o.pipeline, o.runs) from (
                    select coalesce(t.processing_pipeline, '''') as pipeline, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                        ''id'', t.%2$I::text, ''run'', t.processing_run, ''unheld'', true,
                        ''kind'', ''taken_back'', ''not_before'', processing.clock(), ''refund'', true,
                        ''data'', ''{"reason": "no_lease"}''::jsonb)) as runs
                    from %1$s as t where t.processing_status = ''processing'' and not exists (
                        select from processing.leases as l where l.table_id = $1 and l.row_id = t.%2$I::text)
                    and not exists (
                        select from processing.set_aside as s
                        where s.table_id = $1 and s.row_id = t.%2$I::text and s.look_again_at > processing.clock())
                    group by 1) as o', q.table_id, q.key_column) into runs using q.table_id;
        exception
            when lock_not_available then
                continue;  -- the whole table is locked
            when query_canceled then
                raise;
            when others then
                continue;  -- claims find out what is wrong with the table
        end;
        taken := taken + (
            select coalesce(sum(pg_catalog.jsonb_array_length(processing.end_orphans(q.table_id, o.key, o.value))), 0)
            from pg_catalog.jsonb_each(runs) as o);
    end loop;
    return taken;
end
$$;

comment on function processing.take_back_orphans() is 'Internal: rows in processing that nobody holds, as after a restore, or after the end of a run was refused.';

create function processing.end_orphans(queue regclass, of_pipeline text, runs jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    ended jsonb := processing.end_runs_apart(queue, of_pipeline, runs);
begin
    perform processing.look_again(queue, e ->> 'id') from pg_catalog.jsonb_array_elements(ended) as e;
    return ended;
end
$$;

comment on function processing.end_orphans(regclass, text, jsonb) is 'Internal: ends runs of rows that nobody holds; those that were set aside are so no longer.';
