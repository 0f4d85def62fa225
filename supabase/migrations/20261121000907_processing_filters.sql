-- Filters of rows, for list_rows, count_rows, change_rows and failures.

create type processing.row_filter as (
    pipeline text,
    statuses text[],
    owner text,
    code text,
    words text,
    signature text,
    step text,
    row_id text,
    queue regclass,
    since timestamptz,
    until timestamptz
);

comment on type processing.row_filter is 'A filter that was checked. What is null filters nothing; words are in small letters.';

create function processing.refuse_argument(problem text) returns void
language plpgsql
set search_path = ''
as $$
begin
    raise exception '%', problem using errcode = '22023';
end
$$;

comment on function processing.refuse_argument(text) is 'Internal: raises 22023, for an argument that a caller can correct.';

create function processing.check_filter(filter jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    known constant text[] := '{pipeline, status, owner, code, text, signature, step, id, table, since, until, older_than_seconds}'::text[];
    statuses constant text[] := '{pending, processing, completed, failed, cancelled, set_aside, due}'::text[];
    wrong text;
begin
    if pg_catalog.jsonb_typeof(filter) is distinct from 'object' then
        perform processing.refuse_argument('the filter is no JSON object');
    end if;
    select k into wrong from pg_catalog.jsonb_object_keys(filter) as k where k <> all (known) order by k limit 1;
    if wrong is not null then
        perform processing.refuse_argument(pg_catalog.format(
            'the filter has no key %s; it has %s', wrong, pg_catalog.array_to_string(known, ', ')));
    end if;
    select e.key into wrong from pg_catalog.jsonb_each(filter) as e
    where pg_catalog.jsonb_typeof(e.value) <> case e.key when 'status' then 'array' when 'older_than_seconds' then 'number' else 'string' end
        and e.value <> 'null' order by e.key limit 1;
    if wrong is not null then
        perform processing.refuse_argument(pg_catalog.format('%s of the filter is no %s', wrong,
            case wrong when 'status' then 'array of texts' when 'older_than_seconds' then 'number' else 'text' end));
    end if;
    if pg_catalog.jsonb_typeof(filter -> 'status') = 'array' then
        select s #>> '{}' into wrong from pg_catalog.jsonb_array_elements(filter -> 'status') as s
        where (s #>> '{}' = any (statuses)) is not true limit 1;
        if found then
            perform processing.refuse_argument(pg_catalog.format(
                'there is no status %s; choose among %s', coalesce(wrong, 'null'), pg_catalog.array_to_string(statuses, ', ')));
        end if;
    end if;
    if not exists (select from processing.pipelines as p where p.pipeline = coalesce(filter ->> 'pipeline', p.pipeline))
        and filter ->> 'pipeline' is not null
    then
        perform processing.refuse_argument(pg_catalog.format('there is no pipeline %s', filter ->> 'pipeline'));
    end if;
end
$$;

comment on function processing.check_filter(jsonb) is
    'Internal: raises 22023 for an unknown key, a value of another type, an unknown status or an unknown pipeline.';

create function processing.moment_in(filter jsonb, name text) returns timestamptz
language plpgsql stable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (filter ->> name)::timestamptz;
exception
    when data_exception then
        perform processing.refuse_argument(pg_catalog.format(
            '%s of the filter is no time such as 2026-12-01T08:30:00Z: %s', name, pg_catalog.left(filter ->> name, 60)));
        return null;
end
$$;

comment on function processing.moment_in(jsonb, text) is 'Internal: a time in a filter, in UTC unless it names a zone, or null. Raises 22023 if it is none.';

create function processing.read_filter(filter jsonb) returns processing.row_filter
language plpgsql stable
set search_path = ''
as $$
declare
    f processing.row_filter;
    longest constant numeric := 3e9;
begin
    perform processing.check_filter(filter);
    f.pipeline := filter ->> 'pipeline';
    if pg_catalog.jsonb_typeof(filter -> 'status') = 'array' and filter -> 'status' <> '[]' then
        f.statuses := array(select pg_catalog.jsonb_array_elements_text(filter -> 'status'));
    end if;
    f.owner := filter ->> 'owner';
    f.code := filter ->> 'code';
    f.words := pg_catalog.lower(nullif(filter ->> 'text', ''));
    f.signature := filter ->> 'signature';
    f.step := filter ->> 'step';
    f.row_id := filter ->> 'id';
    if filter ->> 'table' is not null then
        select q.table_id into f.queue from processing.queues as q where q.table_id = pg_catalog.to_regclass(filter ->> 'table');
        if f.queue is null then
            perform processing.refuse_argument(pg_catalog.format('%s is not attached', filter ->> 'table'));
        end if;
    end if;
    f.since := processing.moment_in(filter, 'since');
    f.until := processing.moment_in(filter, 'until');
    if pg_catalog.jsonb_typeof(filter -> 'older_than_seconds') = 'number' then
        f.until := least(f.until, processing.clock()
            - processing.wait_of(least((filter ->> 'older_than_seconds')::numeric, longest)::double precision));
    end if;
    return f;
exception
    when invalid_name or syntax_error or feature_not_supported then  -- the last for a name of four parts or of another database
        perform processing.refuse_argument(pg_catalog.format('%s is no name of a table', filter ->> 'table'));
        return null;
end
$$;

comment on function processing.read_filter(jsonb) is
    'Internal: a checked filter. {pipeline, status: [pending|processing|completed|failed|cancelled|set_aside|due], owner, '
    'code, text, signature, step, id, table, since, until, older_than_seconds}, each optional. Raises 22023 for a mistake.';

create function processing.wants(f processing.row_filter, status text) returns boolean
language sql immutable
set search_path = ''
as $$
    select f.statuses is null or status = any (f.statuses)
$$;

comment on function processing.wants(processing.row_filter, text) is
    'Internal: whether the filter lets rows of this status through. Without statuses it lets all through.';

insert into processing.library_migrations (version) values ('20261121000907');
