-- Completed rows, for list_rows and count_rows. There is no index over them: their events are read, newest first, one window
-- of time after the other.

create function processing.table_page(f processing.row_filter, s processing.stream, done processing.completion[], max_rows integer, counting boolean)
returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    q processing.queues;
    part jsonb;
begin
    if processing.is_hidden(s.queue) then
        return null;
    end if;
    select * into q from processing.queues as x where x.table_id = s.queue;
    q.key_column := processing.key_column(s.queue, q.key_column);
    execute case when counting then processing.count_query(f, s, q, max_rows)
        else processing.shown_rows(f, s, q, pg_catalog.format('(%s)', processing.stream_rows(f, s, q)), max_rows) end into part using done;
    return part;
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        end if;
        return null;
end
$$;

comment on function processing.table_page(processing.row_filter, processing.stream, processing.completion[], integer, boolean) is
    'Internal: the rows of one table that were completed, or their number; null if the table cannot be read now.';

create function processing.window_rows(f processing.row_filter, s processing.stream, done processing.completion[], max_rows integer, counting boolean)
returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    part jsonb;
    shown jsonb := '[]'::jsonb;
    counted bigint := 0;
    unread text[] := '{}'::text[];
begin
    for s.queue in select distinct c.table_id from pg_catalog.unnest(done) as c order by c.table_id loop
        part := processing.table_page(f, s, array(select c from pg_catalog.unnest(done) as c where c.table_id = s.queue), max_rows, counting);
        if part is null then
            unread := unread || s.queue::text;
        elsif counting then
            counted := counted + part::bigint;
        else
            shown := shown || part;
        end if;
    end loop;
    select coalesce(pg_catalog.jsonb_agg(x.one order by x.nth), '[]') into shown from (
        select r as one, pg_catalog.row_number() over (order by (r ->> 'at')::timestamptz desc, (r ->> 'tie')::bigint desc) as nth
        from pg_catalog.jsonb_array_elements(shown) as r order by nth limit max_rows) as x;
    return pg_catalog.jsonb_build_object('rows', shown, 'count', counted, 'unread', unread);
end
$$;

comment on function processing.window_rows(processing.row_filter, processing.stream, processing.completion[], integer, boolean) is
    'Internal: the completed rows of a window, newest first, or their number: {rows, count, unread}.';

create function processing.completed_rows(
    f processing.row_filter, s processing.stream, place jsonb, max_rows integer, deadline timestamptz, enough_at timestamptz, counting boolean
) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    -- A first look reads a few more completions than fit on the page; only a rare kind of row needs many.
    -- So many completions or windows are looked at even if the machine is slow: what is small is always read to its end.
    least_looks constant integer := 1000;
    least_windows constant integer := 20;
    looked bigint := 0;
    windows integer := 0;
    most integer := case when counting then 2000 else least(2000, 2 * max_rows) end;
    queues regclass[] := processing.wanted_queues(f);
    last processing.completion := processing.last_place(f, s, place);
    oldest timestamptz := greatest(f.since, (select min(p.attached_at) from processing.pipelines as p where p.table_id = any (queues)));
    first_at timestamptz;
    width interval := interval '1 minute';
    started timestamptz;
    done processing.completion[];
    part jsonb;
    told jsonb := '{"rows": [], "count": 0, "unread": []}'::jsonb;
begin
    -- The other streams may have used up the time of the page.
    deadline := greatest(deadline, pg_catalog.clock_timestamp() + interval '30 milliseconds');
    while last.at > oldest loop
        started := pg_catalog.clock_timestamp();
        first_at := greatest(last.at - width, oldest);
        done := processing.completions(queues, first_at, last.at, last.id, most);
        looked := looked + pg_catalog.cardinality(done);
        windows := windows + 1;
        if done <> '{}' then
            part := processing.window_rows(f, s, done, max_rows - pg_catalog.jsonb_array_length(told -> 'rows'), counting);
            told := pg_catalog.jsonb_build_object('rows', told -> 'rows' || (part -> 'rows'), 'count',
                (told ->> 'count')::bigint + (part ->> 'count')::bigint, 'unread', told -> 'unread' || (part -> 'unread'));
        end if;
        last.id := case when pg_catalog.cardinality(done) = most then done[most].id else 0 end;
        last.at := case when pg_catalog.cardinality(done) = most then done[most].at else first_at end;
        -- Without any completion, nothing says that more than a page of them would be needed.
        if done <> '{}' then
            most := least(most * 4, 2000);
        end if;
        if pg_catalog.jsonb_array_length(told -> 'rows') >= max_rows then
            return told || pg_catalog.jsonb_build_object('until', (told -> 'rows' -> -1) - 'row');
        elsif (told ->> 'count')::bigint >= max_rows or last.at < enough_at
            -- A time without rows is crossed in large steps, and a page that ended in it would start with small ones again.
            or (looked >= least_looks or windows >= least_windows) and pg_catalog.clock_timestamp() > deadline + (case when done = '{}' then interval '100 milliseconds' else interval '0' end)
        then
            return told || pg_catalog.jsonb_build_object('until', pg_catalog.jsonb_build_object(
                'label', s.label, 'at', last.at, 'tie', last.id::text));
        end if;
        -- The windows grow while they are cheap or empty, so that one page reaches far over a time without any row.
        width := case when done = '{}' or pg_catalog.clock_timestamp() - started < interval '10 milliseconds' then least(width * 4, interval '10 years')
            when pg_catalog.clock_timestamp() - started > interval '40 milliseconds' then width / 2 else width end;
    end loop;
    return told;
end
$$;

comment on function processing.completed_rows(
    processing.row_filter, processing.stream, jsonb, integer, timestamptz, timestamptz, boolean
) is
    'Internal: the next completed rows after a place, not further back than needed for `enough_at`, or their number: {rows, '
    'count, unread, until}. `until` is the place that was reached, and missing if there are no more.';

insert into processing.library_migrations (version) values ('20261121000913');
