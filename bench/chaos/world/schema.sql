-- The attacked table, and a journal of what happens to it. The journal judges writes without the fence of the library,
-- so that it also sees what a broken fence lets through.

create table public.things (
    id bigint primary key,
    owner uuid not null,
    wants text not null,
    said text,
    by_run bigint,
    by_nonce text,
    trail jsonb,
    draft text,
    draft_run bigint
);
alter table public.things owner to postgres;

create table public.results (
    id bigint generated always as identity primary key,
    thing bigint not null,
    run bigint not null
);
alter table public.results owner to postgres;

create function public.keep_result(thing bigint, handover jsonb) returns void
language sql set search_path = ''
as $$ insert into public.results (thing, run) values (keep_result.thing, (handover ->> 'run')::bigint) $$;
alter function public.keep_result(bigint, jsonb) owner to postgres;

create schema chaos;

create table chaos.changes (
    seq bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    thing bigint not null,
    op text not null,
    person boolean not null,
    fresh boolean not null,
    was text,
    becomes text,
    old_run bigint,
    run bigint,
    wants text,
    said text,
    by_run bigint,
    by_nonce text,
    trail jsonb,
    wrote_outputs boolean,
    wrote_draft boolean,
    draft_run bigint,
    outdated boolean
);
create index on chaos.changes (thing, seq);

create function chaos.note_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if current_setting('chaos.sleep', true) <> '' then
        perform pg_sleep(current_setting('chaos.sleep', true)::double precision);
    end if;
    insert into chaos.changes (thing, op, person, fresh, was, becomes, old_run, run, wants, said, by_run, by_nonce, trail,
        wrote_outputs, wrote_draft, draft_run, outdated)
    values (
        coalesce(new.id, old.id), tg_op, coalesce(current_setting('chaos.person', true), '') <> '',
        coalesce(current_setting('chaos.person', true), '') = 'fresh', old.processing_status, new.processing_status,
        old.processing_run, new.processing_run, new.wants, new.said, new.by_run, new.by_nonce, new.trail,
        tg_op = 'UPDATE' and (old.said, old.by_run, old.by_nonce, old.trail) is distinct from (new.said, new.by_run, new.by_nonce, new.trail),
        tg_op = 'UPDATE' and (old.draft, old.draft_run) is distinct from (new.draft, new.draft_run), new.draft_run,
        coalesce(new.processing_outdated <> '{}', false));
    if new.processing_status = 'pending' and old.processing_status is distinct from 'pending' then
        -- For workers that may not join the private topic and listen to Postgres Changes.
        perform pg_notify('chaos_realtime', json_build_object(
            'kind', tg_op, 'record', json_build_object('id', new.id, 'processing_status', 'pending'))::text);
    end if;
    return null;
end
$$;

-- Changes that open a new round of a row: earlier checkpoints may not be used after them.
create view chaos.openings as
select thing, run, seq, at from chaos.changes
where op = 'UPDATE' and becomes = 'pending' and (was = 'completed' or fresh and was <> 'pending');

create table chaos.leases (
    seq bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    thing bigint not null,
    run bigint not null,
    nonce text not null,
    worker uuid not null
);
create index on chaos.leases (thing, seq);

create function chaos.note_lease() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into chaos.leases (thing, run, nonce, worker) values (new.row_id::bigint, new.run, new.nonce::text, new.worker);
    return null;
end
$$;

create table chaos.checkpoints (
    seq bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    thing bigint not null,
    step text not null,
    text text,
    run bigint not null,
    by_run bigint,
    live_run bigint
);
create index on chaos.checkpoints (thing, step);

create function chaos.note_checkpoint() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into chaos.checkpoints (thing, step, text, run, by_run, live_run)
    values (new.row_id::bigint, new.step, new.output ->> 'text', new.run, (new.output ->> 'run')::bigint,
        (select t.processing_run from public.things as t where t.id = new.row_id::bigint and t.processing_status = 'processing'));
    return null;
end
$$;

-- Results that a worker could not write before it ended. They are for the next run of the round.
create table chaos.kept (
    thing bigint not null,
    run bigint not null,
    last_change bigint not null
);
create index on chaos.kept (thing);

create function chaos.note_kept() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into chaos.kept (thing, run, last_change)
    select t.id, t.processing_run, (select max(c.seq) from chaos.changes as c where c.thing = t.id)
    from public.things as t
    where t.id = new.row_id::bigint and t.processing_run = new.run and t.processing_status = 'processing';
    return null;
end
$$;

create trigger note_kept after insert or update of run, output on processing.checkpoints for each row
    when (new.step = '@result' and new.pipeline = 'three-paid') execute function chaos.note_kept();
create trigger note_lease after insert on processing.leases for each row execute function chaos.note_lease();
create trigger note_checkpoint after insert or update of run, output on processing.checkpoints for each row
    when (new.step not like '@%' and new.pipeline = 'three-paid') execute function chaos.note_checkpoint();
create trigger zz_note_change after insert or update or delete on public.things
    for each row execute function chaos.note_change();

create function realtime.tell_chaos() returns trigger language plpgsql as $$
begin
    perform pg_notify('chaos_realtime', json_build_object(
        'topic', new.topic, 'event', new.event, 'payload', new.payload)::text);
    return null;
end $$;
create trigger tell_chaos after insert on realtime.messages for each row execute function realtime.tell_chaos();
