-- list_rows and count_rows, from the streams of 0911. A table that is locked, broken or gone costs only its own rows.

create function processing.shown_rows(f processing.row_filter, s processing.stream, q processing.queues, source text, max_rows integer)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return pg_catalog.format($sql$
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'label', %1$L::text, 'at', x.at, 'tie', x.tie::text, 'row', x.shown) order by x.nth), '[]')
        from (
            select pg_catalog.row_number() over (order by t.processing__at desc, t.processing__tie desc) as nth,
                t.processing__at as at, t.processing__tie as tie, %2$s as shown
            from %3$s as t where %4$s
            order by t.processing__at desc, t.processing__tie desc limit %5$s
        ) as x$sql$,
        s.label, processing.shown_row(s.queue, q.key_column), source, processing.row_condition(f, s.queue), max_rows);
end
$$;

comment on function processing.shown_rows(processing.row_filter, processing.stream, processing.queues, text, integer) is
    'Internal: a query for the newest rows of a source that match the filter, [{label, at, tie, row}].';

create function processing.looked_query(
    f processing.row_filter, s processing.stream, q processing.queues, place jsonb, looks integer, max_rows integer, counting boolean
) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    -- What is kept of each row is short: most are read only to see that they do not match, and application rows may be wide.
    return pg_catalog.format($sql$
        with looked as materialized (
            select t.%6$I as key, t.processing__at, t.processing__tie, (%7$s) is true as fits
            from (%1$s) as t where %2$s order by t.processing__at desc, t.processing__tie desc limit %3$s
        )
        select pg_catalog.jsonb_build_object('found', (%4$s), 'looked', (select count(*) from looked), 'last', (
            select pg_catalog.jsonb_build_object('label', %5$L::text, 'at', l.processing__at, 'tie', l.processing__tie::text)
            from looked as l order by l.processing__at, l.processing__tie limit 1))$sql$,
        processing.stream_rows(f, s, q), processing.place_condition(f, s, place, processing.tie_type(s, q)), looks,
        case when counting then 'select count(*) from looked as l where l.fits'
            else processing.shown_rows(f, s, q, pg_catalog.format('(
                select t.*, l.processing__at, l.processing__tie from (
                    select x.* from looked as x where x.fits order by x.processing__at desc, x.processing__tie desc limit %s) as l
                join %s as t on t.%I = any (array[l.key]))', max_rows, s.queue, q.key_column), max_rows) end,
        s.label, q.key_column, processing.row_condition(f, s.queue));
end
$$;

comment on function processing.looked_query(processing.row_filter, processing.stream, processing.queues, jsonb, integer, integer, boolean) is
    'Internal: a query that looks at the next rows of a stream after a place: {found: rows or their number, looked, last: place}.';

create function processing.has_rows(f processing.row_filter, s processing.stream, q processing.queues) returns boolean
language plpgsql stable
set search_path = ''
-- Written with the trick "by index", see 0590: there is an index for each of these streams.
set enable_seqscan = off
as $$
declare
    found_any boolean;
begin
    execute case s.kind
        when 'waiting' then pg_catalog.format('select exists (select from %s as t where t.processing_status = ''pending'' and t.processing_pipeline = %L)',
            s.queue, s.pipeline)
        when 'running' then pg_catalog.format('select exists (%s)', processing.stream_rows(f, s, q))
        when 'ended' then pg_catalog.format('select exists (%s)', processing.stream_rows(f, s, q))
        else 'select true' end into found_any;
    return found_any;
end
$$;

comment on function processing.has_rows(processing.row_filter, processing.stream, processing.queues) is
    'Internal: whether a stream has any row. Most have none, for instance of rows that run, and to ask this costs little beside the query for a page.';

create function processing.stream_part(
    f processing.row_filter, s processing.stream, place jsonb, max_rows integer, deadline timestamptz, enough_at timestamptz, counting boolean
) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    most constant integer := 4000;
    -- So many rows are looked at even if the machine is slow: what is small is always read to its end.
    least_looks constant integer := 1000;
    q processing.queues;
    looked bigint := 0;
    looks integer := case when counting then most else max_rows end;
    part jsonb;
    shown jsonb := '[]'::jsonb;
    counted bigint := 0;
begin
    if processing.is_hidden(s.queue) then
        return null;
    end if;
    select * into q from processing.queues as x where x.table_id = s.queue;
    q.key_column := processing.key_column(s.queue, q.key_column);
    if not processing.has_rows(f, s, q) then
        return '{"rows": [], "count": 0}'::jsonb;
    end if;
    loop
        execute processing.looked_query(f, s, q, place, looks, max_rows - pg_catalog.jsonb_array_length(shown), counting) into part;
        if counting then
            counted := counted + (part ->> 'found')::bigint;
        else
            shown := shown || (part -> 'found');
        end if;
        place := part -> 'last';
        looked := looked + (part ->> 'looked')::bigint;
        if pg_catalog.jsonb_array_length(shown) >= max_rows then
            return pg_catalog.jsonb_build_object('rows', shown, 'until', (shown -> -1) - 'row');
        elsif (part ->> 'looked')::bigint < looks then
            return pg_catalog.jsonb_build_object('rows', shown, 'count', counted);
        end if;
        exit when counted >= max_rows or (place ->> 'at')::timestamptz < enough_at
            or looked >= least_looks and pg_catalog.clock_timestamp() > deadline;
        looks := least(looks * 8, most);
    end loop;
    return pg_catalog.jsonb_build_object('rows', shown, 'count', counted, 'until', place);
exception
    when query_canceled then
        raise;
    when data_exception then
        return '{"rows": [], "count": 0}'::jsonb;  -- a value of the filter is none of the column's type
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        end if;
        return null;
end
$$;

comment on function processing.stream_part(processing.row_filter, processing.stream, jsonb, integer, timestamptz, timestamptz, boolean) is
    'Internal: the next rows of a stream after a place, not further back than needed for `enough_at`, or their number: {rows, '
    'count, until}; null if its table cannot be read now. `until` is the place that was reached, and missing if there are no more.';

create function processing.read_place(after text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    place jsonb;
begin
    place := pg_catalog.convert_from(pg_catalog.decode(after, 'hex'), 'UTF8')::jsonb;
    if (place ->> 'at')::timestamptz is null or place ->> 'label' is null or place ->> 'tie' is null then
        raise data_exception;
    end if;
    return place;
exception
    when data_exception or invalid_parameter_value or statement_too_complex then  -- the last for JSON nested very deep
        if after is not null then
            perform processing.refuse_argument('after is no `next` of an earlier answer');
        end if;
        return null;
end
$$;

comment on function processing.read_place(text) is
    'Internal: the place {label, at, tie} that a cursor names, or null for null. Raises 22023 for any other text.';

create function processing.cursor_of(place jsonb) returns text
language sql immutable
set search_path = ''
as $$
    select pg_catalog.encode(pg_catalog.convert_to((place - 'row')::text, 'UTF8'), 'hex')
$$;

comment on function processing.cursor_of(jsonb) is 'Internal: the cursor that names a place, or null.';

create function processing.merged(shown jsonb, until jsonb, max_rows integer) returns jsonb
language sql immutable
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(x.one order by x.place), '[]')
    from (
        select r.one, pg_catalog.row_number() over (
            order by (r.one ->> 'at')::timestamptz desc, r.one ->> 'label' collate "C", r.nth) as place
        from pg_catalog.jsonb_array_elements(shown) with ordinality as r (one, nth)
        where until is null or (r.one ->> 'at')::timestamptz > (until ->> 'at')::timestamptz
            or (r.one ->> 'at')::timestamptz = (until ->> 'at')::timestamptz and (r.one ->> 'label' collate "C") <= until ->> 'label'
        order by place limit max_rows
    ) as x
$$;

comment on function processing.merged(jsonb, jsonb, integer) is
    'Internal: rows of several streams in the order of a page, up to a place.';

create function processing.page_of(f processing.row_filter, place jsonb, max_rows integer) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    deadline timestamptz := pg_catalog.clock_timestamp() + interval '60 milliseconds';
    s processing.stream;
    part jsonb;
    shown jsonb := '[]'::jsonb;
    reached jsonb[] := '{}'::jsonb[];
    until jsonb;
    unread text[] := '{}'::text[];
    enough_at timestamptz;
begin
    -- Those in which a rare row costs most come last.
    for s in
        select * from processing.streams(f) as x
        order by case x.kind when 'completed' then 2 when 'ended' then 1 else 0 end, x.label collate "C"
    loop
        continue when s.queue::text = any (unread);
        -- Older rows than these would not be on the page.
        select (r ->> 'at')::timestamptz into enough_at from pg_catalog.jsonb_array_elements(shown) as r
        order by (r ->> 'at')::timestamptz desc offset max_rows - 1 limit 1;
        if s.kind = 'completed' then
            part := processing.completed_rows(f, s, place, max_rows, deadline, enough_at, false);
        else
            part := coalesce(processing.stream_part(f, s, place, max_rows, deadline, enough_at, false), pg_catalog.jsonb_build_object('rows', '[]'::jsonb, 'unread', array[s.queue::text]));
        end if;
        unread := unread || array(select pg_catalog.jsonb_array_elements_text(part -> 'unread'));
        shown := shown || (part -> 'rows');
        if pg_catalog.jsonb_typeof(part -> 'until') = 'object' then
            reached := reached || (part -> 'until');
        end if;
    end loop;
    -- After the first place that a stream has reached, rows of this stream may be missing.
    select r into until from pg_catalog.unnest(reached) as r
    order by (r ->> 'at')::timestamptz desc, r ->> 'label' collate "C" limit 1;
    shown := processing.merged(shown, until, max_rows);
    if pg_catalog.jsonb_array_length(shown) >= max_rows then
        until := shown -> -1;
    end if;
    return pg_catalog.jsonb_build_object(
        'rows', array(select r -> 'row' from pg_catalog.jsonb_array_elements(shown) as r),
        'place', until - 'row', 'unread', array(select distinct u from pg_catalog.unnest(unread) as u order by u));
end
$$;

comment on function processing.page_of(processing.row_filter, jsonb, integer) is
    'Internal: {rows, place, unread}: the next rows after a place, the place after them if there may be more, and the tables '
    'that cannot be read now.';

create function processing.check_most(name text, asked integer, most integer) returns void
language plpgsql
set search_path = ''
as $$
begin
    if (asked between 1 and most) is not true then
        perform processing.refuse_argument(pg_catalog.format('%s is not between 1 and %s', name, most));
    end if;
end
$$;

comment on function processing.check_most(text, integer, integer) is 'Internal: raises 22023 unless the number is from 1 to `most`.';

create function processing.list_rows(filter jsonb default '{}', after text default null, max_rows integer default 50) returns jsonb
language plpgsql stable security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
declare
    page jsonb;
begin
    perform processing.check_most('max_rows', max_rows, 1000);
    page := processing.page_of(processing.read_filter(filter), processing.read_place(after), max_rows);
    return pg_catalog.jsonb_build_object('rows', page -> 'rows', 'next', processing.cursor_of(nullif(page -> 'place', 'null')),
        'unread', page -> 'unread');
end
$$;

comment on function processing.list_rows(jsonb, text, integer) is
    'Rows that match the filter, newest first: {rows: [{table, id, pipeline, status, stage, progress, attempts, run, priority, '
    'owner, error, not_before, started_at, finished_at, set_aside, at}], next, unread}. `at` is when the row became due, '
    'started or finished. `next` is the argument `after` of the next page, and null at the end; a page may have fewer rows than '
    'asked for. Completed rows are listed as far as their history is kept. unread: tables that cannot be read now. Keys of '
    'the filter: pipeline, status [pending, processing, completed, failed, cancelled, set_aside, due], owner, code, text (part of '
    'the message), signature, step, id, table, since, until, older_than_seconds. Raises 22023 for any other.';

create function processing.count_query(f processing.row_filter, s processing.stream, q processing.queues, most bigint) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return pg_catalog.format('select pg_catalog.to_jsonb(count(*)) from (select from (%s) as t where %s and %s limit %s) as x',
        processing.stream_rows(f, s, q), processing.place_condition(f, s, null, q.key_type), processing.row_condition(f, s.queue), most);
end
$$;

comment on function processing.count_query(processing.row_filter, processing.stream, processing.queues, bigint) is
    'Internal: a query for the number of rows of a stream, as jsonb, at most so many.';

create function processing.count_stream(f processing.row_filter, s processing.stream, most integer, deadline timestamptz) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    q processing.queues;
    counted jsonb;
begin
    if processing.is_hidden(s.queue) then
        return null;
    elsif s.kind = 'completed' then
        return processing.completed_rows(f, s, null, most, deadline, null, true);
    elsif f.code is not null or f.words is not null or f.step is not null or f.owner is not null and s.kind <> 'waiting' then
        -- For these, the rows themselves are read.
        return processing.stream_part(f, s, null, most, deadline, null, true);
    elsif s.kind = 'signed' then
        return (
            select pg_catalog.jsonb_build_object('count', count(*)) from (
                select from processing.failed_rows as r
                where r.signature = f.signature and r.table_id = s.queue and (f.pipeline is null or r.pipeline = f.pipeline)
                    and (f.since is null or r.at >= f.since) and (f.until is null or r.at <= f.until) limit most) as x);
    end if;
    select * into q from processing.queues as x where x.table_id = s.queue;
    q.key_column := processing.key_column(s.queue, q.key_column);
    execute processing.count_query(f, s, q, most) into counted;
    return pg_catalog.jsonb_build_object('count', counted);
exception
    when query_canceled then
        raise;
    when data_exception then
        return '{"count": 0}'::jsonb;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        end if;
        return null;
end
$$;

comment on function processing.count_stream(processing.row_filter, processing.stream, integer, timestamptz) is
    'Internal: {count, until} of a stream; null if its table cannot be read now.';

create function processing.count_rows(filter jsonb default '{}', most integer default 100000) returns jsonb
language plpgsql stable security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
declare
    f processing.row_filter := processing.read_filter(filter);
    deadline timestamptz := pg_catalog.clock_timestamp() + interval '100 milliseconds';
    s processing.stream;
    part jsonb;
    counted bigint := 0;
    more boolean := false;
begin
    perform processing.check_most('most', most, 10000000);
    for s in select * from processing.streams(f) as x order by x.kind = 'completed', x.label collate "C" loop
        part := processing.count_stream(f, s, (most + 1 - counted)::integer, deadline);
        counted := counted + coalesce((part ->> 'count')::bigint, 0);
        more := more or part is null or part ? 'until' or part @? '$.unread[*]';
        exit when counted > most;
    end loop;
    return pg_catalog.jsonb_build_object('rows', least(counted, most), 'more', more or counted > most);
end
$$;

comment on function processing.count_rows(jsonb, integer) is
    'How many rows match the filter of list_rows: {rows, more}. Counting stops at `most`; more: there may be more rows, also '
    'because completed rows, and rows by code, text, step or owner, are counted for a short time only, or a table cannot be read now.';

insert into processing.library_migrations (version) values ('20261121000912');
