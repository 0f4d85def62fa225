-- list_rows and count_rows: rows of all attached tables, newest first, by a filter.

-- Rows come from streams. Most read one table in the order of one index, newest first, and each may stop after any
-- row: there is no offset, and no index over completed rows of the application.
--   waiting     pending rows of a pipeline, by the index that claims use, one priority at a time
--   running     rows that are processing
--   ended       failed and cancelled rows, by a partial index
--   completed   completed rows of all tables, from the events, one window of time after the other
--   signed      failed rows with one signature, from failed_rows
--   aside       rows that are set aside and are in no other stream
--   single      the row with the key that the filter names
-- Streams are merged by the moment `at`, then by their label. A cursor is the place after which the next page starts.

create type processing.stream as (
    label text,
    queue regclass,
    kind text,
    pipeline text
);

comment on type processing.stream is 'A way to read rows of one table. The label is unique and stays the same between calls.';

create type processing.completion as (
    table_id regclass,
    row_id text,
    run bigint,
    at timestamptz,
    id bigint
);

comment on type processing.completion is 'An event after which a row was completed.';

create function processing.wanted_queues(f processing.row_filter) returns regclass[]
language sql stable
set search_path = ''
as $$
    select array(
        select q.table_id from processing.queues as q join pg_catalog.pg_class as t on t.oid = q.table_id
        where (f.queue is null or q.table_id = f.queue) and (f.pipeline is null or exists (
            select from processing.pipelines as p where p.table_id = q.table_id and p.pipeline = f.pipeline))
        order by q.table_id)
$$;

comment on function processing.wanted_queues(processing.row_filter) is
    'Internal: the attached tables that exist and may have rows of the filter.';

create function processing.streams(f processing.row_filter) returns setof processing.stream
language sql stable
set search_path = ''
as $$
    select pg_catalog.concat_ws(' ', q.table_id::text, k.kind, k.pipeline), q.table_id, k.kind, k.pipeline
    from processing.queues as q
    join pg_catalog.pg_class as t on t.oid = q.table_id
    cross join lateral (
        select 'single' as kind, null as pipeline where f.row_id is not null
        union all
        select 'signed', null where f.row_id is null and f.signature is not null and processing.wants(f, 'failed')
        union all
        select s.kind, s.pipeline from (
            select 'waiting' as kind, p.pipeline from processing.pipelines as p
            where p.table_id = q.table_id and (f.pipeline is null or p.pipeline = f.pipeline)
                and (processing.wants(f, 'pending') or processing.wants(f, 'due'))
            union all
            select 'running', null where processing.wants(f, 'processing')
            union all
            select 'ended', null where processing.wants(f, 'failed') or processing.wants(f, 'cancelled')
            union all
            select 'aside', null where f.statuses is not null and processing.wants(f, 'set_aside')
        ) as s where f.row_id is null and f.signature is null
    ) as k
    where q.table_id = any (processing.wanted_queues(f))
    union all
    select 'completed', null, 'completed', null
    where f.row_id is null and f.signature is null and processing.wants(f, 'completed')
$$;

comment on function processing.streams(processing.row_filter) is
    'Internal: the streams that have all rows of the filter, each row once.';

create function processing.owner_text(queue regclass) returns text
language sql stable
set search_path = ''
as $$
    select coalesce('case t.processing_pipeline ' || pg_catalog.string_agg(
        pg_catalog.format('when %L then t.%I::text', p.pipeline, p.owner_column), ' ' order by p.pipeline) || ' end', 'null::text')
    from processing.pipelines as p
    join pg_catalog.pg_attribute as a on a.attrelid = p.table_id and a.attname = p.owner_column and not a.attisdropped
    where p.table_id = queue
$$;

comment on function processing.owner_text(regclass) is
    'Internal: an SQL expression for the owner of a row t as text. A column that is gone is left out.';

create function processing.status_condition(f processing.row_filter, queue regclass, key text) returns text
language sql stable
set search_path = ''
as $$
    select case when f.statuses is null then 't.processing_status is not null' else pg_catalog.format(
        '(t.processing_status::text = any (%1$L::text[])%2$s%3$s)', f.statuses,
        case when 'due' = any (f.statuses) then pg_catalog.format(
            ' or t.processing_status = ''pending'' and t.processing_not_before <= %L', processing.clock()) end,
        case when 'set_aside' = any (f.statuses) then pg_catalog.format(
            ' or exists (select from processing.set_aside as s where s.row_id = t.%1$I::text and s.table_id = %2$L::regclass)', key, queue) end)
        end
$$;

comment on function processing.status_condition(processing.row_filter, regclass, text) is
    'Internal: an SQL condition for the statuses of a filter on a row t.';

create function processing.row_condition(f processing.row_filter, queue regclass) returns text
language sql stable
set search_path = ''
as $$
    select pg_catalog.concat_ws(' and ', 'true',
        case when f.pipeline is not null then pg_catalog.format('t.processing_pipeline = %L', f.pipeline) end,
        case when f.owner is not null then pg_catalog.format('(%s) = %L', processing.owner_text(queue), f.owner) end,
        case when f.code is not null then pg_catalog.format('t.processing_error ->> ''code'' = %L', f.code) end,
        case when f.words is not null then pg_catalog.format(
            'pg_catalog.strpos(pg_catalog.lower(t.processing_error ->> ''message''), %L) > 0', f.words) end,
        case when f.step is not null then pg_catalog.format(
            '%L in (t.processing_error ->> ''step'', t.processing_error ->> ''stage'', t.processing_stage)', f.step) end)
$$;

comment on function processing.row_condition(processing.row_filter, regclass) is
    'Internal: an SQL condition for all of a filter but statuses, signature, key and times, on a row t.';

create function processing.stream_rows(f processing.row_filter, s processing.stream, q processing.queues) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    -- The places of a row in its stream: `at`, and `tie` among rows with the same `at`.
    shown constant text := pg_catalog.format('select t.*, %%s as processing__at, t.%I as processing__tie from %s as t', q.key_column, s.queue);
    key constant text := pg_catalog.quote_ident(q.key_column);
    found_at text;
begin
    case s.kind
        when 'waiting' then
            return processing.waiting_rows(f, s, shown);
        when 'running' then
            return pg_catalog.format(shown || ' where t.processing_status = ''processing''', 'coalesce(t.processing_started_at, ''-infinity'')');
        when 'ended' then
            -- A row that was inserted as failed may have no time. It is found by its key only.
            return pg_catalog.format(shown || ' where t.processing_status in (''failed'', ''cancelled'') and t.processing_finished_at is not null',
                't.processing_finished_at')
                || case when not (processing.wants(f, 'failed') and processing.wants(f, 'cancelled')) then pg_catalog.format(
                    ' and t.processing_status = %L', case when processing.wants(f, 'failed') then 'failed' else 'cancelled' end) else '' end;
        when 'completed' then
            return pg_catalog.format('select t.*, c.at as processing__at, c.id as processing__tie from pg_catalog.unnest($1) as c
                join %s as t on t.%I = any (array[c.row_id::%s]) and (t.processing_run = c.run and t.processing_status = ''completed'') is true',
                s.queue, q.key_column, q.key_type);
        when 'signed' then
            return pg_catalog.format('select t.*, r.at as processing__at, r.row_id as processing__tie from processing.failed_rows as r
                join %2$s as t on t.%1$s = any (array[r.row_id::%3$s]) and (t.processing_status = ''failed'') is true
                where r.signature = %4$L and (r.table_id = %5$L::regclass) is true', key, s.queue, q.key_type, f.signature, s.queue);
        when 'aside' then
            return pg_catalog.format('select t.*, r.since as processing__at, t.%1$s as processing__tie from processing.set_aside as r
                join %2$s as t on t.%1$s = any (array[r.row_id::%3$s]) and not %4$s where r.table_id = %2$L::regclass', key, s.queue, q.key_type,
                processing.status_condition(processing.without_aside(f), s.queue, q.key_column));
        else
            found_at := 'coalesce(case t.processing_status when ''pending'' then t.processing_not_before when ''processing'' then '
                't.processing_started_at else t.processing_finished_at end, ''-infinity'')';
            return pg_catalog.format(shown || ' where t.%s = %L::%s and %s', found_at, key,
                processing.key_of(s.queue, f.row_id), q.key_type, processing.status_condition(f, s.queue, q.key_column));
    end case;
end
$$;

comment on function processing.stream_rows(processing.row_filter, processing.stream, processing.queues) is
    'Internal: a query for the rows of a stream with their places. In that of completed rows, $1 is the completions.';

create function processing.without_aside(f processing.row_filter) returns processing.row_filter
language plpgsql immutable
set search_path = ''
as $$
begin
    f.statuses := pg_catalog.array_remove(f.statuses, 'set_aside');
    return f;
end
$$;

comment on function processing.without_aside(processing.row_filter) is 'Internal: the filter without the status set_aside.';

create function processing.waiting_rows(f processing.row_filter, s processing.stream, shown text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    -- Further priorities are read in one part, which is sorted.
    most constant integer := 20;
    p processing.pipelines;
    levels smallint[];
    waits text;
begin
    select * into p from processing.pipelines as x where x.pipeline = s.pipeline;
    waits := pg_catalog.format(' where t.processing_status = ''pending'' and t.processing_pipeline = %L', p.pipeline)
        || case when processing.wants(f, 'pending') then '' else pg_catalog.format(' and t.processing_not_before <= %L', processing.clock()) end
        || case when f.owner is not null and p.owner_column is not null
            then pg_catalog.format(' and t.%I = %L::%s', p.owner_column, f.owner, p.owner_type) else '' end;
    shown := pg_catalog.format(shown, 't.processing_not_before') || waits;
    -- Written with the trick "one range", see 0590.
    execute pg_catalog.format('with recursive ring as (
            (select t.processing_priority as level, 1 as nth from %1$s as t %2$s order by t.processing_priority desc limit 1)
            union all
            select (select t.processing_priority from %1$s as t %2$s and t.processing_priority < r.level order by t.processing_priority desc limit 1), r.nth + 1
            from ring as r where r.level is not null and r.nth <= %3$s
        ) select array(select r.level from ring as r where r.level is not null order by r.level desc)', s.queue, waits, most) into levels;
    return coalesce((
        select pg_catalog.string_agg(pg_catalog.format('(%s and t.processing_priority %s %s)', shown,
            case when l.nth > most then '<=' else '=' end, l.level), ' union all ' order by l.nth)
        from pg_catalog.unnest(levels) with ordinality as l (level, nth)), shown);
end
$$;

comment on function processing.waiting_rows(processing.row_filter, processing.stream, text) is
    'Internal: the query of stream_rows for pending rows of a pipeline, with a part for each priority.';

create function processing.shown_row(queue regclass, key text) returns text
language sql stable
set search_path = ''
as $$
    select pg_catalog.format($sql$pg_catalog.jsonb_build_object(
        'table', %1$L, 'id', t.%2$I::text, 'pipeline', t.processing_pipeline, 'status', t.processing_status, 'stage', t.processing_stage,
        'progress', t.processing_progress, 'attempts', t.processing_attempts, 'run', t.processing_run, 'priority', t.processing_priority,
        'owner', %3$s, 'error', t.processing_error, 'not_before', t.processing_not_before, 'started_at', t.processing_started_at,
        'finished_at', t.processing_finished_at, 'at', nullif(t.processing__at, '-infinity'), 'set_aside', (
            select pg_catalog.jsonb_build_object('kind', a.kind, 'sqlstate', a.sqlstate, 'since', a.since, 'tries', a.tries,
                'look_again_at', a.look_again_at, 'message', case when a.sqlstate like 'RJ%%' or a.sqlstate = '42703' then a.message
                    -- Other messages may quote the row, and a list shows no contents.
                    else coalesce(nullif(pg_catalog.concat_ws(', ', 'constraint ' || a.constraint_name, 'column ' || a.column_name), ''),
                        'explain tells what it says') end)
            from processing.set_aside as a where a.row_id = t.%2$I::text and a.table_id = %1$L::regclass))$sql$,
        queue::text, key, processing.owner_text(queue))
$$;

comment on function processing.shown_row(regclass, text) is 'Internal: an SQL expression for a row t of a stream as list_rows answers it.';

create function processing.tie_type(s processing.stream, q processing.queues) returns text
language sql immutable
set search_path = ''
as $$
    select case s.kind when 'signed' then 'text' when 'completed' then 'bigint' else q.key_type end
$$;

comment on function processing.tie_type(processing.stream, processing.queues) is
    'Internal: the type of `tie`, which orders the rows of a stream that have the same `at`.';

create function processing.place_condition(f processing.row_filter, s processing.stream, place jsonb, tie_type text) returns text
language sql immutable
set search_path = ''
as $$
    select pg_catalog.concat_ws(' and ', 'true',
        case when f.since is not null then pg_catalog.format('t.processing__at >= %L::timestamptz', f.since) end,
        case when f.until is not null then pg_catalog.format('t.processing__at <= %L::timestamptz', f.until) end,
        case
            when place is null then null
            when place ->> 'label' = s.label then pg_catalog.format(
                '(t.processing__at, t.processing__tie) < (%L::timestamptz, %L::%s)', place ->> 'at', place ->> 'tie', tie_type)
            else pg_catalog.format('t.processing__at %s %L::timestamptz',
                case when s.label > place ->> 'label' collate "C" then '<=' else '<' end, place ->> 'at') end)
$$;

comment on function processing.place_condition(processing.row_filter, processing.stream, jsonb, text) is
    'Internal: an SQL condition for the times of a filter, and for rows after a place {label, at, tie}.';

create function processing.completions(queues regclass[], first_at timestamptz, last_at timestamptz, last_id bigint, most integer)
returns processing.completion[]
language plpgsql stable
set search_path = ''
-- The index of the events by time is the only one that helps, whatever the statistics say. Its order makes the search end early.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
begin
    return array(
        select (x.table_id, x.row_id, x.run, x.at, x.id)::processing.completion from (
            select e.table_id, e.row_id, e.run, e.at, e.id from processing.events as e
            -- Only the conditions without "is true" can use an index.
            where e.at >= first_at and e.at <= last_at and ((e.at, e.id) < (last_at, last_id)) is true
                and (e.table_id = any (queues)) is true
                and (e.kind = 'completed' or e.kind = 'status_set' and e.data ->> 'to' = 'completed')
            order by e.at desc, e.id desc limit most) as x);
end
$$;

comment on function processing.completions(regclass[], timestamptz, timestamptz, bigint, integer) is
    'Internal: the latest completions in the tables since first_at and before the event (last_at, last_id), at most so many.';

create function processing.last_place(f processing.row_filter, s processing.stream, place jsonb) returns processing.completion
language plpgsql stable
set search_path = ''
as $$
declare
    last processing.completion;
begin
    last.at := processing.clock();
    last.id := 9223372036854775807;
    if f.until < last.at then
        last.at := f.until;
    end if;
    if (place ->> 'at')::timestamptz <= last.at then
        last.at := (place ->> 'at')::timestamptz;
        last.id := case when s.label = place ->> 'label' then (place ->> 'tie')::bigint
            when s.label > place ->> 'label' collate "C" then last.id else 0 end;
    end if;
    return last;
end
$$;

comment on function processing.last_place(processing.row_filter, processing.stream, jsonb) is
    'Internal: the time and id before which the completions of a page lie.';

insert into processing.library_migrations (version) values ('20261121000911');
