-- What a next release of the library may do: a column, an argument and a field of the claim's answer.

create or replace function processing.contract_version() returns integer
language sql immutable parallel safe
set search_path = ''
as $$ select 2 $$;

alter table processing.leases add column hint text;

alter function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean) rename to claim_before;

create function processing.claim(
    worker uuid, pipelines text[], slots integer, sweep boolean default true, woken_by text default 'sweep',
    busy text[] default '{}', kept integer default 0, slow boolean default null, hint text default null
) returns json
language plpgsql security definer
set search_path = ''
as $$
declare
    answer json := processing.claim_before(
        claim.worker, claim.pipelines, claim.slots, claim.sweep, claim.woken_by, claim.busy, claim.kept, claim.slow);
begin
    update processing.leases as l set hint = claim.hint where l.worker = claim.worker;
    return (answer::jsonb || pg_catalog.jsonb_build_object('hinted', claim.hint is not null))::json;
end
$$;

grant execute on function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean, text)
to service_role, liverows_worker;
