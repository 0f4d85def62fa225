-- How workers share knowledge about companies: one row at a time researches a company, and others that need it wait.

create function public.take_company(
    key text, research_id uuid, deep boolean default false, with_model boolean default false, profile_version integer default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := processing.clock();
    found_profile jsonb;
    delivered boolean;
begin
    insert into public.company_flights as f (key, research_id) values (take_company.key, take_company.research_id)
    on conflict (key) do update set research_id = excluded.research_id
    where f.research_id = excluded.research_id or not exists (
        select from public.company_research as r
        where r.id = f.research_id and r.processing_status = 'processing');
    if not found then
        return '{"state": "busy"}'::jsonb;
    end if;
    -- Read after taking the company, because another row may have just stored the profile.
    select r.result is not null into delivered from public.company_research as r where r.id = take_company.research_id;
    select pg_catalog.jsonb_build_object('state', 'known', 'profile', c.profile, 'researched_at', c.researched_at)
    into found_profile
    from public.companies as c
    where c.key = take_company.key and c.expires_at > moment and (c.deep or not take_company.deep)
        and (c.profile ->> 'model' is not null or not with_model)
        and (profile_version is null or c.profile ->> 'version' = profile_version::text)
        and not (coalesce(delivered, false) and c.researched_at < moment - interval '1 hour');
    if found_profile is null then
        return '{"state": "yours"}'::jsonb;
    end if;
    delete from public.company_flights as f where f.key = take_company.key;
    return found_profile;
end
$$;

comment on function public.take_company(text, uuid, boolean, boolean, integer) is
    'Asks for the profile of a company. Answers {state}: known, with profile and researched_at, if a stored profile '
    'fits; yours if this row may research the company; busy if another row is doing so.';

create function public.domain_of_company(known_name text) returns text
language sql stable security definer
set search_path = ''
as $$
    -- If two domains have the same name, it is not clear which one is meant.
    select case when count(distinct c.domain) = 1 then pg_catalog.min(c.domain) end
    from public.companies as c
    where c.known_names @> array[known_name] and c.domain is not null
$$;

comment on function public.domain_of_company(text) is
    'The domain of the companies with this normalised name among their known_names; null unless there is exactly one.';

create function public.store_company_research(research_id uuid, handover jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    company jsonb := handover -> 'company';
    moment timestamptz := processing.clock();
    may_grow boolean := coalesce((company ->> 'may_grow')::boolean, false);
    stored_id uuid;
begin
    if company ->> 'key' is null then
        return;
    end if;
    if pg_catalog.jsonb_typeof(handover -> 'profile') = 'object' then
        insert into public.companies as c (
            id, key, name, domain, website, logo, known_names, github_org, github_verified, profile, deep, researched_at, expires_at)
        values (
            (company ->> 'id')::uuid, company ->> 'key', company ->> 'name', company ->> 'domain', company ->> 'website', company ->> 'logo',
            array(select pg_catalog.jsonb_array_elements_text(coalesce(company -> 'known_names', '[]'))),
            company ->> 'github_org', coalesce((company ->> 'github_verified')::boolean, false),
            handover -> 'profile', coalesce((company ->> 'deep')::boolean, false), moment,
            -- If a later research may find more, the profile lasts only one hour.
            moment + case when may_grow then interval '1 hour' else interval '7 days' end)
        on conflict (key) do update set
            name = excluded.name, domain = excluded.domain, website = excluded.website, logo = excluded.logo,
            known_names = array(select distinct n from pg_catalog.unnest(c.known_names || excluded.known_names) as n),
            github_org = excluded.github_org, github_verified = excluded.github_verified, profile = excluded.profile,
            deep = excluded.deep, researched_at = excluded.researched_at, expires_at = excluded.expires_at
        -- An unexpired profile stays in two cases. A worker of an older release must not replace what only newer
        -- workers can make. And of one version, a fuller profile must not be lost, for instance if GitHub refuses today.
        where not (c.expires_at > moment and (
            coalesce(c.profile -> 'version', '0') > coalesce(excluded.profile -> 'version', '0')
            or (may_grow and coalesce(c.profile -> 'version', '0') = coalesce(excluded.profile -> 'version', '0')
                and (c.deep or not excluded.deep)
                and (c.profile ->> 'model' is not null or excluded.profile ->> 'model' is null))))
        returning c.id into stored_id;
        if found then
            insert into public.company_research_history (company_id, profile, created_at)
            values (stored_id, handover -> 'profile', moment);
        end if;
    end if;
    delete from public.company_flights as f where f.research_id = store_company_research.research_id;
end
$$;

comment on function public.store_company_research(uuid, jsonb) is
    'Store function of company-research: may share the new profile, and lets other rows research the company.';

revoke all on function public.take_company(text, uuid, boolean, boolean, integer), public.domain_of_company(text),
    public.store_company_research(uuid, jsonb)
    from public, anon, authenticated, service_role;
grant execute on function public.take_company(text, uuid, boolean, boolean, integer), public.domain_of_company(text)
    to service_role, liverows_worker;
grant usage on schema public to liverows_worker;

select processing.attach(
    'public.company_research', 'company-research',
    inputs => '{id, company_name, company_url, role, deep_mode, posting}',
    outputs => '{company_id, result, coverage, warnings, prep_checklist}',
    editable => '{prep_checklist}',
    owner => 'account_id',
    store => 'public.store_company_research',
    timeout => '5 minutes',
    -- So that a batch of companies with slow sites takes at most three slots.
    concurrency_per_owner => 3,
    max_open_per_owner => 100,
    daily_limits => '{"rows": 300, "runs": 600, "calls": 6000, "cost_usd": 20}'
);
