-- Which workers are alive, and what happens to the rows of dead workers.

-- A worker counts as dead when its heartbeats stay away for the `lease` of the pipeline, or sooner: when all its
-- session locks are found free, twice, without a heartbeat in between.

-- One free lock proves nothing, because one connection may break.

-- Free locks of several workers within a second, or older than the running server, point to a restart of a pooler or of
-- Postgres. Then only the heartbeats decide.

create function processing.are_free(lock_keys bigint[]) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    key bigint;
begin
    -- The locks are exclusive, so two workers that look at the same time do not both get true.
    foreach key in array lock_keys loop
        if not pg_catalog.pg_try_advisory_xact_lock(key) then
            return false;
        end if;
    end loop;
    return true;
end
$$;

comment on function processing.are_free(bigint[]) is
    'Internal: whether all of these advisory locks are free. Takes locks to find out, until the transaction ends.';

create function processing.holders(out workers uuid[], out first_deadline timestamptz)
language plpgsql stable
set search_path = ''
as $$
begin
    -- One pass, because beside a long transaction each pass over `leases` also reads all that have been deleted.
    select coalesce(pg_catalog.array_agg(distinct h.worker), '{}'), pg_catalog.min(h.deadline) into workers, first_deadline
    from (
        select l.worker, l.deadline from processing.leases as l
        union all
        select s.worker, s.deadline from processing.stopping_leases as s) as h;
end
$$;

comment on function processing.holders() is
    'Internal: the workers that have a lease or a stopping run, and the first deadline of these.';

create function processing.dead_workers(asking uuid, holders uuid[]) returns setof uuid
language plpgsql
set search_path = ''
as $$
declare
    w processing.workers;
    moment timestamptz := processing.clock();
    missing uuid[] := array[]::uuid[];
begin
    -- Idle workers are checked too: if one lost its locks at the same time, probably a pooler has restarted.
    for w in
        select * from processing.workers as x
        where x.worker <> asking and x.lock_key is not null and x.work_lock_keys <> '{}'
            and x.lock_backend_start >= pg_catalog.pg_postmaster_start_time()
            and (x.beat_at > moment - interval '15 seconds' or x.worker = any (holders))
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
    -- Written with the trick "by place", see 0590.
    delete from processing.lost_locks as m where m.ctid = any (array(
        select x.ctid from processing.lost_locks as x
        where x.missed_at < moment - interval '1 day' for update skip locked));
    -- Read the heartbeats again: a new heartbeat proves that the worker lives.
    return query
    select m.worker from processing.lost_locks as m
    join processing.workers as x on x.worker = m.worker and x.beat_at = m.beat_at
    where m.worker = any (missing) and m.worker = any (holders) and m.missed_at <= moment - interval '400 milliseconds'
        and not exists (
            select from processing.workers as o
            left join processing.lost_locks as n on n.worker = o.worker and n.beat_at = o.beat_at
            where o.worker <> m.worker
                and (n.missed_at between m.missed_at - interval '1 second' and m.missed_at + interval '1 second'
                    or o.locks_lost_at between m.missed_at - interval '1 second' and m.missed_at + interval '1 second'));
end
$$;

comment on function processing.dead_workers(uuid, uuid[]) is
    'Internal: those of the holders, except `asking`, whose free session locks show that they are dead.';

create function processing.any_gone(asking uuid, holders uuid[], dead uuid[], moment timestamptz) returns boolean
language plpgsql stable
set search_path = ''
as $$
declare
    shortest interval := (select least(pg_catalog.min(p.lease), interval '20 seconds') from processing.pipelines as p);
begin
    return exists (
        select from pg_catalog.unnest(holders) as h (worker) left join processing.workers as w on w.worker = h.worker
        where w.worker is null or w.info ? 'signed_off' or h.worker = any (dead) or h.worker <> asking
            and greatest(w.beat_at, pg_catalog.pg_postmaster_start_time()) + shortest < moment);
end
$$;

comment on function processing.any_gone(uuid, uuid[], uuid[], timestamptz) is
    'Internal: whether any of the holders may be gone, so that take_back has to look at each lease.';

create function processing.end_stopping(asking uuid, dead uuid[], moment timestamptz) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Written with the trick "by place", see 0590.
    delete from processing.stopping_leases as s where s.ctid = any (array(
        select x.ctid from processing.stopping_leases as x
        left join processing.pipelines as p on p.pipeline = x.pipeline
        left join processing.workers as w on w.worker = x.worker
        where x.deadline < moment or w.worker is null or w.info ? 'signed_off' or x.worker = any (dead)
            or w.worker <> asking
                and greatest(w.beat_at, pg_catalog.pg_postmaster_start_time()) + coalesce(p.lease, interval '20 seconds') < moment
        for update of x skip locked));
    if found then
        perform processing.ring_doorbells();
    end if;
end
$$;

comment on function processing.end_stopping(uuid, uuid[], timestamptz) is
    'Internal: deletes stopping runs past their deadline or of workers that are gone, and rings if there were any.';

create function processing.take_back_leases(asking uuid, dead uuid[], moment timestamptz) returns bigint
language plpgsql
set search_path = ''
as $$
declare
    one record;
    ended jsonb;
    taken bigint := 0;
begin
    -- A dropped table cannot say which runs have ended, and their leases would count in the limits for ever.
    perform processing.stop_runs(l.table_id, null)
    from (
        select distinct x.table_id from processing.leases as x
        where not exists (select from pg_catalog.pg_class as c where c.oid = x.table_id)
    ) as l;
    for one in
        select x.table_id, x.pipeline, pg_catalog.jsonb_agg(x.run) as runs
        from (
            select l.table_id, l.pipeline, pg_catalog.jsonb_build_object(
                'id', l.row_id, 'run', l.run, 'nonce', l.nonce, 'kind', 'taken_back',
                'not_before', moment + case r.reason when 'timeout'
                    then processing.retry_delay(p.retry_base, p.retry_cap, 1) else interval '0' end,
                'refund', r.reason in ('worker_crashed', 'worker_stopped'),
                'data', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('reason', r.reason,
                    'crashes', case r.reason when 'worker_crashed' then coalesce(c.crashes, 0) + 1 end)),
                'final', case r.reason
                    -- A first crash is not final if the worker held other rows, because one of these may have caused
                    -- the crash.
                    when 'worker_crashed' then coalesce(c.crashes, 0) + 1 >= p.max_crashes
                        and (c.crashes > 0 or not exists (
                            select from processing.leases as o where o.worker = l.worker and o.ctid <> l.ctid))
                    when 'worker_stopped' then false
                    else processing.attempts_of(l.table_id, l.row_id) >= p.max_attempts end,
                'error', case when r.reason <> 'worker_stopped'
                    then processing.taken_back_error(r.reason) end) as run
            from processing.leases as l
            join processing.pipelines as p on p.pipeline = l.pipeline
            join pg_catalog.pg_class as t on t.oid = l.table_id
            left join processing.workers as w on w.worker = l.worker
            left join processing.crashes as c on c.table_id = l.table_id and c.row_id = l.row_id
            left join processing.unwritten as u on u.nonce = l.nonce
            cross join lateral (select case
                when w.info ? 'signed_off' then 'worker_stopped'
                when l.worker = any (dead) or w.worker is null
                    or (w.worker <> asking and greatest(w.beat_at, pg_catalog.pg_postmaster_start_time()) + p.lease < moment)
                    -- A run that had ended, and only waited to be written, did not cause the crash.
                    then case when u.nonce is null then 'worker_crashed' else 'worker_stopped' end
                when l.deadline < moment then 'timeout' end as reason) as r
            where r.reason is not null
        ) as x
        group by x.table_id, x.pipeline order by x.table_id, x.pipeline
    loop
        ended := processing.end_runs_apart(one.table_id, one.pipeline, one.runs);
        taken := taken + pg_catalog.jsonb_array_length(ended);
        perform processing.count_crashes(one.table_id, ended || processing.crashes_aside(one.table_id, one.runs, ended));
    end loop;
    return taken;
end
$$;

comment on function processing.take_back_leases(uuid, uuid[], timestamptz) is
    'Internal: takes back rows past their deadline, and rows of workers that died or signed off. Answers how many.';

create function processing.take_back(worker uuid) returns jsonb
language plpgsql security definer
set search_path = ''
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    moment timestamptz := processing.clock();
    held record;
    dead uuid[];
    taken bigint := 0;
begin
    select * into held from processing.holders();
    dead := array(select processing.dead_workers(take_back.worker, held.workers));
    -- Usually no run has to be taken back or to end, and then nothing more is read.
    if held.first_deadline < moment or processing.any_gone(take_back.worker, held.workers, dead, moment) then
        taken := processing.take_back_leases(take_back.worker, dead, moment);
        perform processing.end_stopping(take_back.worker, dead, moment);
        select * into held from processing.holders();
    end if;
    taken := taken + processing.take_back_orphans();
    if exists (select from processing.reservations as r where r.lost_at is null) then
        perform processing.settle_lost(moment);
    end if;
    delete from processing.workers as w where w.info ? 'signed_off' and w.worker <> all (held.workers);
    return pg_catalog.jsonb_build_object(
        'taken_back', taken,
        'others_hold', pg_catalog.array_remove(held.workers, take_back.worker) <> '{}');
end
$$;

comment on function processing.take_back(uuid) is
    'Takes back rows of workers that died or signed off, rows past their deadline, and rows processing without a '
    'lease. Answers {taken_back, others_hold}: how many, and whether another worker has a lease or a stopping run.';

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
    when lock_not_available then
        perform processing.wait_less();
        return 0;
    when assert_failure or others then
        return 0;  -- ending the run will fail in the same way, and end_runs_apart handles that
end
$$;

comment on function processing.attempts_of(regclass, text) is
    'Internal: how many attempts the row has spent; 0 if it cannot be read.';

create function processing.taken_back_error(reason text) returns jsonb
language sql immutable
set search_path = ''
as $$
    -- The row's owner reads these sentences; liverows/base/sentences.py has the same. A row under which too many workers
    -- died is not retryable, which the end of its run says.
    select case reason
        when 'timeout' then pg_catalog.jsonb_build_object('code', reason, 'retryable', true,
            'message', 'The work took longer than it may. Try again later.')
        else pg_catalog.jsonb_build_object('code', reason,
            'message', 'The work stopped in the middle. Please tell the people who run this site.') end
$$;

comment on function processing.taken_back_error(text) is
    'Internal: the error, with code and message, for a row whose run was taken back.';

create function processing.count_crashes(queue regclass, ended jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into processing.crashes as c (table_id, row_id, crashes, last_at)
    select queue, e ->> 'id', 1, processing.clock() from pg_catalog.jsonb_array_elements(ended) as e
    where e ->> 'reason' = 'worker_crashed'
    on conflict (table_id, row_id) do update set crashes = c.crashes + 1, last_at = excluded.last_at;
    -- Claims are slower while `crashes` has any line, so lines that are not needed are deleted.
    delete from processing.crashes as c
    where c.table_id = queue and c.row_id in (
        select e ->> 'id' from pg_catalog.jsonb_array_elements(ended) as e where (e ->> 'final')::boolean);
end
$$;

comment on function processing.count_crashes(regclass, jsonb) is
    'Internal: counts crashes of rows whose worker died, and deletes the counts of rows that failed for good.';

create function processing.take_back_orphans() returns bigint
language plpgsql
set search_path = ''
-- Written with the tricks "by index" and "one way", see 0590.
set enable_seqscan = off
as $$
declare
    q record;
    runs jsonb;
    taken bigint := 0;
begin
    for q in
        -- pg_table_is_visible is null if the table was dropped.
        select x.* from processing.queues as x where pg_catalog.pg_table_is_visible(x.table_id) is not null order by x.table_id
    loop
        begin
            execute pg_catalog.format(
                'select pg_catalog.jsonb_object_agg(o.pipeline, o.runs) from (
                    select coalesce(t.processing_pipeline, '''') as pipeline, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                        ''id'', t.%2$I::text, ''run'', t.processing_run, ''unheld'', true,
                        ''kind'', ''taken_back'', ''not_before'', processing.clock(), ''refund'', true,
                        ''data'', ''{"reason": "no_lease"}''::jsonb)) as runs
                    from %1$s as t where t.processing_status = ''processing'' and not exists (
                        select from processing.leases as l
                        where l.row_id = any (array[t.%2$I::text]) and (l.table_id = $1 and l.run = t.processing_run) is true)
                    and not exists (
                        select from processing.set_aside as s
                        where s.row_id = any (array[t.%2$I::text]) and (s.table_id = $1 and s.look_again_at > processing.clock()) is true)
                    group by 1) as o', q.table_id, q.key_column) into runs using q.table_id;
        exception
            when lock_not_available then
                perform processing.wait_less();  -- the whole table is locked
                continue;
            when query_canceled then
                raise;
            when assert_failure or others then
                continue;  -- the table cannot be read, for instance because a column is gone
        end;
        taken := taken + (
            select coalesce(sum(pg_catalog.jsonb_array_length(processing.end_orphans(q.table_id, o.key, o.value))), 0)
            from pg_catalog.jsonb_each(runs) as o);
    end loop;
    return taken;
end
$$;

comment on function processing.take_back_orphans() is
    'Internal: queues rows that are processing without a lease, unless they wait as set aside. Answers how many.';

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

comment on function processing.end_orphans(regclass, text, jsonb) is
    'Internal: calls end_runs_apart for rows without a lease. Rows whose run it ended are no longer set aside.';

insert into processing.library_migrations (version) values ('20261121000500');
