-- Bucket interviews: a private folder per user, and rows that point into their owner's folder only.
begin;
create extension if not exists pgtap with schema extensions;
select plan(29);

insert into auth.users (id, email) values
    ('a11ce000-0000-4000-8000-000000000001', 'alice@example.com'),
    ('b0b00000-0000-4000-8000-000000000002', 'bob@example.com');

-- The Storage API enforces the limits of size and type, which it reads from the row of the bucket.
select results_eq(
    $$ select public, file_size_limit from storage.buckets where id = 'interviews' $$,
    'values (false, 52428800::bigint)', 'the bucket is private and takes 50 MiB');
select is_empty(
    $$ select t from storage.buckets cross join unnest(allowed_mime_types) as t
       where id = 'interviews' and t !~ '^(audio/.+|video/(mp4|webm)|application/(ogg|json))$' $$,
    'the bucket takes recordings and what a worker stores beside them');
select isnt_empty(
    $$ select from storage.buckets where id = 'interviews' and allowed_mime_types <> '{}' $$, 'the bucket names its types');

-- In the real Storage only its API may delete objects; with this setting the API identifies itself.
set local storage.allow_delete_query = 'true';

-- The owner.
set local role authenticated;
set local request.jwt.claims = '{"sub": "a11ce000-0000-4000-8000-000000000001", "role": "authenticated"}';

select lives_ok(
    $$ insert into storage.objects (bucket_id, name)
        values ('interviews', 'a11ce000-0000-4000-8000-000000000001/talk.mp3') $$,
    'owner: uploads into their folder');
select isnt_empty(
    $$ select from storage.objects where bucket_id = 'interviews' $$, 'owner: reads it');
select throws_ok(
    format('insert into storage.objects (bucket_id, name) values (''interviews'', %L)', name),
    '42501', null, format('owner: may not upload %s', name))
from unnest(array[
    'b0b00000-0000-4000-8000-000000000002/talk.mp3',
    'talk.mp3',
    '/a11ce000-0000-4000-8000-000000000001/talk.mp3',
    'a11ce000-0000-4000-8000-000000000001/../b0b00000-0000-4000-8000-000000000002/talk.mp3',
    'a11ce000-0000-4000-8000-000000000001/deeper/talk.mp3',
    'a11ce000-0000-4000-8000-000000000001/talk.exe',
    'a11ce000-0000-4000-8000-000000000001/talk',
    'a11ce000-0000-4000-8000-000000000001/.mp3']) as name;
select throws_ok(
    $$ insert into storage.objects (bucket_id, name)
        values ('elsewhere', 'a11ce000-0000-4000-8000-000000000001/talk.mp3') $$,
    '42501', null, 'owner: no other bucket');
select throws_ok(
    $$ update storage.objects set name = 'b0b00000-0000-4000-8000-000000000002/talk.mp3' $$,
    '42501', null, 'owner: moves nothing into another''s folder');
select lives_ok(
    $$ update storage.objects set name = 'a11ce000-0000-4000-8000-000000000001/renamed.mp3' $$,
    'owner: renames within their folder');
select throws_ok(
    $$ insert into storage.buckets (id, name, public) values ('mine', 'mine', true) $$,
    '42501', null, 'owner: makes no bucket');
select is_empty(
    $$ update storage.buckets set public = true returning id $$, 'owner: opens no bucket');

-- A row names a recording for the worker. The worker may read every object, so the row must not name somebody else's.
select lives_ok(
    $$ insert into public.timeline_items (type, interview_original_audio_path)
        values ('INTERVIEW_ANALYSE', 'a11ce000-0000-4000-8000-000000000001/renamed.mp3') $$,
    'owner: has their recording analysed');
select throws_ok(
    format($$ insert into public.timeline_items (type, interview_original_audio_path) values ('INTERVIEW_ANALYSE', %L) $$, path),
    '23514', null, format('owner: may not have %s analysed', path))
from unnest(array[
    'b0b00000-0000-4000-8000-000000000002/talk.mp3',
    'a11ce000-0000-4000-8000-000000000001/../b0b00000-0000-4000-8000-000000000002/talk.mp3',
    'a11ce000-0000-4000-8000-000000000001/notes.txt']) as path;
select throws_ok(
    $$ update public.timeline_items set interview_original_audio_path = 'b0b00000-0000-4000-8000-000000000002/talk.mp3' $$,
    '42501', null, 'owner: the path stays as it is');

-- A stranger.
set local request.jwt.claims = '{"sub": "b0b00000-0000-4000-8000-000000000002", "role": "authenticated"}';
select is_empty('select * from storage.objects', 'stranger: reads no object');
select is_empty('update storage.objects set metadata = ''{}'' returning id', 'stranger: changes no object');
select is_empty('delete from storage.objects returning id', 'stranger: deletes no object');

-- Not signed in.
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select is_empty('select * from storage.objects', 'anon: reads no object');
select throws_ok(
    $$ insert into storage.objects (bucket_id, name)
        values ('interviews', 'a11ce000-0000-4000-8000-000000000001/anon.mp3') $$,
    '42501', null, 'anon: uploads nothing');

-- The owner again.
set local role authenticated;
set local request.jwt.claims = '{"sub": "a11ce000-0000-4000-8000-000000000001", "role": "authenticated"}';
select isnt_empty('delete from storage.objects returning id', 'owner: deletes their recording');

select * from finish();
rollback;
