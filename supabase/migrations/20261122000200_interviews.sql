-- Interviews: the timeline of a user, and the questions in interviews. Only items of type INTERVIEW_ANALYSE and
-- MOCK_ANALYSE are work.

create type public.timeline_type as enum (
    'COVER_LETTER', 'LINKEDIN_INTRO', 'NOTE', 'REPLY_EMAIL', 'CV_ANALYSE',
    'INTERVIEW_STEP', 'INTERVIEW_ANALYSE', 'MOCK_ANALYSE'
);

create type public.interview_question_type as enum (
    'BEHAVIORAL', 'TECHNICAL', 'BACKGROUND_EXPERIENCE', 'GREETING_OR_CHIT_CHAT'
);

create table public.timeline_items (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
    position_id uuid references public.job_positions (id) on delete cascade,
    title text check (char_length(title) <= 300),
    type public.timeline_type not null,
    text text check (octet_length(text) <= 2000000),
    custom_instructions text check (char_length(custom_instructions) <= 10000),
    notes text check (octet_length(notes) <= 1000000),
    interview_instructions text check (char_length(interview_instructions) <= 10000),
    interview_scheduled_date timestamptz,
    interview_interviewer_name text check (char_length(interview_interviewer_name) <= 300),
    -- An object in the owner's folder of the bucket `interviews`. The worker could read other folders, too.
    interview_original_audio_path text constraint timeline_items_audio_is_the_owners check (
        interview_original_audio_path
            ~* '^[0-9a-f-]{36}/[a-z0-9][a-z0-9._-]{0,199}\.(mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$'
        and starts_with(interview_original_audio_path, account_id::text || '/')
    ),
    interview_transcript_given jsonb constraint timeline_items_transcript_given_within_limits check (
        jsonb_typeof(interview_transcript_given) = 'array'
        and public.json_within_limits(interview_transcript_given, 1000000)
    ),
    interview_language_given text check (
        char_length(interview_language_given) <= 35 and interview_language_given ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
    ),
    interview_candidate_speaker integer check (interview_candidate_speaker >= 0),
    interview_position jsonb,
    interview_transcript jsonb,
    interview_questions_preview jsonb,
    interview_speech_to_text_path text,
    interview_score integer check (interview_score between 0 and 10),
    interview_language text,
    interview_duration_seconds numeric check (interview_duration_seconds >= 0),
    interview_metrics jsonb,
    interview_summary jsonb,
    warnings jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint timeline_items_have_a_source check (
        type not in ('INTERVIEW_ANALYSE', 'MOCK_ANALYSE')
        or interview_original_audio_path is not null or interview_transcript_given is not null
    )
);

comment on table public.timeline_items is
    'Notes, letters and interviews of a user. Items of type INTERVIEW_ANALYSE and MOCK_ANALYSE are analysed in the '
    'background.';
comment on column public.timeline_items.text is
    'The text of a note or letter; of an analysed interview the transcript as Markdown.';
comment on column public.timeline_items.notes is
    'Notes of the user, and notes on questions that a new analysis no longer finds.';
comment on column public.timeline_items.interview_transcript_given is
    'Paragraphs [{id, speaker, sentence, start?, end?}], times in seconds. With them, a recording is not transcribed.';
comment on column public.timeline_items.interview_language_given is 'BCP 47 code of the spoken language; null lets the speech service detect it.';
comment on column public.timeline_items.interview_candidate_speaker is
    'The speaker whom the user names as the candidate. A change normally queues the interview again.';
comment on column public.timeline_items.interview_position is
    'A copy of {company_name, job_title, job_description} of the owner''s position; null without one.';
comment on column public.timeline_items.interview_transcript is
    'Utterances [{index, speaker, role, text, start, end, confidence}], times in seconds; role: candidate, '
    'interviewer or unknown.';
comment on column public.timeline_items.interview_questions_preview is
    'The questions with the scores that are known so far, in the shape of rows of interview_questions.';
comment on column public.timeline_items.interview_speech_to_text_path is
    'Path, in the bucket interviews, of the unchanged answer of the speech service; null if there is none.';
comment on column public.timeline_items.interview_score is
    'Mean score of the scored questions as a whole number, half rounded up; null if none was scored.';

create index timeline_items_account on public.timeline_items (account_id, created_at desc);
create index timeline_items_position on public.timeline_items (position_id);
create index timeline_items_audio on public.timeline_items (interview_original_audio_path);

create table public.interview_questions (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references auth.users (id) on delete cascade,
    timeline_item_id uuid not null references public.timeline_items (id) on delete cascade,
    question_number integer not null check (question_number > 0),
    question_type public.interview_question_type,
    question_title text,
    question_text text not null,
    answer_text text,
    question_json jsonb not null,
    asked_by integer not null,
    asked_by_role text not null check (asked_by_role in ('interviewer', 'candidate', 'unknown')),
    first_utterance integer not null check (first_utterance >= 0),
    last_utterance integer not null,
    question_start_second numeric,
    question_end_second numeric,
    answer_start_second numeric,
    answer_end_second numeric,
    structure smallint check (structure between 0 and 10),
    relevance smallint check (relevance between 0 and 10),
    clarity_conciseness smallint check (clarity_conciseness between 0 and 10),
    specificity_detail smallint check (specificity_detail between 0 and 10),
    actions_contribution smallint check (actions_contribution between 0 and 10),
    results_impact smallint check (results_impact between 0 and 10),
    competency_demonstration smallint check (competency_demonstration between 0 and 10),
    score numeric(3, 1) check (score between 0 and 10),
    scoring_status text not null check (scoring_status in ('scored', 'skipped', 'failed')),
    scoring_reason text,
    feedback text,
    evidence jsonb,
    improvements jsonb,
    metrics jsonb,
    notes text check (char_length(notes) <= 10000),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint interview_questions_numbered unique (timeline_item_id, question_number),
    constraint interview_questions_span check (last_utterance >= first_utterance)
);

comment on table public.interview_questions is
    'The questions of an analysed interview. An old question stays only if its note has room nowhere else.';
comment on column public.interview_questions.question_title is
    'The question in at most 20 words; an ellipsis shows that words were cut off.';
comment on column public.interview_questions.question_json is 'The utterances of question and answer: [{index, speaker, role, text, start, end, confidence}].';
comment on column public.interview_questions.asked_by is
    'The number of the speaker who asks. A candidate''s own questions are kept and not scored.';
comment on column public.interview_questions.score is
    'Mean of the dimensions that have a value, to one decimal; null if the answer was not scored.';
comment on column public.interview_questions.scoring_reason is
    'A code for why the answer was skipped or its scoring failed; null if it was scored.';
comment on column public.interview_questions.evidence is
    'Verbatim quotes by dimension: {structure: [{quote, start, end, supports}]}; supports: strength or gap.';
comment on column public.interview_questions.notes is
    'Notes of the user. A new analysis moves them, where possible to one of its own questions.';

create index interview_questions_account on public.interview_questions (account_id);

alter table public.timeline_items enable row level security;
alter table public.interview_questions enable row level security;

revoke all on public.timeline_items, public.interview_questions from public, anon, authenticated;

grant select, delete on public.timeline_items to authenticated;
grant insert (
    position_id, title, type, text, custom_instructions, notes, interview_instructions, interview_scheduled_date,
    interview_interviewer_name, interview_original_audio_path, interview_transcript_given, interview_language_given,
    interview_candidate_speaker
) on public.timeline_items to authenticated;
grant update (
    position_id, title, text, custom_instructions, notes, interview_instructions, interview_scheduled_date,
    interview_interviewer_name, interview_candidate_speaker
) on public.timeline_items to authenticated;
grant select, insert, update, delete on public.timeline_items to service_role;

grant select on public.interview_questions to authenticated;
grant update (notes) on public.interview_questions to authenticated;
grant select, insert, update, delete on public.timeline_items, public.interview_questions to service_role;

-- A foreign key accepts the position of any user, so the policies check that it is the user's own.
create policy "own timeline: read" on public.timeline_items
    for select to authenticated using ((select auth.uid()) = account_id);
create policy "own timeline: add" on public.timeline_items
    for insert to authenticated with check (
        (select auth.uid()) = account_id
        and (position_id is null or exists (
            select from public.job_positions as p
            where p.id = position_id and p.account_id = (select auth.uid())))
    );
create policy "own timeline: edit" on public.timeline_items
    for update to authenticated using ((select auth.uid()) = account_id) with check (
        (select auth.uid()) = account_id
        and (position_id is null or exists (
            select from public.job_positions as p
            where p.id = position_id and p.account_id = (select auth.uid())))
    );
create policy "own timeline: delete" on public.timeline_items
    for delete to authenticated using ((select auth.uid()) = account_id);

create policy "own questions: read" on public.interview_questions
    for select to authenticated using ((select auth.uid()) = account_id);
create policy "own questions: edit" on public.interview_questions
    for update to authenticated using ((select auth.uid()) = account_id) with check ((select auth.uid()) = account_id);

create trigger timeline_items_touch before update on public.timeline_items
    for each row execute function public.touch_updated_at();
create trigger interview_questions_touch before update on public.interview_questions
    for each row execute function public.touch_updated_at();

-- A worker gets only columns of the claimed row as inputs, so parts of the position are copied to the row.
create function public.note_position() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.interview_position := (
        select pg_catalog.jsonb_build_object(
            'company_name', p.company_name, 'job_title', p.job_title,
            'job_description', pg_catalog.left(coalesce(p.job_description, p.raw_job_description), 20000))
        from public.job_positions as p where p.id = new.position_id and p.account_id = new.account_id);
    return new;
end
$$;

comment on function public.note_position() is
    'Trigger: copies parts of the owner''s position to the item, or null without one.';
revoke all on function public.note_position() from public, anon, authenticated;

create trigger timeline_items_note_position before insert or update of position_id on public.timeline_items
    for each row execute function public.note_position();

create function public.limit_analyses() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    -- Postgres has locked the row before this trigger, so a second update waits and sees the event of the first.
    perform processing.limit_runs(tg_relid::regclass, new.id::text);
    return new;
end
$$;

comment on function public.limit_analyses() is
    'Trigger: raises RJ008 if the interview was queued again 10 times in the last 24 hours.';
revoke all on function public.limit_analyses() from public, anon, authenticated;

create function public.analyse_again() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.processing_status := 'pending';
    return new;
end
$$;

comment on function public.analyse_again() is
    'Trigger: queues an interview again, because its candidate speaker was changed.';
revoke all on function public.analyse_again() from public, anon, authenticated;

-- A note on an old question moves to a new question or to the item's notes. Where neither has room, the old question
-- stays. The note does not go into a warning, because the next analysis replaces the warnings.
create function public.store_interview_questions(item uuid, handover jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    kept jsonb;
    one public.interview_questions;
    lost text;
    heir uuid;
begin
    with gone as (
        delete from public.interview_questions as q where q.timeline_item_id = item
        returning q.*
    )
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(g) order by g.question_number), '[]') into kept
    from gone as g where g.notes <> '';

    insert into public.interview_questions (
        account_id, timeline_item_id, question_number, question_type, question_title, question_text, answer_text,
        question_json, asked_by, asked_by_role, first_utterance, last_utterance, question_start_second,
        question_end_second, answer_start_second, answer_end_second, structure, relevance, clarity_conciseness,
        specificity_detail, actions_contribution, results_impact, competency_demonstration, score, scoring_status,
        scoring_reason, feedback, evidence, improvements, metrics)
    select
        t.account_id, t.id, q.question_number, q.question_type, q.question_title, q.question_text, q.answer_text,
        q.question_json, q.asked_by, q.asked_by_role, q.first_utterance, q.last_utterance, q.question_start_second,
        q.question_end_second, q.answer_start_second, q.answer_end_second, q.structure, q.relevance, q.clarity_conciseness,
        q.specificity_detail, q.actions_contribution, q.results_impact, q.competency_demonstration, q.score, q.scoring_status,
        q.scoring_reason, q.feedback, q.evidence, q.improvements, q.metrics
    from public.timeline_items as t
    cross join lateral pg_catalog.jsonb_populate_recordset(
        null::public.interview_questions, coalesce(nullif(handover, 'null'), '[]')) as q
    where t.id = item;

    for one in
        select * from pg_catalog.jsonb_populate_recordset(null::public.interview_questions, kept)
    loop
        select q.id into heir
        from public.interview_questions as q
        where q.timeline_item_id = item and char_length(concat_ws(e'\n', q.notes, one.notes)) <= 10000
            and least(q.last_utterance, one.last_utterance) >= greatest(q.first_utterance, one.first_utterance)
        order by least(q.last_utterance, one.last_utterance) - greatest(q.first_utterance, one.first_utterance) desc,
            q.question_number
        limit 1;
        update public.interview_questions as q set notes = concat_ws(e'\n', q.notes, one.notes) where q.id = heir;
        continue when heir is not null;
        lost := concat_ws(': ', one.question_title, one.notes);
        update public.timeline_items as t
        set notes = concat_ws(e'\n', t.notes, lost)
        where t.id = item and octet_length(concat_ws(e'\n', t.notes, lost)) <= 1000000;
        continue when found;
        select coalesce(max(q.question_number), 0) + 1 into one.question_number
        from public.interview_questions as q where q.timeline_item_id = item;
        insert into public.interview_questions select one.*;
        update public.timeline_items as t
        set warnings = coalesce(t.warnings, '[]') || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
            'code', 'note_not_moved',
            'message', pg_catalog.format(
                'The notes are full, so question %s of an earlier analysis stays with the note on it.',
                one.question_number)))
        where t.id = item;
    end loop;
end
$$;

comment on function public.store_interview_questions(uuid, jsonb) is
    'Store function of analyse-interview: replaces the questions of the item, and keeps the user''s notes on old ones.';
revoke all on function public.store_interview_questions(uuid, jsonb) from public, anon, authenticated;

select processing.attach(
    'public.timeline_items', 'analyse-interview',
    inputs => '{id, account_id, interview_original_audio_path, interview_transcript_given, interview_language_given,
        interview_candidate_speaker, interview_position}',
    outputs => '{text, interview_transcript, interview_questions_preview, interview_speech_to_text_path,
        interview_score, interview_language, interview_duration_seconds, interview_metrics, interview_summary, warnings}',
    editable => '{text}',
    owner => 'account_id',
    "when" => $when$type in ('INTERVIEW_ANALYSE', 'MOCK_ANALYSE')$when$,
    store => 'public.store_interview_questions',
    timeout => '30 minutes',
    concurrency_per_owner => 3,
    max_open_per_owner => 20,
    daily_limits => '{"rows": 100, "runs": 200, "calls": 6000, "audio_seconds": 43200, "cost_usd": 40}'
);

create trigger processing_1_limit before update of interview_candidate_speaker on public.timeline_items
    for each row when (
        new.interview_candidate_speaker is distinct from old.interview_candidate_speaker
        and new.type in ('INTERVIEW_ANALYSE', 'MOCK_ANALYSE')
        and old.processing_status in ('processing', 'completed', 'failed')
        and current_user in ('anon', 'authenticated')
    ) execute function public.limit_analyses();

-- Triggers fire in the order of their names; this one must fire before processing.transition.
create trigger processing_1_reanalyse before update of interview_candidate_speaker on public.timeline_items
    for each row when (
        new.interview_candidate_speaker is distinct from old.interview_candidate_speaker
        and new.type in ('INTERVIEW_ANALYSE', 'MOCK_ANALYSE')
        and old.processing_status in ('processing', 'completed', 'failed')
    ) execute function public.analyse_again();
