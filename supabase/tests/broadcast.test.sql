-- attach(…, broadcast => true): only the owner of a row receives messages about its changes, and no user may send any.
begin;
create extension if not exists pgtap with schema extensions;
select plan(11);

-- Realtime makes the partition of a day when it serves the project on that day, and `postgres` may not make one.
-- Without it, realtime.send stores nothing.
select not exists (
    select from pg_inherits as i
    join pg_class as part on part.oid = i.inhrelid
    where i.inhparent = 'realtime.messages'::regclass
        and (pg_get_expr(part.relpartbound, part.oid) = 'DEFAULT'
            or pg_get_expr(part.relpartbound, part.oid) like
                format('FOR VALUES FROM (''%s%%', to_char(now() at time zone 'UTC', 'YYYY-MM-DD')))
) as lacks_partition \gset
\if :lacks_partition
select skip('realtime.messages has no partition for today: open a page or start a worker with Realtime first', 11);
select * from finish();
rollback;
\quit
\endif

insert into auth.users (id, email) values
    ('a11ce000-0000-4000-8000-000000000001', 'alice@example.com'),
    ('b0b00000-0000-4000-8000-000000000002', 'bob@example.com');

create table public.heard_notes (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid(),
    question text,
    answer text
);
alter table public.heard_notes enable row level security;
create policy own on public.heard_notes to authenticated
    using ((select auth.uid()) = account_id) with check ((select auth.uid()) = account_id);
grant select on public.heard_notes to authenticated;
grant insert (question) on public.heard_notes to authenticated;

select throws_ok(
    $$ select processing.attach('public.heard_notes', 'hear', '{question}', '{answer}', broadcast => true) $$,
    'RJ007', null, 'broadcast without an owner is refused');
select lives_ok(
    $$ select processing.attach('public.heard_notes', 'hear', '{question}', '{answer}', owner => 'account_id',
        broadcast => true) $$,
    'a table broadcasts');

-- The owner.
set local role authenticated;
set local request.jwt.claims = '{"sub": "a11ce000-0000-4000-8000-000000000001", "role": "authenticated"}';
insert into public.heard_notes (question) values ('Why?');
set local realtime.topic = 'processing:a11ce000-0000-4000-8000-000000000001';
select results_eq(
    $$ select topic, event, payload ->> 'table', payload -> 'rows' -> 0 ->> 'status', payload -> 'rows' -> 0 -> 'progress'
       from realtime.messages where topic = 'processing:a11ce000-0000-4000-8000-000000000001' $$,
    $$ values ('processing:a11ce000-0000-4000-8000-000000000001', 'rows', 'public.heard_notes', 'pending', '0'::jsonb) $$,
    'owner: hears of the row');
select throws_ok(
    $$ insert into realtime.messages (topic, extension, event, private)
        values ('processing:a11ce000-0000-4000-8000-000000000001', 'broadcast', 'row', true) $$,
    '42501', null, 'owner: may not send');
set local realtime.topic = 'processing:doorbell';
select is_empty('select * from realtime.messages', 'owner: does not hear the workers'' doorbell');

-- A stranger.
set local request.jwt.claims = '{"sub": "b0b00000-0000-4000-8000-000000000002", "role": "authenticated"}';
set local realtime.topic = 'processing:a11ce000-0000-4000-8000-000000000001';
select is_empty('select * from realtime.messages', 'stranger: hears nothing on the owner''s topic');
select throws_ok(
    $$ insert into realtime.messages (topic, extension, event, private)
        values ('processing:a11ce000-0000-4000-8000-000000000001', 'broadcast', 'row', true) $$,
    '42501', null, 'stranger: may not send');

-- Not signed in.
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select is_empty('select * from realtime.messages', 'anon: hears nothing');

reset role;
select lives_ok($$ select processing.detach('public.heard_notes', 'hear') $$, 'the table is detached');
select hasnt_trigger('public', 'heard_notes', 'processing_8_broadcast_update', 'its triggers are gone');
select is_empty(
    $$ select policyname from pg_policies where policyname = 'processing: own rows' $$,
    'the policy is gone with the last table that broadcasts');

select * from finish();
rollback;
