-- What a browser may do with public.company_research, batch_jobs and the shared companies without the Edge Function.
begin;
create extension if not exists pgtap with schema extensions;

create temporary table columns (table_name text, name text, may_insert boolean, may_update boolean);
insert into columns
select c.relname, a.attname,
    c.relname = 'company_research' and a.attname in ('company_name', 'company_url', 'role', 'deep_mode', 'job_position_id')
        or c.relname = 'batch_jobs' and a.attname in ('companies', 'role', 'deep_mode'),
    c.relname = 'company_research' and a.attname = 'prep_checklist'
from pg_class as c join pg_attribute as a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace
    and c.relname in (
        'company_research', 'batch_jobs', 'companies', 'company_research_history', 'company_flights')
    and a.attnum > 0 and not a.attisdropped;
grant select on columns to public;

select plan((
    select (count(*) filter (where not may_insert) + count(*) filter (where not may_update))::integer from columns
) + 27);

insert into auth.users (id, email) values
    ('a11ce000-0000-4000-8000-000000000001', 'alice@example.com'),
    ('b0b00000-0000-4000-8000-000000000002', 'bob@example.com');
insert into public.job_positions (id, account_id, job_url) values
    ('0b000000-0000-4000-8000-000000000002', 'b0b00000-0000-4000-8000-000000000002', 'https://example.com/jobs/2');

-- The owner.
set local role authenticated;
set local request.jwt.claims = '{"sub": "a11ce000-0000-4000-8000-000000000001", "role": "authenticated"}';

select lives_ok(
    $$ insert into public.company_research (company_name) values ('Acme') returning * $$, 'owner: asks for research');
select results_eq(
    'select account_id, processing_status::text, processing_pipeline from public.company_research',
    $$ values ('a11ce000-0000-4000-8000-000000000001'::uuid, 'pending', 'company-research') $$,
    'owner: the row is theirs and waits for a worker');
select throws_ok(
    format('insert into public.%I (%I) values (default)', table_name, name),
    '42501', null, format('owner: insert of %s.%s is refused', table_name, name))
from columns where not may_insert order by table_name, name;
select throws_ok(
    format('update public.%I set %I = default', table_name, name),
    '42501', null, format('owner: update of %s.%s is refused', table_name, name))
from columns where not may_update order by table_name, name;
select lives_ok(
    $$ update public.company_research set prep_checklist = '[{"item": "Read", "done": true}]' $$,
    'owner: ticks off the checklist');

select throws_ok(
    $$ insert into public.company_research (company_name, company_url) values ('Acme', 'ftp://example.com') $$,
    '23514', null, 'owner: no ftp link');
select throws_ok(
    $$ insert into public.company_research (company_name) values ('   ') $$, '23514', null, 'owner: no nameless company');
select throws_ok(
    $$ insert into public.company_research (company_name, job_position_id)
        values ('Acme', '0b000000-0000-4000-8000-000000000002') $$,
    '42501', null, 'owner: names no position of another');

select lives_ok(
    $$ insert into public.batch_jobs (companies) select jsonb_agg('Company ' || n) from generate_series(1, 99) as n $$,
    'owner: asks for 99 more at once');
select results_eq(
    $$ select count(*) from public.company_research where batch_id is not null $$, 'values (99::bigint)',
    'owner: each company of the batch is a row');
select throws_ok(
    $$ insert into public.company_research (company_name) values ('One too many') $$,
    'RJ006', null, 'owner: the 101st open row is refused');
select throws_ok(
    $$ insert into public.batch_jobs (companies) values ('["One too many"]') $$,
    'RJ006', null, 'owner: a batch is no way around it');
select throws_ok(
    $$ insert into public.batch_jobs (companies) select jsonb_agg('Company ' || n) from generate_series(1, 101) as n $$,
    '23514', null, 'owner: at most 100 companies in a batch');
select throws_ok('select * from public.company_flights', '42501', null, 'owner: does not see who is at work');
select throws_ok('delete from public.companies', '42501', null, 'owner: deletes no shared company');
select throws_ok('delete from public.company_research_history', '42501', null, 'owner: deletes no history');
select throws_ok(
    format('select public.%s', call), '42501', null, format('owner: may not call %s', call))
from unnest(array[
    'take_company(''example.com'', gen_random_uuid())', 'domain_of_company(''acme'')', 'refresh_due_companies()',
    'store_company_research(gen_random_uuid(), ''{}'')']) as call;

-- A stranger.
set local request.jwt.claims = '{"sub": "b0b00000-0000-4000-8000-000000000002", "role": "authenticated"}';
select is_empty('select * from public.company_research', 'stranger: sees no research');
select is_empty('update public.company_research set prep_checklist = ''[]'' returning id', 'stranger: ticks off nothing');
select is_empty('delete from public.company_research returning id', 'stranger: deletes no research');
select is_empty('select * from public.batch_jobs', 'stranger: sees no batch');
select is_empty('delete from public.batch_jobs returning id', 'stranger: deletes no batch');

-- Not signed in.
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok('select * from public.company_research', '42501', null, 'anon: reads no research');
select throws_ok('select * from public.companies', '42501', null, 'anon: reads no company');
select throws_ok(
    'insert into public.batch_jobs (companies) values (''["Acme"]'')', '42501', null, 'anon: adds no batch');

-- The service role.
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select lives_ok(
    $$ update public.company_research set processing_status = 'cancelled' $$, 'service_role: cancels');

select * from finish();
rollback;
