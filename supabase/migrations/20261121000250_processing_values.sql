-- How the contract compares and stores the keys and column values of rows.

create function processing.key_of(queue regclass, row_id text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    kind text := (select q.key_type from processing.queues as q where q.table_id = queue);
    canonical text;
begin
    case
        when kind is null or kind in ('text', 'character varying') then
            return row_id;
        when kind = 'uuid' then
            return row_id::uuid::text;
        when kind in ('smallint', 'integer', 'bigint') then
            return row_id::bigint::text;
        else
            execute pg_catalog.format('select $1::%s::text', kind) into canonical using row_id;
            return canonical;
    end case;
exception
    when data_exception then
        return null;
end
$$;

comment on function processing.key_of(regclass, text) is
    'Internal: a key as Postgres spells it. Null if the text is no value of the key''s type.';

create function processing.owner_as(owner text, of_pipeline text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    kind text;
    canonical text;
begin
    for kind in
        select p.owner_type from processing.pipelines as p
        where p.owner_type is not null and (p.pipeline = of_pipeline or of_pipeline is null)
        group by 1 order by p.owner_type in ('text', 'character varying'), 1
    loop
        begin
            execute pg_catalog.format('select $1::%s::text', kind) into canonical using owner;
            return canonical;
        exception
            when data_exception or check_violation then
                null;  -- no value of this type; another pipeline may have another type
        end;
    end loop;
    return null;
end
$$;

comment on function processing.owner_as(text, text) is
    'Internal: an owner as the runs of this pipeline, or of any, spell it. Null if it is none of theirs.';

create function processing.base_type(queue regclass, column_name text) returns oid
language sql stable
set search_path = ''
as $$
    with recursive bases (id, base) as (
        select t.oid, t.typbasetype from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
        where a.attrelid = queue and a.attname = column_name and a.attnum > 0
        union all
        select t.oid, t.typbasetype from bases as b join pg_catalog.pg_type as t on t.oid = b.base
    )
    select b.id from bases as b where b.base = 0
$$;

comment on function processing.base_type(regclass, text) is 'Internal: the type of a column without domains, or null.';

create function processing.equals_sql(queue regclass, column_name text, value text, kept text default null) returns text
language sql stable
set search_path = ''
as $$
    -- With an empty search_path, "=" would mean that of text for a type of an extension, such as citext. A cast to a type
    -- with a length would cut the value off, and then it may be another owner's.
    select pg_catalog.format('%s operator(%I.=) (%s)::%s',
        case when kept is null then pg_catalog.format('t.%I', column_name) else pg_catalog.format('(%s)::%s%s', kept,
            pg_catalog.format_type(b.id, -1), case when c.oid is not null then pg_catalog.format(' collate %I.%I', cn.nspname, c.collname) end) end,
        coalesce((
            select n.nspname from pg_catalog.pg_opclass as k
            join pg_catalog.pg_am as m on m.oid = k.opcmethod and m.amname = 'btree'
            join pg_catalog.pg_amop as o on o.amopfamily = k.opcfamily and o.amopstrategy = 3
                and o.amoplefttype = k.opcintype and o.amoprighttype = k.opcintype
            join pg_catalog.pg_operator as e on e.oid = o.amopopr and e.oprname = '='
            join pg_catalog.pg_namespace as n on n.oid = e.oprnamespace
            where k.opcintype = b.id and k.opcdefault), 'pg_catalog'), value, pg_catalog.format_type(b.id, -1))
    from (select processing.base_type(queue, column_name) as id) as b
    join pg_catalog.pg_attribute as a on a.attrelid = queue and a.attname = column_name
    left join pg_catalog.pg_collation as c on c.oid = a.attcollation
    left join pg_catalog.pg_namespace as cn on cn.oid = c.collnamespace
$$;

comment on function processing.equals_sql(regclass, text, text, text) is
    'Internal: the condition that a column of a row t, or the text `kept`, is equal to a text by the rules of the column. Both '
    'texts are SQL expressions.';

create function processing.owner_lock(owner text) returns bigint
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.hashtextextended('processing.owner ' || owner, 7);
end
$$;

comment on function processing.owner_lock(text) is
    'Internal: key of the advisory lock that is shared by those who write the owner to usage; forget_owner has it alone.';

create function processing.key_column(queue regclass, known text) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return case when exists (
            select from pg_catalog.pg_attribute as a where a.attrelid = queue and a.attname = known and not a.attisdropped)
        then known
        else (
            select pg_catalog.min(a.attname) from pg_catalog.pg_index as i
            join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey[0:i.indnkeyatts - 1])
            where i.indrelid = queue and i.indisprimary having count(*) = 1) end;
end
$$;

comment on function processing.key_column(regclass, text) is
    'Internal: the present name of the key column, or null. `known` is its name at attach.';

create function processing.key_in(queue regclass, known text, stored jsonb) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return processing.key_of(queue, stored ->> case when stored ? known then known else processing.key_column(queue, known) end);
end
$$;

comment on function processing.key_in(regclass, text, jsonb) is
    'Internal: the key, as key_of spells it, in a row given as {column: value}; or null.';

create function processing.default_of(queue regclass, column_name text) returns jsonb
language plpgsql stable
set search_path = ''
-- Otherwise a session may read the expression with fewer digits than its numbers have.
set extra_float_digits = 1
as $$
declare
    expression text;
    type_name text;
    answer jsonb;
begin
    select coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.pg_get_expr(t.typdefaultbin, 0)),
        pg_catalog.format_type(a.atttypid, a.atttypmod)
    into expression, type_name
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = queue and a.attname = column_name and a.attgenerated = '';
    if expression is not null then
        execute pg_catalog.format('select processing.row_values(x, ''{value}'') -> ''value'' from (select (%s)::%s as value) as x', expression, type_name)
            into answer;
    end if;
    return answer;
end
$$;

comment on function processing.default_of(regclass, text) is
    'Internal: the default of a column, as jsonb. Null if the column has none or is generated.';

create function processing.value_of(stored anyelement) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    most constant integer := 16 * 1024 * 1024;
    found jsonb;
begin
    found := pg_catalog.to_jsonb(stored);
    return case when pg_catalog.pg_column_size(found) > most then pg_catalog.to_jsonb(pg_catalog.md5(stored::text)) else found end;
exception
    when data_exception then
        return pg_catalog.to_jsonb(stored::text);
    when program_limit_exceeded then
        return pg_catalog.to_jsonb(pg_catalog.md5(stored::text));
end
$$;

comment on function processing.value_of(anyelement) is
    'Internal: a value as jsonb, for comparing. A value that is too large becomes a hash.';

create function processing.value_of(stored bytea) returns jsonb
language sql stable
set search_path = ''
as $$
    select case when pg_catalog.octet_length(stored) > 16 * 1024 * 1024 then pg_catalog.to_jsonb(pg_catalog.md5(stored))
        else pg_catalog.to_jsonb(stored) end
$$;

comment on function processing.value_of(bytea) is
    'Internal: bytes as jsonb, for comparing. More than 16 MB become a hash.';

create function processing.row_values(candidate anyelement, names text[]) returns jsonb
language plpgsql stable
set search_path = ''
-- Fixed settings, so that equal values have equal texts in different sessions.
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
    -- In bytes. Even compressed, a row of this size holds no value that value_of would hash.
    small constant integer := 4096;
    found jsonb;
begin
    if pg_catalog.pg_column_size(candidate) <= small or pg_catalog.pg_typeof(candidate) = 'record'::regtype then
        begin
            return pg_catalog.to_jsonb(candidate);
        exception
            when data_exception then
                null;  -- a column of type json holds a value that jsonb refuses
        end;
    end if;
    execute (
        select pg_catalog.format('select pg_catalog.jsonb_object_agg(v.name, v.value) from (values %s) as v (name, value)',
            pg_catalog.string_agg(pg_catalog.format('(%1$L, processing.value_of(($1).%1$I))', a.attname), ', '))
        from pg_catalog.pg_type as t join pg_catalog.pg_attribute as a on a.attrelid = t.typrelid
        where t.oid = pg_catalog.pg_typeof(candidate) and a.attnum > 0 and not a.attisdropped and (
            a.attname = any (names) or exists (
                select from pg_catalog.pg_index as i where i.indrelid = t.typrelid and i.indisprimary and a.attnum = any (i.indkey))))
        into found using candidate;
    return found;
end
$$;

comment on function processing.row_values(anyelement, text[]) is
    'Internal: {column: value} of a row, with at least the named columns and the primary key.';

create function processing.varies_by_session(of_type oid) returns boolean
language plpgsql stable
set search_path = ''
as $$
declare
    t pg_catalog.pg_type;
begin
    select * into t from pg_catalog.pg_type as x where x.oid = of_type;
    -- False only for types of which this is known. In JSON, dates and times without a zone have one form.
    return case
        when t.typtype = 'd' then processing.varies_by_session(t.typbasetype)
        when t.typelem <> 0 and t.typcategory = 'A' then processing.varies_by_session(t.typelem)
        else t.typtype <> 'e' and t.typcategory not in ('B', 'S', 'I', 'V') and t.oid <> all (
            '{smallint, integer, bigint, numeric, uuid, json, jsonb, date, time, timetz, timestamp}'::regtype[]) end;
end
$$;

comment on function processing.varies_by_session(oid) is
    'Internal: whether the JSON of a value of this type may depend on settings of the session, such as its time zone.';

create function processing.steady_json(stored anyelement) returns json
language plpgsql stable strict
set search_path = ''
-- As in row_values.
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
begin
    return pg_catalog.to_json(stored);
end
$$;

comment on function processing.steady_json(anyelement) is
    'Internal: a value as JSON that is the same in all sessions. A worker finds kept answers by the inputs that it got.';

create function processing.is_steady() returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    return pg_catalog.current_setting('timezone') in ('UTC', 'Etc/UTC') and pg_catalog.current_setting('intervalstyle') = 'postgres'
        and pg_catalog.current_setting('datestyle') like 'ISO%' and pg_catalog.current_setting('extra_float_digits')::integer > 0
        and pg_catalog.current_setting('bytea_output') = 'hex';
end
$$;

comment on function processing.is_steady() is
    'Internal: whether to_json answers the same as steady_json in this session. In most sessions it does, and costs less.';

insert into processing.library_migrations (version) values ('20261121000250');
