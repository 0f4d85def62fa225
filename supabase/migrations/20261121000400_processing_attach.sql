-- The parts of attach and detach. attach makes a table a queue; detach undoes that. Both run with the rights of the
-- caller, and may be repeated.

create function processing.lock_attach() returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Before any other lock, so that two calls do not deadlock.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('processing.attach', 7));
end
$$;

comment on function processing.lock_attach() is
    'Internal: lets only one attach or detach run at a time, until its transaction ends.';

create function processing.add_columns(queue regclass, backfill public.processing_status) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Constant defaults spare a rewrite of the table. Stored rows get the status `backfill`, new rows null.
    execute pg_catalog.format('alter table %s %s', queue, (
        select pg_catalog.string_agg(pg_catalog.format('add column if not exists %I %s', s.name, s.type)
            || case when s.needed then ' not null' else '' end
            || coalesce(' default ' || case s.name when 'processing_status' then pg_catalog.quote_literal(backfill) else s.default_text end, '')
            || case s.name when 'processing_progress' then ' check (processing_progress between 0 and 100)' else '' end, ', ')
        from processing.column_specs() as s));
    execute pg_catalog.format('alter table %s %s', queue, (
        select pg_catalog.string_agg(pg_catalog.format('alter column %I ', s.name)
            || coalesce('set default ' || s.default_text, 'drop default'), ', ')
        from processing.column_specs() as s where s.needed or s.name = 'processing_status'));
    execute pg_catalog.format(
        'comment on column %s.processing_status is %L', queue,
        'State of the background work; null for a row that is no work. Set it to pending to run the row again, to cancelled to stop it.');
    execute pg_catalog.format(
        'comment on column %s.processing_error is %L', queue,
        'Why the latest attempt failed: {code, message, params, stage, retryable, attempt, at}. The message may be shown to the user.');
    execute pg_catalog.format(
        'comment on column %s.processing_edited is %L', queue,
        'Outputs that a person has changed; no worker writes them. Remove a name to let workers write that output again.');
    execute pg_catalog.format(
        'comment on column %s.processing_outdated is %L', queue,
        'Inputs that were edited while the row ran: its result is that of the earlier inputs. Run the row again for a new result.');
end
$$;

comment on function processing.add_columns(regclass, public.processing_status) is
    'Internal: adds the missing processing columns. A new status column is filled with `backfill`.';

create function processing.drop_triggers(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
begin
    for one in
        select t.tgname from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as f on f.oid = t.tgfoid
        where t.tgrelid = queue and not t.tgisinternal and f.pronamespace = 'processing'::regnamespace
        order by t.tgname
    loop
        execute pg_catalog.format('drop trigger %I on %s', one.tgname, queue);
    end loop;
end
$$;

comment on function processing.drop_triggers(regclass) is
    'Internal: drops the triggers of a table that call functions of schema processing.';

create function processing.add_trigger(queue regclass, name text, moment text, condition text, action text, variadic arguments text[] default '{}')
returns void
language plpgsql
set search_path = ''
as $$
begin
    execute pg_catalog.format('create trigger %I %s on %s %s %s execute function processing.%I(%s)',
        name, moment, queue, case moment
            when 'after delete' then 'referencing old table as gone for each statement'
            when 'after truncate' then 'for each statement' else 'for each row' end,
        coalesce('when (' || condition || ')', ''), action,
        (select pg_catalog.string_agg(pg_catalog.quote_literal(a), ', ') from pg_catalog.unnest(arguments) as a));
end
$$;

comment on function processing.add_trigger(regclass, text, text, text, text, text[]) is
    'Internal: creates a trigger: for delete and truncate once per statement, otherwise once per row.';

create function processing.add_guards(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    by_user constant text := pg_catalog.format('processing.by_user(%L::regclass)', queue);
    locked text[];
    locked_at_insert text[];
    open_to_users text[];
    delay boolean;
begin
    -- Sorted, so that the definition of the triggers is the same in every database.
    select coalesce(pg_catalog.array_agg(distinct e order by e), '{}') into open_to_users
    from processing.pipelines as p cross join lateral pg_catalog.unnest(p.editable) as e where p.table_id = queue;
    select coalesce(pg_catalog.array_agg(distinct o order by o), '{}') into locked
    from processing.pipelines as p cross join lateral pg_catalog.unnest(p.outputs) as o
    where p.table_id = queue and o <> all (open_to_users);
    locked_at_insert := array(
        select o from pg_catalog.unnest(locked) as o
        where not exists (select from processing.pipelines as p where p.table_id = queue and o = any (p.inputs)));
    select pg_catalog.bool_or(p.delay) into delay from processing.pipelines as p where p.table_id = queue;
    -- Because of the condition, these triggers fire for users only.
    perform processing.add_trigger(queue, '!processing_protect', 'before insert or update', by_user, 'protect',
        locked::text, locked_at_insert::text, case when delay then 'delay' else '' end);
    if delay then
        perform processing.add_trigger(queue, '~processing_user_delay', 'before insert or update', by_user, 'user_delay');
    end if;
    if open_to_users <> '{}' then
        perform processing.add_trigger(queue, '!processing_typed', 'before insert', null, 'note_typed', open_to_users::text);
    end if;
end
$$;

comment on function processing.add_guards(regclass) is
    'Internal: creates the triggers that protect the worker''s columns, judge a delay and note outputs that users fill in.';

create function processing.add_triggers(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    settings record;
    pending constant text := 'new.processing_status = ''pending''';
    by_person constant text := pg_catalog.format('processing.by_person(%L::regclass)', queue);
    limited constant text := pg_catalog.format('processing.limits_rows(%L::regclass)', queue);
begin
    select * into q from processing.queues as x where x.table_id = queue;
    select pg_catalog.bool_or(p.condition is not null) as conditional, pg_catalog.bool_or(p.rerun) as rerun
    into settings from processing.pipelines as p where p.table_id = queue;
    perform processing.drop_triggers(queue);
    perform processing.add_guards(queue);
    perform processing.add_trigger(queue, '~processing_admit', 'before insert', null, 'admit');
    perform processing.add_trigger(queue, '~processing_transition', 'before update', by_person, 'transition', q.key_column);
    perform processing.add_trigger(queue, 'processing_2_check_open_insert', 'after insert', pending || ' and ' || limited, 'check_open');
    perform processing.add_trigger(queue, 'processing_2_check_open_update', 'after update',
        pending || ' and coalesce(old.processing_status not in (''pending'', ''processing''), true) and ' || by_person || ' and ' || limited, 'check_open');
    if settings.conditional then
        perform processing.add_trigger(queue, 'processing_2_admit_stored', 'after insert or update',
            'new.processing_status is null', 'admit_stored', q.key_column);
    end if;
    perform processing.add_trigger(queue, 'processing_3_forget_row', 'after delete', null, 'forget_rows', q.key_column);
    perform processing.add_trigger(queue, 'processing_4_forget_all', 'after truncate', null, 'forget_all');
    perform processing.add_trigger(queue, 'processing_5_note_trace', 'after insert',
        pending || ' and processing.is_traced()', 'note_trace', q.key_column);
    if q.doorbell then
        perform processing.add_trigger(queue, 'processing_5_ring_insert', 'after insert', pending, 'ring');
        -- Not "update of processing_status": that would miss a status that another trigger sets.
        perform processing.add_trigger(queue, 'processing_6_ring_update', 'after update', pending, 'ring');
    end if;
    perform processing.add_broadcast(queue);
    if settings.rerun then
        perform processing.add_trigger(queue, 'processing_9_rerun', 'after update',
            'old.processing_status = ''processing'' and new.processing_status = ''completed'' and new.processing_outdated <> ''{}''',
            'rerun', q.key_column);
    end if;
end
$$;

comment on function processing.add_triggers(regclass) is
    'Internal: replaces the processing triggers of a table by those that its pipelines need now.';

create function processing.index_name(kind text, pipeline text) returns text
language sql immutable
set search_path = ''
as $$
    -- A pipeline's name has at most 50 ASCII characters, so this fits into the 63 bytes of a name.
    select kind || '_' || pg_catalog.replace(pipeline, '-', '_')
$$;

comment on function processing.index_name(text, text) is
    'Internal: name of a claim index of a pipeline; the kind is due or due_by_owner.';

create function processing.rows_index(queue regclass, kind text) returns text
language sql stable
set search_path = ''
as $$
    -- The name is made from that of the table, so that it is normally the same in every database.
    select free.name
    from pg_catalog.pg_class as t
    cross join lateral (
        select n.number, pg_catalog.left(t.relname, 63 - pg_catalog.length(n.ending)) || n.ending as name
        from (
            select g as number, '_processing_' || kind || coalesce('_' || nullif(g, 0), '') as ending
            from pg_catalog.generate_series(0, 999) as g
        ) as n
    ) as free
    where t.oid = queue and not exists (
        select from pg_catalog.pg_class as c left join pg_catalog.pg_index as i on i.indexrelid = c.oid
        where c.relnamespace = t.relnamespace and c.relname = free.name and i.indrelid is distinct from queue)
    order by free.number limit 1
$$;

comment on function processing.rows_index(regclass, text) is
    'Internal: name of an index of a table over its rows that are processing (running) or failed and cancelled (ended).';

create function processing.drop_indexes(queue regclass, pipeline text, kept_for text) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
begin
    for one in
        select i.indexrelid::regclass as name
        from pg_catalog.pg_index as i
        join pg_catalog.pg_class as c on c.oid = i.indexrelid
        left join pg_catalog.pg_attribute as a on a.attrelid = queue and a.attnum = i.indkey[0]
        where i.indrelid = queue and (
            c.relname = processing.index_name('due_by_owner', drop_indexes.pipeline) and a.attname is distinct from kept_for
            or c.relname = processing.index_name('due', drop_indexes.pipeline) and kept_for = '')
    loop
        execute pg_catalog.format('drop index %s', one.name);
    end loop;
end
$$;

comment on function processing.drop_indexes(regclass, text, text) is
    'Internal: drops the claim index by owner unless it starts with column `kept_for`; if that is empty, both.';

create function processing.add_indexes(queue regclass, pipeline text, owner_column text) returns void
language plpgsql
set search_path = ''
as $$
declare
    key text;
    waits text := pg_catalog.format('processing_status = ''pending'' and processing_pipeline = %L', pipeline);
begin
    select q.key_column into key from processing.queues as q where q.table_id = queue;
    perform processing.drop_indexes(queue, pipeline, owner_column);
    execute pg_catalog.format('create index if not exists %I on %s (processing_priority desc, processing_not_before, %I) where %s',
        processing.index_name('due', pipeline), queue, key, waits);
    execute pg_catalog.format('create index if not exists %I on %s (%I) where processing_status = ''processing''',
        processing.rows_index(queue, 'running'), queue, key);
    -- For people who look for failed rows. A row that is completed never enters this index. Its last two columns are keys
    -- and not only included, because then rows of another status or pipeline are passed over without reading the table.
    execute pg_catalog.format('create index if not exists %I on %s (processing_finished_at, %I, processing_status, processing_pipeline)
            where processing_status in (''failed'', ''cancelled'')',
        processing.rows_index(queue, 'ended'), queue, key);
    if owner_column is not null then
        execute pg_catalog.format(
            'create index if not exists %I on %s (%I, processing_priority desc, processing_not_before) where %s',
            processing.index_name('due_by_owner', pipeline), queue, owner_column, waits);
    end if;
end
$$;

comment on function processing.add_indexes(regclass, text, text) is
    'Internal: creates partial indexes that keep claims fast even with millions of finished rows.';

create function processing.vacuum_settings() returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
    -- A claim reads past the index entries of rows that were claimed since the last vacuum. By default a table of ten million
    -- rows is vacuumed after two million changes, and then its indexes only if two in a hundred pages have changed.
    select '{autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=2000, vacuum_index_cleanup=on}'::text[]
$$;

comment on function processing.vacuum_settings() is 'Internal: storage parameters of an attached table, {name=value}.';

create function processing.set_vacuum(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    given text[] := (select coalesce(c.reloptions, '{}') from pg_catalog.pg_class as c where c.oid = queue);
    missing text := (
        select pg_catalog.string_agg(s, ', ' order by s) from pg_catalog.unnest(processing.vacuum_settings()) as s
        where not exists (
            select from pg_catalog.unnest(given) as g where pg_catalog.split_part(g, '=', 1) = pg_catalog.split_part(s, '=', 1)));
begin
    if missing is not null then
        execute pg_catalog.format('alter table %s set (%s)', queue, missing);
    end if;
end
$$;

comment on function processing.set_vacuum(regclass) is
    'Internal: sets the storage parameters of vacuum_settings, except those that the owner of the table has set.';

create function processing.reset_vacuum(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    ours text := (
        select pg_catalog.string_agg(pg_catalog.split_part(s, '=', 1), ', ')
        from pg_catalog.pg_class as c cross join lateral pg_catalog.unnest(c.reloptions) as s
        where c.oid = queue and s = any (processing.vacuum_settings()));
begin
    if ours is not null then
        execute pg_catalog.format('alter table %s reset (%s)', queue, ours);
    end if;
end
$$;

comment on function processing.reset_vacuum(regclass) is
    'Internal: undoes set_vacuum. Values that the owner of the table has set stay, unless they are the same.';

create function processing.publish_table(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
begin
    if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime' and not puballtables)
        and not exists (
            select from pg_catalog.pg_publication_rel as pr
            join pg_catalog.pg_publication as p on p.oid = pr.prpubid
            where p.pubname = 'supabase_realtime' and pr.prrelid = queue)
    then
        execute pg_catalog.format('alter publication supabase_realtime add table %s', queue);
        update processing.queues as q set published = true where q.table_id = queue;
    end if;
end
$$;

comment on function processing.publish_table(regclass) is
    'Internal: adds a table to the publication supabase_realtime, if there is one.';

insert into processing.library_migrations (version) values ('20261121000400');
