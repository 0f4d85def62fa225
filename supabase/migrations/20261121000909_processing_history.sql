-- history: how many runs ended, and how long rows waited and ran, over time.

-- Events are added up in lines of five minutes, some time after they happened, by prune and by whoever reads the
-- history. The events that are not added up yet are read as they are. A run that ends pays nothing.

create table processing.history (
    pipeline text not null,
    at timestamptz not null,
    counts jsonb not null,
    wait_bins smallint[] not null,
    wait_counts integer[] not null,
    run_bins smallint[] not null,
    run_counts integer[] not null,
    hourly boolean not null default false
);

create index history_at on processing.history (at);
create index history_fine on processing.history (at) where not hourly;

comment on table processing.history is
    'Events added up: per pipeline and five minutes, after two days per hour, one line or a few. Kept for 90 days.';
comment on column processing.history.counts is 'How many events of each kind, such as completed, failed and retry.';
comment on column processing.history.wait_bins is
    'Bins of processing.bin_of for the time from due to claimed; wait_counts says how many runs are in each.';
comment on column processing.history.run_bins is
    'The same for the time from claimed to completed or failed.';

create table processing.history_end (
    summed_until timestamptz not null,
    only_row boolean primary key default true check (only_row)
);

comment on table processing.history_end is 'Events before summed_until are in processing.history.';

insert into processing.history_end (summed_until) values (pg_catalog.now());

create function processing.bin_of(seconds double precision) returns smallint
language sql immutable parallel safe strict
set search_path = ''
as $$
    -- Each bin is 1.25 times as wide as the one before, so what is read from bins is at most 12 % wrong.
    select least(greatest(pg_catalog.floor(pg_catalog.ln(greatest(seconds, 0.001) / 0.001) / pg_catalog.ln(1.25)), 0), 100)::smallint
$$;

comment on function processing.bin_of(double precision) is 'Internal: the number of the bin of a duration: 0 for a millisecond, 100 for more than 57 days.';

create function processing.seconds_of(bin double precision) returns double precision
language sql immutable parallel safe strict
set search_path = ''
as $$
    select pg_catalog.round((0.001 * pg_catalog.power(1.25, bin + 0.5))::numeric, 4)::double precision
$$;

comment on function processing.seconds_of(double precision) is 'Internal: the duration in the middle of a bin, in seconds.';

create function processing.summed(since timestamptz, until timestamptz) returns setof processing.history
language sql stable
set search_path = ''
-- The index of the events by time is the only one that helps, whatever the statistics say.
set enable_seqscan = off
set enable_bitmapscan = off
as $$
    with ended as materialized (
        select coalesce(e.data ->> 'pipeline', (
                select min(p.pipeline) from processing.pipelines as p where p.table_id = e.table_id), '') as pipeline,
            pg_catalog.date_bin('5 minutes', e.at, 'epoch') as at, e.kind,
            processing.bin_of((e.data ->> 'late_ms')::double precision / 1000) as wait_bin,
            case when e.kind in ('completed', 'failed') then processing.bin_of(extract(epoch from
                e.at - (e.data ->> 'claimed_at')::timestamptz)::double precision) end as run_bin
        from processing.events as e
        where e.at >= since and e.at < until
            and e.kind in ('completed', 'failed', 'retry', 'waiting', 'taken_back', 'stale_write_refused')
    ), counted as (
        select k.pipeline, k.at, pg_catalog.jsonb_object_agg(k.kind, k.rows) as counts
        from (select x.pipeline, x.at, x.kind, count(*) as rows from ended as x group by 1, 2, 3) as k group by 1, 2
    ), waited as (
        select k.pipeline, k.at, pg_catalog.array_agg(k.wait_bin) as bins, pg_catalog.array_agg(k.rows) as rows
        from (select x.pipeline, x.at, x.wait_bin, count(*)::integer as rows from ended as x where x.wait_bin is not null group by 1, 2, 3) as k
        group by 1, 2
    ), ran as (
        select k.pipeline, k.at, pg_catalog.array_agg(k.run_bin) as bins, pg_catalog.array_agg(k.rows) as rows
        from (select x.pipeline, x.at, x.run_bin, count(*)::integer as rows from ended as x where x.run_bin is not null group by 1, 2, 3) as k
        group by 1, 2
    )
    select c.pipeline, c.at, c.counts, coalesce(w.bins, '{}'), coalesce(w.rows, '{}'), coalesce(r.bins, '{}'), coalesce(r.rows, '{}'), false
    from counted as c
    left join waited as w on w.pipeline = c.pipeline and w.at = c.at
    left join ran as r on r.pipeline = c.pipeline and r.at = c.at
$$;

comment on function processing.summed(timestamptz, timestamptz) is 'Internal: the events of a time, added up as lines of history.';

create function processing.added(lines processing.history[], of_runs boolean, out bins smallint[], out counts integer[])
language sql immutable
set search_path = ''
as $$
    select coalesce(pg_catalog.array_agg(s.bin), '{}'), coalesce(pg_catalog.array_agg(s.rows), '{}')
    from (
        select b.bin, sum(b.rows)::integer as rows from pg_catalog.unnest(lines) as l
        cross join lateral rows from (
            pg_catalog.unnest(case when of_runs then l.run_bins else l.wait_bins end),
            pg_catalog.unnest(case when of_runs then l.run_counts else l.wait_counts end)) as b (bin, rows)
        group by b.bin
    ) as s
$$;

comment on function processing.added(processing.history[], boolean) is 'Internal: the bins of several lines, of waits or of runs, as those of one line.';

create function processing.merge_history(before timestamptz, most integer) returns void
language sql
set search_path = ''
as $$
    with fine as (
        delete from processing.history as h where h.ctid = any (array(
            select x.ctid from processing.history as x where x.at < before and not x.hourly order by x.at limit most)) returning h.*
    ), hours as (
        select f.pipeline, pg_catalog.date_bin('1 hour', f.at, 'epoch') as at, pg_catalog.array_agg(f::processing.history) as lines
        from fine as f group by 1, 2
    )
    insert into processing.history (pipeline, at, counts, wait_bins, wait_counts, run_bins, run_counts, hourly)
    select h.pipeline, h.at, (
            select pg_catalog.jsonb_object_agg(k.key, k.rows) from (
                select c.key, sum(c.value::bigint) as rows from pg_catalog.unnest(h.lines) as l
                cross join lateral pg_catalog.jsonb_each_text(l.counts) as c group by c.key) as k),
        w.bins, w.counts, r.bins, r.counts, true
    from hours as h cross join lateral processing.added(h.lines, false) as w cross join lateral processing.added(h.lines, true) as r
$$;

comment on function processing.merge_history(timestamptz, integer) is
    'Internal: makes lines of an hour of the lines of five minutes before a time, at most so many of them.';

create function processing.sum_up(after_quiet interval) returns void
language plpgsql
set search_path = ''
set jit = off
as $$
declare
    -- Events of a call that is not committed yet have an earlier time.
    settled constant interval := interval '10 seconds';
    fine constant interval := interval '2 days';
    kept constant interval := interval '90 days';
    most constant integer := 5000;
    since timestamptz;
    until timestamptz := processing.clock() - settled;
    started timestamptz := pg_catalog.clock_timestamp();
    next_until timestamptz;
    width interval := interval '10 minutes';
begin
    select h.summed_until into since from processing.history_end as h;
    if until - since < after_quiet or pg_catalog.current_setting('transaction_read_only') = 'on' or not processing.minds_alone('history') then
        return;
    end if;
    select h.summed_until into since from processing.history_end as h;
    -- For a short time only: what is left is added up by the next calls.
    while since < until and pg_catalog.clock_timestamp() - started < interval '80 milliseconds' loop
        next_until := least(since + width, until);
        insert into processing.history select s.* from processing.summed(since, next_until) as s order by s.at, s.pipeline;
        since := next_until;
        width := width * 4;
    end loop;
    update processing.history_end as h set summed_until = since where h.summed_until < since;
    perform processing.merge_history(pg_catalog.date_bin('1 hour', until - fine, 'epoch'), most / 2);
    delete from processing.history as h where h.ctid = any (array(
        select x.ctid from processing.history as x where x.at < until - kept limit most));
end
$$;

comment on function processing.sum_up(interval) is
    'Internal: adds events up as history, unless less than `after_quiet` of them are left or another call does it.';

create function processing.history_lines(since timestamptz, of_pipeline text default null) returns setof processing.history
language sql stable
set search_path = ''
-- By the index, because the lines of a day lie side by side, which Postgres does not know.
set enable_seqscan = off
as $$
    select h.* from processing.history as h where h.at >= since and (of_pipeline is null or h.pipeline = of_pipeline)
    union all
    select s.* from processing.history_end as e
    cross join lateral processing.summed(greatest(since, e.summed_until, processing.clock() - interval '2 hours'), 'infinity') as s
    where of_pipeline is null or s.pipeline = of_pipeline
$$;

comment on function processing.history_lines(timestamptz, text) is
    'Internal: the lines of history since a time, with the events that are not added up yet.';

create function processing.history_of(since timestamptz, of_pipeline text, bucket interval) returns jsonb
language sql stable
set search_path = ''
as $$
    with lines as materialized (
        select h.*, pg_catalog.date_bin(bucket, h.at, 'epoch') as bucket_at from processing.history_lines(since, of_pipeline) as h
    ), ended as (
        select l.pipeline, l.bucket_at as at, coalesce(sum((l.counts ->> 'completed')::bigint), 0) as completed,
            coalesce(sum((l.counts ->> 'failed')::bigint), 0) as failed, coalesce(sum((l.counts ->> 'retry')::bigint), 0) as retried
        from lines as l group by 1, 2
    ), bins as (
        select l.pipeline, l.bucket_at as at, b.of_runs, b.bin, sum(b.rows) as rows
        from lines as l cross join lateral (
            select false as of_runs, w.* from rows from (pg_catalog.unnest(l.wait_bins), pg_catalog.unnest(l.wait_counts)) as w (bin, rows)
            union all
            select true, r.* from rows from (pg_catalog.unnest(l.run_bins), pg_catalog.unnest(l.run_counts)) as r (bin, rows)) as b
        group by 1, 2, 3, 4
    ), growing as (
        select b.*, sum(b.rows) over (partition by b.pipeline, b.at, b.of_runs order by b.bin) as so_far,
            sum(b.rows) over (partition by b.pipeline, b.at, b.of_runs) as all_rows
        from bins as b
    ), read as (
        select g.pipeline, g.at,
            processing.seconds_of(min(g.bin) filter (where not g.of_runs and g.so_far >= 0.5 * g.all_rows)) as wait_p50,
            processing.seconds_of(min(g.bin) filter (where not g.of_runs and g.so_far >= 0.95 * g.all_rows)) as wait_p95,
            processing.seconds_of(min(g.bin) filter (where g.of_runs and g.so_far >= 0.5 * g.all_rows)) as run_p50,
            processing.seconds_of(min(g.bin) filter (where g.of_runs and g.so_far >= 0.95 * g.all_rows)) as run_p95
        from growing as g group by 1, 2
    )
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'pipeline', e.pipeline, 'at', e.at, 'completed', e.completed, 'failed', e.failed, 'retried', e.retried,
        'wait_p50', r.wait_p50, 'wait_p95', r.wait_p95, 'run_p50', r.run_p50, 'run_p95', r.run_p95) order by e.pipeline, e.at), '[]')
    from ended as e left join read as r on r.pipeline = e.pipeline and r.at = e.at
$$;

comment on function processing.history_of(timestamptz, text, interval) is 'Internal: the answer of history, without its checks.';

create function processing.history(
    pipeline text default null, since timestamptz default null, bucket_seconds integer default 300
) returns jsonb
language plpgsql security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
declare
    most constant integer := 1500;
    bucket interval;
    first_at timestamptz;
begin
    if (bucket_seconds between 300 and 604800 and bucket_seconds % 300 = 0) is not true then
        perform processing.refuse_argument('bucket_seconds is no multiple of 300, up to a week');
    end if;
    bucket := pg_catalog.make_interval(secs => bucket_seconds);
    first_at := pg_catalog.date_bin(bucket, greatest(coalesce(since, processing.clock() - interval '1 day'),
        processing.clock() - bucket * most), 'epoch');
    perform processing.sum_up(interval '1 minute');
    return processing.history_of(first_at, history.pipeline, bucket);
end
$$;

comment on function processing.history(text, timestamptz, integer) is
    'What ended over time, per pipeline and bucket in which anything happened: [{pipeline, at, completed, failed, retried, wait_p50, '
    'wait_p95, run_p50, run_p95}]. wait: seconds from due to claimed; run: from claimed to completed or failed. At most 1,500 '
    'buckets of a multiple of 300 s, from a day ago unless `since` is given, and at most 90 days; after two days only whole hours '
    'are known. Percentiles are at most 12 % wrong.';

insert into processing.library_migrations (version) values ('20261121000909');
