-- Takes over a table that has a processing_status column of its own, with its rows and their status.
--
-- processing.attach refuses such a table, because it cannot know what the application means by the old
-- column. Replace the table, the words of the old status and the call of attach by yours, and run it all in
-- one transaction, as the owner of the table. Rows that were at work start anew; whatever word the script
-- does not know counts as done.

begin;

-- 1. The old column makes room. It stays until your application no longer reads it; see step 5.
alter table public.job_position rename column processing_status to old_processing_status;
alter table public.job_position alter column old_processing_status drop not null;

-- 2. The table becomes a queue. Rows that are there count as completed.
select processing.attach(
    'public.job_position', 'enrich-job-position',
    inputs => '{job_url, raw_job_description}',
    outputs => '{job_title, company_name, job_description}',
    editable => '{job_title, company_name, job_description}',
    owner => 'account_id'
);

-- 3. What failed or was stopped says so; nobody is told and nothing is run.
update public.job_position
set processing_status = 'failed',
    processing_error = jsonb_build_object('code', 'taken_over', 'message', 'This failed before.', 'retryable', true)
where lower(old_processing_status) in ('failed', 'error');

update public.job_position
set processing_status = 'cancelled'
where lower(old_processing_status) in ('cancelled', 'canceled');

-- 4. What waited or was at work is queued.
update public.job_position
set processing_status = 'pending'
where lower(old_processing_status) in ('pending', 'queued', 'processing', 'running');

commit;

-- 5. Later, when nothing reads or writes it any more:
-- alter table public.job_position drop column old_processing_status;
