-- Which workers are alive, and what happens to the rows of dead workers.
--
-- A worker writes its heartbeat to one row of its own. It counts as dead when it sends no heartbeat for as long as the
-- `lease` of the pipeline. The locks of its sessions can prove the death sooner: a worker holds an advisory lock in each
-- of its sessions, of which there are at least two. If another worker finds all of these locks free, twice, and no
-- heartbeat came in between, the worker is dead. One free lock proves nothing, because a single connection may break.
-- Even all locks free prove nothing in two cases: another worker lost its locks within the same second, or the locks
-- are older than the server. Then a pooler or Postgres itself has restarted, and only the heartbeats decide.

create function processing.are_free(lock_keys bigint[]) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    key bigint;
begin
    -- The locks are exclusive. So of two workers that look at the same time, one finds a lock taken and leaves the
    -- decision to the other.
    foreach key in array lock_keys loop
        if not pg_catalog.pg_try_advisory_xact_lock(key) then
            return false;
        end if;
    end loop;
    return true;
end
$$;

comment on function processing.are_free(bigint[]) is 'Internal: whether all of these session locks are free. It takes the free ones and holds them until the transaction ends.';

create function processing.dead_workers(asking uuid) returns setof uuid
language plpgsql
set search_path = ''
as $$
declare
    w processing.workers;
    moment timestamptz := processing.clock();
    missing uuid[] := array[]::uuid[];
begin
    -- Idle workers are checked too, while they send heartbeats: if they lost their locks as well, a pooler restarted.
    for w in
        select * from processing.workers as x
        where x.worker <> asking and x.lock_key is not null and x.work_lock_keys <> '{}'
            and x.lock_backend_start >= pg_catalog.pg_postmaster_start_time()
            and (x.beat_at > moment - interval '15 seconds'
                or exists (select from processing.leases as l where l.worker = x.worker)
                or exists (select from processing.stopping_leases as s where s.worker = x.worker))
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
    -- See "by place" in …0590.
    delete from processing.lost_locks as m where m.ctid = any (array(
        select x.ctid from processing.lost_locks as x
        where x.missed_at < moment - interval '1 day' for update skip locked));
    -- Read the heartbeats once more: a heartbeat that came in the meantime proves that the worker lives.
    return query
    select m.worker from processing.lost_locks as m
    join processing.workers as x on x.worker = m.worker and x.beat_at = m.beat_at
    where m.worker = any (missing) and m.missed_at <= moment - interval '400 milliseconds'
        and (exists (select from processing.leases as l where l.worker = m.worker)
            or exists (select from processing.stopping_leases as s where s.worker = m.worker))
        and not exists (
            select from processing.workers as o
            left join processing.lost_locks as n on n.worker = o.worker and n.beat_at = o.beat_at
            where o.worker <> m.worker
                and (n.missed_at between m.missed_at - interval '1 second' and m.missed_at + interval '1 second'
                    or o.locks_lost_at between m.missed_at - interval '1 second' and m.missed_at + interval '1 second'));
end
$$;

comment on function processing.dead_workers(uuid) is
    'Internal: workers whose session locks were all found free twice, at least 0.4 s apart, without a heartbeat in between, while no other worker lost its locks at that time.';

create function processing.others_hold(asking uuid) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    return exists (select from processing.leases as l where l.worker <> asking)
        or exists (select from processing.stopping_leases as s where s.worker <> asking);
end
$$;

comment on function processing.others_hold(uuid) is 'Internal: whether another worker holds any row that would have to be taken back if that worker died.';

create function processing.end_stopping(asking uuid, dead uuid[], moment timestamptz) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- See "by place" in …0590.
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
    'Internal: frees the places of stopping runs whose worker is dead, has signed off, or is past the deadline.';

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
                    -- A first crash is final only if the worker held no other row: of several rows most did not cause
                    -- the crash, and some had not even begun.
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
            left join processing.unwritten as u on u.nonce = l.nonce
            cross join lateral (select case
                when w.info ? 'signed_off' then 'worker_stopped'
                when l.worker = any (dead) or w.worker is null
                    or (w.worker <> take_back.worker and greatest(w.beat_at, pg_catalog.pg_postmaster_start_time()) + p.lease < moment)
                    -- A run that had already ended did not cause the crash.
                    then case when u.nonce is null then 'worker_crashed' else 'worker_stopped' end
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
    perform processing.end_stopping(take_back.worker, dead, moment);
    delete from processing.workers as w
    where w.info ? 'signed_off' and not exists (select from processing.leases as l where l.worker = w.worker);
    return pg_catalog.jsonb_build_object(
        'taken_back', taken,
        'others_hold', processing.others_hold(take_back.worker));
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
    when lock_not_available then
        perform processing.wait_less();
        return 0;
    when assert_failure or others then
        return 0;  -- the statement that ends the run will report what is wrong with the table
end
$$;

comment on function processing.attempts_of(regclass, text) is 'Internal: how many attempts the row has spent.';

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

comment on function processing.taken_back_error(text, integer, integer) is 'Internal: the processing_error of a row whose run was taken back.';

create function processing.count_crashes(queue regclass, ended jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into processing.crashes as c (table_id, row_id, crashes, last_at)
    select queue, e ->> 'id', 1, processing.clock() from pg_catalog.jsonb_array_elements(ended) as e
    where e ->> 'reason' = 'worker_crashed'
    on conflict (table_id, row_id) do update set crashes = c.crashes + 1, last_at = excluded.last_at;
    -- Forget the crashes of a row that will not run again, because claims are slower while the table has any line.
    delete from processing.crashes as c
    where c.table_id = queue and c.row_id in (
        select e ->> 'id' from pg_catalog.jsonb_array_elements(ended) as e where (e ->> 'final')::boolean);
end
$$;

comment on function processing.count_crashes(regclass, jsonb) is 'Internal: counts one more crash for each of these rows whose worker died while it ran them.';

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
                        select from processing.leases as l
                        where l.table_id = $1 and l.row_id = t.%2$I::text and l.run = t.processing_run)
                    and not exists (
                        select from processing.set_aside as s
                        where s.table_id = $1 and s.row_id = t.%2$I::text and s.look_again_at > processing.clock())
                    group by 1) as o', q.table_id, q.key_column) into runs using q.table_id;
        exception
            when lock_not_available then
                perform processing.wait_less();  -- the whole table is locked
                continue;
            when query_canceled then
                raise;
            when assert_failure or others then
                continue;  -- the next claim will report what is wrong with the table
        end;
        taken := taken + (
            select coalesce(sum(pg_catalog.jsonb_array_length(processing.end_orphans(q.table_id, o.key, o.value))), 0)
            from pg_catalog.jsonb_each(runs) as o);
    end loop;
    return taken;
end
$$;

comment on function processing.take_back_orphans() is 'Internal: queues rows again that are processing but have no lease, for instance after a restore, or after the table refused the end of a run.';

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

comment on function processing.end_orphans(regclass, text, jsonb) is 'Internal: ends runs of rows without a lease. Rows among them that were set aside are set aside no longer.';
