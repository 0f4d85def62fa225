-- attach(…, broadcast => true): each change of status, stage or progress is sent to the row's owner as a private
-- Broadcast, in addition to Postgres Changes. A Broadcast costs the same with any number of subscribers, while Postgres
-- Changes checks row level security once per subscriber.
--
--   topic    processing:<owner>, as in processing:a11ce000-0000-4000-8000-000000000001
--   event    row
--   payload  {table, id, status, stage, progress}; id is the row's key, as text
--
-- The message only says which row to look at. It may be lost, so a client must not rely on it alone. Only the owner may
-- listen, and no user may send: `realtime.messages` has a policy for reading and none for writing.

create function processing.check_broadcast(broadcast boolean, owner_column text) returns void
language plpgsql stable
set search_path = ''
as $$
begin
    if broadcast and owner_column is null then
        perform processing.attach_refused(
            'broadcast needs an owner', 'name the column with owner => …: its value is the topic');
    elsif broadcast and (
        pg_catalog.to_regprocedure('realtime.send(jsonb,text,text,boolean)') is null
        or pg_catalog.to_regclass('realtime.messages') is null)
    then
        perform processing.attach_refused(
            'this database has no realtime.send', 'broadcast needs Supabase Realtime; leave it out elsewhere');
    end if;
end
$$;

comment on function processing.check_broadcast(boolean, text) is 'Internal: raises RJ007 if broadcast is wanted without an owner column, or in a database without Realtime.';

create function processing.broadcast_row() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    owner_column text;
    key text;
    owner_id text;
begin
    select p.owner_column into owner_column from processing.pipelines as p where p.pipeline = new.processing_pipeline;
    if owner_column is null then
        return null;  -- the pipeline of the row is being detached
    end if;
    -- Read only these two columns, because the others may be large.
    execute pg_catalog.format('select ($1).%I::text, ($1).%I::text', tg_argv[0], owner_column)
        into key, owner_id using new;
    if owner_id is not null then
        perform processing.broadcast('row', pg_catalog.jsonb_build_object(
            'table', tg_relid::regclass::text, 'id', key, 'status', new.processing_status,
            'stage', new.processing_stage, 'progress', new.processing_progress), 'processing:' || owner_id);
    end if;
    return null;
exception
    when assert_failure or others then
        raise log 'the owner of a row of % is not told of a change: %', tg_relid::regclass, sqlstate;
        return null;
end
$$;

comment on function processing.broadcast_row() is 'Trigger: tells the owner of a row that its status, stage or progress has changed. An error in it never fails the change.';

create function processing.add_broadcast(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    sending text[];
    key text;
begin
    select coalesce(pg_catalog.array_agg(p.pipeline order by p.pipeline), '{}') into sending
    from processing.pipelines as p where p.table_id = queue and p.broadcast;
    if sending <> '{}' then
        select q.key_column into key from processing.queues as q where q.table_id = queue;
        execute pg_catalog.format(
            'create trigger processing_7_broadcast_insert after insert on %s for each row
                when (new.processing_pipeline = any (%L::text[])) execute function processing.broadcast_row(%L)',
            queue, sending, key);
        execute pg_catalog.format(
            'create trigger processing_8_broadcast_update after update on %s for each row
                when (new.processing_pipeline = any (%L::text[])
                    and (old.processing_status, old.processing_stage, old.processing_progress)
                        is distinct from (new.processing_status, new.processing_stage, new.processing_progress))
                execute function processing.broadcast_row(%L)', queue, sending, key);
    end if;
    perform processing.arrange_listeners();
end
$$;

comment on function processing.add_broadcast(regclass) is
    'Internal: creates the triggers that send a row''s changes, if any pipeline of the table broadcasts.';

create function processing.arrange_listeners() returns void
language plpgsql
set search_path = ''
as $$
declare
    wanted boolean := exists (select from processing.pipelines as p where p.broadcast);
    there boolean := exists (
        select from pg_catalog.pg_policy as p
        where p.polrelid = pg_catalog.to_regclass('realtime.messages') and p.polname = 'processing: own rows');
begin
    if wanted and not there then
        -- Realtime checks this policy when a browser joins the topic, and again when its token is renewed.
        create policy "processing: own rows" on realtime.messages for select to authenticated
            using (
                extension = 'broadcast'
                and (select realtime.topic()) = 'processing:' || (select auth.uid())::text);
    elsif there and not wanted then
        drop policy "processing: own rows" on realtime.messages;
    end if;
exception
    when insufficient_privilege then
        perform processing.attach_refused(
            pg_catalog.format('%I may not change the policies of realtime.messages', current_user),
            'call it as postgres');
end
$$;

comment on function processing.arrange_listeners() is
    'Internal: creates the one policy that lets owners listen to their topic, and drops it when no pipeline broadcasts any more.';
