-- How the contract compares and stores the values of a row: its key as text in one spelling, its columns as JSON.

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
    'Internal: a key in the one spelling that a claim uses (key::text), however the caller spelled it; null if the text cannot be a key.';

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
    'Internal: the present name of the key column, whose name at attach was `known`; null if the table no longer has such a key.';

create function processing.key_in(queue regclass, known text, stored jsonb) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return processing.key_of(queue, stored ->> case when stored ? known then known else processing.key_column(queue, known) end);
end
$$;

comment on function processing.key_in(regclass, text, jsonb) is
    'Internal: the key of a row, also after the key column was renamed; null if the table no longer has such a key.';

create function processing.default_of(queue regclass, column_name text) returns jsonb
language plpgsql stable
set search_path = ''
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

comment on function processing.default_of(regclass, text) is 'Internal: the value that a column gets when an insert does not name it.';

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
    'Internal: a value as jsonb. If jsonb cannot hold it (json may hold NUL characters and halves of surrogate pairs), its text. If it is '
    'larger than 16 MB, a hash, because the values are only compared.';

create function processing.value_of(stored bytea) returns jsonb
language sql stable
set search_path = ''
as $$
    select case when pg_catalog.octet_length(stored) > 16 * 1024 * 1024 then pg_catalog.to_jsonb(pg_catalog.md5(stored))
        else pg_catalog.to_jsonb(stored) end
$$;

comment on function processing.value_of(bytea) is
    'Internal: the same for bytes. Large ones are hashed directly, because their text may be longer than a Postgres value can be.';

create function processing.row_values(candidate anyelement, names text[]) returns jsonb
language plpgsql stable
set search_path = ''
-- With these settings a value has the same text in every session. That is necessary because values that one session
-- stored are compared with values that another session reads.
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
    -- A row of at most this size holds no value over 16 MB, however well it was compressed, so value_of would hash
    -- none of its values. Therefore a value gives the same result in a small row and in a large one.
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
    'Internal: {column: value} of these columns of a row and of its key, whatever they hold. A small row is converted as a whole. Of a large '
    'row only these columns are read, because another column may hold a value that is too long for JSON.';
