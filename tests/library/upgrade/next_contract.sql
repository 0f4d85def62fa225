-- What a migration after a release may do, for the tests of upgrades: a column, an argument and a field of the claim's
-- answer, with a new version of the contract. The functions get their path and rights here, because the migration of
-- access has run before.

create or replace function processing.contract_version() returns integer
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$ select 2 $$;

alter table processing.leases add column hint text;

alter function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean) rename to claim_before;

create function processing.claim(
    worker uuid, pipelines text[], slots integer, sweep boolean default true, woken_by text default 'sweep',
    busy text[] default '{}', kept integer default 0, slow boolean default null, hint text default null
) returns json
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    answer json := processing.claim_before(
        claim.worker, claim.pipelines, claim.slots, claim.sweep, claim.woken_by, claim.busy, claim.kept, claim.slow);
begin
    update processing.leases as l set hint = claim.hint where l.worker = claim.worker;
    return (answer::jsonb || pg_catalog.jsonb_build_object('hinted', claim.hint is not null))::json;
end
$$;

comment on function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean, text) is
    'As claim before, with a hint that is kept in the lease.';

revoke all on function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean, text) from public;
revoke all on function processing.claim_before(uuid, text[], integer, boolean, text, text[], integer, boolean)
from service_role, liverows_worker;
grant execute on function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean, text)
to service_role, liverows_worker;

insert into processing.library_migrations (version) values ('20991231000000');
