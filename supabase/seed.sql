-- Rows to look at after `supabase start` or `supabase db reset`: a user who can sign in, and one of
-- each kind of work. Start a worker and they fill themselves. Made for a machine of one's own: the
-- password stands here for everybody to read. Running it again changes nothing.
--
--   demo@example.com · demo-password

insert into auth.users (
    instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
    confirmation_token, recovery_token, email_change_token_new, email_change, created_at, updated_at)
values (
    -- Auth finds users of this instance only, and cannot read tokens that are null.
    '00000000-0000-0000-0000-000000000000', 'de000000-0000-4000-8000-000000000001', 'authenticated', 'authenticated',
    'demo@example.com', '$2b$10$cWJIXjONqwF71MeQC0rHkOuiaqk4sRczmvyopv6Iey2t63LgAgIOe', now(),
    '{"provider": "email", "providers": ["email"]}', '{}', '', '', '', '', now(), now())
on conflict do nothing;

insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
select u.id::text, u.id, jsonb_build_object('sub', u.id, 'email', u.email, 'email_verified', true), 'email', now(), now(), now()
from auth.users as u where u.id = 'de000000-0000-4000-8000-000000000001'
on conflict do nothing;

-- A posting by its text: nothing has to be fetched.
insert into public.job_positions (id, account_id, raw_job_description, expected_salary)
select 'de000000-0000-4000-8000-000000000011', u.id,
'Backend engineer (m/f/d) at Kiln & Clay GmbH

Full-time, hybrid, Vienna. You keep our ordering service fast and our Postgres calm. We pay 62,000 to
74,000 EUR a year, depending on experience.

You bring: five years with Python or Go, SQL without fear, German or English.
We offer: four-day weeks in summer, a studio of your own for pottery.

Apply at https://example.com/jobs/backend-engineer until 31 January 2027.', '70,000 EUR'
from auth.users as u where u.id = 'de000000-0000-4000-8000-000000000001'
on conflict do nothing;

-- One that is done already, as a person would have typed it.
insert into public.job_positions (
    id, account_id, job_url, job_title, company_name, location, employment_type, processing_status)
select 'de000000-0000-4000-8000-000000000012', u.id, 'https://example.com/jobs/potter', 'Potter', 'Kiln & Clay GmbH',
    'Vienna', 'Full-time', 'completed'
from auth.users as u where u.id = 'de000000-0000-4000-8000-000000000001'
on conflict do nothing;

-- A mock interview, from its transcript.
insert into public.timeline_items (id, account_id, position_id, type, title, interview_transcript_given, interview_candidate_speaker)
select 'de000000-0000-4000-8000-000000000021', u.id, 'de000000-0000-4000-8000-000000000011', 'MOCK_ANALYSE',
    'Practice for the first call', '[
    {"id": 0, "speaker": 0, "start": 0, "end": 6, "sentence": "Hello, and thank you for taking the time today."},
    {"id": 1, "speaker": 1, "start": 6, "end": 9, "sentence": "Hello, I am glad to be here."},
    {"id": 2, "speaker": 0, "start": 10, "end": 17,
        "sentence": "Tell me about a time when a service you were responsible for failed."},
    {"id": 3, "speaker": 1, "start": 18, "end": 47,
        "sentence": "Two years ago our ordering service stood still every Monday at nine. I traced it to a report that locked the orders table, moved the report to a replica and added an alert on lock waits. Since then it has not happened again, and Monday orders went up by eight per cent."},
    {"id": 4, "speaker": 0, "start": 48, "end": 52, "sentence": "How would you find a slow query in Postgres?"},
    {"id": 5, "speaker": 1, "start": 53, "end": 70,
        "sentence": "I start with pg_stat_statements, take the statement with the most total time, and read its plan with EXPLAIN ANALYZE on real parameters."}
]', 1
from auth.users as u where u.id = 'de000000-0000-4000-8000-000000000001'
on conflict do nothing;

insert into public.timeline_items (id, account_id, position_id, type, title, text)
select 'de000000-0000-4000-8000-000000000022', u.id, 'de000000-0000-4000-8000-000000000011', 'NOTE', 'Before the call',
    'Ask about the on-call rota.'
from auth.users as u where u.id = 'de000000-0000-4000-8000-000000000001'
on conflict do nothing;

-- Research about a company.
insert into public.company_research (id, account_id, company_name, company_url, role)
select 'de000000-0000-4000-8000-000000000031', u.id, 'Example', 'https://example.com', 'Backend engineer'
from auth.users as u where u.id = 'de000000-0000-4000-8000-000000000001'
on conflict do nothing;
