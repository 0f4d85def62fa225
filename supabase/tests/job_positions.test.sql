-- What a browser may do with public.job_positions without the Edge Function: direct inserts and edits.
begin;
create extension if not exists pgtap with schema extensions;

create temporary table columns (name text primary key, may_insert boolean, may_update boolean);
insert into columns
select a.attname,
    a.attname in ('job_url', 'raw_job_description', 'quick_look', 'expected_salary'),
    a.attname in (
        'expected_salary', 'offer_received', 'archived', 'notes',
        'job_title', 'company_name', 'company_logo', 'company_website', 'job_description', 'salary_range', 'location',
        'employment_type')
from pg_attribute as a
where a.attrelid = 'public.job_positions'::regclass and a.attnum > 0 and not a.attisdropped;
grant select on columns to public;

select plan((select (count(*) filter (where not may_insert) + count(*) filter (where not may_update))::integer from columns) + 28);

insert into auth.users (id, email) values
    ('a11ce000-0000-4000-8000-000000000001', 'alice@example.com'),
    ('b0b00000-0000-4000-8000-000000000002', 'bob@example.com');

-- The owner.
set local role authenticated;
set local request.jwt.claims = '{"sub": "a11ce000-0000-4000-8000-000000000001", "role": "authenticated"}';

select lives_ok(
    $$ insert into public.job_positions (job_url) values ('https://example.com/jobs/1') returning * $$,
    'owner: adds a position and reads it back');
select results_eq(
    'select account_id, processing_status::text, processing_pipeline from public.job_positions',
    $$ values ('a11ce000-0000-4000-8000-000000000001'::uuid, 'pending', 'enrich-job-position') $$,
    'owner: the row is theirs and waits for a worker');

select throws_ok(
    format('insert into public.job_positions (job_url, %I) values (''https://example.com'', default)', name),
    '42501', null, format('owner: insert of %s is refused', name))
from columns where not may_insert and name <> 'job_url' order by name;
select throws_ok(
    format('update public.job_positions set %I = default', name),
    '42501', null, format('owner: update of %s is refused', name))
from columns where not may_update order by name;

select lives_ok(
    $$ update public.job_positions set expected_salary = '90k', offer_received = true, archived = true,
        job_title = 'Potter', salary_range = '80k' $$,
    'owner: edits what is theirs to edit');
select results_eq(
    'select processing_edited from public.job_positions', $$ values ('{job_title,salary_range}'::text[]) $$,
    'owner: an edited output is noted, so no worker overwrites it');

select lives_ok(
    $$ update public.job_positions set notes = 'Ask about the kiln.', archived = false $$, 'owner: writes notes');
select results_eq(
    $$ select processing_status::text, processing_edited, processing_outdated from public.job_positions $$,
    $$ values ('pending', '{job_title,salary_range}'::text[], '{}'::text[]) $$,
    'owner: notes are no input and no output');
select throws_ok(
    'update public.job_positions set notes = repeat(''x'', 10001)', '23514', null, 'owner: no endless notes');

select throws_ok(
    'insert into public.job_positions (job_url) values (''ftp://example.com/job'')', '23514', null, 'owner: no ftp link');
select throws_ok(
    'insert into public.job_positions (job_url) values (''https://example.com/'' || repeat(''x'', 2048))',
    '23514', null, 'owner: no endless link');
select throws_ok(
    'insert into public.job_positions (raw_job_description) values (repeat(''x'', 100001))',
    '23514', null, 'owner: no endless description');
select throws_ok(
    'insert into public.job_positions (job_url, quick_look) values (''https://example.com'', to_jsonb(repeat(''x'', 10000)))',
    '23514', null, 'owner: no endless quick look');
select throws_ok(
    'insert into public.job_positions (expected_salary) values (''90k'')', '23514', null, 'owner: no position without a source');

select lives_ok(
    $$ insert into public.job_positions (job_url) select 'https://example.com/jobs/' || n from generate_series(2, 100) as n $$,
    'owner: 100 open positions');
select throws_ok(
    $$ insert into public.job_positions (job_url) values ('https://example.com/jobs/101') $$,
    'RJ006', null, 'owner: the 101st open position is refused');

-- Another user, who is also signed in.
set local request.jwt.claims = '{"sub": "b0b00000-0000-4000-8000-000000000002", "role": "authenticated"}';

select is_empty('select * from public.job_positions', 'stranger: sees no row');
select is_empty('update public.job_positions set archived = true returning id', 'stranger: edits no row');
select is_empty('delete from public.job_positions returning id', 'stranger: deletes no row');
select throws_ok(
    $$ insert into public.job_positions (job_url, account_id)
        values ('https://example.com', 'a11ce000-0000-4000-8000-000000000001') $$,
    '42501', null, 'stranger: adds nothing in another''s name');
select lives_ok(
    $$ insert into public.job_positions (job_url) values ('https://example.com/jobs/1') $$,
    'stranger: is not held up by another''s open positions');

-- Not signed in.
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';

select throws_ok('select * from public.job_positions', '42501', null, 'anon: reads nothing');
select throws_ok(
    'insert into public.job_positions (job_url) values (''https://example.com'')', '42501', null, 'anon: adds nothing');
select throws_ok('update public.job_positions set archived = true', '42501', null, 'anon: edits nothing');
select throws_ok('delete from public.job_positions', '42501', null, 'anon: deletes nothing');

-- The service role.
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';

select results_eq(
    $$ select count(*) from public.job_positions where account_id::text like any (array['a11ce000-%', 'b0b00000-%']) $$,
    'values (101::bigint)', 'service_role: sees the rows of all accounts');
select lives_ok(
    $$ insert into public.job_positions (account_id, job_url, processing_status)
        values ('b0b00000-0000-4000-8000-000000000002', 'https://example.com/jobs/2', 'completed') $$,
    'service_role: may name the status');
select lives_ok(
    $$ update public.job_positions set processing_status = 'cancelled' where processing_status = 'pending' $$,
    'service_role: cancels');

-- The owner again.
set local role authenticated;
set local request.jwt.claims = '{"sub": "a11ce000-0000-4000-8000-000000000001", "role": "authenticated"}';

select lives_ok(
    $$ insert into public.job_positions (job_url) values ('https://example.com/jobs/101') $$,
    'owner: has room again when others have ended');
select results_eq(
    'with gone as (delete from public.job_positions returning id) select count(*) from gone',
    'values (101::bigint)', 'owner: deletes what is theirs');

select * from finish();
rollback;
