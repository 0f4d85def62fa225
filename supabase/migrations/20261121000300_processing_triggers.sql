-- Triggers of an attached table: who may write which column, what a change of status means, and the
-- doorbell. The status of a row is changed by contract calls and by people (Studio, SQL, an API with
-- the secret key); both go through `processing.transition`, which alone knows the allowed changes.

-- Runs with the rights of whoever writes, so `current_user` is the truth about them.
create function processing.protect() returns trigger
language plpgsql
set search_path = ''
as $$
declare
    -- Trigger arguments: the outputs that users may not edit.
    locked text[] := tg_argv;
    -- What a processing column holds in a row that says nothing about it.
    unset jsonb := '{"processing_status": null, "processing_stage": null, "processing_progress": 0,
        "processing_attempts": 0, "processing_run": 0, "processing_not_before": null, "processing_priority": 0,
        "processing_pipeline": null, "processing_error": null, "processing_started_at": null,
        "processing_finished_at": null, "processing_edited": []}';
    before jsonb;
    touched text;
begin
    if current_user = 'service_role' or pg_catalog.pg_has_role(
        current_user, (select c.relowner from pg_catalog.pg_class as c where c.oid = tg_relid), 'member')
    then
        return new;
    end if;
    if tg_op = 'UPDATE' then
        before := pg_catalog.to_jsonb(old);
    end if;
    select w.key into touched
    from pg_catalog.jsonb_each(pg_catalog.to_jsonb(new)) as w
    where case
        when tg_op = 'INSERT' then w.value <> unset -> w.key
        else (unset ? w.key or w.key = any (locked)) and w.value <> before -> w.key
    end
    limit 1;
    if touched is not null then
        raise exception 'column % is written by the worker only', touched using errcode = '42501';
    end if;
    return new;
end
$$;

comment on function processing.protect() is 'Trigger: users write neither processing columns nor outputs that are not editable.';

create function processing.matching_pipeline(queue regclass, candidate anyelement) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    one record;
    matches boolean;
    found_pipeline text;
begin
    for one in
        select p.pipeline, p.condition from processing.pipelines as p where p.table_id = queue order by p.pipeline
    loop
        if one.condition is null then
            matches := true;
        else
            execute pg_catalog.format('select (%s) from (select ($1).*) as candidate', one.condition)
                into matches using candidate;
        end if;
        if matches and found_pipeline is not null then
            raise exception 'pipelines % and % both want this row of %', found_pipeline, one.pipeline, queue
                using errcode = 'RJ005', hint = 'make their "when" conditions exclude each other';
        elsif matches then
            found_pipeline := one.pipeline;
        end if;
    end loop;
    return found_pipeline;
end
$$;

comment on function processing.matching_pipeline(regclass, anyelement) is 'Internal: the one pipeline whose condition the row meets, or null.';

create function processing.check_open_rows(queue regclass, chosen text, candidate jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    owner_id text;
    open_rows bigint;
begin
    select * into p from processing.pipelines as x where x.pipeline = chosen;
    owner_id := candidate ->> p.owner_column;
    if p.max_open_per_owner is null or owner_id is null then
        return;
    end if;
    -- Serialises the owner's inserts, so that two at once cannot both find the last place free.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(queue::oid::text || owner_id, 7));
    execute pg_catalog.format(
        'select count(*) from (select from %s as t where t.processing_pipeline = $1 and t.%I = $2::%s'
        || ' and t.processing_status in (''pending'', ''processing'') limit $3) as o',
        queue, p.owner_column, p.owner_type)
        into open_rows using chosen, owner_id, p.max_open_per_owner;
    if open_rows >= p.max_open_per_owner then
        raise exception 'too many open rows: % of at most % are waiting or running', open_rows, p.max_open_per_owner
            using errcode = 'RJ006', hint = 'wait until one of them has finished';
    end if;
end
$$;

comment on function processing.check_open_rows(regclass, text, jsonb) is 'Internal: raises RJ006 when the owner has as many open rows as the pipeline allows.';

create function processing.admitted_pipeline(
    queue regclass, candidate anyelement, was public.processing_status, status public.processing_status
) returns text
language plpgsql
set search_path = ''
as $$
declare
    chosen text;
begin
    if status = 'processing' then
        raise exception 'a row enters processing only by a worker''s claim'
            using errcode = 'RJ005', hint = 'set processing_status to pending';
    elsif status in ('completed', 'failed', 'cancelled') then
        return null;
    end if;
    chosen := processing.matching_pipeline(queue, candidate);
    if status = 'pending' and chosen is null then
        raise exception 'no pipeline of % wants this row', queue
            using errcode = 'RJ005', hint = 'its columns meet no "when" condition of processing.pipelines';
    elsif chosen is not null and was is distinct from 'processing' then
        perform processing.check_open_rows(queue, chosen, pg_catalog.to_jsonb(candidate));
    end if;
    return chosen;
end
$$;

comment on function processing.admitted_pipeline(regclass, anyelement, public.processing_status, public.processing_status) is
    'Internal: the pipeline that takes the row, or null for a row that is no work. Raises RJ005 and RJ006.';

create function processing.transition() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
    was jsonb;
    was_status public.processing_status;
    chosen text;
begin
    if not pg_catalog.isfinite(new.processing_not_before) then
        raise exception 'processing_not_before is no moment: %', new.processing_not_before
            using errcode = 'RJ005', hint = 'to hold a row back for good, cancel it';
    end if;
    if tg_op = 'UPDATE' then
        was := pg_catalog.to_jsonb(old);
        was_status := old.processing_status;
        new.processing_run := old.processing_run;
        new.processing_pipeline := old.processing_pipeline;
        -- A trigger runs one level deeper than the statement that fired it.
        if new.processing_edited is not distinct from old.processing_edited and not processing.in_store(pg_catalog.pg_trigger_depth() - 1) then
            new.processing_edited := processing.edited_outputs(
                queue, old.processing_edited, was, pg_catalog.to_jsonb(new));
        end if;
        if new.processing_status is not distinct from old.processing_status then
            perform processing.check_key(old.processing_status, was -> tg_argv[0], pg_catalog.to_jsonb(new) -> tg_argv[0]);
            if new.processing_status = 'pending' then
                new.processing_not_before := coalesce(new.processing_not_before, processing.clock());
                -- Whoever changes a row that was set aside may have mended it.
                perform processing.look_again(queue, was ->> tg_argv[0]);
            end if;
            return new;
        end if;
        if new.processing_not_before is not distinct from old.processing_not_before then
            new.processing_not_before := null;
        end if;
    end if;

    chosen := processing.admitted_pipeline(queue, new, was_status, new.processing_status);
    if chosen is not null then
        new.processing_status := 'pending';
        new.processing_pipeline := chosen;
        new.processing_not_before := greatest(new.processing_not_before, processing.clock());
        new.processing_attempts := 0;
        new.processing_stage := null;
        new.processing_progress := 0;
        new.processing_error := null;
        new.processing_started_at := null;
        new.processing_finished_at := null;
    else
        new.processing_status := coalesce(new.processing_status, 'completed');
        new.processing_finished_at := case when tg_op = 'UPDATE' then processing.clock() end;
    end if;
    if tg_op = 'UPDATE' then
        new.processing_run := old.processing_run + 1;
        perform processing.forget_run(
            queue, was ->> tg_argv[0], old.processing_status, new.processing_status, new.processing_run);
    end if;
    return new;
end
$$;

comment on function processing.transition() is 'Trigger: owns the table of transitions. Contract calls do not come here, except for inserts by a store function.';

create function processing.check_key(status public.processing_status, was jsonb, becomes jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
    if status = 'processing' and was <> becomes then
        raise exception 'the key of a row cannot change while it is processing'
            using errcode = 'RJ005', hint = 'cancel the row first';
    end if;
end
$$;

comment on function processing.check_key(public.processing_status, jsonb, jsonb) is 'Internal: a run is known by the key of its row.';

create function processing.edited_outputs(queue regclass, already text[], before jsonb, after jsonb) returns text[]
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.array_agg(distinct name order by name), '{}')
    from (
        select pg_catalog.unnest(already) as name
        union
        select o.name
        from processing.pipelines as p cross join lateral pg_catalog.unnest(p.outputs) as o (name)
        where p.table_id = queue and before -> o.name is distinct from after -> o.name
    ) as names
$$;

comment on function processing.edited_outputs(regclass, text[], jsonb, jsonb) is 'Internal: outputs that a person has changed; no worker writes them any more.';

create function processing.forget_run(
    queue regclass, key text, was public.processing_status, becomes public.processing_status, next_run bigint
) returns void
language plpgsql
set search_path = ''
as $$
begin
    delete from processing.leases as l where l.table_id = queue and l.row_id = key;
    perform processing.look_again(queue, key);
    if becomes = 'pending' then
        delete from processing.crashes as c where c.table_id = queue and c.row_id = key;
    end if;
    if becomes = 'pending' and was = 'completed' then
        -- Within a round nothing grows too old: a resumed row never pays again for what it has.
        delete from processing.checkpoints as c where c.table_id = queue and c.row_id = key
            and (c.keep = 'round' and c.expires_at is null or c.expires_at <= processing.clock());
    end if;
    insert into processing.events (at, table_id, row_id, run, kind, data)
    values (processing.clock(), queue, key, next_run, 'status_set', pg_catalog.jsonb_build_object(
        'from', was, 'to', becomes, 'role', coalesce(
            nullif(pg_catalog.current_setting('role', true), 'none'), session_user::text)));
end
$$;

comment on function processing.forget_run(regclass, text, public.processing_status, public.processing_status, bigint)
    is 'Internal: a person changed the status, so the run that was going on no longer counts.';

create function processing.ring() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    -- Once per transaction and only for rows that enter pending and are due: the rest is found by time.
    if old.processing_status = 'pending' or new.processing_not_before > processing.clock()
        or pg_catalog.current_setting('processing.rang', true) = pg_catalog.pg_current_xact_id()::text
    then
        return null;
    end if;
    perform pg_catalog.set_config('processing.rang', pg_catalog.pg_current_xact_id()::text, true);
    perform processing.ring_doorbells();
    return null;
end
$$;

comment on function processing.ring() is 'Trigger: tells workers to look now. It carries no work, so a lost ring costs time and never a row.';

create function processing.ring_doorbells() returns void
language plpgsql
set search_path = ''
as $$
begin
    perform pg_catalog.pg_notify('processing', '');
    if exists (
        select from processing.workers as w
        where w.info -> 'listens' ? 'realtime' and w.beat_at > processing.clock() - interval '1 minute'
    ) then
        perform processing.broadcast('ring', '{}');
    end if;
end
$$;

comment on function processing.ring_doorbells() is 'Internal: NOTIFY for workers with a database connection, Realtime for live workers without one.';

create function processing.broadcast(event text, payload jsonb, topic text default 'processing:doorbell') returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Only a Supabase database has realtime.send; a plain Postgres has NOTIFY.
    if pg_catalog.to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
        execute 'select realtime.send($1, $2, $3, true)' using payload, event, topic;
    end if;
end
$$;

comment on function processing.broadcast(text, jsonb, text) is 'Internal: sends to a private topic; the usual one is that of workers without a database connection.';

create function processing.forget_row() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    key text;
begin
    if tg_op = 'DELETE' then
        key := pg_catalog.to_jsonb(old) ->> tg_argv[0];
    end if;
    delete from processing.leases as x where x.table_id = tg_relid::regclass and (key is null or x.row_id = key);
    delete from processing.checkpoints as x where x.table_id = tg_relid::regclass and (key is null or x.row_id = key);
    delete from processing.events as x where x.table_id = tg_relid::regclass and (key is null or x.row_id = key);
    delete from processing.crashes as x where x.table_id = tg_relid::regclass and (key is null or x.row_id = key);
    perform processing.look_again(x.table_id, x.row_id) from processing.set_aside as x
    where x.table_id = tg_relid::regclass and (key is null or x.row_id = key);
    return null;
end
$$;

comment on function processing.forget_row() is 'Trigger: a deleted row takes its leases, checkpoints and events with it; truncate takes all.';
