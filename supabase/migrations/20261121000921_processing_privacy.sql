-- Privacy: all that is stored about one owner is told by export_owner, page by page, and forgotten by forget_owner (see 0820)
-- and by the triggers for deleted rows (see 0300). Here is what these forget outside the rows and their ledger.

-- What an export tells, each item with its kind:
--   row         a row of the owner. In attached tables these are the rows with the owner in the owner column; where this
--               column refers to a table of accounts, also the rows of other tables that refer to the same account, if
--               they belong to the role that owns the attached table. A row that was attached has its events, and its
--               checkpoints: what finished steps have found.
--   object      an object of Supabase Storage that the owner uploaded, or in a folder with the owner's name: only its path
--   usage       what paid calls for the owner used
--   budget_use  how much of the owner's budgets is used

create function processing.is_value(said text, type_name text) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    execute pg_catalog.format('select $1::%s', type_name) using said;
    return true;
exception
    when data_exception or check_violation then
        return false;
end
$$;

comment on function processing.is_value(text, text) is 'Internal: whether the text can be cast to the type.';

create function processing.owner_columns() returns table (table_id regclass, column_name text, type_name text)
language sql stable
set search_path = ''
as $$
    with attached as (
        select distinct c.oid, a.attnum, c.relowner
        from processing.pipelines as p
        join pg_catalog.pg_class as c on c.oid = p.table_id
        join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = p.owner_column and not a.attisdropped
    ), accounts as (
        select distinct f.confrelid as oid, f.confkey as key, x.relowner
        from attached as x
        join pg_catalog.pg_constraint as f on f.conrelid = x.oid and f.contype = 'f' and f.conkey = array[x.attnum]
    ), owned as (
        select x.oid, x.attnum from attached as x
        union
        select f.conrelid, f.conkey[1] from accounts as x
        join pg_catalog.pg_constraint as f on f.confrelid = x.oid and f.contype = 'f' and f.confkey = x.key
        join pg_catalog.pg_class as c on c.oid = f.conrelid and c.relowner = x.relowner
        union
        select x.oid, x.key[1] from accounts as x
        join pg_catalog.pg_class as c on c.oid = x.oid and c.relowner = x.relowner
    )
    select c.oid::regclass, a.attname::text, pg_catalog.format_type(processing.base_type(c.oid, a.attname), -1)
    from owned as o
    join pg_catalog.pg_class as c on c.oid = o.oid and c.relkind in ('r', 'p') and not c.relispartition
    join pg_catalog.pg_attribute as a on a.attrelid = o.oid and a.attnum = o.attnum
$$;

comment on function processing.owner_columns() is
    'Internal: the columns that name an owner: those of attached tables, and those that refer to the same accounts.';

create function processing.owners_kept() returns setof text
language sql stable
set search_path = ''
as $$
    select u.owner from processing.usage as u
    union select b.owner from processing.budgets as b
    union select u.owner from processing.budget_use as u
    union select r.owner from processing.reservations as r
    union select l.owner from processing.leases as l
    union select s.owner from processing.stopping_leases as s
    union select t.last_owner from processing.turns as t
    union select pg_catalog.substr(s.owner_key, 2) from processing.set_aside as s
    union select pg_catalog.substr(f.owner_key, 2) from processing.fronts as f
$$;

comment on function processing.owners_kept() is 'Internal: the owners that are stored outside their rows, as they were spelled there.';

create function processing.spellings_of(owner text) returns text[]
language plpgsql stable
set search_path = ''
as $$
declare
    one record;
    spelled text[];
    found_texts text[] := array[spellings_of.owner];
begin
    for one in
        -- attach accepts no such type, but a column may get one later.
        select o.table_id, o.column_name, o.type_name from processing.owner_columns() as o
        where processing.plain_type(o.table_id, o.column_name) is null and processing.is_value(spellings_of.owner, o.type_name)
    loop
        execute pg_catalog.format('select array(select t.%I::text collate "C" from %s as t where %s union all select k from processing.owners_kept() as k
                where case when processing.is_value(k, %L) then %s end)', one.column_name, one.table_id,
            processing.equals_sql(one.table_id, one.column_name, '$1'), one.type_name,
            processing.equals_sql(one.table_id, one.column_name, '$1', 'k')) into spelled using spellings_of.owner;
        found_texts := found_texts || spelled;
    end loop;
    return array(select distinct f from pg_catalog.unnest(found_texts) as f order by f);
end
$$;

comment on function processing.spellings_of(text) is
    'Internal: the owner, and other texts that an owner column has or had and that it takes for the same owner.';

create function processing.place_in(queue regclass) returns text
language sql stable
set search_path = ''
as $$
    select case when count(*) = 0 then 't.ctid::text'
        else 'pg_catalog.concat_ws(E''\n'', ' || pg_catalog.string_agg(pg_catalog.format('t.%I::text', a.attname), ', ' order by a.attnum) || ')' end
        || ' collate "C"'
    from pg_catalog.pg_index as i
    join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = queue and i.indisprimary
$$;

comment on function processing.place_in(regclass) is
    'Internal: an SQL expression for the place of a row t in an export: its key as text, or its ctid without a key.';

create function processing.ledger_of(queue regclass, key text) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'events', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'at', e.at, 'run', e.run, 'kind', e.kind, 'data', e.data) order by e.id), '[]')
            from processing.events as e where e.table_id = queue and e.row_id = key),
        'checkpoints', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'step', c.step, 'at', c.created_at, 'output', c.output) order by c.created_at, c.step), '[]')
            from processing.checkpoints as c where c.table_id = queue and c.row_id = key))
$$;

comment on function processing.ledger_of(regclass, text) is
    'Internal: what the library has noted about a row: {events: [{at, run, kind, data}], checkpoints: [{step, at, output}]}.';

create function processing.exported_rows(queue regclass, owner text, after text, max_rows integer) returns jsonb
language plpgsql stable
set search_path = ''
-- As in row_values, because the next page may be read by another session.
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
    -- One page must fit in memory and in one answer; a single row may be larger.
    most_bytes constant integer := 8 * 1024 * 1024;
    place constant text := processing.place_in(queue);
    q processing.queues;
    condition text;
    items jsonb;
begin
    select pg_catalog.string_agg(processing.equals_sql(queue, o.column_name, '$1'), ' or ') into condition
    from processing.owner_columns() as o where o.table_id = queue and processing.is_value(exported_rows.owner, o.type_name);
    if condition is null then
        return '[]'::jsonb;
    end if;
    select * into q from processing.queues as x where x.table_id = queue;
    execute pg_catalog.format($sql$
        with page as (
            select %1$s as place, %2$s as id, processing.row_values(t, $4) as stored from %3$s as t
            where (%4$s) and ($2 is null or %1$s > $2 collate "C") order by 1 limit $3
        ), sized as (
            select p.*, sum(pg_catalog.octet_length(p.stored::text)) over (order by p.place rows between unbounded preceding and 1 preceding) as before
            from page as p
        )
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('place', s.place, 'item',
            pg_catalog.jsonb_build_object('kind', 'row', 'table', $5::text, 'row', s.stored)
            || case when s.id is null then '{}' else processing.ledger_of($6, s.id) end) order by s.place), '[]')
        from sized as s where coalesce(s.before, 0) < $7$sql$,
        place, case when q.table_id is null then 'null::text'
            else pg_catalog.format('t.%I::text', processing.key_column(queue, q.key_column)) end, queue, condition)
        into items
        using exported_rows.owner, after, max_rows, array(
            select a.attname::text from pg_catalog.pg_attribute as a where a.attrelid = queue and a.attnum > 0 and not a.attisdropped),
            queue::text, queue, most_bytes;
    return items;
end
$$;

comment on function processing.exported_rows(regclass, text, text, integer) is
    'Internal: the next rows of an owner in a table after a place, [{place, item}]: at most 8 MB, but at least one.';

create function processing.exported_objects(owner text, after text, max_rows integer) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    items jsonb;
begin
    if pg_catalog.to_regclass('storage.objects') is null then
        return '[]'::jsonb;
    end if;
    -- Dynamic, because other databases have no such table.
    execute $sql$
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('place', x.place, 'item', pg_catalog.jsonb_build_object(
            'kind', 'object', 'bucket', x.bucket_id, 'path', x.name, 'bytes', x.metadata -> 'size', 'created_at', x.created_at)) order by x.place), '[]')
        from (
            select o.*, pg_catalog.concat(o.bucket_id, '/', o.name) collate "C" as place from storage.objects as o
            where (o.owner_id = any ($1) or exists (select from pg_catalog.unnest($1) as n where pg_catalog.starts_with(o.name, n || '/')))
                and ($2 is null or pg_catalog.concat(o.bucket_id, '/', o.name) > $2 collate "C") order by place limit $3) as x$sql$
        into items using processing.spellings_of(exported_objects.owner), after, max_rows;
    return items;
end
$$;

comment on function processing.exported_objects(text, text, integer) is
    'Internal: the next objects of an owner after a place, [{place, item}].';

create function processing.exported_use(owner text) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_path_query_array(pg_catalog.jsonb_build_array(
        pg_catalog.jsonb_build_object('place', '1', 'item', pg_catalog.jsonb_build_object(
            'kind', 'usage', 'lines', (
                select coalesce(pg_catalog.jsonb_agg(l), '[]') from pg_catalog.unnest(names) as n
                cross join lateral pg_catalog.jsonb_array_elements(processing.spending(owner => n)) as l))),
        pg_catalog.jsonb_build_object('place', '2', 'item', pg_catalog.jsonb_build_object('kind', 'budget_use', 'lines', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'pipeline', b.pipeline, 'measure', b.measure, 'period', b.period, 'starts_on', u.starts_on, 'spent', u.spent)
                order by u.starts_on, b.pipeline, b.measure), '[]')
            from processing.budget_use as u join processing.budgets as b on b.budget = u.budget
            where u.owner = any (names))))), '$[*] ? (@.item.lines.size() > 0)')
    from processing.spellings_of(exported_use.owner) as names
$$;

comment on function processing.exported_use(text) is
    'Internal: what the owner has used, [{place, item}], without what is empty.';

create function processing.exported_part(source text, owner text, after text, max_rows integer) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
    case source
        when '~objects' then
            return processing.exported_objects(owner, after, max_rows);
        when '~use' then
            return case when after is null then processing.exported_use(owner) else '[]' end;
        else
            return processing.exported_rows(source::regclass, owner, after, max_rows);
    end case;
end
$$;

comment on function processing.exported_part(text, text, text, integer) is
    'Internal: the next items of one source of an export: a table by its name, ~objects or ~use.';

create function processing.export_place(after text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    place jsonb;
begin
    if after is not null then
        place := after::jsonb;
        if pg_catalog.jsonb_typeof(place -> 'source') is distinct from 'string' or pg_catalog.jsonb_typeof(place -> 'place') is distinct from 'string' then
            perform processing.refuse_argument('after is no `next` of an export');
        end if;
    end if;
    return place;
exception
    when invalid_text_representation or untranslatable_character then
        perform processing.refuse_argument('after is no `next` of an export');
        return null;
end
$$;

comment on function processing.export_place(text) is 'Internal: the place after which an export goes on. Raises 22023 if it is none.';

create function processing.export_owner(owner text, operator text, after text default null, max_rows integer default 20) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
    known text := coalesce(processing.owner_as(export_owner.owner, null), export_owner.owner);
    most integer := least(greatest(coalesce(max_rows, 20), 1), 1000);
    place jsonb := processing.export_place(export_owner.after);
    part jsonb;
    source text;
begin
    if known is null or known = '' then
        perform processing.refuse_argument('owner is missing');
    end if;
    perform processing.check_operator(operator);
    if place is null then
        perform processing.note_action(operator, 'export_owner', null, pg_catalog.jsonb_build_object('owner', known));
    end if;
    for source in
        select s.name from (
            select distinct c.table_id::text collate "C" as name from processing.owner_columns() as c
            union all values ('~objects'), ('~use')) as s
        where place is null or s.name >= place ->> 'source' collate "C" order by s.name collate "C"
    loop
        part := processing.exported_part(source, known, case when source = place ->> 'source' then place ->> 'place' end, most);
        continue when part = '[]';
        -- One source a page: whether there is more of it, the next page finds out.
        return pg_catalog.jsonb_build_object(
            'items', (select pg_catalog.jsonb_agg(e.one -> 'item' order by e.nth) from pg_catalog.jsonb_array_elements(part) with ordinality as e (one, nth)),
            'next', pg_catalog.jsonb_build_object('source', source, 'place', part -> -1 ->> 'place')::text);
    end loop;
    return pg_catalog.jsonb_build_object('items', '[]'::jsonb, 'next', null);
end
$$;

comment on function processing.export_owner(text, text, text, integer) is
    'All that is stored about one owner, page by page: {items, next}; pass `next` as `after` until it is null. Items: {kind: row, table, '
    'row, events, checkpoints}, {kind: object, bucket, path, bytes, created_at}, {kind: usage, lines} and {kind: budget_use, lines}. Rows '
    'are those of attached tables, and those of other tables that refer to the same account. The log of operators notes the export. '
    'Raises 22023 without an owner or an operator, or if `after` is wrong.';

create function processing.forget_in_operations(owner text) returns void
language sql
set search_path = ''
as $$
    delete from processing.firing as f where f.details ->> 'owner' = forget_in_operations.owner;
    -- An operator may have written a uuid in capital letters, and words of the owner to find a row.
    update processing.operator_actions as a set arguments = (a.arguments - 'owner') || pg_catalog.jsonb_build_object(
        'filter', (a.arguments -> 'filter') - '{owner, text, id}'::text[])
    where pg_catalog.lower(a.arguments -> 'filter' ->> 'owner') = pg_catalog.lower(forget_in_operations.owner);
    update processing.operator_actions as a set arguments = a.arguments - 'owner'
    where pg_catalog.lower(a.arguments ->> 'owner') = pg_catalog.lower(forget_in_operations.owner);
$$;

comment on function processing.forget_in_operations(text) is
    'Internal: forgets an owner in what was told to operators and in what operators did.';

create function processing.forget_broadcasts(owner text) returns void
language plpgsql
set search_path = ''
as $$
begin
    if exists (select from processing.pipelines as p where p.broadcast) and pg_catalog.to_regclass('realtime.messages') is not null then
        -- Nobody but Realtime may delete them. It does so after three days.
        execute $sql$
            update realtime.messages as m set topic = 'processing:', payload = '{}'
            where m.topic = 'processing:' || $1 and m.extension = 'broadcast'$sql$ using owner;
    end if;
exception
    when insufficient_privilege then
        raise log 'broadcasts to a forgotten owner stay until Realtime deletes them: %', sqlerrm;
end
$$;

comment on function processing.forget_broadcasts(text) is
    'Internal: empties the messages that told an owner of their rows, if the database allows it.';

create function processing.forget_examples(queue regclass, keys text[]) returns void
language sql
set search_path = ''
as $$
    -- The step goes, too, because it may be a text of the application.
    update processing.firing as f set details = f.details - '{example, examples, step}'::text[]
    where f.details -> 'example' ->> 'table' = queue::text and coalesce(f.details -> 'example' ->> 'id' = any (keys), keys is null)
        or f.details -> 'examples' ?| keys
$$;

comment on function processing.forget_examples(regclass, text[]) is
    'Internal: forgets deleted rows in what alerts tell as an example; with null all rows of the table.';

create function processing.prune_turns() returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
    waiting boolean;
begin
    for one in
        select t.pipeline, p.table_id from processing.turns as t
        join processing.pipelines as p on p.pipeline = t.pipeline
        where t.last_owner is not null order by t.pipeline
    loop
        begin
            execute pg_catalog.format('select exists (select from %s as t where t.processing_status = ''pending'' and t.processing_pipeline = $1)',
                one.table_id) into waiting using one.pipeline;
            -- While rows wait, the owners after this one would wait longer for their turn.
            update processing.turns as t set last_owner = null where t.pipeline = one.pipeline and not waiting;
        exception
            when query_canceled then
                raise;
            when assert_failure or others then
                null;  -- the table or the turn is locked; the next call tries again
        end;
    end loop;
end
$$;

comment on function processing.prune_turns() is
    'Internal: forgets whose turn was last where no row waits. This owner may have been forgotten since.';

insert into processing.library_migrations (version) values ('20261121000921');
