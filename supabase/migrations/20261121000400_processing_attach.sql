-- attach: one call turns an existing table into a queue. detach: the way back.
-- Both run with the rights of the caller, who must own the table, and can be repeated without harm.

create function processing.attach_refused(reason text, cure text) returns void
language plpgsql
set search_path = ''
as $$
begin
    raise exception '%', reason using errcode = 'RJ007', hint = cure;
end
$$;

comment on function processing.attach_refused(text, text) is 'Internal: raises RJ007.';

create function processing.lock_attach() returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Two at once would both replace the functions that all pipelines share; taken before any other
    -- lock, since claimers hold locks of their own.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('processing.attach', 7));
end
$$;

comment on function processing.lock_attach() is 'Internal: makes attach and detach take turns.';

create function processing.primary_key(queue regclass, out key_column text, out key_type text)
language plpgsql stable
set search_path = ''
as $$
begin
    select pg_catalog.min(a.attname::text), pg_catalog.min(pg_catalog.format_type(a.atttypid, a.atttypmod))
    into key_column, key_type
    from pg_catalog.pg_index as i
    join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = queue and i.indisprimary
    having count(*) = 1;
    if key_column is null then
        perform processing.attach_refused(
            pg_catalog.format('table %s has no primary key of one column', queue),
            'add one, for example: id uuid primary key default gen_random_uuid()');
    end if;
end
$$;

comment on function processing.primary_key(regclass) is 'Internal: name and type of the single-column primary key.';

create function processing.row_columns() returns text[]
language sql immutable
set search_path = ''
as $$
    select '{processing_status, processing_stage, processing_progress, processing_attempts, processing_run,
        processing_not_before, processing_priority, processing_pipeline, processing_error, processing_started_at,
        processing_finished_at, processing_edited}'::text[]
$$;

comment on function processing.row_columns() is 'Internal: the columns that attach adds and detach drops.';

create function processing.check_columns(queue regclass, role text, columns text[]) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    missing text;
begin
    select c into missing
    from pg_catalog.unnest(columns) as c
    where c = any (processing.row_columns()) or not exists (
        select from pg_catalog.pg_attribute as a
        where a.attrelid = queue and a.attname = c and a.attnum > 0 and not a.attisdropped);
    if missing is not null then
        perform processing.attach_refused(
            pg_catalog.format('%s of %s names the column %I, which it cannot', role, queue, missing),
            'name columns of the table that are not processing columns');
    end if;
end
$$;

comment on function processing.check_columns(regclass, text, text[]) is 'Internal: raises RJ007 for a column that the table does not have.';

create function processing.add_columns(queue regclass, backfill public.processing_status) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Constant defaults: no rewrite of the table, whatever its size.
    execute pg_catalog.format(
        'alter table %s
            add column if not exists processing_status public.processing_status not null default %L,
            add column if not exists processing_stage text,
            add column if not exists processing_progress smallint not null default 0
                check (processing_progress between 0 and 100),
            add column if not exists processing_attempts smallint not null default 0,
            add column if not exists processing_run bigint not null default 0,
            add column if not exists processing_not_before timestamptz,
            add column if not exists processing_priority smallint not null default 0,
            add column if not exists processing_pipeline text,
            add column if not exists processing_error jsonb,
            add column if not exists processing_started_at timestamptz,
            add column if not exists processing_finished_at timestamptz,
            add column if not exists processing_edited text[] not null default ''{}''', queue, backfill);
    -- From here on an omitted status is null, and the trigger decides.
    execute pg_catalog.format('alter table %s alter column processing_status drop default', queue);
    execute pg_catalog.format(
        'comment on column %s.processing_status is %L', queue,
        'State of the background work. Set it to pending to run the row again, to cancelled to stop it.');
    execute pg_catalog.format(
        'comment on column %s.processing_error is %L', queue,
        'Why the row failed: {code, message, stage, retryable, attempt, at}. The message may be shown to the user.');
    execute pg_catalog.format(
        'comment on column %s.processing_edited is %L', queue,
        'Outputs that a person has changed; no worker writes them. Remove a name to make it automatic again.');
end
$$;

comment on function processing.add_columns(regclass, public.processing_status) is 'Internal: the columns that a user sees.';

create function processing.add_triggers(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    locked text;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    select coalesce(pg_catalog.string_agg(distinct pg_catalog.quote_literal(o.name), ', '), '') into locked
    from processing.pipelines as p cross join lateral pg_catalog.unnest(p.outputs) as o (name)
    where p.table_id = queue and not exists (
        select from processing.pipelines as e where e.table_id = queue and o.name = any (e.editable));
    -- Conditions spare the worker's writes a call; they are short, since each statement parses them anew.
    execute pg_catalog.format(
        'create or replace trigger processing_1_protect before insert or update on %s
            for each row when (current_user::text <> %L) execute function processing.protect(%s)',
        queue, (
            select r.rolname from pg_catalog.pg_class as c join pg_catalog.pg_roles as r on r.oid = c.relowner
            where c.oid = queue), locked);
    execute pg_catalog.format(
        'create or replace trigger processing_2_admit before insert on %s
            for each row execute function processing.transition(%L)', queue, q.key_column);
    execute pg_catalog.format(
        'create or replace trigger processing_2_transition before update on %1$s for each row
            when (pg_catalog.sha256(pg_catalog.current_setting(''processing.mark_'' || pg_catalog.pg_trigger_depth(), true)::bytea)
                is distinct from processing.mark_hash(%1$L::regclass))
            execute function processing.transition(%2$L)', queue, q.key_column);
    execute pg_catalog.format(
        'create or replace trigger processing_3_forget_row after delete on %s
            for each row execute function processing.forget_row(%L)', queue, q.key_column);
    execute pg_catalog.format(
        'create or replace trigger processing_4_forget_all after truncate on %s
            for each statement execute function processing.forget_row()', queue);
    execute pg_catalog.format('drop trigger if exists processing_5_ring_insert on %s', queue);
    execute pg_catalog.format('drop trigger if exists processing_6_ring_update on %s', queue);
    if q.doorbell then
        execute pg_catalog.format(
            'create trigger processing_5_ring_insert after insert on %s for each row
                when (new.processing_status = ''pending'') execute function processing.ring()', queue);
        execute pg_catalog.format(
            -- Not "update of processing_status": a trigger of the table's owner may have set it.
            'create trigger processing_6_ring_update after update on %s for each row
                when (new.processing_status = ''pending'') execute function processing.ring()', queue);
    end if;
end
$$;

comment on function processing.add_triggers(regclass) is 'Internal: (re)creates the triggers of an attached table.';

create function processing.index_name(kind text, pipeline text) returns text
language sql immutable
set search_path = ''
as $$
    -- At most 63 bytes, because a pipeline's name has at most 50.
    select kind || '_' || pg_catalog.replace(pipeline, '-', '_')
$$;

comment on function processing.index_name(text, text) is 'Internal: name of a claim index.';

create function processing.running_index(queue regclass) returns text
language sql stable
set search_path = ''
as $$
    -- From the table's name, so that it is the same in every database; a number where that name is taken.
    select free.name
    from pg_catalog.pg_class as t
    cross join lateral (
        select n.number, pg_catalog.left(t.relname, 63 - pg_catalog.length(n.ending)) || n.ending as name
        from (
            select g as number, '_processing_running' || coalesce('_' || nullif(g, 0), '') as ending
            from pg_catalog.generate_series(0, 999) as g
        ) as n
    ) as free
    where t.oid = queue and not exists (
        select from pg_catalog.pg_class as c left join pg_catalog.pg_index as i on i.indexrelid = c.oid
        where c.relnamespace = t.relnamespace and c.relname = free.name and i.indrelid is distinct from queue)
    order by free.number limit 1
$$;

comment on function processing.running_index(regclass) is 'Internal: name of the index over the rows of a table that are being worked on.';

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
    'Internal: drops a pipeline''s claim index by another owner column than this one, or with an empty name all of its claim indexes.';

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
        processing.running_index(queue), queue, key);
    if owner_column is not null then
        execute pg_catalog.format(
            'create index if not exists %I on %s (%I, processing_priority desc, processing_not_before) where %s',
            processing.index_name('due_by_owner', pipeline), queue, owner_column, waits);
    end if;
end
$$;

comment on function processing.add_indexes(regclass, text, text) is
    'Internal: partial indexes that keep a claim fast beside millions of finished rows. Per pipeline, so that no entry holds its name.';

create function processing.grants_of(queue regclass)
returns table (role text, privilege text, column_name text, grantable boolean)
language sql stable
set search_path = ''
as $$
    select coalesce(r.rolname, 'public'), g.privilege_type, g.column_name, g.is_grantable
    from (
        select a.*, null::text as column_name
        from pg_catalog.pg_class as c
        cross join lateral pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) as a
        where c.oid = queue
        union all
        select a.*, t.attname::text
        from pg_catalog.pg_attribute as t cross join lateral pg_catalog.aclexplode(t.attacl) as a
        where t.attrelid = queue and t.attnum > 0 and not t.attisdropped
    ) as g
    left join pg_catalog.pg_roles as r on r.oid = g.grantee
$$;

comment on function processing.grants_of(regclass) is 'Internal: who holds what on the table, and on which column where not on all.';

create function processing.change_grant(queue regclass, role text, privilege text, columns text[]) returns void
language plpgsql
set search_path = ''
as $$
begin
    update processing.queues as q
    set narrowed = q.narrowed || pg_catalog.jsonb_build_object('role', role, 'privilege', privilege, 'before', (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'column', g.column_name, 'grantable', g.grantable)), '[]')
        from processing.grants_of(queue) as g where g.role = change_grant.role and g.privilege = change_grant.privilege))
    where q.table_id = queue and not exists (
        select from pg_catalog.jsonb_array_elements(q.narrowed) as n
        where n ->> 'role' = change_grant.role and n ->> 'privilege' = change_grant.privilege);
    if columns is null then
        execute pg_catalog.format('grant %s on %s to %I', privilege, queue, role);
        return;
    end if;
    execute pg_catalog.format('revoke %s on %s from %I', privilege, queue, role);
    if columns <> '{}' then
        execute pg_catalog.format('grant %s (%s) on %s to %I', privilege, (
            select pg_catalog.string_agg(pg_catalog.quote_ident(c), ', ') from pg_catalog.unnest(columns) as c), queue, role);
    end if;
end
$$;

comment on function processing.change_grant(regclass, text, text, text[]) is
    'Internal: lets a role have a privilege on just these columns, or on all for null, and notes what it had before.';

create function processing.narrow_grants(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
    held record;
    users_may text[];
    locked text[];
begin
    select coalesce(pg_catalog.array_agg(e), '{}') into users_may
    from processing.pipelines as p cross join lateral pg_catalog.unnest(p.editable) as e where p.table_id = queue;
    -- Users keep what they could write, except what the worker writes.
    for held in
        select g.role, g.privilege, pg_catalog.bool_or(g.column_name is null) as everything,
            pg_catalog.array_agg(g.column_name) as columns
        from processing.grants_of(queue) as g
        where g.role in ('public', 'anon', 'authenticated') and g.privilege in ('INSERT', 'UPDATE')
        group by g.role, g.privilege order by g.role, g.privilege
    loop
        select processing.row_columns() || coalesce(pg_catalog.array_agg(o.name), '{}') into locked
        from processing.pipelines as p cross join lateral pg_catalog.unnest(p.outputs) as o (name)
        where p.table_id = queue and o.name <> all (users_may)
            and not (held.privilege = 'INSERT' and o.name = any (p.inputs));
        if held.everything or held.columns && locked then
            perform processing.change_grant(queue, held.role, held.privilege, array(
                select a.attname::text from pg_catalog.pg_attribute as a
                where a.attrelid = queue and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                    and a.attname <> all (locked) and (held.everything or a.attname = any (held.columns))
                order by a.attnum));
        end if;
    end loop;
    if users_may <> '{}' then
        perform processing.change_grant(queue, 'authenticated', 'UPDATE', array(
            select g.column_name from processing.grants_of(queue) as g
            where g.role = 'authenticated' and g.privilege = 'UPDATE'
            union select e from pg_catalog.unnest(users_may) as e order by 1));
    end if;
    for held in
        select wanted.privilege from pg_catalog.unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) as wanted (privilege)
        where not exists (
            select from processing.grants_of(queue) as g
            where g.role = 'service_role' and g.privilege = wanted.privilege and g.column_name is null)
    loop
        perform processing.change_grant(queue, 'service_role', held.privilege, null);
    end loop;
end
$$;

comment on function processing.narrow_grants(regclass) is
    'Internal: column grants take the place of INSERT and UPDATE on the whole table; service_role may do everything.';

create function processing.restore_grants(queue regclass, narrowed jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
begin
    for one in
        select n ->> 'role' as role, n ->> 'privilege' as privilege, n -> 'before' as before
        from pg_catalog.jsonb_array_elements(narrowed) as n
    loop
        execute pg_catalog.format('revoke %s on %s from %I', one.privilege, queue, one.role);
    end loop;
    for one in
        select n ->> 'role' as role, n ->> 'privilege' as privilege, b ->> 'column' as column_name,
            case when (b ->> 'grantable')::boolean then ' with grant option' else '' end as grant_option
        from pg_catalog.jsonb_array_elements(narrowed) as n cross join lateral pg_catalog.jsonb_array_elements(n -> 'before') as b
        where b ->> 'column' is null or exists (
            select from pg_catalog.pg_attribute as a
            where a.attrelid = queue and a.attname = b ->> 'column' and not a.attisdropped)
    loop
        execute pg_catalog.format('grant %s %s on %s to %I', one.privilege,
            coalesce('(' || pg_catalog.quote_ident(one.column_name) || ')', ''), queue, one.role) || one.grant_option;
    end loop;
end
$$;

comment on function processing.restore_grants(regclass, jsonb) is 'Internal: undoes what attach did to grants.';

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

comment on function processing.publish_table(regclass) is 'Internal: lets the browser watch its rows through Supabase Realtime.';
