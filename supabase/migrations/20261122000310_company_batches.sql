-- Batches. A batch creates one row of company_research per company. A change of these rows updates the counters of the
-- batch in the same transaction, so that both agree.

create function public.open_batch() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    select count(*), pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'id', pg_catalog.gen_random_uuid(),
        'companyName', coalesce(c.asked ->> 'companyName', c.asked ->> 'company_name',
            case pg_catalog.jsonb_typeof(c.asked) when 'string' then c.asked #>> '{}' end),
        'status', 'pending') order by c.place)
    into new.total, new.results
    from pg_catalog.jsonb_array_elements(
        case pg_catalog.jsonb_typeof(new.companies) when 'array' then new.companies else '[]' end)
        with ordinality as c (asked, place);
    new.results := coalesce(new.results, '[]');
    return new;
end
$$;

comment on function public.open_batch() is
    'Trigger: fills in total and results of a new batch, one pending entry per company.';

create function public.fill_batch() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    insert into public.company_research (id, account_id, company_name, company_url, role, deep_mode, batch_id)
    select (r.result ->> 'id')::uuid, new.account_id, r.result ->> 'companyName',
        coalesce(c.asked ->> 'companyUrl', c.asked ->> 'company_url'), new.role, new.deep_mode, new.id
    from pg_catalog.jsonb_array_elements(new.results) with ordinality as r (result, place)
    join pg_catalog.jsonb_array_elements(new.companies) with ordinality as c (asked, place) on c.place = r.place;
    return null;
end
$$;

comment on function public.fill_batch() is 'Trigger: creates the company_research rows of a new batch, in the same transaction.';

create function public.add_to_batch(batch uuid, more_completed bigint, more_failed bigint, less bigint, changed jsonb) returns void
language sql
set search_path = ''
as $$
    update public.batch_jobs as b
    set completed = b.completed + more_completed, failed = b.failed + more_failed, total = b.total - less,
        status = case
            when b.completed + more_completed + b.failed + more_failed < b.total - less then 'processing'
            when b.completed + more_completed = 0 and b.total > less then 'failed'
            else 'completed' end,
        results = (
            select coalesce(pg_catalog.jsonb_agg(case when changed ? (e.one ->> 'id')
                then e.one || pg_catalog.jsonb_build_object('status', changed ->> (e.one ->> 'id')) else e.one end
                order by e.place), '[]')
            from pg_catalog.jsonb_array_elements(b.results) with ordinality as e (one, place)
            where changed -> (e.one ->> 'id') is distinct from 'null'::jsonb)
    where b.id = batch
$$;

comment on function public.add_to_batch(uuid, bigint, bigint, bigint, jsonb) is
    'Internal: adds to the counters of a batch. changed: {research id: status, or null for a deleted row}.';

create function public.count_batch_changes() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    one record;
begin
    -- Batches are locked in the order of their ids, so that two workers do not deadlock here.
    for one in
        select n.batch_id,
            sum((n.processing_status = 'completed')::int - (o.processing_status = 'completed')::int) as completed,
            sum((n.processing_status in ('failed', 'cancelled'))::int
                - (o.processing_status in ('failed', 'cancelled'))::int) as failed,
            pg_catalog.jsonb_object_agg(n.id, case when n.processing_status = 'processing' then 'pending'
                else n.processing_status::text end) as changed
        from new_rows as n join old_rows as o on o.id = n.id
        where n.batch_id is not null and n.processing_status <> o.processing_status
            and (n.processing_status in ('completed', 'failed', 'cancelled')
                or o.processing_status in ('completed', 'failed', 'cancelled'))
        group by n.batch_id order by n.batch_id
    loop
        perform public.add_to_batch(one.batch_id, one.completed, one.failed, 0, one.changed);
    end loop;
    -- A locked batch is skipped: as a rule the transaction that has locked it writes this status or a later one.
    update public.batch_jobs as b set status = 'processing'
    where b.id in (
        select w.id from public.batch_jobs as w
        where w.status = 'pending' and w.id in (select n.batch_id from new_rows as n where n.processing_status = 'processing')
        for update skip locked);
    return null;
end
$$;

comment on function public.count_batch_changes() is
    'Trigger: brings the counters and states of the batches up to date after an update.';

create function public.count_batch_deletions() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    one record;
begin
    for one in
        select o.batch_id, count(*) as rows,
            count(*) filter (where o.processing_status = 'completed') as completed,
            count(*) filter (where o.processing_status in ('failed', 'cancelled')) as failed,
            pg_catalog.jsonb_object_agg(o.id, null) as gone
        from old_rows as o where o.batch_id is not null group by o.batch_id order by o.batch_id
    loop
        perform public.add_to_batch(one.batch_id, -one.completed, -one.failed, one.rows, one.gone);
    end loop;
    return null;
end
$$;

comment on function public.count_batch_deletions() is
    'Trigger: removes deleted rows from the counters, totals and results of their batches.';

create trigger batch_jobs_open before insert on public.batch_jobs
    for each row execute function public.open_batch();
create trigger batch_jobs_fill after insert on public.batch_jobs
    for each row execute function public.fill_batch();
create trigger company_research_count after update on public.company_research
    referencing old table as old_rows new table as new_rows
    for each statement execute function public.count_batch_changes();
create trigger company_research_uncount after delete on public.company_research
    referencing old table as old_rows
    for each statement execute function public.count_batch_deletions();

revoke all on function public.open_batch(), public.fill_batch(),
    public.add_to_batch(uuid, bigint, bigint, bigint, jsonb), public.count_batch_changes(), public.count_batch_deletions()
    from public, anon, authenticated, service_role;

select processing.publish_table('public.batch_jobs');
