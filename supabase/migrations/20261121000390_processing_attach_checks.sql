-- Checks of attach before it changes anything. Each refusal is an RJ007 whose hint says what to do.

create function processing.attach_refused(reason text, cure text) returns void
language plpgsql
set search_path = ''
as $$
begin
    raise exception '%', reason using errcode = 'RJ007', hint = cure;
end
$$;

comment on function processing.attach_refused(text, text) is 'Internal: raises RJ007 with a reason, and with a cure as its hint.';

create function processing.contract_owner() returns name
language sql stable
set search_path = ''
as $$
    select pg_catalog.pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace as n where n.nspname = 'processing'
$$;

comment on function processing.contract_owner() is 'Internal: the role that owns schema processing. The functions that workers call run with its rights.';

create function processing.check_rights(queue regclass) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    t pg_catalog.pg_class;
    contract name := processing.contract_owner();
    table_owner name;
begin
    select * into t from pg_catalog.pg_class as c where c.oid = queue;
    table_owner := pg_catalog.pg_get_userbyid(t.relowner);
    if not pg_catalog.pg_has_role(current_user, contract, 'usage') then
        perform processing.attach_refused(
            pg_catalog.format('%I may not write functions into schema processing', current_user), pg_catalog.format('call it as %I', contract));
    elsif not pg_catalog.pg_has_role(current_user, t.relowner, 'usage') then
        perform processing.attach_refused(pg_catalog.format('%s belongs to %I and not to %I', queue, table_owner, current_user),
            pg_catalog.format('call it as a role that has the rights of %I, or: alter table %s owner to %I', table_owner, queue, contract));
    elsif not pg_catalog.pg_has_role(contract, t.relowner, 'usage') then
        perform processing.attach_refused(
            pg_catalog.format('%s belongs to %I, whose rights %I does not have: no worker could write it', queue, table_owner, contract),
            pg_catalog.format('alter table %s owner to %I; then call it as %2$I', queue, contract));
    elsif not pg_catalog.has_schema_privilege(contract, t.relnamespace, 'usage') then
        perform processing.attach_refused(pg_catalog.format('%I may not use the schema of %s', contract, queue),
            pg_catalog.format('grant usage on schema %s to %I', t.relnamespace::regnamespace, contract));
    elsif t.relforcerowsecurity and not (
        select r.rolsuper or r.rolbypassrls from pg_catalog.pg_roles as r where r.rolname = contract)
    then
        perform processing.attach_refused(
            pg_catalog.format('%s forces its policies on its owner: no worker would see its rows', queue),
            pg_catalog.format('alter table %s no force row level security', queue));
    end if;
end
$$;

comment on function processing.check_rights(regclass) is
    'Internal: raises RJ007 if the caller may not attach the table, or the contract could not use it.';

create function processing.check_table(queue regclass) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    t pg_catalog.pg_class;
    reason text;
    cure text;
begin
    select * into t from pg_catalog.pg_class as c where c.oid = queue;
    case
        when t.relkind in ('v', 'm') then
            reason := 'is a view'; cure := 'attach the table below it';
        when t.relkind = 'f' then
            reason := 'is a foreign table'; cure := 'attach a local table; a trigger of yours may copy results';
        when t.relkind = 'p' or t.relispartition then
            reason := 'is partitioned: its triggers would see the partitions and not the table';
            cure := 'attach a plain table with one row per job, which refers to this one';
        when t.relkind <> 'r' then
            reason := 'is no table'; cure := 'name a table';
        when exists (select from pg_catalog.pg_inherits as i where i.inhparent = queue) then
            reason := 'has tables that inherit from it, whose rows have no triggers'; cure := 'attach a table without children';
        when t.relpersistence = 't' then
            reason := 'is temporary: no worker sees it'; cure := 'make it a usual table';
        when t.relpersistence = 'u' then
            reason := 'is unlogged: a crash empties it, and Realtime cannot publish it';
            cure := pg_catalog.format('alter table %s set logged', queue);
        when t.relnamespace in ('pg_catalog'::regnamespace, 'processing'::regnamespace) then
            reason := 'belongs to the system'; cure := 'name a table of your own';
        when t.relreplident = 'n' then
            reason := 'has replica identity nothing: once Realtime publishes it, no row could change';
            cure := pg_catalog.format('alter table %s replica identity default', queue);
        when exists (
            select from pg_catalog.pg_rewrite as r where r.ev_class = queue and r.ev_type in ('2', '3', '4'))
        then
            reason := 'has rules, which rewrite a worker''s statements'; cure := 'use triggers in their place';
        else
            return;
    end case;
    perform processing.attach_refused(pg_catalog.format('%s %s', queue, reason), cure);
end
$$;

comment on function processing.check_table(regclass) is
    'Internal: raises RJ007 for a relation that cannot be a queue, for instance a view.';

create function processing.plain_type(queue regclass, column_name text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    type_id oid;
    collation_id oid;
    t pg_catalog.pg_type;
begin
    select a.atttypid, a.attcollation into type_id, collation_id from pg_catalog.pg_attribute as a
    where a.attrelid = queue and a.attname = column_name and a.attnum > 0;
    loop
        select * into t from pg_catalog.pg_type as x where x.oid = type_id;
        exit when (t.typtype = 'd') is not true;
        type_id := t.typbasetype;
    end loop;
    if t.oid is null or t.typtype <> 'e' and type_id <> all (
            '{smallint, integer, bigint, uuid, text, character varying, bpchar}'::regtype[]::oid[])
        or exists (select from pg_catalog.pg_collation as c where c.oid = collation_id and not c.collisdeterministic)
    then
        return null;
    end if;
    return pg_catalog.format_type(type_id, -1);
end
$$;

comment on function processing.plain_type(regclass, text) is
    'Internal: the type of a column without length and domains, or null if it cannot be a key or an owner.';

create function processing.owner_type_of(queue regclass, owner text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    found_type text := processing.plain_type(queue, owner);
begin
    if found_type is null and exists (
        select from pg_catalog.pg_attribute as a where a.attrelid = queue and a.attname = owner and a.attnum > 0 and not a.attisdropped)
    then
        perform processing.attach_refused(
            pg_catalog.format('the owner column %I of %s has a type whose values can be spelled in several ways', owner, queue),
            'an owner is a uuid, an integer, a text, an enum or a domain over these');
    end if;
    return found_type;
end
$$;

comment on function processing.owner_type_of(regclass, text) is
    'Internal: the plain type of an owner column, or null without such a column. Raises RJ007 if attach does not accept it.';

create function processing.primary_key(queue regclass, out key_column text, out key_type text)
language plpgsql stable
set search_path = ''
as $$
declare
    deferred boolean;
begin
    select pg_catalog.min(a.attname::text), pg_catalog.bool_or(not i.indimmediate) into key_column, deferred
    from pg_catalog.pg_index as i
    join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey[0:i.indnkeyatts - 1])
    where i.indrelid = queue and i.indisprimary
    having count(*) = 1;
    if key_column is null then
        perform processing.attach_refused(
            pg_catalog.format('table %s has no primary key of one column', queue),
            'add one, for example: id uuid primary key default gen_random_uuid()');
    elsif deferred then
        perform processing.attach_refused(
            pg_catalog.format('the primary key of %s is deferrable: once Realtime publishes it, no row could change', queue),
            'make it not deferrable');
    end if;
    key_type := processing.plain_type(queue, key_column);
    if key_type is null then
        perform processing.attach_refused(
            pg_catalog.format('the primary key %I of %s has a type whose values can be spelled in several ways', key_column, queue),
            'a key is a smallint, integer, bigint, uuid, text, varchar, char, an enum or a domain over these, in a deterministic collation; '
            || 'for example: id uuid primary key default gen_random_uuid(), and what was the key as a unique column');
    end if;
end
$$;

comment on function processing.primary_key(regclass) is
    'Internal: name and plain type of the primary key. Raises RJ007 if attach does not accept it.';

create function processing.check_columns(queue regclass, role text, columns text[]) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    missing text;
begin
    select c into missing
    from pg_catalog.unnest(columns) as c
    where c is null or c = any (processing.row_columns()) or not exists (
        select from pg_catalog.pg_attribute as a
        where a.attrelid = queue and a.attname = c and a.attnum > 0 and not a.attisdropped)
    limit 1;
    if found then
        perform processing.attach_refused(
            pg_catalog.format('%s of %s names the column %I, which it cannot', role, queue, coalesce(missing, 'null')),
            'name columns of the table that are not processing columns');
    end if;
end
$$;

comment on function processing.check_columns(regclass, text, text[]) is
    'Internal: raises RJ007 if one of these names is null, a processing column, or no column of the table.';

create function processing.check_outputs(queue regclass, outputs text[], open_to_users text[]) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    one record;
begin
    for one in
        select a.attname as name, a.attgenerated <> '' or a.attidentity = 'a' as made_by_postgres,
            (a.attnotnull or t.typnotnull) and d.adbin is null and t.typdefaultbin is null
                and a.attname <> all (open_to_users) as needed, coalesce(
            coalesce(d.adbin, t.typdefaultbin)::text ~ 'NEXTVALUEEXPR|SQLVALUEFUNCTION' or exists (
                select from pg_catalog.regexp_matches(
                    coalesce(d.adbin, t.typdefaultbin)::text, ':(?:funcid|opfuncid) (\d+)', 'g') as called (id)
                join pg_catalog.pg_proc as f on f.oid = called.id[1]::oid
                where f.provolatile = 'v'), false) as varies
        from pg_catalog.pg_attribute as a
        join pg_catalog.pg_type as t on t.oid = a.atttypid
        left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = queue and a.attname = any (outputs) and not a.attisdropped
        order by a.attnum
    loop
        if one.made_by_postgres then
            perform processing.attach_refused(
                pg_catalog.format('the output %I of %s is a generated column', one.name, queue),
                'name the column from which it is generated');
        elsif one.needed then
            perform processing.attach_refused(
                pg_catalog.format('the output %I of %s may not be empty, and no user may fill it', one.name, queue),
                'give it a constant default, or drop its "not null"');
        elsif one.varies then
            perform processing.attach_refused(
                pg_catalog.format('the output %I of %s has a default that differs from row to row', one.name, queue),
                'an output is empty, or has a constant, until the worker writes it: drop the default');
        end if;
    end loop;
end
$$;

comment on function processing.check_outputs(regclass, text[], text[]) is
    'Internal: raises RJ007 for an output that is generated, has a volatile default, or is required but closed to '
    'users.';

create function processing.misplaced_triggers(queue regclass) returns text[]
language sql stable
set search_path = ''
as $$
    -- Bits of tgtype: 1 each row, 2 before, 4 insert, 16 update. Triggers fire in the byte order of their names.
    select array(
        select t.tgname::text from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as f on f.oid = t.tgfoid
        where t.tgrelid = queue and not t.tgisinternal and f.pronamespace <> 'processing'::regnamespace
            and t.tgtype & 3 = 3 and t.tgtype & 20 <> 0
            and (t.tgname::text collate "C" < '!processing_typed' or t.tgname::text collate "C" > '~processing_admit')
        order by t.tgname)
$$;

comment on function processing.misplaced_triggers(regclass) is
    'Internal: BEFORE triggers of the application that fire before the row is protected or after it is judged.';

create function processing.loose_functions(queue regclass, store regprocedure) returns text[]
language sql stable
set search_path = ''
as $$
    -- Without pg_temp in a path, Postgres looks there first for the name of a type. Those who have a session of their own
    -- can create a type there, whose check then runs with the rights of whoever runs the function.
    select array(
        select f.oid::regprocedure::text
        from (
            select t.tgfoid as oid from pg_catalog.pg_trigger as t where t.tgrelid = queue and not t.tgisinternal
            union select store::oid) as x
        join pg_catalog.pg_proc as f on f.oid = x.oid and f.pronamespace <> 'processing'::regnamespace
        where exists (
            select from pg_catalog.unnest(f.proconfig) as c (setting)
            where c.setting like 'search\_path=%' and c.setting !~ '[=,]\s*"?pg_temp"?$')
        order by 1)
$$;

comment on function processing.loose_functions(regclass, regprocedure) is
    'Internal: the trigger functions of a table, and its store function, with a search_path that does not end with pg_temp.';

create function processing.check_names(queue regclass, pipeline text) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    taken text;
    misplaced text[] := processing.misplaced_triggers(queue);
begin
    select t.tgname into taken
    from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as f on f.oid = t.tgfoid
    where t.tgrelid = queue and not t.tgisinternal and f.pronamespace <> 'processing'::regnamespace
        and t.tgname ~ '^([!~]processing_|processing_\d_)(protect|typed|admit|admit_stored|transition|user_delay|check_open_insert|check_open_update|forget_row|forget_all|ring_insert|ring_update|broadcast_insert|broadcast_update|rerun)$'
    limit 1;
    if taken is not null then
        perform processing.attach_refused(pg_catalog.format('%s has a trigger %I of its own', queue, taken), 'rename it');
    elsif misplaced <> '{}' then
        perform processing.attach_refused(
            pg_catalog.format('the trigger %I of %s fires before the row is guarded, or after it is judged', misplaced[1], queue),
            pg_catalog.format('rename it, so that its name begins with a letter: alter trigger %I on %s rename to …', misplaced[1], queue));
    end if;
    select c.relname into taken
    from pg_catalog.pg_class as c
    left join pg_catalog.pg_index as i on i.indexrelid = c.oid
    where c.relnamespace = (select t.relnamespace from pg_catalog.pg_class as t where t.oid = queue)
        and c.relname in (processing.index_name('due', pipeline), processing.index_name('due_by_owner', pipeline))
        and (i.indrelid is distinct from queue
            or pg_catalog.pg_get_expr(i.indpred, i.indrelid) like '%processing_pipeline%' is not true)
    limit 1;
    if taken is not null then
        perform processing.attach_refused(
            pg_catalog.format('the name %I, which an index of pipeline %s needs, is taken', taken, pipeline),
            'rename what has it, or choose another name for the pipeline');
    end if;
end
$$;

comment on function processing.check_names(regclass, text) is
    'Internal: raises RJ007 for a name that attach needs and that is taken, or for a misplaced trigger.';

create function processing.column_specs() returns table (name text, type text, needed boolean, default_text text)
language sql immutable
set search_path = ''
as $$
    values ('processing_status', 'public.processing_status', false, null),
        ('processing_stage', 'text', false, null),
        ('processing_progress', 'smallint', true, '0'),
        ('processing_attempts', 'smallint', true, '0'),
        ('processing_run', 'bigint', true, '0'),
        ('processing_not_before', 'timestamp with time zone', false, null),
        ('processing_priority', 'smallint', true, '0'),
        ('processing_pipeline', 'text', false, null),
        ('processing_error', 'jsonb', false, null),
        ('processing_started_at', 'timestamp with time zone', false, null),
        ('processing_finished_at', 'timestamp with time zone', false, null),
        ('processing_edited', 'text[]', true, '''{}'''),
        ('processing_outdated', 'text[]', true, '''{}''')
$$;

comment on function processing.column_specs() is 'Internal: the columns that attach adds: name, type, whether null is refused, default.';

create function processing.check_own_columns(queue regclass) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    other record;
begin
    select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, s.type as wanted into other
    from processing.column_specs() as s
    join pg_catalog.pg_attribute as a on a.attrelid = queue and a.attname = s.name and a.attnum > 0 and not a.attisdropped
    where pg_catalog.format_type(a.atttypid, a.atttypmod) <> s.type or a.attgenerated <> '' or a.attidentity <> ''
        or a.attnotnull and not s.needed or s.needed and not a.attnotnull
    order by a.attnum limit 1;
    if found then
        perform processing.attach_refused(
            pg_catalog.format('%s has a column %I of its own (%s)', queue, other.name, other.type),
            'rename it first; docs/take-over.sql does so and takes the rows over with their status');
    end if;
end
$$;

comment on function processing.check_own_columns(regclass) is
    'Internal: raises RJ007 for a column that has the name of a processing column but is not like it.';

insert into processing.library_migrations (version) values ('20261121000390');
