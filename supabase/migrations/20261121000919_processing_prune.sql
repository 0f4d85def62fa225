-- prune: deletes what is old, and what nobody can use again.

-- However many rows a table has had, a call reads about as much as it deletes: each kind of line is found by an index that
-- ends or starts with what is due. At most max_rows of each kind are deleted, so that the transaction is short. What a longer
-- transaction has locked, such as the history of a row that it deletes, is left to a later call.

-- All is written with the tricks "by index", "by place" and "one way", see 0590.

create table processing.tidied (
    at timestamptz not null,
    id bigint not null,
    days_until timestamptz not null,
    only_row boolean primary key default true check (only_row)
);

comment on table processing.tidied is
    'Checkpoints of rows that were completed up to this event, the one with this time and id, have been deleted.';
comment on column processing.tidied.days_until is 'Usage before this moment is summed up by month.';

insert into processing.tidied (at, id, days_until) values (processing.clock(), 0, '-infinity');

create function processing.completed_after(place processing.tidied, until timestamptz, most integer) returns processing.completion[]
language plpgsql stable
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
begin
    return array(
        select (x.table_id, x.row_id, x.run, x.at, x.id)::processing.completion from (
            select e.table_id, e.row_id, e.run, e.at, e.id from processing.events as e
            where e.at >= place.at and e.at < until and ((e.at, e.id) > (place.at, place.id)) is true
                and (e.kind = 'completed' or e.kind = 'status_set' and e.data ->> 'to' = 'completed')
            order by e.at, e.id limit most) as x);
end
$$;

comment on function processing.completed_after(processing.tidied, timestamptz, integer) is
    'Internal: the first completions after an event and before a time, in their order, at most so many.';

create function processing.prune_rounds(queue regclass, done processing.completion[], before timestamptz) returns bigint
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    q processing.queues;
    pruned bigint := 0;
begin
    select x.* into q from processing.queues as x join pg_catalog.pg_class as t on t.oid = x.table_id where x.table_id = queue;
    if q.table_id is null then
        return 0;
    end if;
    execute pg_catalog.format('
        with found as materialized (
            select x.ctid as place, c.row_id from pg_catalog.unnest($1) as c
            join processing.checkpoints as x on x.table_id = $2 and x.row_id = any (array[c.row_id])
                and (x.keep = ''round'' and not x.shareable and x.expires_at is null and x.created_at < $3) is true
            where c.table_id = $2)
        delete from processing.checkpoints as c where c.ctid = any (array(
            select x.ctid from processing.checkpoints as x where x.ctid = any (array(
                select f.place from found as f join %s as t on t.%I = any (array[f.row_id::%s])
                    and (t.processing_status = ''completed'') is true))
            for update skip locked))', q.table_id, q.key_column, q.key_type) using done, queue, before;
    get diagnostics pruned = row_count;
    return pruned;
exception
    when query_canceled or lock_not_available then
        raise;
    when assert_failure or others then
        return 0;  -- the table no longer fits; its checkpoints are deleted with their rows
end
$$;

comment on function processing.prune_rounds(regclass, processing.completion[], timestamptz) is
    'Internal: deletes the checkpoints that completed rows of one table cannot use again. Answers how many.';

create function processing.prune_completed(moment timestamptz, max_rows integer, out looked_at bigint, out pruned bigint)
language plpgsql
set search_path = ''
as $$
declare
    -- A completed row cannot use its checkpoints again. Those of the last hour stay for people. The checkpoints of a row are
    -- deleted together, so a call may delete more than max_rows.
    before timestamptz := moment - interval '1 hour';
    slice constant integer := 1000;
    place processing.tidied;
    done processing.completion[];
    queue regclass;
begin
    looked_at := 0;
    pruned := 0;
    select * into place from processing.tidied as t;
    while looked_at < max_rows and pruned < max_rows loop
        done := processing.completed_after(place, before, least(slice, max_rows - looked_at)::integer);
        for queue in select distinct c.table_id from pg_catalog.unnest(done) as c order by c.table_id loop
            pruned := pruned + processing.prune_rounds(queue, done, before);
        end loop;
        looked_at := looked_at + pg_catalog.cardinality(done);
        place.at := coalesce(done[pg_catalog.cardinality(done)].at, greatest(place.at, before));
        place.id := coalesce(done[pg_catalog.cardinality(done)].id, 0);
        update processing.tidied as t set at = place.at, id = place.id;
        exit when done = '{}';
    end loop;
exception
    when lock_not_available then
        -- A table is locked now, and the next call tries again.
        looked_at := 0;
        pruned := 0;
end
$$;

comment on function processing.prune_completed(timestamptz, integer) is
    'Internal: deletes checkpoints that completed rows cannot use again, of at most max_rows rows. Answers how many rows it has '
    'looked at, and how many checkpoints it has deleted.';

create function processing.prune_answers(expired_before timestamptz, answers_before timestamptz, max_rows integer) returns bigint
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    expired bigint;
    answers bigint := 0;
begin
    delete from processing.checkpoints as c where c.ctid = any (array(
        -- An expired checkpoint stays for a while, because its row may still be in the round that paid for it.
        select x.ctid from processing.checkpoints as x where x.expires_at < expired_before
        order by x.expires_at limit max_rows for update skip locked));
    get diagnostics expired = row_count;
    if answers_before is not null then
        delete from processing.checkpoints as c where c.ctid = any (array(
            -- The row may be in the round that paid for it, so an answer of a leased row stays.
            select x.ctid from processing.checkpoints as x
            where x.created_at < answers_before and (x.keep = 'content' or x.shareable) and not exists (
                select from processing.leases as l where l.row_id = any (array[x.row_id]) and (l.table_id = x.table_id) is true)
            order by x.created_at limit max_rows - expired for update skip locked));
        get diagnostics answers = row_count;
    end if;
    return expired + answers;
end
$$;

comment on function processing.prune_answers(timestamptz, timestamptz, integer) is
    'Internal: deletes at most max_rows checkpoints that expired before a time, and, unless the second time is null, answers '
    'for later rounds that were stored before it.';

create function processing.prune_events(before timestamptz, max_rows integer, out events bigint, out paid_calls bigint)
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
    -- Events of leased rows stay, to recognise repeated calls.
    delete from processing.events as e where e.ctid = any (array(
        select x.ctid from processing.events as x
        where x.at < before and not exists (
            select from processing.leases as l where l.row_id = any (array[x.row_id]) and (l.table_id = x.table_id) is true)
        order by x.at limit max_rows for update skip locked));
    get diagnostics events = row_count;
    delete from processing.paid_calls as c where c.ctid = any (array(
        select x.ctid from processing.paid_calls as x
        where x.noted_at < before and not exists (
            select from processing.leases as l where l.row_id = any (array[x.row_id]) and (l.table_id = x.table_id) is true)
        order by x.noted_at limit max_rows for update skip locked));
    get diagnostics paid_calls = row_count;
end
$$;

comment on function processing.prune_events(timestamptz, integer) is
    'Internal: deletes at most max_rows events and as many notes of paid calls from before a time.';

create function processing.prune_usage(before timestamptz, max_rows integer) returns bigint
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    lines processing.usage[];
begin
    with gone as (
        delete from processing.usage as u where u.ctid = any (array(
            select x.ctid from processing.usage as x
            -- Sums stay. Usage of a run that is not over yet may still be asked for by row.
            where x.at < prune_usage.before and x.row_id <> '' and not exists (
                select from processing.leases as l where l.row_id = any (array[x.row_id]) and (l.table_id = x.table_id) is true)
            order by x.at limit max_rows for update skip locked))
        returning u
    )
    select pg_catalog.array_agg(g.u) into lines from gone as g;
    perform processing.add_up_usage(lines, keep_owner => true);
    return coalesce(pg_catalog.cardinality(lines), 0);
end
$$;

comment on function processing.prune_usage(timestamptz, integer) is
    'Internal: replaces at most max_rows lines of usage by the sums of their days. Answers how many.';

create function processing.prune_days(moment timestamptz, max_rows integer) returns bigint
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    -- Whole months only, so that no month is summed up partly by day.
    before timestamptz := pg_catalog.date_trunc('month', moment - interval '400 days', 'UTC');
    since timestamptz := (select t.days_until from processing.tidied as t);
    lines processing.usage[];
begin
    with gone as (
        delete from processing.usage as u where u.ctid = any (array(
            select x.ctid from processing.usage as x
            where x.at >= since and x.at < before and x.row_id = '' and x.at <> pg_catalog.date_trunc('month', x.at, 'UTC')
            order by x.at limit max_rows for update skip locked))
        returning u
    )
    select pg_catalog.array_agg(g.u) into lines from gone as g;
    perform processing.add_up_usage(lines, keep_owner => true, unit => 'month');
    if lines is null and since < before and max_rows > 0 then
        update processing.tidied as t set days_until = before;
    end if;
    return coalesce(pg_catalog.cardinality(lines), 0);
end
$$;

comment on function processing.prune_days(timestamptz, integer) is
    'Internal: replaces at most max_rows sums of days of over 400 days ago by the sums of their months. Answers how many.';

create function processing.prune_present(moment timestamptz, max_rows integer) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- These tables are about the present, so they are small, and are read as they are.
    delete from processing.providers as v where v.not_before < moment - interval '1 day';
    delete from processing.careful as c where c.until < moment;
    -- A row that waits asks again every hour. These have ended in a way that nobody noticed.
    delete from processing.waits as w where w.ctid = any (array(
        select x.ctid from processing.waits as x
        where x.asked_at < moment - interval '1 day' and coalesce(x.until, x.asked_at) < moment
        limit max_rows for update skip locked));
    delete from processing.awaited as a where a.ctid = any (array(
        select x.ctid from processing.awaited as x
        where not exists (select from processing.waits as w where w.row_id = x.row_id and w.table_id = x.table_id)
        limit max_rows for update skip locked));
    delete from processing.wait_looks as l where l.ctid = any (array(
        select x.ctid from processing.wait_looks as x
        where not exists (select from processing.waits as w where w.row_id = x.row_id and w.table_id = x.table_id)
        limit max_rows for update skip locked));
    delete from processing.broken as b where not exists (select from processing.pipelines as p where p.pipeline = b.pipeline);
    delete from processing.fronts as f where not exists (select from processing.set_aside as s where s.pipeline = f.pipeline);
    delete from processing.many_waiting as m where m.counted_at < moment - interval '1 day';
end
$$;

comment on function processing.prune_present(timestamptz, integer) is
    'Internal: deletes what is left of rows that wait no more, of providers that are open again, and of pipelines that are gone.';

create function processing.prune(
    events_older_than interval default '30 days', workers_older_than interval default '1 day', max_rows integer default 10000,
    usage_older_than interval default '90 days', answers_older_than interval default null
) returns jsonb
language plpgsql security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
declare
    moment timestamptz := processing.clock();
    events_before constant timestamptz := moment - events_older_than;
    usage_before constant timestamptz := moment - usage_older_than;
    rounds record;
    old record;
    answers bigint;
    usage_lines bigint;
    workers bigint;
begin
    perform processing.sum_up(interval '1 minute');
    if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('processing.prune', 0)) then
        return '{"events": 0, "checkpoints": 0, "looked_at": 0, "paid_calls": 0, "usage": 0, "workers": 0}'::jsonb;
    end if;
    rounds := processing.prune_completed(moment, max_rows);
    -- A completion is kept until the checkpoints of its row have been looked for.
    old := processing.prune_events(least(events_before, (select t.at from processing.tidied as t)), max_rows);
    answers := processing.prune_answers(events_before, moment - answers_older_than, greatest(max_rows - rounds.pruned, 0)::integer);
    perform processing.prune_traces(events_before, max_rows);
    usage_lines := processing.prune_usage(usage_before, max_rows);
    usage_lines := usage_lines + processing.prune_days(moment, greatest(max_rows - usage_lines, 0)::integer);
    perform processing.prune_budgets(moment, max_rows);
    perform processing.prune_turns();
    delete from processing.workers as w
    where w.beat_at < moment - workers_older_than
        and not exists (select from processing.leases as l where l.worker = w.worker);
    get diagnostics workers = row_count;
    delete from processing.operator_actions as a where a.id = any (array(
        select x.id from processing.operator_actions as x where x.at < usage_before limit max_rows for update skip locked));
    perform processing.prune_present(moment, max_rows);
    return pg_catalog.jsonb_build_object('events', old.events, 'checkpoints', answers + rounds.pruned, 'looked_at', rounds.looked_at,
        'paid_calls', old.paid_calls, 'usage', usage_lines, 'workers', workers);
end
$$;

comment on function processing.prune(interval, interval, integer, interval, interval) is
    'Deletes old events, checkpoints, notes of paid calls and workers, adds old usage up by day and after 400 days by month, and deletes what '
    'operators did before usage_older_than. With answers_older_than also older answers that are kept for later rounds. Answers {events, checkpoints, '
    'looked_at, paid_calls, usage, workers}: how many lines were deleted, zeros while another call prunes. looked_at: at how many rows '
    'that were completed over an hour ago it has looked for checkpoints. If one of them but workers is at least max_rows, there may be more.';

insert into processing.library_migrations (version) values ('20261121000919');
