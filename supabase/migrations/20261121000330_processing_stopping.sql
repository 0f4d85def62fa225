-- Stopping a run whose row was deleted, cancelled or queued again by a person while a worker still works on it.
--
-- The run loses its right to write at once. It still counts against the limits, though: the worker is told, stops the
-- run, and reports that with a heartbeat. Only then is the place free.

create function processing.tell_to_stop(of_worker uuid) returns void
language plpgsql
set search_path = ''
as $$
begin
    if pg_catalog.pg_notification_queue_usage() <= 0.5 then
        perform pg_catalog.pg_notify('processing', 'stop:' || of_worker);
    end if;
    if exists (select from processing.workers as w where w.worker = of_worker and w.info -> 'listens' ? 'realtime') then
        perform processing.broadcast('stop', pg_catalog.jsonb_build_object('worker', of_worker));
    end if;
exception
    when assert_failure or others then
        raise log 'the doorbell of processing does not tell a worker to stop: %', sqlerrm;
end
$$;

comment on function processing.tell_to_stop(uuid) is
    'Internal: makes a worker ask at once which rows it has lost. If the message is lost, the worker asks at its next heartbeat.';

create function processing.stop_runs(queue regclass, keys text[], of_pipeline text default null) returns void
language plpgsql
set search_path = ''
as $$
declare
    ended processing.leases[];
    one uuid;
begin
    -- Two statements: with keys, the index finds the leases; one statement for both cases would read all leases.
    if keys is not null then
        with gone as (
            delete from processing.leases as l where l.row_id = any (keys) and l.table_id = queue returning l
        ) select pg_catalog.array_agg(g.l) into ended from gone as g;
    else
        with gone as (
            delete from processing.leases as l
            where l.table_id = queue and (of_pipeline is null or l.pipeline = of_pipeline) returning l
        ) select pg_catalog.array_agg(g.l) into ended from gone as g;
    end if;
    if ended is null then
        return;
    end if;
    insert into processing.stopping_leases (nonce, table_id, row_id, run, worker, pipeline, owner, claimed_at, deadline)
    select l.nonce, l.table_id, l.row_id, l.run, l.worker, l.pipeline, l.owner, l.claimed_at, l.deadline
    from pg_catalog.unnest(ended) as l
    on conflict do nothing;
    for one in select distinct l.worker from pg_catalog.unnest(ended) as l loop
        perform processing.tell_to_stop(one);
    end loop;
end
$$;

comment on function processing.stop_runs(regclass, text[], text) is
    'Internal: takes the right to write from the runs of these rows, or with null from all runs of a table, and tells their workers to stop. '
    'Their leases move to stopping_leases, where they count until the worker has stopped.';
