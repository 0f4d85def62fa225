-- Who is alive, and what becomes of the rows of those who are not.
--
-- A worker beats with one row of its own. It is dead when its heartbeats stop for the lease of its
-- pipeline, or sooner: a worker holds an advisory lock in each of its sessions, two at least, and is
-- dead when all of them are free in two looks and it has not beaten in between. One free lock proves
-- nothing, since a connection may end alone. All of them free prove nothing where another worker lost
-- its own within the same second, or where they are older than the server: then a pooler or Postgres
-- itself restarted, and the heartbeats decide.

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
    -- `runs` is [{id, run, worker, kind, error, not_before, refund, final}]: every way in which a run
    -- ends without a result; without a not_before the row keeps its place among those that wait. Rows are
    -- locked in key order, then their leases go, then the row changes.
    execute pg_catalog.format($sql$
        with asked as (
            select (r ->> 'id')::%2$s as key, (r ->> 'run')::bigint as run, (r ->> 'worker')::uuid as worker,
                r ->> 'kind' as kind, r -> 'error' as error, (r ->> 'not_before')::timestamptz as not_before,
                coalesce((r ->> 'refund')::boolean, false) as refund, coalesce((r ->> 'final')::boolean, false) as final,
                r -> 'data' as data
            from pg_catalog.jsonb_array_elements($1) as r
        ), locked as materialized (
            select t.%3$I as key, a.run, a.worker, a.kind, a.error, a.not_before, a.refund, a.final, a.data
            from %1$s as t join asked as a on a.key = t.%3$I and a.run = t.processing_run
            where t.processing_status = 'processing'
            order by t.%3$I for no key update of t
        ), gone as (
            delete from processing.leases as l using locked as k
            where l.table_id = $2 and l.row_id = k.key::text and l.run = k.run and l.worker = k.worker
            returning l.row_id, l.claimed_at, l.woken_by, l.late_ms
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
                and (k.worker is null or exists (select from gone as g where g.row_id = k.key::text))
            returning t.%3$I::text as id, k.run, k.worker, k.kind, k.error, k.not_before, k.final, k.data,
                t.processing_attempts as attempts, t.processing_status as status
        ), noted as (
            insert into processing.events (at, table_id, row_id, run, kind, data)
            select processing.clock(), $2, e.id, e.run, e.kind, pg_catalog.jsonb_strip_nulls(
                pg_catalog.jsonb_build_object(
                    'worker', e.worker, 'error', e.error, 'attempts', e.attempts, 'status', e.status,
                    'not_before', case when not e.final then e.not_before end, 'claimed_at', g.claimed_at,
                    'woken_by', g.woken_by, 'late_ms', g.late_ms) || coalesce(e.data, '{}'))
            from ended as e left join gone as g on g.row_id = e.id
        )
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', e.id, 'reason', e.data ->> 'reason')), '[]')
        from ended as e
        $sql$, queue, q.key_type, q.key_column)
        into ended using runs, queue;
    return ended;
end
$$;

comment on function processing.end_runs(regclass, jsonb) is 'Internal: ends runs without a result; answers [{id, reason}] of those it ended.';

create function processing.are_free(lock_keys bigint[]) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    key bigint;
begin
    -- Exclusive, so that of two peers that look at once one finds it taken and leaves the verdict to the other.
    foreach key in array lock_keys loop
        if not pg_catalog.pg_try_advisory_xact_lock(key) then
            return false;
        end if;
    end loop;
    return true;
end
$$;

comment on function processing.are_free(bigint[]) is 'Internal: whether nobody holds any of these session locks; those that are free are held until the transaction ends.';

create function processing.dead_workers(asking uuid) returns setof uuid
language plpgsql
set search_path = ''
as $$
declare
    w processing.workers;
    moment timestamptz := processing.clock();
    missing uuid[] := array[]::uuid[];
begin
    -- Idle workers are looked at too, while they beat: they tell a restarted pooler from a death.
    for w in
        select * from processing.workers as x
        where x.worker <> asking and x.lock_key is not null and x.work_lock_keys <> '{}'
            and x.lock_backend_start >= pg_catalog.pg_postmaster_start_time()
            and (x.beat_at > moment - interval '15 seconds'
                or exists (select from processing.leases as l where l.worker = x.worker))
        order by x.worker
    loop
        if processing.are_free(w.work_lock_keys || w.lock_key) then
            missing := missing || w.worker;
            insert into processing.lost_locks as m (worker, missed_at, beat_at) values (w.worker, moment, w.beat_at)
            on conflict (worker) do update set missed_at = excluded.missed_at, beat_at = excluded.beat_at
            where m.beat_at <> excluded.beat_at;
        end if;
    end loop;
    if pg_catalog.cardinality(missing) = 0 then
        return;
    end if;
    delete from processing.lost_locks as m where m.ctid = any (array(
        select x.ctid from processing.lost_locks as x
        where x.missed_at < moment - interval '1 day' for update skip locked));
    -- The heartbeats are read once more: one that came while we looked is a sign of life.
    return query
    select m.worker from processing.lost_locks as m
    join processing.workers as x on x.worker = m.worker and x.beat_at = m.beat_at
    where m.worker = any (missing) and m.missed_at <= moment - interval '400 milliseconds'
        and exists (select from processing.leases as l where l.worker = m.worker)
        and not exists (
            select from processing.workers as o
            left join processing.lost_locks as n on n.worker = o.worker and n.beat_at = o.beat_at
            where o.worker <> m.worker
                and (n.missed_at between m.missed_at - interval '1 second' and m.missed_at + interval '1 second'
                    or o.locks_lost_at between m.missed_at - interval '1 second' and m.missed_at + interval '1 second'));
end
$$;

comment on function processing.dead_workers(uuid) is
    'Internal: workers whose session locks are all free in two looks 0.4 s apart, who have not beaten in between, and who lost them alone.';

create function processing.take_back(worker uuid) returns jsonb
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    moment timestamptz := processing.clock();
    dead uuid[];
    one record;
    ended jsonb;
    taken bigint := 0;
begin
    perform processing.enter_contract();
    select coalesce(pg_catalog.array_agg(d), '{}') into dead from processing.dead_workers(take_back.worker) as d;
    for one in
        select x.table_id, pg_catalog.jsonb_agg(x.run) as runs
        from (
            select l.table_id, pg_catalog.jsonb_build_object(
                'id', l.row_id, 'run', l.run, 'worker', l.worker, 'kind', 'taken_back',
                'not_before', moment + case r.reason when 'timeout'
                    then processing.retry_delay(p.retry_base, p.retry_cap, 1) else interval '0' end,
                'refund', r.reason = 'worker_crashed', 'data', pg_catalog.jsonb_build_object('reason', r.reason),
                'final', case r.reason
                    -- Of several rows that it still held, most had no part in it, and some had not begun.
                    when 'worker_crashed' then coalesce(c.crashes, 0) + 1 >= p.max_crashes
                        and (c.crashes > 0 or not exists (
                            select from processing.leases as o where o.worker = l.worker and o.ctid <> l.ctid))
                    else processing.attempts_of(l.table_id, l.row_id) >= p.max_attempts end,
                'error', processing.taken_back_error(r.reason, coalesce(c.crashes, 0) + 1, p.max_crashes)) as run
            from processing.leases as l
            join processing.pipelines as p on p.pipeline = l.pipeline
            join pg_catalog.pg_class as t on t.oid = l.table_id
            left join processing.workers as w on w.worker = l.worker
            left join processing.crashes as c on c.table_id = l.table_id and c.row_id = l.row_id
            cross join lateral (select case
                when l.worker = any (dead) or w.worker is null
                    or (w.worker <> take_back.worker and greatest(w.beat_at, pg_catalog.pg_postmaster_start_time()) + p.lease < moment) then 'worker_crashed'
                when l.deadline < moment then 'timeout' end as reason) as r
            where r.reason is not null
        ) as x
        group by x.table_id order by x.table_id
    loop
        ended := processing.end_runs(one.table_id, one.runs);
        taken := taken + pg_catalog.jsonb_array_length(ended);
        perform processing.count_crashes(one.table_id, ended);
    end loop;
    taken := taken + processing.take_back_orphans();
    perform processing.leave_contract();
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
language sql
set search_path = ''
as $$
    insert into processing.crashes as c (table_id, row_id, crashes, last_at)
    select queue, e ->> 'id', 1, processing.clock() from pg_catalog.jsonb_array_elements(ended) as e
    where e ->> 'reason' = 'worker_crashed'
    on conflict (table_id, row_id) do update set crashes = c.crashes + 1, last_at = excluded.last_at
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
        execute pg_catalog.format(
            'select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(''id'', t.%2$I, ''run'', t.processing_run,
                ''kind'', ''taken_back'', ''not_before'', processing.clock(), ''refund'', true,
                ''data'', ''{"reason": "no_lease"}''::jsonb))
            from %1$s as t where t.processing_status = ''processing'' and not exists (
                select from processing.leases as l where l.table_id = $1 and l.row_id = t.%2$I::text)',
            q.table_id, q.key_column) into runs using q.table_id;
        if runs is not null then
            taken := taken + pg_catalog.jsonb_array_length(processing.end_runs(q.table_id, runs));
        end if;
    end loop;
    return taken;
end
$$;

comment on function processing.take_back_orphans() is 'Internal: rows in processing that nobody holds, as after a restore.';
