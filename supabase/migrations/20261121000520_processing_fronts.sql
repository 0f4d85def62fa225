-- Fronts: how a claim skips rows that are set aside without reading each of them.

-- A front is the moment up to which all due rows of a priority, of one owner or of all, were found set aside. A claim
-- looks only at later rows. If only a few rows are set aside, it excludes them by their keys.

create function processing.front_of(of_pipeline text, of_owner text, level integer) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
begin
    return coalesce((
        select pg_catalog.max(f.not_before) from processing.fronts as f
        where f.pipeline = of_pipeline and f.priority = level and f.owner_key in (coalesce('=' || of_owner, ''), '*')), '-infinity');
end
$$;

comment on function processing.front_of(text, text, integer) is
    'Internal: the moment after which a claim looks for rows; -infinity without a front.';

create function processing.level_of_all(of_pipeline text) returns integer
language plpgsql stable
set search_path = ''
as $$
begin
    return (select f.priority from processing.fronts as f where f.pipeline = of_pipeline and f.owner_key = '*' limit 1);
end
$$;

comment on function processing.level_of_all(text) is
    'Internal: a priority with a front of all owners together, or null.';

create function processing.front_of_all(of_pipeline text, level integer) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
begin
    return coalesce((
        select f.not_before from processing.fronts as f
        where f.pipeline = of_pipeline and f.priority = level and f.owner_key = '*'), '-infinity');
end
$$;

comment on function processing.front_of_all(text, integer) is
    'Internal: the front of all owners together at this priority; -infinity if there is none.';

create function processing.passed_over(of_pipeline text) returns text[]
language plpgsql stable
set search_path = ''
as $$
begin
    return array(
        select s.row_id from processing.set_aside as s
        where s.pipeline = of_pipeline and s.kind = 'claim' and not s.behind_front);
end
$$;

comment on function processing.passed_over(text) is
    'Internal: keys of rows that are set aside and not behind a front, so that claims exclude them.';

create function processing.first_live(p processing.pipelines, of_owner text, level integer, lower_end timestamptz, moment timestamptz)
returns timestamptz
language plpgsql stable
set search_path = ''
-- Written with the trick "by index", see 0590.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
    q processing.queues;
    found timestamptz;
begin
    select * into q from processing.queues as x where x.table_id = p.table_id;
    execute pg_catalog.format(
        'select t.processing_not_before from %1$s as t
        where t.processing_pipeline = %2$L and t.processing_status = ''pending'' and %3$s and t.processing_priority = $1
            and t.processing_not_before > $2 and t.processing_not_before <= $3 and not exists (
                select from processing.set_aside as s
                where s.row_id = t.%4$I::text and s.table_id = $4 and s.kind = ''claim'' and s.pipeline = %2$L)
        order by %5$s t.processing_priority desc, t.processing_not_before limit 1',
        p.table_id, p.pipeline, case
            when p.owner_column is null or of_owner = '*' then 'true'
            when of_owner = '' then pg_catalog.format('t.%I is null', p.owner_column)
            else pg_catalog.format('t.%I = %L::%s', p.owner_column, pg_catalog.substr(of_owner, 2), p.owner_type) end,
        q.key_column, case when p.owner_column is null or of_owner = '*' then '' else pg_catalog.format('t.%I, ', p.owner_column) end)
        into found using level, lower_end, moment, p.table_id;
    return found;
end
$$;

comment on function processing.first_live(processing.pipelines, text, integer, timestamptz, timestamptz) is
    'Internal: the processing_not_before of the first due row after `lower_end` that is not set aside, or null.';

create function processing.advance_fronts(p processing.pipelines, moment timestamptz) returns void
language plpgsql
set search_path = ''
as $$
declare
    few constant integer := 8;
    one record;
    live timestamptz;
    lower_end timestamptz;
    front timestamptz;
begin
    if not processing.minds_alone('fronts ' || p.pipeline) then
        return;
    end if;
    for one in
        with ahead as (
            select s.priority, s.owner_key, count(*) as rows from processing.set_aside as s
            where s.pipeline = p.pipeline and s.kind = 'claim' and not s.behind_front group by 1, 2
        )
        select a.priority, a.owner_key from ahead as a where a.rows > few
        union
        select a.priority, case when p.owner_column is null then '' else '*' end from ahead as a
        where a.rows <= few group by 1 having sum(a.rows) > 8 * few
        union
        select f.priority, f.owner_key from processing.fronts as f
        where f.pipeline = p.pipeline and f.walked_at < moment - interval '1 minute'
        order by 1, 2
    loop
        lower_end := coalesce((
            select f.not_before from processing.fronts as f
            where f.pipeline = p.pipeline and f.priority = one.priority and f.owner_key = one.owner_key
                and f.walked_at >= moment - interval '1 minute'), '-infinity');
        live := processing.first_live(p, one.owner_key, one.priority, lower_end, moment);
        -- The front is at the last due row set aside before the first row that may be claimed.
        front := coalesce((
            select s.due_at from processing.set_aside as s
            where s.pipeline = p.pipeline and s.kind = 'claim' and s.priority = one.priority and one.owner_key in (s.owner_key, '*')
                and s.due_at < coalesce(live, 'infinity') and s.due_at <= moment
            order by s.due_at desc limit 1), '-infinity');
        insert into processing.fronts as f (pipeline, priority, owner_key, not_before, walked_at)
        values (p.pipeline, one.priority, one.owner_key, front, moment)
        on conflict (pipeline, priority, owner_key) do update set
            not_before = excluded.not_before,
            walked_at = case when lower_end = '-infinity' then excluded.walked_at else f.walked_at end;
        update processing.set_aside as s set behind_front = not s.behind_front
        where s.pipeline = p.pipeline and s.kind = 'claim' and s.priority = one.priority and one.owner_key in (s.owner_key, '*')
            and s.due_at > lower_end and s.behind_front is distinct from (s.due_at <= front or one.owner_key = '*' and s.due_at <= (
                select f.not_before from processing.fronts as f
                where f.pipeline = p.pipeline and f.priority = s.priority and f.owner_key = s.owner_key) is true
                or one.owner_key <> '*' and s.due_at <= processing.front_of_all(p.pipeline, s.priority));
    end loop;
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        -- The table is locked, or has changed. The fronts stay as they are; the statements of the claim find out and deal with it.
        if sqlstate = '55P03' then
            perform processing.wait_less();
        end if;
end
$$;

comment on function processing.advance_fronts(processing.pipelines, timestamptz) is
    'Internal: creates and moves the fronts of a pipeline. Does nothing while another transaction does the same, or if the table '
    'cannot be read.';

insert into processing.library_migrations (version) values ('20261121000520');
