-- attach(…, broadcast => true): a private Broadcast tells the owner of a row, if there is one, that the row changed.
-- The cost does not grow with the number of subscribers, as that of Postgres Changes does.

--   topic    processing:<owner>, as in processing:a11ce000-0000-4000-8000-000000000001
--   event    rows
--   payload  {table, rows: [{id, status, stage, progress}, …]}, or {id, deleted: true} for a row that was deleted, got
--            another owner or got another id. `rows` is null if this concerns more than 500 rows of the owner.

-- Realtime counts each message, so one message tells an owner of several rows. A message may be lost, so a client
-- must not rely on it alone.

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

comment on function processing.check_broadcast(boolean, text) is
    'Internal: raises RJ007 if a broadcast is wanted without an owner column or without Realtime.';

create function processing.rows_to_tell(operation text, key_column text, owner_column text) returns text
language sql immutable
set search_path = ''
as $$
    select 'select t.owner, case when pg_catalog.count(*) <= 500 then pg_catalog.jsonb_agg(t.told) end as rows from ('
        || pg_catalog.format(
            case operation
                when 'DELETE' then
                    'select r.%2$I::text as owner, pg_catalog.jsonb_build_object(''id'', r.%1$I::text, ''deleted'', true) as told
                    from old_rows as r where r.processing_pipeline = any ($1)'
                else
                    'select r.%2$I::text as owner, pg_catalog.jsonb_build_object(''id'', r.%1$I::text,
                        ''status'', r.processing_status, ''stage'', r.processing_stage, ''progress'', r.processing_progress) as told
                    from new_rows as r '
            end
            || case operation
                when 'INSERT' then 'where r.processing_pipeline = any ($1)'
                -- Most updates change one of these three columns, so few rows are compared as a whole.
                when 'UPDATE' then
                    'left join old_rows as o on o.%1$I = r.%1$I
                    where (r.processing_pipeline = any ($1) or o.processing_pipeline = any ($1)) and (
                        (o.processing_status, o.processing_stage, o.processing_progress)
                            is distinct from (r.processing_status, r.processing_stage, r.processing_progress)
                        or pg_catalog.to_jsonb(o) - ''updated_at'' is distinct from pg_catalog.to_jsonb(r) - ''updated_at'')
                    union all
                    select o.%2$I::text, pg_catalog.jsonb_build_object(''id'', o.%1$I::text, ''deleted'', true)
                    from old_rows as o where o.processing_pipeline = any ($1) and not exists (
                        select from new_rows as r where r.%1$I = o.%1$I and r.%2$I is not distinct from o.%2$I)'
                else '' end, key_column, owner_column)
        || ') as t where t.owner is not null group by t.owner'
$$;

comment on function processing.rows_to_tell(text, text, text) is
    'Internal: the query for the changed rows of each owner. $1 is the pipelines that broadcast.';

create function processing.broadcast_rows() returns trigger
language plpgsql security definer
set search_path = ''
set extra_float_digits = 1  -- so that no small change of a number is missed
as $$
declare
    one record;
    told record;
begin
    for one in
        select p.owner_column, pg_catalog.array_agg(p.pipeline) as pipelines
        from processing.pipelines as p where p.table_id = tg_relid and p.broadcast group by p.owner_column
    loop
        for told in execute processing.rows_to_tell(tg_op, tg_argv[0], one.owner_column) using one.pipelines loop
            perform processing.broadcast('rows', pg_catalog.jsonb_build_object(
                'table', tg_relid::regclass::text, 'rows', told.rows), 'processing:' || told.owner);
        end loop;
    end loop;
    return null;
exception
    when assert_failure or others then
        raise log 'owners of rows of % are not told of a change: %', tg_relid::regclass, sqlstate;
        return null;
end
$$;

comment on function processing.broadcast_rows() is
    'Trigger: tells owners which of their rows a statement inserted, changed, deleted or took from them. Most errors are only '
    'logged.';

create function processing.add_broadcast(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    moment record;
begin
    if exists (select from processing.pipelines as p where p.table_id = queue and p.broadcast) then
        for moment in
            select m.*, q.key_column from processing.queues as q, (values
                ('processing_7_broadcast_insert', 'insert', 'new table as new_rows'),
                ('processing_7_broadcast_delete', 'delete', 'old table as old_rows'),
                ('processing_8_broadcast_update', 'update', 'old table as old_rows new table as new_rows')) as m (name, event, tables)
            where q.table_id = queue
        loop
            execute pg_catalog.format(
                'create trigger %I after %s on %s referencing %s for each statement execute function processing.broadcast_rows(%L)',
                moment.name, moment.event, queue, moment.tables, moment.key_column);
        end loop;
    end if;
    perform processing.arrange_listeners();
end
$$;

comment on function processing.add_broadcast(regclass) is
    'Internal: creates the broadcast triggers if a pipeline of the table broadcasts. In either case calls '
    'arrange_listeners.';

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
    'Internal: creates or drops the policy that lets owners listen to their topic. Raises RJ007 if the caller may '
    'not.';

insert into processing.library_migrations (version) values ('20261121000420');
