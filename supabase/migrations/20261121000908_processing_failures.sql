-- Which rows have failed, by signature: failures with the same cause have the same signature, whatever the values in
-- their texts. A line is written when a row fails for good, and never for a row that succeeds.

-- The signature is the first 16 hexadecimal digits of the SHA-256 of `code`, `step` and the normalised text, each
-- followed by a line feed. The rules of normalising are part of the contract: alerts and filters name signatures.

create table processing.failed_rows (
    table_id regclass not null,
    row_id text not null,
    pipeline text not null,
    signature text not null,
    code text,
    step text,
    text text not null,
    at timestamptz not null,
    primary key (row_id, table_id)
);

-- Groups are counted in this index alone, and alerts read the latest lines by the other one.
create index failed_rows_signature on processing.failed_rows (signature, at, row_id) include (pipeline, table_id);
create index failed_rows_at on processing.failed_rows (at);

comment on table processing.failed_rows is
    'One line per row that a run has left failed, until the row is queued again, cancelled, completed or deleted.';
comment on column processing.failed_rows.step is 'The step or, if it is not known, the stage at which the row failed.';
comment on column processing.failed_rows.text is 'What happened, with the values replaced by places such as <n>.';

create function processing.normalised(said text) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
    -- In this order, because a URL contains numbers, and a uuid looks like other hexadecimal texts.
    rules constant text[] := array[
        '[a-z][a-z0-9+.-]*://[^[:space:]"''<>]+', '<url>',
        '[^[:space:]<>"''@]+@[^[:space:]<>"''@]+\.[a-z]+', '<address>',
        '\m[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\M', '<uuid>',
        '"[^"\n]*"|“[^”\n]*”|«[^»\n]*»|`[^`\n]*`', '<text>',
        '(?<![[:alnum:]])''[^''\n]*''(?![[:alnum:]])', '<text>',
        '\m0x[0-9a-f]+\M', '<hex>',
        '(?<![[:alnum:]:])(?=[0-9a-f:]*(::|[a-f]))([0-9a-f]{0,4}:){2,7}[0-9a-f:.]*', '<address>',
        '\m(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\M', '<hex>',
        '[0-9]+([.,:][0-9]+)*', '<n>',
        '[[:space:]]+', ' '];
    found text := pg_catalog.left(said, 1000);
begin
    for n in 1 .. pg_catalog.cardinality(rules) by 2 loop
        found := pg_catalog.regexp_replace(found, rules[n], rules[n + 1], 'gi');
    end loop;
    return pg_catalog.left(pg_catalog.btrim(found), 200);
end
$$;

comment on function processing.normalised(text) is
    'Internal: a text without its values: URLs, addresses, uuids, quoted texts, hexadecimal texts and numbers become '
    'places such as <url>. At most 200 characters.';

create function processing.signature_of(code text, step text, normalised text) returns text
language sql immutable parallel safe
set search_path = ''
as $$
    select pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
        coalesce(code, '') || E'\n' || coalesce(step, '') || E'\n' || coalesce(normalised, '') || E'\n', 'UTF8')), 'hex'), 16)
$$;

comment on function processing.signature_of(text, text, text) is
    'Internal: the signature of a failure, from its code, its step and its text as processing.normalised answers it.';

create function processing.note_failures(queue regclass, runs jsonb, ended jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into processing.failed_rows as f (table_id, row_id, pipeline, signature, code, step, text, at)
    select queue, x.id, x.pipeline, processing.signature_of(x.code, x.step, x.text), x.code, x.step, x.text, processing.clock()
    from (
        select e ->> 'id' as id, coalesce(e ->> 'pipeline', '') as pipeline, pg_catalog.left(r -> 'error' ->> 'code', 100) as code,
            pg_catalog.left(coalesce(r -> 'error' ->> 'step', r -> 'data' ->> 'step', r -> 'error' ->> 'stage'), 100) as step,
            -- An error that the pipeline did not expect has one sentence for the owner, whatever was raised.
            processing.normalised(coalesce(
                (r -> 'data' -> 'exception' ->> 'type') || coalesce(': ' || (r -> 'data' -> 'exception' ->> 'text'), ''),
                r -> 'data' ->> 'reason', r -> 'error' ->> 'message', '')) as text
        from pg_catalog.jsonb_array_elements(ended) as e join pg_catalog.jsonb_array_elements(runs) as r on r ->> 'id' = e ->> 'id'
        where (e ->> 'final')::boolean
    ) as x order by x.id
    on conflict (row_id, table_id) do update set
        pipeline = excluded.pipeline, signature = excluded.signature, code = excluded.code, step = excluded.step,
        text = excluded.text, at = excluded.at;
end
$$;

comment on function processing.note_failures(regclass, jsonb, jsonb) is
    'Internal: writes the lines of failed_rows for the runs that end_runs has ended as final.';

create function processing.failure_groups(f processing.row_filter, max_groups integer) returns table (
    signature text, pipeline text, rows bigint, first_at timestamptz, last_at timestamptz
)
language plpgsql stable
set search_path = ''
-- With the values of the filter at hand, Postgres leaves out the conditions that it does not use.
set plan_cache_mode = force_custom_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    if f.since is null and f.signature is null then
        -- All failed rows are read. The setting ends with this function.
        perform pg_catalog.set_config('enable_seqscan', 'on', true);
    end if;
    return query
    select r.signature, r.pipeline, count(*), min(r.at), max(r.at)
    from processing.failed_rows as r
    where (f.pipeline is null or r.pipeline = f.pipeline) and (f.signature is null or r.signature = f.signature)
        and (f.queue is null or r.table_id = f.queue) and (f.row_id is null or r.row_id = f.row_id)
        and (f.code is null or r.code = f.code) and (f.step is null or r.step = f.step)
        and (f.words is null or pg_catalog.strpos(pg_catalog.lower(r.text), f.words) > 0)
        and (f.since is null or r.at >= f.since) and (f.until is null or r.at <= f.until)
    group by r.signature, r.pipeline order by max(r.at) desc, r.signature limit max_groups;
end
$$;

comment on function processing.failure_groups(processing.row_filter, integer) is
    'Internal: the failed rows of a filter, counted by signature and pipeline, latest first.';

create function processing.failures(filter jsonb default '{}', max_groups integer default 50) returns jsonb
language plpgsql stable security definer
set search_path = ''
set jit = off
-- With the values of the filter at hand, Postgres leaves out the conditions that it does not use.
set plan_cache_mode = force_custom_plan
as $$
declare
    f processing.row_filter := processing.read_filter(filter);
begin
    if f.owner is not null then
        perform processing.refuse_argument('failures are not known by owner; list_rows with the status failed takes an owner');
    elsif not processing.wants(f, 'failed') then
        return '[]'::jsonb;
    end if;
    return (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'signature', g.signature, 'pipeline', g.pipeline, 'code', l.code, 'step', l.step, 'text', l.text, 'rows', g.rows,
            'first_at', g.first_at, 'last_at', g.last_at,
            'example', pg_catalog.jsonb_build_object('table', l.table_id::text, 'id', l.row_id)) order by g.last_at desc, g.signature), '[]')
        from processing.failure_groups(f, max_groups) as g
        cross join lateral (
            select x.* from processing.failed_rows as x
            where x.signature = g.signature and x.at = g.last_at and x.pipeline = g.pipeline
                and (f.queue is null or x.table_id = f.queue) and (f.row_id is null or x.row_id = f.row_id) limit 1) as l);
end
$$;

comment on function processing.failures(jsonb, integer) is
    'Rows that have failed, grouped by signature and pipeline, latest first: [{signature, pipeline, code, step, text, rows, '
    'first_at, last_at, example: {table, id}}]. The filter is that of list_rows without owner, and its text is compared '
    'with the normalised one. A row that runs again or is gone does not count. Raises 22023 for a mistake in the filter.';

insert into processing.library_migrations (version) values ('20261121000908');
