-- Access. `service_role` and `liverows_worker` may call the contract functions. Only the owner may use the tables and
-- most other functions.

-- An empty search_path is not quite empty: Postgres then looks for the name of a type in pg_temp first. So a session of
-- liverows_worker could create a type pg_temp.jsonb whose check calls a function of its own, and a contract function would
-- run it as the owner. With pg_temp as the last entry this cannot happen.

revoke all on schema processing from public;
revoke all on all tables in schema processing from public;
revoke all on all sequences in schema processing from public, anon, authenticated, service_role;
revoke all on all functions in schema processing from public;

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
        select c.oid::regclass as name, c.relkind from pg_catalog.pg_class as c
        where c.relnamespace = 'processing'::regnamespace and c.relkind in ('r', 'v')
    loop
        if one.relkind = 'r' then
            execute format('alter table %s enable row level security', one.name);
        end if;
        execute format('revoke all on %s from anon, authenticated, service_role', one.name);
    end loop;
    for one in
        select p.oid::regprocedure as name, p.proname from pg_catalog.pg_proc as p
        where p.pronamespace = 'processing'::regnamespace
    loop
        execute format('revoke all on function %s from public, anon, authenticated, service_role', one.name);
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
    end loop;
end
$$;

-- Conditions of triggers call these with the rights of the role that writes the row.
grant execute on function processing.by_person(regclass), processing.by_user(regclass), processing.limits_rows(regclass),
    processing.is_traced() to public;
grant usage on schema processing to service_role, liverows_worker;
grant usage on type public.processing_status to anon, authenticated, service_role, liverows_worker;

insert into processing.library_migrations (version) values ('20261121000930');
