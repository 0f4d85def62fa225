-- The recordings of interviews, how often each was paid for, and orders to remove recordings. SQL cannot delete a
-- stored object, so a worker carries out an order. A transcript is kept for a day after its last item was deleted, so
-- that the same recording need not be paid for again.

create table public.storage_deletions (
    id uuid primary key default gen_random_uuid(),
    account_id uuid,
    bucket_id text not null,
    paths jsonb not null check (jsonb_typeof(paths) = 'array' and octet_length(paths::text) <= 100000),
    deleted_count integer,
    created_at timestamptz not null default now()
);

comment on table public.storage_deletions is
    'Orders to remove stored objects. A worker carries them out through the Storage API.';
comment on column public.storage_deletions.account_id is
    'The owner of the objects. Not a foreign key, because the account may be gone. Null after the removal.';
comment on column public.storage_deletions.paths is
    'Object keys; one that ends with a slash stands for the whole folder. Empty after the removal.';
comment on column public.storage_deletions.deleted_count is 'How many objects the order removed; null until then.';

alter table public.storage_deletions enable row level security;

revoke all on public.storage_deletions from public, anon, authenticated;
grant select, insert, update, delete on public.storage_deletions to service_role;

select processing.attach(
    'public.storage_deletions', 'delete-stored-objects',
    inputs => '{bucket_id, paths}',
    outputs => '{deleted_count}',
    owner => 'account_id',
    timeout => '5 minutes',
    -- With a max_open_per_owner, an account with many recordings could not be deleted.
    concurrency_per_owner => 1
);

create function public.forget_removed_objects() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.paths := '[]';
    new.account_id := null;
    return new;
end
$$;

comment on function public.forget_removed_objects() is
    'Trigger: removes the names of the files and their owner from an order when it is completed.';
revoke all on function public.forget_removed_objects() from public, anon, authenticated;

create trigger storage_deletions_forget before update of processing_status on public.storage_deletions
    for each row when (new.processing_status = 'completed' and old.processing_status <> 'completed')
    execute function public.forget_removed_objects();

create index storage_deletions_done on public.storage_deletions (processing_finished_at) where processing_status = 'completed';

create function public.forget_storage_deletions(older_than interval default '30 days', max_rows integer default 100000) returns bigint
language plpgsql security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
    gone bigint;
begin
    -- Orders that failed stay, because somebody has to see to them.
    delete from public.storage_deletions as d where d.ctid = any (array(
        select x.ctid from public.storage_deletions as x
        where x.processing_status = 'completed' and x.processing_finished_at < processing.clock() - older_than
        order by x.processing_finished_at limit max_rows for update skip locked));
    get diagnostics gone = row_count;
    return gone;
end
$$;

comment on function public.forget_storage_deletions(interval, integer) is
    'Deletes at most max_rows orders that were carried out longer ago than `older_than`. Answers how many.';

revoke all on function public.forget_storage_deletions(interval, integer) from public, anon, authenticated, service_role;
grant execute on function public.forget_storage_deletions(interval, integer) to service_role, liverows_worker;

select processing.schedule(
    'forget-storage-deletions', '30 3 * * *', 'UTC', 'select public.forget_storage_deletions()',
    missed => 'once'
);

create table public.recording_uses (
    item_id uuid not null,
    account_id uuid not null references auth.users (id) on delete cascade,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    primary key (item_id, sha256)
);

comment on table public.recording_uses is 'Internal: which items need the transcript of which recording. Users cannot read it.';
comment on column public.recording_uses.item_id is
    'Not a foreign key, because the trigger for a deleted item must still find this line.';

create index recording_uses_recording on public.recording_uses (account_id, sha256);

create table public.recording_payments (
    account_id uuid not null references auth.users (id) on delete cascade,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    item_id uuid not null,
    paid_on date not null,
    paid integer not null check (paid >= 0),
    primary key (account_id, sha256)
);

comment on table public.recording_payments is
    'Internal: how often a recording was transcribed for money on the last such day, paid_on (UTC).';
comment on column public.recording_payments.item_id is 'The item that last got permission to transcribe the recording.';

alter table public.recording_uses enable row level security;
alter table public.recording_payments enable row level security;
revoke all on public.recording_uses, public.recording_payments from public, anon, authenticated, service_role;

create function public.transcript_folder(account_id uuid, sha256 text) returns text
language sql immutable
set search_path = ''
as $$
    select pg_catalog.format('%s/speech/%s/', account_id, sha256)
$$;

comment on function public.transcript_folder(uuid, text) is
    'Internal: the folder of the bucket in which the transcripts of a recording are stored.';

create function public.use_recording(item uuid, sha256 text) returns text
language plpgsql security definer
set search_path = ''
as $$
declare
    owner constant uuid := (
        select t.account_id from public.timeline_items as t where t.id = item and t.processing_status = 'processing');
    folder constant text := public.transcript_folder(owner, sha256);
begin
    if owner is null then
        return 'gone';
    end if;
    -- The same lock as in spare_shared_recordings: the claim of an order sees this use, or this call the order.
    perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended('recording ' || folder, 7));
    if exists (
        select from public.storage_deletions as d
        where d.processing_status = 'processing' and d.account_id = owner and d.bucket_id = 'interviews' and d.paths ? folder)
    then
        return 'busy';
    end if;
    insert into public.recording_uses (item_id, account_id, sha256) values (item, owner, use_recording.sha256)
    on conflict do nothing;
    return 'yours';
end
$$;

comment on function public.use_recording(uuid, text) is
    'Notes that an item needs the transcript of a recording. yours: noted; busy: it is being removed; gone: the item '
    'is not processing.';

create function public.take_recording(item uuid, sha256 text, most integer) returns text
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    today constant date := (processing.clock() at time zone 'UTC')::date;
    owner constant uuid := (
        select t.account_id from public.timeline_items as t where t.id = item and t.processing_status = 'processing');
begin
    if owner is null then
        return 'gone';
    end if;
    insert into public.recording_payments as p (account_id, sha256, item_id, paid_on, paid)
    values (owner, take_recording.sha256, item, today, 1)
    on conflict (account_id, sha256) do update set
        item_id = excluded.item_id, paid_on = excluded.paid_on,
        paid = case when p.paid_on = excluded.paid_on then p.paid + 1 else 1 end
    where (p.paid_on <> excluded.paid_on or p.paid < most)
        and (p.item_id = excluded.item_id or not exists (
            select from public.timeline_items as t where t.id = p.item_id and t.processing_status = 'processing'));
    if found then
        return 'yours';
    end if;
    return (
        select case when p.paid_on = today and p.paid >= most then 'spent' else 'busy' end
        from public.recording_payments as p where p.account_id = owner and p.sha256 = take_recording.sha256);
end
$$;

comment on function public.take_recording(uuid, text, integer) is
    'Asks to pay for one more transcription, at most `most` per owner, recording and day (UTC). yours: counted; busy: '
    'another item has permission; spent: the limit is reached; gone: the item is not processing.';

create function public.give_back_recording(item uuid, sha256 text) returns void
language sql security definer
set search_path = ''
as $$
    update public.recording_payments as p set paid = p.paid - 1
    where p.item_id = item and p.sha256 = give_back_recording.sha256 and p.paid > 0
$$;

comment on function public.give_back_recording(uuid, text) is
    'Takes back what take_recording counted, if nothing was paid.';

revoke all on function public.transcript_folder(uuid, text), public.use_recording(uuid, text),
    public.take_recording(uuid, text, integer), public.give_back_recording(uuid, text)
    from public, anon, authenticated, service_role;
grant execute on function public.use_recording(uuid, text), public.take_recording(uuid, text, integer),
    public.give_back_recording(uuid, text) to service_role, liverows_worker;

create function public.delete_recordings() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    -- Limits hold for items that are work. Nothing limits how many others a user adds and deletes, and with an order for
    -- each of them one user could keep workers busy for ever: so these need an object, and one order does for all of them.
    insert into public.storage_deletions (account_id, bucket_id, paths)
    select i.account_id, 'interviews', pg_catalog.jsonb_build_array(i.interview_original_audio_path)
    from old_items as i
    where i.interview_original_audio_path is not null and (i.processing_pipeline is not null or exists (
        select from storage.objects as o where o.bucket_id = 'interviews' and o.name = i.interview_original_audio_path))
    group by i.account_id, i.interview_original_audio_path, case when i.processing_pipeline is not null then i.id end;
    -- A run that has not stopped yet may still store a transcript, so the folder is removed a day later.
    with gone as (
        delete from public.recording_uses as u using old_items as i where u.item_id = i.id
        returning u.account_id, public.transcript_folder(u.account_id, u.sha256) as folder
    )
    insert into public.storage_deletions (account_id, bucket_id, paths, processing_not_before)
    select distinct g.account_id, 'interviews', pg_catalog.jsonb_build_array(g.folder), processing.clock() + interval '1 day'
    from gone as g;
    return null;
end
$$;

comment on function public.delete_recordings() is
    'Trigger: orders the removal of the recordings of deleted items, and a day later of their transcripts.';
revoke all on function public.delete_recordings() from public, anon, authenticated;

-- The order names the whole folder of the account, so it covers files that no item named, too.
create function public.delete_recordings_of_account() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    insert into public.storage_deletions (account_id, bucket_id, paths, processing_not_before)
    select old.id, 'interviews', pg_catalog.jsonb_build_array(old.id || '/'), m.moment
    -- A second order a day later, because a run may still add files, and so may whoever has a token: it is valid until it
    -- expires, also after its account is deleted.
    from pg_catalog.unnest(array[processing.clock(), processing.clock() + interval '1 day']) with ordinality as m (moment, nth)
    where m.nth = 2
        or exists (
            select from storage.objects as o
            where o.bucket_id = 'interviews' and pg_catalog.starts_with(o.name, old.id || '/'))
        or exists (select from public.recording_uses as u where u.account_id = old.id);
    return old;
end
$$;

comment on function public.delete_recordings_of_account() is
    'Trigger: orders the removal of all files of a deleted account in the bucket interviews, now and a day later.';
revoke all on function public.delete_recordings_of_account() from public, anon, authenticated;

-- A BEFORE trigger, because it reads rows that are deleted with the account.
create trigger users_delete_recordings before delete on auth.users
    for each row execute function public.delete_recordings_of_account();

-- Whether an item still needs a recording is checked when the order is claimed: if two items are deleted at once, each
-- deletion still sees the other item. Because of the locks, the claim sees a new item, or the new item sees the order.
create function public.spare_shared_recordings() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    -- A claim must not wait. With null the order is not claimed, and is tried again later.
    if exists (
        select from pg_catalog.jsonb_array_elements_text(new.paths) as o (path)
        where not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('recording ' || o.path, 7)))
    then
        return null;
    end if;
    new.paths := (
        select coalesce(pg_catalog.jsonb_agg(o.path order by o.place), '[]')
        from pg_catalog.jsonb_array_elements_text(new.paths) with ordinality as o (path, place)
        where not exists (select from public.timeline_items as t where t.interview_original_audio_path = o.path)
            and not exists (
                select from public.recording_uses as u
                where u.account_id = new.account_id and public.transcript_folder(u.account_id, u.sha256) = o.path));
    return new;
end
$$;

comment on function public.spare_shared_recordings() is
    'Trigger: takes out of a claimed order what an interview still needs.';
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

comment on function public.keep_recording() is
    'Trigger: raises 23503 for an item whose recording a worker is removing.';
revoke all on function public.keep_recording() from public, anon, authenticated;

create trigger timeline_items_keep_recording after insert or update of interview_original_audio_path on public.timeline_items
    for each row when (new.interview_original_audio_path is not null)
    execute function public.keep_recording();

create trigger storage_deletions_spare_shared before update of processing_status on public.storage_deletions
    for each row when (new.processing_status = 'processing' and new.bucket_id = 'interviews')
    execute function public.spare_shared_recordings();

create trigger timeline_items_delete_recordings after delete on public.timeline_items
    referencing old table as old_items
    for each statement execute function public.delete_recordings();

-- Users may not change the worker's transcripts in this private bucket, because they were paid for.
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
