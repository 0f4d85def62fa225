-- What a browser may do with public.timeline_items and public.interview_questions without the Edge Function.
begin;
create extension if not exists pgtap with schema extensions;

create temporary table columns (name text primary key, may_insert boolean, may_update boolean);
insert into columns
select a.attname,
    a.attname in (
        'position_id', 'title', 'type', 'text', 'custom_instructions', 'notes', 'interview_instructions',
        'interview_scheduled_date', 'interview_interviewer_name', 'interview_original_audio_path',
        'interview_transcript_given', 'interview_language_given', 'interview_candidate_speaker'),
    a.attname in (
        'position_id', 'title', 'text', 'custom_instructions', 'notes', 'interview_instructions',
        'interview_scheduled_date', 'interview_interviewer_name', 'interview_candidate_speaker')
from pg_attribute as a
where a.attrelid = 'public.timeline_items'::regclass and a.attnum > 0 and not a.attisdropped;
create temporary table question_columns as
select a.attname as name from pg_attribute as a
where a.attrelid = 'public.interview_questions'::regclass and a.attnum > 0 and not a.attisdropped;
grant select on columns, question_columns to public;

select plan((
    select (count(*) filter (where not may_insert) + count(*) filter (where not may_update))::integer from columns
) + (
    select count(*)::integer - 1 from question_columns
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
    $$ insert into public.timeline_items (type, interview_transcript_given)
        values ('MOCK_ANALYSE', '[{"id": 0, "speaker": 0, "sentence": "Why?"}]') returning * $$,
    'owner: has a mock interview analysed');
select results_eq(
    'select account_id, processing_status::text, processing_pipeline from public.timeline_items',
    $$ values ('a11ce000-0000-4000-8000-000000000001'::uuid, 'pending', 'analyse-interview') $$,
    'owner: the item is theirs and waits for a worker');
select lives_ok(
    $$ insert into public.timeline_items (type, text) values ('NOTE', 'Call back') $$, 'owner: writes a note');
select results_eq(
    $$ select processing_status::text from public.timeline_items where type = 'NOTE' $$, $$ values (null::text) $$,
    'owner: a note is no work');

select throws_ok(
    format('insert into public.timeline_items (type, %I) values (''NOTE'', default)', name),
    '42501', null, format('owner: insert of %s is refused', name))
from columns where not may_insert order by name;
select throws_ok(
    format('update public.timeline_items set %I = default', name),
    '42501', null, format('owner: update of %s is refused', name))
from columns where not may_update order by name;
select lives_ok(
    $$ update public.timeline_items set title = 'Second call', text = 'As I remember it' where type = 'MOCK_ANALYSE' $$,
    'owner: edits what is theirs to edit');
select results_eq(
    $$ select processing_edited from public.timeline_items where type = 'MOCK_ANALYSE' $$,
    $$ values ('{text}'::text[]) $$, 'owner: an edited output is noted');

select throws_ok(
    $$ insert into public.timeline_items (type, position_id) values ('NOTE', '0b000000-0000-4000-8000-000000000002') $$,
    '42501', null, 'owner: hangs nothing on another''s position');
select throws_ok(
    $$ update public.timeline_items set position_id = '0b000000-0000-4000-8000-000000000002' $$,
    '42501', null, 'owner: moves nothing to another''s position');
select throws_ok(
    $$ insert into public.timeline_items (type) values ('INTERVIEW_ANALYSE') $$,
    '23514', null, 'owner: no analysis without a recording or a transcript');
select throws_ok(
    $$ insert into public.timeline_items (type, interview_transcript_given) values ('MOCK_ANALYSE', '{}') $$,
    '23514', null, 'owner: a transcript is a list');
select throws_ok(
    $$ insert into public.timeline_items (type, interview_transcript_given)
        values ('MOCK_ANALYSE', jsonb_build_array(repeat('x', 1000001))) $$,
    '23514', null, 'owner: no endless transcript');

select lives_ok(
    $$ insert into public.timeline_items (type, interview_transcript_given)
        select 'MOCK_ANALYSE', '[]' from generate_series(2, 20) $$,
    'owner: 20 open analyses');
select throws_ok(
    $$ insert into public.timeline_items (type, interview_transcript_given) values ('MOCK_ANALYSE', '[]') $$,
    'RJ006', null, 'owner: the 21st open analysis is refused');

-- The store function writes the questions, in the transaction that completes the item.
reset role;
insert into public.interview_questions (
    account_id, timeline_item_id, question_number, question_text, question_json, asked_by, asked_by_role,
    first_utterance, last_utterance, scoring_status)
select account_id, id, 1, 'Why?', '[]', 0, 'interviewer', 0, 1, 'skipped'
from public.timeline_items where title = 'Second call';

set local role authenticated;
select isnt_empty('select * from public.interview_questions', 'owner: reads the questions');
select lives_ok($$ update public.interview_questions set notes = 'Ask again' $$, 'owner: keeps notes on them');
select throws_ok(
    format('update public.interview_questions set %I = default', name),
    '42501', null, format('owner: update of a question''s %s is refused', name))
from question_columns where name <> 'notes' order by name;
select throws_ok(
    'insert into public.interview_questions (notes) values (''mine'')', '42501', null, 'owner: adds no question');
select throws_ok('delete from public.interview_questions', '42501', null, 'owner: deletes no question');
select throws_ok('select * from public.storage_deletions', '42501', null, 'owner: does not see what is being removed');

-- A stranger.
set local request.jwt.claims = '{"sub": "b0b00000-0000-4000-8000-000000000002", "role": "authenticated"}';
select is_empty('select * from public.timeline_items', 'stranger: sees no item');
select is_empty('update public.timeline_items set title = ''x'' returning id', 'stranger: edits no item');
select is_empty('delete from public.timeline_items returning id', 'stranger: deletes no item');
select is_empty('select * from public.interview_questions', 'stranger: sees no question');
select is_empty('update public.interview_questions set notes = ''x'' returning id', 'stranger: writes no note');

-- Not signed in.
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok('select * from public.timeline_items', '42501', null, 'anon: reads no item');
select throws_ok('insert into public.timeline_items (type) values (''NOTE'')', '42501', null, 'anon: adds no item');
select throws_ok('select * from public.interview_questions', '42501', null, 'anon: reads no question');

-- The service role.
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select lives_ok(
    $$ update public.timeline_items set processing_status = 'cancelled' where type = 'MOCK_ANALYSE' $$,
    'service_role: cancels');

select * from finish();
rollback;
