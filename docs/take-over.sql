-- Takes over a table that has a processing_status column of its own, with its rows and their status.
--
-- processing.attach refuses such a table, because it cannot know what the application means by the old column. Replace
-- the name of the table, the words of the old status and the call of attach with yours. Run everything in one
-- transaction, as the owner of the table. Rows that were being worked on start again. A row whose old status is a word
-- that the script does not know counts as completed.

begin;

-- 1. Rename the old column. It stays until your application no longer reads it; see step 5.
alter table public.job_position rename column processing_status to old_processing_status;
alter table public.job_position alter column old_processing_status drop not null;

-- 2. Turn the table into a queue. The rows that are already there count as completed.
select processing.attach(
    'public.job_position', 'enrich-job-position',
    inputs => '{job_url, raw_job_description}',
    outputs => '{job_title, company_name, job_description}',
    editable => '{job_title, company_name, job_description}',
    owner => 'account_id'
);

-- 3. Mark the rows that had failed or were stopped. That runs nothing and tells no worker.
update public.job_position
set processing_status = 'failed',
    processing_error = jsonb_build_object('code', 'taken_over', 'message', 'This failed before.', 'retryable', true)
where lower(old_processing_status) in ('failed', 'error');

update public.job_position
set processing_status = 'cancelled'
where lower(old_processing_status) in ('cancelled', 'canceled');

-- 4. Queue the rows that waited or were being worked on.
update public.job_position
set processing_status = 'pending'
where lower(old_processing_status) in ('pending', 'queued', 'processing', 'running');

commit;

-- 5. Later, when nothing reads or writes the old column any more:
-- alter table public.job_position drop column old_processing_status;
