-- Stopping a run because of what a person did to its row, table or pipeline. The run may no longer write its row, but
-- normally counts against the concurrency limits until its worker has stopped it.

create function processing.broadcast(event text, payload jsonb, topic text default 'processing:doorbell') returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Only a database with Supabase Realtime has realtime.send.
    if pg_catalog.to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
        execute 'select realtime.send($1, $2, $3, true)' using payload, event, topic;
    end if;
exception
    when assert_failure or others then
        raise log 'realtime.send refuses an event of processing: %', sqlerrm;
end
$$;

comment on function processing.broadcast(text, jsonb, text) is
    'Internal: sends a private Realtime message if realtime.send exists. Errors are only logged.';

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
    'Internal: tries to make a worker send a heartbeat at once, because some of its rows are lost.';

create function processing.stop_runs(queue regclass, keys text[], of_pipeline text default null) returns void
language plpgsql
set search_path = ''
as $$
declare
    ended processing.leases[];
    one uuid;
begin
    -- Two statements, because one for both cases would read all leases.
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
    'Internal: ends leases: of these rows or, with keys null, of a table or pipeline. Workers are told to stop.';

insert into processing.library_migrations (version) values ('20261121000330');
