-- The refresh of companies runs once a night: by pg_cron, if it was installed when this migration ran, otherwise by a
-- worker.

create function public.refresh_due_companies(max_companies integer default 10) returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
    due record;
    asked integer := 0;
begin
    -- Without this lock, two calls at the same time would queue the same companies.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('public.refresh_due_companies', 0));
    for due in
        select w.id from (
            select distinct on (c.id) r.id, c.researched_at
            from public.companies as c
            join public.company_research as r on r.company_id = c.id
            join public.timeline_items as t on t.position_id = r.job_position_id and t.account_id = r.account_id
            where c.researched_at < moment - interval '7 days' and r.processing_status = 'completed'
                and t.interview_scheduled_date between moment and moment + interval '14 days'
            order by c.id, r.updated_at desc) as w
        order by w.researched_at limit max_companies
    loop
        begin
            update public.company_research as r set processing_status = 'pending' where r.id = due.id;
            asked := asked + 1;
        exception
            -- The owner has reached a limit. The next night tries the company again.
            when sqlstate 'RJ006' or sqlstate 'RJ008' then
                null;
        end;
    end loop;
    return asked;
end
$$;

comment on function public.refresh_due_companies(integer) is
    'Queues research again for at most max_companies companies with an old profile and an interview soon. Answers how '
    'many.';

create table public.company_refreshes (
    id uuid primary key default gen_random_uuid(),
    due_on date not null,
    created_at timestamptz not null default now()
);

comment on table public.company_refreshes is
    'The schedule of the nightly refresh if pg_cron is not installed: one row per night.';

alter table public.company_refreshes enable row level security;
revoke all on public.company_refreshes from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.company_refreshes to service_role;

create function public.store_company_refresh(refresh_id uuid, handover jsonb) returns void
language plpgsql
set search_path = ''
as $$
-- refresh_id is unused, but each store function gets the key of the row: @plpgsql_check_options: extra_warnings = false
declare
    next_at timestamptz := (handover ->> 'next_at')::timestamptz;
begin
    perform public.refresh_due_companies();
    delete from public.company_refreshes as f where f.due_on < next_at::date - 30;
    -- refresh_due_companies holds its lock until this transaction ends, so at most one row is added.
    insert into public.company_refreshes (due_on, processing_not_before)
    select (next_at at time zone 'UTC')::date, next_at
    where not exists (select from public.company_refreshes as f where f.due_on >= (next_at at time zone 'UTC')::date);
end
$$;

comment on function public.store_company_refresh(uuid, jsonb) is
    'Store function of refresh-companies: does the refresh and adds the row for the next night. handover: {next_at}.';

revoke all on function public.store_company_refresh(uuid, jsonb), public.refresh_due_companies(integer)
    from public, anon, authenticated, service_role;
grant execute on function public.refresh_due_companies(integer) to service_role, liverows_worker;

select processing.attach(
    'public.company_refreshes', 'refresh-companies',
    inputs => '{due_on}',
    outputs => '{}',
    store => 'public.store_company_refresh',
    timeout => '2 minutes'
);

do $$
begin
    if exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
        execute 'select cron.schedule(''refresh-companies'', ''0 3 * * *'', ''select public.refresh_due_companies()'')';
    else
        insert into public.company_refreshes (due_on, processing_not_before)
        values (
            (pg_catalog.now() at time zone 'UTC')::date + 1,
            ((pg_catalog.now() at time zone 'UTC')::date + 1 + time '03:00') at time zone 'UTC');
    end if;
end
$$;
