-- Access. `service_role` and `liverows_worker` may call the contract functions. Only the owner may use the tables and
-- most other functions.

-- An empty search_path is not quite empty: Postgres then looks for the name of a type in pg_temp first. So a session of
-- liverows_worker could create a type pg_temp.jsonb whose check calls a function of its own, and a contract function would
-- run it as the owner. With pg_temp as the last entry this cannot happen.
--
-- No function compiles its plans, as servers with LLVM do where estimates are high: that takes a tenth of a second or more
-- for each statement, and the statements themselves take milliseconds.

-- Default privileges of a project may have given rights on all this to any role, so they are taken from whoever has them.
do $$
declare
    one record;
    contract text[] := array[
        'contract_version', 'database_id', 'claim', 'finish', 'finish_and_claim',
        'checkpoint', 'await_rows', 'spend', 'begin_call', 'reserve', 'reserve_outside', 'settle_outside', 'set_budget', 'budgets', 'forget_owner', 'shared_checkpoint', 'progress', 'heartbeat', 'take_back', 'sign_off', 'ping_doorbell',
        'cancel', 'retry', 'reset_edited', 'redrive', 'explain', 'overview', 'capabilities', 'spending', 'pause', 'prune', 'list_pipelines', 'run_schedules',
        'list_rows', 'count_rows', 'change_rows', 'failures', 'history', 'inspect', 'set_limits', 'operator_log', 'storage', 'installation',
        'alerts', 'set_alert', 'pause_alert', 'remove_alert', 'due_alerts', 'alert_told', 'export_owner'];
begin
    for one in
        select g.grantee, r.owner, r.kind, r.name, r.relkind
        from (
            select n.nspowner as owner, 'schema' as kind, n.oid::regnamespace::text as name, null as relkind,
                coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
            from pg_catalog.pg_namespace as n where n.nspname = 'processing'
            union all
            select c.relowner, case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass::text, c.relkind,
                coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
            from pg_catalog.pg_class as c where c.relnamespace = 'processing'::regnamespace and c.relkind in ('r', 'v', 'S')
        ) as r cross join lateral (select distinct x.grantee from aclexplode(r.acl) as x) as g
    loop
        if one.grantee <> one.owner then
            execute format('revoke all on %s %s from %s', one.kind, one.name,
                case one.grantee when 0 then 'public' else one.grantee::regrole::text end);
        elsif one.relkind = 'r' then
            execute format('alter table %s enable row level security', one.name);
        end if;
    end loop;
    for one in
        select p.oid::regprocedure as name, p.proname from pg_catalog.pg_proc as p
        where p.pronamespace = 'processing'::regnamespace
    loop
        perform processing.close_function(one.name);
        if one.proname = any (contract) then
            execute format('grant execute on function %s to service_role, liverows_worker', one.name);
        end if;
    end loop;
end
$$;

do $$
declare
    one regprocedure;
begin
    for one in
        select p.oid from pg_catalog.pg_proc as p
        where p.pronamespace = 'processing'::regnamespace and p.proconfig @> array['search_path=""']
    loop
        execute format('alter function %s set search_path to pg_catalog, pg_temp', one);
        execute format('alter function %s set jit to off', one);
    end loop;
end
$$;

-- The planner keeps samples of values, also of rows that are deleted, until the table is analyzed again. No statement searches
-- by what these columns hold, which may be what somebody wrote, so it keeps none of them.
do $$
declare
    one record;
begin
    for one in
        select c.oid::regclass as place, a.attname from pg_catalog.pg_class as c
        join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'processing'::regnamespace and c.relkind = 'r'
            and (a.atttypid = 'jsonb'::regtype
                or a.atttypid = 'text'::regtype and a.attname in ('message', 'problem', 'reason', 'text')
                or c.relname = 'failed_rows' and a.attname = 'step')
        order by c.relname, a.attnum
    loop
        execute format('alter table %s alter column %I set statistics 0', one.place, one.attname);
    end loop;
end
$$;

-- Conditions of triggers call these with the rights of the role that writes the row.
grant execute on function processing.by_person(regclass), processing.by_user(regclass), processing.limits_rows(regclass),
    processing.is_traced() to public;
grant usage on schema processing to service_role, liverows_worker;
grant usage on type public.processing_status to anon, authenticated, service_role, liverows_worker;

insert into processing.library_migrations (version) values ('20261121000930');
