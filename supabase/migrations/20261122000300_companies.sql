-- Companies: a user asks for research about one or many companies. What does not depend on the user is shared with
-- others who ask. So nothing that a user typed may get into a shared row, and users read only the companies of their
-- own research.

create table public.companies (
    id uuid primary key,
    key text not null unique check (char_length(key) between 1 and 300),
    name text,
    domain text,
    website text,
    logo text,
    known_names text[] not null default '{}',
    github_org text,
    github_verified boolean not null default false,
    profile jsonb not null,
    deep boolean not null default false,
    researched_at timestamptz not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

comment on table public.companies is 'What public sources say about a company, shared by the users who ask about it.';
comment on column public.companies.id is 'Made from the key (UUID version 5), so that another row can name the company before it is stored.';
comment on column public.companies.key is
    'Registrable domain of the company''s own site, with http:// in front if it was read without TLS.';
comment on column public.companies.known_names is
    'Normalised names that lead to the domain: a search for the name found the site, and the site states it.';
comment on column public.companies.profile is
    'The part of the brief that is the same for every user and role: {facts, advice, sources, coverage, …}.';

create index companies_known_names on public.companies using gin (known_names);
create index companies_expires on public.companies (expires_at);

create table public.company_research_history (
    id uuid primary key default gen_random_uuid(),
    company_id uuid not null references public.companies (id) on delete cascade,
    profile jsonb not null,
    created_at timestamptz not null default now()
);

comment on table public.company_research_history is
    'Each stored profile of a company. It stays when a newer one replaces it in companies.';

create index company_research_history_company on public.company_research_history (company_id, created_at desc);

create table public.batch_jobs (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
    companies jsonb not null,
    role text check (char_length(role) <= 200),
    deep_mode boolean not null default false,
    total integer not null default 0,
    completed integer not null default 0,
    failed integer not null default 0,
    status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
    results jsonb not null default '[]',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint batch_jobs_name_1_to_100_companies check (
        case jsonb_typeof(companies) when 'array' then jsonb_array_length(companies) between 1 and 100 else false end),
    constraint batch_jobs_companies_within_limits check (public.json_within_limits(companies, 300000)),
    constraint batch_jobs_count_right check (completed >= 0 and failed >= 0 and completed + failed <= total)
);

comment on table public.batch_jobs is
    'Requests for research about many companies. Triggers create rows of company_research and keep the counters.';
comment on column public.batch_jobs.companies is
    'The companies as the user named them: a list of names or {companyName, companyUrl}.';
comment on column public.batch_jobs.failed is 'How many of the rows failed or were cancelled.';
comment on column public.batch_jobs.results is
    'In the order of the request: [{id, companyName, status}]; id is that of the row in company_research.';

create index batch_jobs_account on public.batch_jobs (account_id, created_at desc);

create table public.company_research (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
    company_name text not null check (char_length(btrim(company_name)) > 0 and char_length(company_name) <= 200),
    company_url text check (company_url ~* '^https?://' and char_length(company_url) <= 2048),
    role text check (char_length(role) <= 200),
    deep_mode boolean not null default false,
    job_position_id uuid references public.job_positions (id) on delete set null,
    batch_id uuid references public.batch_jobs (id) on delete set null,
    posting jsonb,
    company_id uuid,
    result jsonb,
    coverage jsonb,
    warnings jsonb,
    prep_checklist jsonb constraint company_research_prep_checklist_within_limits check (
        public.json_within_limits(prep_checklist, 20000)),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

comment on table public.company_research is 'Requests of users for a brief about a company.';
comment on column public.company_research.posting is
    'A copy of parts of the owner''s job position, made by a trigger at the request; null without one.';
comment on column public.company_research.company_id is
    'The company of the brief. Not a foreign key, because its row may be written later or never.';
comment on column public.company_research.result is 'The brief as JSON; factual items name the ids of their sources.';
comment on column public.company_research.coverage is 'What each source gave: {website: ok|partial|none, github: ok|unverified|none|rate_limited}.';
comment on column public.company_research.prep_checklist is 'The checklist of the brief, [{item, done}], to be ticked off by its owner.';

create index company_research_account on public.company_research (account_id, created_at desc);
create index company_research_position on public.company_research (job_position_id);
create index company_research_batch on public.company_research (batch_id);
create index company_research_company on public.company_research (company_id);

-- A line counts while its row of company_research is processing. Only that row may then research the company.
create table public.company_flights (
    key text primary key,
    research_id uuid not null references public.company_research (id) on delete cascade
);

comment on table public.company_flights is
    'Internal: which row of company_research is researching a company, while that row is processing.';

create index company_flights_research on public.company_flights (research_id);

alter table public.companies enable row level security;
alter table public.company_research_history enable row level security;
alter table public.company_research enable row level security;
alter table public.batch_jobs enable row level security;
alter table public.company_flights enable row level security;

revoke all on public.companies, public.company_research_history, public.company_research, public.batch_jobs,
    public.company_flights from public, anon, authenticated, service_role;
grant select on public.companies, public.company_research_history to authenticated, service_role;
grant select, delete on public.company_research, public.batch_jobs to authenticated;
grant insert (company_name, company_url, role, deep_mode, job_position_id) on public.company_research to authenticated;
grant update (prep_checklist) on public.company_research to authenticated;
grant insert (companies, role, deep_mode) on public.batch_jobs to authenticated;
grant select, insert, update, delete on public.company_research, public.batch_jobs to service_role;

create policy "researched companies: read" on public.companies
    for select to authenticated using (exists (
        select from public.company_research as r
        where r.company_id = companies.id and r.account_id = (select auth.uid())));
create policy "history of companies: read" on public.company_research_history
    for select to authenticated using (exists (
        select from public.company_research as r
        where r.company_id = company_research_history.company_id and r.account_id = (select auth.uid())));
create policy "own research: read" on public.company_research
    for select to authenticated using ((select auth.uid()) = account_id);
create policy "own research: add" on public.company_research
    for insert to authenticated with check (
        (select auth.uid()) = account_id
        and (job_position_id is null or exists (
            select from public.job_positions as p
            where p.id = job_position_id and p.account_id = (select auth.uid()))));
create policy "own research: edit" on public.company_research
    for update to authenticated using ((select auth.uid()) = account_id) with check ((select auth.uid()) = account_id);
create policy "own research: delete" on public.company_research
    for delete to authenticated using ((select auth.uid()) = account_id);
create policy "own batches: read" on public.batch_jobs
    for select to authenticated using ((select auth.uid()) = account_id);
create policy "own batches: add" on public.batch_jobs
    for insert to authenticated with check ((select auth.uid()) = account_id);
create policy "own batches: delete" on public.batch_jobs
    for delete to authenticated using ((select auth.uid()) = account_id);

create trigger companies_touch before update on public.companies
    for each row execute function public.touch_updated_at();
create trigger company_research_touch before update on public.company_research
    for each row execute function public.touch_updated_at();
create trigger batch_jobs_touch before update on public.batch_jobs
    for each row execute function public.touch_updated_at();

create function public.read_posting() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    new.posting := (
        select pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
            'url', p.job_url, 'title', p.job_title, 'description', pg_catalog.left(p.job_description, 20000),
            'salary_range', p.salary_range, 'salary_min', p.salary_min, 'salary_max', p.salary_max,
            'salary_currency', p.salary_currency, 'salary_interval', p.salary_interval, 'read_at', processing.clock()))
        from public.job_positions as p
        where p.id = new.job_position_id and p.account_id = new.account_id);
    return new;
end
$$;

comment on function public.read_posting() is
    'Trigger: copies the posting of the owner''s position to the new research.';

create trigger company_research_read_posting before insert on public.company_research
    for each row when (new.job_position_id is not null) execute function public.read_posting();

revoke all on function public.read_posting() from public, anon, authenticated, service_role;
