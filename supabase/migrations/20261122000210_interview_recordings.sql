-- The recordings of interviews, and orders to remove them: SQL cannot delete an object.

create table public.storage_deletions (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null,
    bucket_id text not null,
    paths jsonb not null check (jsonb_typeof(paths) = 'array' and octet_length(paths::text) <= 100000),
    deleted_count integer,
    created_at timestamptz not null default now()
);

comment on table public.storage_deletions is 'Stored objects whose row is gone; the worker removes them through the Storage API.';
comment on column public.storage_deletions.account_id is 'Whose objects they were; no foreign key, because the account may be what was deleted.';
comment on column public.storage_deletions.paths is 'Object keys; one that ends with a slash stands for everything in that folder.';
comment on column public.storage_deletions.deleted_count is 'How many objects there were to remove.';

alter table public.storage_deletions enable row level security;

revoke all on public.storage_deletions from public, anon, authenticated;
grant select, insert, update, delete on public.storage_deletions to service_role;

select processing.attach(
    'public.storage_deletions', 'delete-stored-objects',
    inputs => '{bucket_id, paths}',
    outputs => '{deleted_count}',
    owner => 'account_id',
    timeout => '5 minutes',
    -- No limit of open orders: it would refuse the deletion of an account with many recordings.
    concurrency_per_owner => 1
);

create function public.delete_recordings() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    folder constant text := pg_catalog.format('%s/%s/', old.account_id, old.id);
begin
    insert into public.storage_deletions (account_id, bucket_id, paths)
    values (old.account_id, 'interviews', pg_catalog.jsonb_build_array(old.interview_original_audio_path, folder));
    -- A run that did not complete may be at work yet, cancelled or not, and still store what it has paid for: its folder
    -- is looked at once more when its time is up.
    insert into public.storage_deletions (account_id, bucket_id, paths, processing_not_before)
    select old.account_id, 'interviews', pg_catalog.jsonb_build_array(folder), processing.clock() + p.timeout + p.grace
    from processing.pipelines as p
    where p.pipeline = old.processing_pipeline and old.processing_run > 0 and old.processing_status <> 'completed';
    return null;
end
$$;

comment on function public.delete_recordings() is 'Trigger: has the worker remove the objects of a deleted interview.';
revoke all on function public.delete_recordings() from public, anon, authenticated;

-- Several items may have the same recording. Whether another still needs it is asked when a worker takes the order, and
-- not when the item goes: of two that go at once each would still see the other, and the recording would stay for ever.
-- Each of them leaves an order, and the last one finds nobody left.
--
-- Whoever adds an item locks its recording until the item can be seen, and whoever takes an order does so until the
-- order can be seen to be at work. So either the order spares the recording, or the item is refused.
create function public.spare_shared_recordings() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    -- A claim waits for nobody: an order whose recording is just being taken into use stays where it is.
    if exists (
        select from pg_catalog.jsonb_array_elements_text(new.paths) as o (path)
        where not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('recording ' || o.path, 7)))
    then
        return null;
    end if;
    new.paths := (
        select coalesce(pg_catalog.jsonb_agg(o.path order by o.place), '[]')
        from pg_catalog.jsonb_array_elements_text(new.paths) with ordinality as o (path, place)
        where not exists (select from public.timeline_items as t where t.interview_original_audio_path = o.path));
    return new;
end
$$;

comment on function public.spare_shared_recordings() is 'Trigger: takes recordings that an interview still needs out of an order to remove them.';
revoke all on function public.spare_shared_recordings() from public, anon, authenticated;

create function public.keep_recording() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock_shared(
        pg_catalog.hashtextextended('recording ' || new.interview_original_audio_path, 7));
    if exists (
        select from public.storage_deletions as d
        where d.processing_status = 'processing' and d.account_id = new.account_id and d.bucket_id = 'interviews'
            and d.paths ? new.interview_original_audio_path)
    then
        raise exception 'this recording is being removed'
            using errcode = '23503', hint = 'upload it again under another name';
    end if;
    return null;
end
$$;

comment on function public.keep_recording() is 'Trigger: refuses an item whose recording a worker is removing.';
revoke all on function public.keep_recording() from public, anon, authenticated;

create trigger timeline_items_keep_recording after insert or update of interview_original_audio_path on public.timeline_items
    for each row when (new.interview_original_audio_path is not null)
    execute function public.keep_recording();

create trigger storage_deletions_spare_shared before update of processing_status on public.storage_deletions
    for each row when (new.processing_status = 'processing' and new.bucket_id = 'interviews')
    execute function public.spare_shared_recordings();

create trigger timeline_items_delete_recordings after delete on public.timeline_items
    for each row when (old.interview_original_audio_path is not null)
    execute function public.delete_recordings();

-- The recordings: private, in a folder per user. The worker keeps the speech service's answers beside them, one folder
-- further down, where users may read and not write, move or delete: without an answer its recording is paid again.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
    'interviews', 'interviews', false, 52428800,
    '{audio/*, video/mp4, video/webm, application/ogg, application/json}'
)
on conflict (id) do update set
    public = excluded.public,
    file_size_limit = excluded.file_size_limit,
    allowed_mime_types = excluded.allowed_mime_types;

create policy "own recordings: read" on storage.objects
    for select to authenticated using (
        bucket_id = 'interviews' and (storage.foldername(name))[1] = (select auth.uid())::text
    );
create policy "own recordings: add" on storage.objects
    for insert to authenticated with check (
        bucket_id = 'interviews'
        and starts_with(name, (select auth.uid())::text || '/')
        and name ~* '^[0-9a-f-]{36}/[a-z0-9][a-z0-9._-]{0,199}\.(mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$'
    );
create policy "own recordings: replace" on storage.objects
    for update to authenticated using (
        bucket_id = 'interviews'
        and starts_with(name, (select auth.uid())::text || '/')
        and name ~* '^[0-9a-f-]{36}/[a-z0-9][a-z0-9._-]{0,199}\.(mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$'
    ) with check (
        bucket_id = 'interviews'
        and starts_with(name, (select auth.uid())::text || '/')
        and name ~* '^[0-9a-f-]{36}/[a-z0-9][a-z0-9._-]{0,199}\.(mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$'
    );
create policy "own recordings: delete" on storage.objects
    for delete to authenticated using (
        bucket_id = 'interviews'
        and starts_with(name, (select auth.uid())::text || '/')
        and name ~* '^[0-9a-f-]{36}/[a-z0-9][a-z0-9._-]{0,199}\.(mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$'
    );
