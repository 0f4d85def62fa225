-- Schema processing: users cannot even see it. The service role may call the contract functions, but read no table.
begin;
create extension if not exists pgtap with schema extensions;

create temporary table contract (name text primary key);
insert into contract values
    ('contract_version'), ('database_id'), ('claim'), ('finish'), ('finish_and_claim'),
    ('checkpoint'), ('shared_checkpoint'), ('spend'), ('begin_call'), ('reserve'), ('reserve_outside'), ('settle_outside'), ('set_budget'), ('budgets'), ('await_rows'), ('forget_owner'), ('progress'), ('heartbeat'), ('take_back'), ('sign_off'),
    ('ping_doorbell'), ('cancel'), ('retry'), ('reset_edited'), ('redrive'), ('explain'), ('overview'), ('capabilities'), ('spending'),
    ('pause'), ('prune'), ('list_pipelines'), ('run_schedules'),
    ('list_rows'), ('count_rows'), ('change_rows'), ('failures'), ('history'), ('inspect'), ('set_limits'), ('operator_log'), ('storage'), ('installation'),
    ('alerts'), ('set_alert'), ('pause_alert'), ('remove_alert'), ('due_alerts'), ('alert_told'), ('export_owner');
grant select on contract to public;

select plan((
    select 2 * count(*)::integer from pg_proc where pronamespace = 'processing'::regnamespace and proname not in ('by_person', 'by_user', 'limits_rows', 'is_traced')
) + (
    select count(*)::integer from pg_class where relnamespace = 'processing'::regnamespace and relkind = 'r'
) + 16);

select ok(not has_function_privilege(role, f.oid, 'execute'), format('%s may not call %s', role, f.oid::regprocedure))
from pg_proc as f cross join unnest(array['anon', 'authenticated']) as role
where f.pronamespace = 'processing'::regnamespace and f.proname not in ('by_person', 'by_user', 'limits_rows', 'is_traced')
order by f.oid::regprocedure::text, role;

select ok(
    not has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate, references, trigger')
    and not has_table_privilege('authenticated', c.oid, 'select, insert, update, delete, truncate, references, trigger')
    and not has_table_privilege('service_role', c.oid, 'select, insert, update, delete, truncate, references, trigger'),
    format('nobody but the owner may touch %s', c.oid::regclass))
from pg_class as c
where c.relnamespace = 'processing'::regnamespace and c.relkind = 'r'
order by c.relname;

select set_eq(
    $$ select f.proname from pg_proc as f
       where f.pronamespace = 'processing'::regnamespace and f.proname not in ('by_person', 'by_user', 'limits_rows', 'is_traced')
         and has_function_privilege('service_role', f.oid, 'execute') $$,
    'select name from contract',
    'the service role may call the contract and no internal function');

insert into auth.users (id, email) values
    ('a11ce000-0000-4000-8000-000000000001', 'alice@example.com'),
    ('b0b00000-0000-4000-8000-000000000002', 'bob@example.com');
insert into public.job_positions (id, account_id, job_url) values
    ('0b000000-0000-4000-8000-000000000001', 'a11ce000-0000-4000-8000-000000000001', 'https://example.com/jobs/1');

-- Not signed in.
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok('select processing.overview()', '42501', null, 'anon: overview is refused');
select throws_ok('select * from processing.leases', '42501', null, 'anon: leases cannot be read');

-- Signed in, and the owner of the row.
set local role authenticated;
set local request.jwt.claims = '{"sub": "a11ce000-0000-4000-8000-000000000001", "role": "authenticated"}';
select throws_ok('select processing.overview()', '42501', null, 'owner: overview is refused');
select throws_ok('select * from processing.pipelines', '42501', null, 'owner: pipelines cannot be read');
select throws_ok('select * from processing.contract_mark', '42501', null, 'owner: the mark cannot be read');
select throws_ok(
    $$ select processing.cancel('public.job_positions', '0b000000-0000-4000-8000-000000000001') $$,
    '42501', null, 'owner: cancel goes through the Edge Function');
select throws_ok(
    $$ select processing.claim(gen_random_uuid(), '{enrich-job-position}', 1) $$,
    '42501', null, 'owner: claim is refused');
select throws_ok(
    $$ select processing.attach('public.job_positions', 'mine', '{job_url}', '{job_title}') $$,
    '42501', null, 'owner: attach is refused');

-- The Edge Function uses the service role, and passes the id of the user who asked.
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select lives_ok('select processing.overview()', 'service_role: overview');
select throws_ok('select * from processing.leases', '42501', null, 'service_role: leases cannot be read');
select throws_ok(
    $$ select processing.cancel('public.job_positions', '0b000000-0000-4000-8000-000000000001',
        'b0b00000-0000-4000-8000-000000000002') $$,
    'P0002', null, 'service_role: for a stranger the row does not exist');
select throws_ok(
    $$ select processing.reset_edited('public.job_positions', '0b000000-0000-4000-8000-000000000001', null,
        'b0b00000-0000-4000-8000-000000000002') $$,
    'P0002', null, 'service_role: a stranger resets nothing');
select lives_ok(
    $$ select processing.cancel('public.job_positions', '0b000000-0000-4000-8000-000000000001',
        'a11ce000-0000-4000-8000-000000000001') $$,
    'service_role: the owner cancels');
select throws_ok(
    $$ select processing.retry('auth.users', 'a11ce000-0000-4000-8000-000000000001') $$,
    'RJ003', null, 'service_role: a table that is not attached is out of reach');
select throws_ok(
    $$ update public.job_positions set processing_status = 'processing' $$,
    'RJ005', null, 'service_role: only a claim makes a row processing');

select * from finish();
rollback;
