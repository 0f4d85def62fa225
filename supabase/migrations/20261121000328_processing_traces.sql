-- Traces. Whoever writes a row may say to which trace its work belongs, as W3C's Trace Context does:
--   https://www.w3.org/TR/trace-context/#traceparent-header
-- PostgREST passes the header `traceparent` of a request on; other clients `set liverows.traceparent`. A claim hands
-- the text to the worker, whose spans then belong to the trace of the request.

create table processing.traces (
    table_id regclass not null,
    row_id text not null,
    traceparent text,
    earlier text,
    noted_at timestamptz not null,
    primary key (row_id, table_id)
);

create index traces_noted on processing.traces (noted_at);

comment on table processing.traces is
    'The traces of rows whose writer sent one. Deleted with the row, and by prune.';
comment on column processing.traces.traceparent is
    'The traceparent of the request that queued the row, or null if that request sent none.';
comment on column processing.traces.earlier is
    'The traceparent of the row before it was queued again, or null.';

-- Declared immutable, so that Postgres calls it once per statement: the trick "asked once", see 0590.
create function processing.is_traced() returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
    return coalesce(pg_catalog.current_setting('liverows.traceparent', true), '') <> ''
        or coalesce(pg_catalog.current_setting('request.headers', true), '') like '%"traceparent"%';
end
$$;

comment on function processing.is_traced() is
    'Internal: whether the writer of a statement seems to have sent a traceparent.';

create function processing.sent_traceparent() returns text
language plpgsql stable
set search_path = ''
as $$
declare
    sent text := nullif(pg_catalog.current_setting('liverows.traceparent', true), '');
begin
    if sent is null then
        sent := pg_catalog.current_setting('request.headers', true)::json ->> 'traceparent';
    end if;
    return case when sent ~ '^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$' then sent end;
exception
    when data_exception then
        return null;  -- the headers are no JSON object
end
$$;

comment on function processing.sent_traceparent() is
    'Internal: the traceparent that the writer of a statement has sent; null if there is none or it is malformed.';

create function processing.note_trace() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
    sent text := processing.sent_traceparent();
begin
    if sent is not null then
        insert into processing.traces as t (table_id, row_id, traceparent, noted_at)
        values (queue, processing.key_in(queue, tg_argv[0], processing.row_values(new, array[tg_argv[0]])), sent, processing.clock())
        on conflict (row_id, table_id) do update set
            traceparent = excluded.traceparent, earlier = null, noted_at = excluded.noted_at;
    end if;
    return null;
exception
    when assert_failure or others then
        -- The row matters, and not its trace.
        raise log 'the trace of a row of % is not noted: %', queue, sqlstate;
        return null;
end
$$;

comment on function processing.note_trace() is
    'Trigger: notes to which trace the work of a new row belongs.';

create function processing.trace_again(queue regclass, key text) returns void
language plpgsql
set search_path = ''
as $$
declare
    sent text := case when processing.is_traced() then processing.sent_traceparent() end;
begin
    update processing.traces as t
    set earlier = coalesce(t.traceparent, t.earlier), traceparent = sent, noted_at = processing.clock()
    where t.row_id = key and t.table_id = queue;
    if not found and sent is not null then
        insert into processing.traces (table_id, row_id, traceparent, noted_at)
        values (queue, key, sent, processing.clock())
        on conflict (row_id, table_id) do nothing;
    end if;
end
$$;

comment on function processing.trace_again(regclass, text) is
    'Internal: notes to which trace the work of a row belongs that a person queues again, and what came before.';

create function processing.traces_of(queue regclass, keys text[]) returns json
language plpgsql stable
set search_path = ''
as $$
begin
    return (
        select pg_catalog.json_object_agg(t.row_id, pg_catalog.json_build_object('traceparent', t.traceparent, 'earlier', t.earlier))
        from processing.traces as t where t.row_id = any (keys) and t.table_id = queue);
end
$$;

comment on function processing.traces_of(regclass, text[]) is
    'Internal: {key: {traceparent, earlier}} of those rows whose writer sent a trace, or null if there is none.';

create function processing.prune_traces(before timestamptz, max_rows integer) returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
    -- Written with the tricks "by index", "by place" and "one way", see 0590.
    delete from processing.traces as t where t.ctid = any (array(
        select x.ctid from processing.traces as x
        where x.noted_at < before and not exists (
            select from processing.leases as l where l.row_id = any (array[x.row_id]) and (l.table_id = x.table_id) is true)
        order by x.noted_at limit max_rows for update skip locked));
end
$$;

comment on function processing.prune_traces(timestamptz, integer) is
    'Internal: deletes at most max_rows traces that were noted before this moment, except those of running rows.';

insert into processing.library_migrations (version) values ('20261121000328');
