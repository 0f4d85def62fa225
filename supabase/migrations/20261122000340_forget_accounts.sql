-- What follows when an account is deleted: its rows go with it, the usage of its rows is kept as sums without the owner,
-- and a shared profile of a company about which nobody else has asked goes, too.

create table public.accounts_to_forget (
    account_id uuid primary key,
    deleted_at timestamptz not null default now()
);

comment on table public.accounts_to_forget is
    'Internal: deleted accounts that usage and budgets still name, because these were locked at the deletion. A schedule forgets them.';

alter table public.accounts_to_forget enable row level security;
revoke all on public.accounts_to_forget from public, anon, authenticated, service_role;

create function public.forget_account() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    perform processing.forget_owner(old.id::text);
    return null;
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        -- An error in the accounting must not stop the deletion of an account, and not keep its name for ever.
        insert into public.accounts_to_forget (account_id) values (old.id) on conflict do nothing;
        raise warning 'the usage of a deleted account still names it: %', sqlerrm
            using hint = 'the schedule forget-accounts tries again; public.forget_accounts() does so at once';
        return null;
end
$$;

comment on function public.forget_account() is
    'Trigger: forgets a deleted account as an owner (see processing.forget_owner). After most errors forget_accounts does so.';
revoke all on function public.forget_account() from public, anon, authenticated, service_role;

-- Deferred, because the foreign keys may delete rows of the account until the end of the transaction.
create constraint trigger processing_forget_account after delete on auth.users
    deferrable initially deferred
    for each row execute function public.forget_account();

create function public.forget_accounts(max_accounts integer default 100) returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
    one uuid;
    forgotten integer := 0;
begin
    for one in
        select a.account_id from public.accounts_to_forget as a
        order by a.deleted_at, a.account_id limit max_accounts for update skip locked
    loop
        begin
            perform processing.forget_owner(one::text);
            delete from public.accounts_to_forget as a where a.account_id = one;
            forgotten := forgotten + 1;
        exception
            when query_canceled then
                raise;
            when assert_failure or others then
                raise log 'the usage of a deleted account still names it: %', sqlstate;  -- the next call tries again
        end;
    end loop;
    return forgotten;
end
$$;

comment on function public.forget_accounts(integer) is
    'Forgets at most max_accounts deleted accounts that could not be forgotten at their deletion. Answers how many.';
revoke all on function public.forget_accounts(integer) from public, anon, authenticated, service_role;
grant execute on function public.forget_accounts(integer) to service_role, liverows_worker;

select processing.schedule(
    'forget-accounts', '10 * * * *', 'UTC', 'select public.forget_accounts()',
    missed => 'once'
);

create function public.forget_companies_of_accounts() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    -- A user who only deletes a row keeps the account. The profile stays then, so that asking again costs nothing.
    delete from public.companies as c
    where c.id in (
            select o.company_id from old_rows as o
            where o.company_id is not null and not exists (select from auth.users as u where u.id = o.account_id))
        and not exists (select from public.company_research as r where r.company_id = c.id);
    return null;
end
$$;

comment on function public.forget_companies_of_accounts() is
    'Trigger: deletes the companies, with their history, about which only deleted accounts have asked.';
revoke all on function public.forget_companies_of_accounts() from public, anon, authenticated, service_role;

create trigger company_research_forget_companies after delete on public.company_research
    referencing old table as old_rows
    for each statement execute function public.forget_companies_of_accounts();

create function public.forget_companies(max_companies integer default 1000) returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
    gone integer;
begin
    delete from public.companies as c
    where c.id in (
        select x.id from public.companies as x
        where x.expires_at < processing.clock() - interval '30 days'
            and not exists (select from public.company_research as r where r.company_id = x.id)
        order by x.expires_at limit max_companies);
    get diagnostics gone = row_count;
    return gone;
end
$$;

comment on function public.forget_companies(integer) is
    'Deletes at most max_companies companies whose profile expired 30 days ago and about which no research is left. '
    'Answers how many.';
revoke all on function public.forget_companies(integer) from public, anon, authenticated, service_role;
grant execute on function public.forget_companies(integer) to service_role, liverows_worker;

-- Two accounts that are deleted at the same time do not see that the other one goes; and users delete single rows.
select processing.schedule(
    'forget-companies', '30 3 * * *', 'UTC', 'select public.forget_companies()',
    missed => 'once'
);

-- As for the functions of the library (see processing_access): no type of a caller's session stands in for one of ours.
do $$
declare
    one regprocedure;
begin
    for one in
        select p.oid from pg_catalog.pg_proc as p
        where p.pronamespace = 'public'::regnamespace and p.proconfig @> array['search_path=""']
            and p.proowner = (select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user)
    loop
        execute format('alter function %s set search_path to pg_catalog, pg_temp', one);
        execute format('alter function %s set jit to off', one);
    end loop;
end
$$;

-- The planner keeps samples of values, also of rows that are deleted, until the table is analyzed again; and with `Prefer:
-- count=planned` PostgREST tells anybody how often it expects a value in the rows of all users. Of texts it keeps none: they
-- are not searched, or by an index alone.
do $$
declare
    one record;
begin
    for one in
        select c.oid::regclass as place, a.attname from pg_catalog.pg_class as c
        join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relname in (
                'job_positions', 'timeline_items', 'interview_questions', 'company_research', 'batch_jobs', 'companies',
                'company_research_history', 'company_flights', 'storage_deletions', 'recording_uses', 'recording_payments')
            and a.atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype)
            and (a.attname not like 'processing\_%' or a.attname = 'processing_error')
        order by c.relname, a.attnum
    loop
        execute format('alter table %s alter column %I set statistics 0', one.place, one.attname);
    end loop;
end
$$;
