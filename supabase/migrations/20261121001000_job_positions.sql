-- Job positions: a user gives a link or the text of a posting, and the worker fills in the rest. Browsers can write to
-- the table directly, so CHECK constraints limit what they may write.

create function public.json_within_limits(value jsonb, most_bytes integer) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
    -- The JSON paths do not read deeper than 9 levels, however deep the value is.
    select pg_catalog.octet_length(value::text) <= most_bytes
        and not value @? 'strict $.**{9}'
        and not value @? 'strict $.**{0 to 8} ? (@ > 1e15 || @ < -1e15)'
$$;

comment on function public.json_within_limits(jsonb, integer) is
    'For CHECK constraints: whether a value has at most so many bytes as text, nothing inside more than 8 lists or '
    'objects, and no number beyond 1e15 or -1e15.';
revoke all on function public.json_within_limits(jsonb, integer) from public, anon;
grant execute on function public.json_within_limits(jsonb, integer) to authenticated, service_role;

create table public.job_positions (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
    job_url text check (job_url ~* '^https?://' and char_length(job_url) <= 2048),
    raw_job_description text check (octet_length(raw_job_description) <= 100000),
    quick_look jsonb constraint job_positions_quick_look_within_limits check (public.json_within_limits(quick_look, 10000)),
    job_title text check (char_length(job_title) <= 2000),
    company_name text check (char_length(company_name) <= 2000),
    company_logo text check (company_logo ~* '^https?://' and char_length(company_logo) <= 2048),
    company_website text check (company_website ~* '^https?://' and char_length(company_website) <= 2048),
    job_description text check (char_length(job_description) <= 500000),
    salary_range text check (char_length(salary_range) <= 2000),
    salary_min numeric,
    salary_max numeric,
    salary_currency text check (salary_currency ~ '^[A-Z]{3}$'),
    salary_interval text check (salary_interval in ('hour', 'day', 'week', 'month', 'year')),
    location text check (char_length(location) <= 2000),
    locations jsonb,
    workplace_type text check (workplace_type in ('on_site', 'hybrid', 'remote')),
    employment_type text check (char_length(employment_type) <= 2000),
    posted_at date,
    valid_through date,
    apply_url text check (apply_url ~* '^https?://' and char_length(apply_url) <= 2048),
    source_platform text,
    source_job_id text,
    content_sha256 text,
    extraction jsonb,
    expected_salary text check (char_length(expected_salary) <= 200),
    offer_received boolean not null default false,
    archived boolean not null default false,
    notes text check (char_length(notes) <= 10000),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint job_positions_have_a_source check (job_url is not null or raw_job_description is not null)
);

comment on table public.job_positions is 'Job postings of users; the worker fills in what it finds out about them.';
comment on column public.job_positions.extraction is
    'Where the values come from: {version, fields: {name: {value, method, source_url, evidence, confidence}}, '
    'candidates, fetch, llm, warnings}.';
comment on column public.job_positions.notes is 'What the user writes down about the position; no worker reads or writes it.';

create index job_positions_account on public.job_positions (account_id, created_at desc);

alter table public.job_positions enable row level security;

revoke all on public.job_positions from public, anon, authenticated;
grant select, delete on public.job_positions to authenticated;
grant insert (job_url, raw_job_description, quick_look, expected_salary) on public.job_positions to authenticated;
grant update (
    expected_salary, offer_received, archived, notes, job_title, company_name, company_logo, company_website, job_description,
    salary_range, location, employment_type
) on public.job_positions to authenticated;
grant select, insert, update, delete on public.job_positions to service_role;

create policy "own positions: read" on public.job_positions
    for select to authenticated using ((select auth.uid()) = account_id);
create policy "own positions: add" on public.job_positions
    for insert to authenticated with check ((select auth.uid()) = account_id);
create policy "own positions: edit" on public.job_positions
    for update to authenticated using ((select auth.uid()) = account_id) with check ((select auth.uid()) = account_id);
create policy "own positions: delete" on public.job_positions
    for delete to authenticated using ((select auth.uid()) = account_id);

create function public.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    -- now() is the start of the transaction. After a wait for a lock, a later change could get an earlier time.
    new.updated_at := pg_catalog.clock_timestamp();
    return new;
end
$$;

revoke all on function public.touch_updated_at() from public, anon, authenticated;

create trigger job_positions_touch before update on public.job_positions
    for each row execute function public.touch_updated_at();

select processing.attach(
    'public.job_positions', 'enrich-job-position',
    inputs => '{job_url, raw_job_description, quick_look}',
    outputs => '{job_title, company_name, company_logo, company_website, job_description, salary_range, salary_min,
        salary_max, salary_currency, salary_interval, location, locations, workplace_type, employment_type, posted_at,
        valid_through, apply_url, source_platform, source_job_id, content_sha256, extraction}',
    editable => '{job_title, company_name, company_logo, company_website, job_description, salary_range, location,
        employment_type}',
    owner => 'account_id',
    timeout => '5 minutes',
    concurrency_per_owner => 5,
    max_open_per_owner => 100,
    daily_limits => '{"rows": 500, "runs": 1000, "calls": 3000, "cost_usd": 20}'
);

-- The paid call of the Edge Function for a quick look is made before the row is added.
create function public.reserve_quick_look(
    account uuid, reservation uuid, amounts jsonb, seconds double precision default 60
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    p processing.pipelines;
    refused jsonb;
begin
    -- A token is valid for a while after its account is deleted, and what is paid for it would name the account again. With
    -- this lock the deletion either has ended, and is seen here, or forgets this reservation, too.
    perform pg_catalog.pg_advisory_xact_lock_shared(processing.owner_lock(account::text));
    if not exists (select from auth.users as u where u.id = reserve_quick_look.account) then
        raise exception 'there is no such account' using errcode = 'P0002';
    end if;
    -- For a row that would be refused nothing is paid.
    select * into p from processing.pipelines as x where x.pipeline = 'enrich-job-position';
    p.max_open_per_owner := p.max_open_per_owner - 1;
    perform processing.check_open_rows(p, account::text) where p.max_open_per_owner is not null;
    refused := processing.budget_reached(p.pipeline, account::text, '{rows, runs}', processing.clock());
    if refused is not null then
        raise exception 'no more rows may be added' using errcode = 'RJ008', detail = refused ->> 'wait_seconds';
    end if;
    return processing.reserve_outside(p.pipeline, account::text, reserve_quick_look.reservation, amounts, seconds);
end
$$;

comment on function public.reserve_quick_look(uuid, uuid, jsonb, double precision) is
    'As processing.reserve_outside, for an account that is about to add a position. Raises P0002 if there is no such account, '
    'and RJ006 or RJ008 if its row would be refused.';
revoke all on function public.reserve_quick_look(uuid, uuid, jsonb, double precision) from public, anon, authenticated;
grant execute on function public.reserve_quick_look(uuid, uuid, jsonb, double precision) to service_role;
