-- The doorbell: how workers are told that a row has become pending and is due, or will be soon.

create function processing.ring() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    -- Each sweep tells a worker when the next row is due. A row that is due before the next sweep has to ring.
    soon constant interval := '1 minute';
    moment timestamptz := processing.clock();
begin
    if pg_catalog.current_setting('processing.rang', true) = pg_catalog.pg_current_xact_id()::text
        or old.processing_status = 'pending' and new.processing_not_before >= old.processing_not_before
    then
        return null;
    elsif (old.processing_status = 'pending' or new.processing_not_before > moment)
        -- A worker that sends a row back learns by its next claim when the row is due.
        and (new.processing_not_before > moment + soon or processing.inside_contract(tg_relid, pg_catalog.pg_trigger_depth()))
    then
        return null;
    end if;
    perform pg_catalog.set_config('processing.rang', pg_catalog.pg_current_xact_id()::text, true);
    perform processing.ring_doorbells();
    return null;
end
$$;

comment on function processing.ring() is
    'Trigger: tells workers, once per transaction, that a row has become pending, or due sooner, and is due within a minute.';

create function processing.ring_doorbells() returns void
language plpgsql
set search_path = ''
as $$
begin
    -- If the notification queue were full, the commit would fail.
    if pg_catalog.pg_notification_queue_usage() <= 0.5 then
        perform pg_catalog.pg_notify('processing', '');
    end if;
    if exists (
        select from processing.workers as w
        where w.info -> 'listens' ? 'realtime' and w.beat_at > processing.clock() - interval '1 minute'
    ) then
        perform processing.broadcast('ring', '{}');
    end if;
exception
    when assert_failure or others then
        raise log 'the doorbell of processing does not ring: %', sqlerrm;
end
$$;

comment on function processing.ring_doorbells() is
    'Internal: tries to tell workers to look now, by NOTIFY and, if one listens there, Realtime. Errors are logged.';

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

insert into processing.library_migrations (version) values ('20261121000325');
