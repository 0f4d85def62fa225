-- The refresh of companies runs once a night, as a schedule.

create function public.refresh_due_companies(max_companies integer default 10) returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
    due record;
    asked integer := 0;
begin
    -- Without this lock, two calls at the same time would queue the same companies: a person may call it, too.
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
            execute processing.checks_now();  -- so that a deferred check, too, costs only this company
            asked := asked + 1;
        exception
            when query_canceled then
                raise;
            when others then
                -- The owner has reached a limit, or the row cannot be changed. The next night tries the company again.
                if sqlstate not in ('RJ006', 'RJ008') then
                    raise log 'company research % is not refreshed: %', due.id, sqlstate;
                end if;
        end;
    end loop;
    return asked;
end
$$;

comment on function public.refresh_due_companies(integer) is
    'Queues research again for at most max_companies companies with an old profile and an interview soon. Answers how '
    'many.';

revoke all on function public.refresh_due_companies(integer) from public, anon, authenticated, service_role;
grant execute on function public.refresh_due_companies(integer) to service_role, liverows_worker;

select processing.schedule(
    'refresh-companies', '0 3 * * *', 'UTC', 'select public.refresh_due_companies()',
    missed => 'once'
);
