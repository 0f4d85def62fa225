-- Triggers of an attached table: who may write which column, what a change of status means, and the doorbell. When a
-- person changes the status of a row (in Studio, by SQL, through an API with the secret key), `processing.transition`
-- decides what that means. Contract calls change the status without it.
--
-- Postgres fires triggers in the order of their names. The triggers that protect the row from users must see the row as
-- it was sent, so their names start with "!" and come first. The triggers that decide about the row must see it as the
-- table's own triggers left it, so their names start with "~" and come last. attach refuses a table with another order.
--
--   !processing_protect     before insert, update   refuses users who write processing columns or outputs not editable
--   !processing_typed       before insert           notes which editable outputs the insert fills in
--   ~processing_admit       before insert           decides whether the row is work, and for which pipeline
--   ~processing_transition  before update           decides what a person's change of the row means

create function processing.row_columns() returns text[]
language sql immutable
set search_path = ''
as $$
    select '{processing_status, processing_stage, processing_progress, processing_attempts, processing_run,
        processing_not_before, processing_priority, processing_pipeline, processing_error, processing_started_at,
        processing_finished_at, processing_edited, processing_outdated}'::text[]
$$;

comment on function processing.row_columns() is 'Internal: the columns that attach adds and detach drops.';

create function processing.conflicts(queue regclass, candidate anyelement) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    one record;
    there boolean;
begin
    for one in
        -- The key expressions name columns: in the subquery those of the candidate, outside those of the stored row.
        select pg_catalog.string_agg(pg_catalog.format('(%1$s) = (select (%1$s) from (%2$s) as c)',
                pg_catalog.pg_get_indexdef(i.indexrelid, n, false), processing.stored_row(queue)), ' and ')
            || case when i.indpred is null then '' else pg_catalog.format(' and (%1$s) and (select (%1$s) from (%2$s) as c)',
                pg_catalog.pg_get_expr(i.indpred, i.indrelid), processing.stored_row(queue)) end as condition
        from pg_catalog.pg_index as i cross join lateral pg_catalog.generate_series(1, i.indnkeyatts) as n
        where i.indrelid = queue and i.indisunique and i.indisvalid and i.indimmediate
        group by i.indexrelid, i.indpred, i.indrelid
    loop
        -- The lock keeps the stored row in place until this transaction ends, so the insert cannot succeed.
        execute pg_catalog.format('select true from %s as t where %s limit 1 for key share', queue, one.condition)
            into there using candidate;
        if there then
            return true;
        end if;
    end loop;
    return false;
end
$$;

comment on function processing.conflicts(regclass, anyelement) is
    'Internal: whether a stored row already has a unique key of this row, so that the insert fails or, by "on conflict", becomes an update.';

create function processing.protect() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    -- Trigger arguments: the outputs that users may not change, and the outputs that users may not set at insert.
    locked text[] := tg_argv[0];
    locked_at_insert text[] := tg_argv[1];
    unset constant jsonb := '{"processing_progress": 0, "processing_attempts": 0, "processing_run": 0,
        "processing_priority": 0, "processing_edited": [], "processing_outdated": []}';
    before jsonb;
    after jsonb := processing.row_values(new, processing.row_columns() || case when tg_op = 'INSERT' then locked_at_insert else locked end);
    touched text;
    spared constant text := 'processing.spared_' || pg_catalog.pg_trigger_depth();
begin
    if pg_catalog.current_setting(spared, true) = 'yes' then
        perform pg_catalog.set_config(spared, '', true);  -- left over from a row that another trigger of the table then skipped
    end if;
    if tg_op = 'UPDATE' then
        before := processing.row_values(old, processing.row_columns() || locked);
        select c into touched from pg_catalog.unnest(processing.row_columns() || locked) as c
        where after -> c is distinct from before -> c limit 1;
    else
        select c.name into touched
        from (
            select r as name, unset -> r as usual from pg_catalog.unnest(processing.row_columns()) as r
            where after -> r <> 'null'
            union all
            select o, processing.default_of(tg_relid, o) from pg_catalog.unnest(locked_at_insert) as o
            where after -> o <> 'null'
        ) as c
        where after -> c.name is distinct from c.usual limit 1;
        -- A form may send a whole row again, as an upsert. If the row exists, only the update that follows is checked.
        -- A later trigger of the table may still remove the conflict, so processing.admit, which fires last, asks again.
        if touched is not null and processing.conflicts(tg_relid, new) then
            perform pg_catalog.set_config(spared, 'yes', true);
            return new;
        end if;
    end if;
    if touched is not null then
        raise exception 'column % is written by the worker only', touched using errcode = '42501';
    end if;
    return new;
end
$$;

comment on function processing.protect() is
    'Trigger: refuses a write to processing columns and to outputs that are not editable. It fires for users only: its condition is processing.by_user.';

create function processing.note_typed() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    after jsonb;
begin
    -- Not typed by a person: an insert that names a status restores a row, and a store function writes for the worker.
    if new.processing_status in ('processing', 'completed', 'failed', 'cancelled') or new.processing_pipeline is not null
        or processing.in_store(pg_catalog.pg_trigger_depth() - 1)
    then
        return new;
    end if;
    after := processing.row_values(new, tg_argv[0]::text[]);
    new.processing_edited := array(
        select e from pg_catalog.unnest(new.processing_edited) as e
        union
        select o from pg_catalog.unnest(tg_argv[0]::text[]) as o
        where after -> o <> 'null' and after -> o is distinct from processing.default_of(tg_relid, o)
        order by 1);
    return new;
end
$$;

comment on function processing.note_typed() is
    'Trigger: notes the editable outputs that an insert fills in. No worker overwrites them, just as with later edits.';

create function processing.transition() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
    depth integer := pg_catalog.pg_trigger_depth() - 1;  -- of the statement that fired this trigger
    outputs text[] := array(
        select o from processing.pipelines as p cross join lateral pg_catalog.unnest(p.outputs) as o where p.table_id = queue);
    inputs text[];
    was jsonb := processing.row_values(old, outputs || tg_argv[0]);
    becomes jsonb := processing.row_values(new, outputs || tg_argv[0]);
    key text := processing.key_in(queue, tg_argv[0], was);
    new_key text := case when was -> tg_argv[0] = becomes -> tg_argv[0] then key else processing.key_in(queue, tg_argv[0], becomes) end;
    chosen text;
begin
    perform processing.check_not_before(new.processing_not_before);
    new.processing_run := old.processing_run;
    new.processing_pipeline := old.processing_pipeline;
    if not processing.in_store(depth) then
        if new.processing_edited is not distinct from old.processing_edited then
            new.processing_edited := processing.edited_outputs(outputs, old.processing_edited, was, becomes);
        end if;
        if old.processing_status = 'processing' and new.processing_outdated is not distinct from old.processing_outdated
            and not processing.inside_contract(queue, depth)
        then
            select p.inputs into inputs from processing.pipelines as p where p.pipeline = old.processing_pipeline;
            new.processing_outdated := processing.outdated_inputs(
                queue, key, inputs, old.processing_run, processing.stored_values(queue, old, inputs),
                processing.stored_values(queue, new, inputs), old.processing_outdated);
        end if;
    end if;
    if key <> new_key and old.processing_status is distinct from 'processing' then
        perform processing.move_ledger(queue, key, new_key);
        key := new_key;
    end if;
    if new.processing_status is not distinct from old.processing_status then
        perform processing.check_key(old.processing_status, key, new_key);
        if new.processing_status = 'pending' then
            new.processing_not_before := coalesce(new.processing_not_before, processing.clock());
            -- If the row was set aside, this change may have repaired it: let the next claim try it again.
            perform processing.look_again(queue, key);
        end if;
        -- This change may turn a row that was no work into work. A row that met a condition before the change, but has
        -- no status, was there before attach, and is left alone.
        if new.processing_status is not null or not processing.becomes_work(queue, old, new) then
            return new;
        end if;
    end if;
    if new.processing_not_before is not distinct from old.processing_not_before then
        new.processing_not_before := null;
    end if;

    chosen := processing.admitted_pipeline(queue, new, new.processing_status);
    if chosen is not null then
        new := pg_catalog.jsonb_populate_record(new, processing.as_pending(chosen, new.processing_not_before));
    else
        new.processing_finished_at := case when new.processing_status is not null then processing.clock() end;
    end if;
    if old.processing_status = 'processing' and new.processing_status = 'pending' then
        perform processing.check_set_off(queue, key, depth);
    end if;
    new.processing_run := old.processing_run + 1;
    perform processing.forget_run(queue, key, old.processing_status, new.processing_status, new.processing_run);
    return new;
end
$$;

comment on function processing.transition() is 'Trigger: decides which changes of status a person may make and what follows from them. It does not fire for contract calls.';

create function processing.check_key(status public.processing_status, was text, becomes text) returns void
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

comment on function processing.check_key(public.processing_status, text, text) is 'Internal: refuses a new key for a row that is processing, because its run is found by the key.';

create function processing.move_ledger(queue regclass, old_key text, new_key text) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform processing.look_again(queue, old_key);
    -- An earlier row with the new key may have left lines here, if it went while triggers were off, as in a restore.
    delete from processing.checkpoints as c where c.table_id = queue and c.row_id = new_key;
    delete from processing.crashes as c where c.table_id = queue and c.row_id = new_key;
    delete from processing.edited_inputs as e where e.table_id = queue and e.row_id = new_key;
    update processing.checkpoints as c set row_id = new_key where c.table_id = queue and c.row_id = old_key;
    update processing.crashes as c set row_id = new_key where c.table_id = queue and c.row_id = old_key;
    update processing.edited_inputs as e set row_id = new_key where e.table_id = queue and e.row_id = old_key;
    update processing.events as e set row_id = new_key where e.table_id = queue and e.row_id = old_key;
    update processing.usage as u set row_id = new_key where u.table_id = queue and u.row_id = old_key;
end
$$;

comment on function processing.move_ledger(regclass, text, text) is
    'Internal: gives the history of a row to its new key, so that the next row with the old key does not inherit it.';

create function processing.forget_run(
    queue regclass, key text, was public.processing_status, becomes public.processing_status, next_run bigint
) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform processing.stop_runs(queue, array[key]);
    perform processing.look_again(queue, key);
    if becomes = 'pending' then
        delete from processing.crashes as c where c.table_id = queue and c.row_id = key;
        delete from processing.edited_inputs as e where e.table_id = queue and e.row_id = key;
    end if;
    if becomes = 'pending' and was = 'completed' then
        delete from processing.paid_calls as c where c.row_id = key and c.table_id = queue;
        -- Old checkpoints are deleted only here, between rounds: a row that is resumed never pays twice for one step.
        delete from processing.checkpoints as c where c.table_id = queue and c.row_id = key
            and (c.keep = 'round' and c.expires_at is null or c.expires_at <= processing.clock());
    end if;
    insert into processing.events (at, table_id, row_id, run, kind, data)
    select processing.clock(), queue, key, next_run, 'status_set', pg_catalog.jsonb_build_object(
        'from', was, 'to', becomes, 'role', coalesce(
            nullif(pg_catalog.current_setting('role', true), 'none'), session_user::text))
    where key is not null;
end
$$;

comment on function processing.forget_run(regclass, text, public.processing_status, public.processing_status, bigint)
    is 'Internal: what follows when a person changes the status: the run that was going on, if any, no longer counts.';

create function processing.ring() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    -- Ring once per transaction, and only for rows that become pending and are due. Workers find later rows by a timer.
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
    -- With a full notification queue the commit would fail. So once it is half full, do not ring; workers look by timer.
    if pg_catalog.pg_notification_queue_usage() <= 0.5 then
        perform pg_catalog.pg_notify('processing', '');
    end if;
    if exists (
        select from processing.workers as w
        where w.info -> 'listens' ? 'realtime' and w.beat_at > processing.clock() - interval '1 minute'
    ) then
        perform processing.broadcast('ring', '{}');
    end if;
exception
    when assert_failure or others then
        raise log 'the doorbell of processing does not ring: %', sqlerrm;
end
$$;

comment on function processing.ring_doorbells() is
    'Internal: NOTIFY for workers with a database connection, Realtime for live workers without one. An error in it never fails the caller.';

create function processing.broadcast(event text, payload jsonb, topic text default 'processing:doorbell') returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Only a Supabase database has realtime.send; a plain Postgres has NOTIFY.
    if pg_catalog.to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
        execute 'select realtime.send($1, $2, $3, true)' using payload, event, topic;
    end if;
exception
    when assert_failure or others then
        raise log 'realtime.send refuses an event of processing: %', sqlerrm;
end
$$;

comment on function processing.broadcast(text, jsonb, text) is
    'Internal: sends a Realtime message to a private topic, by default to that of workers without a database connection. A message that cannot be sent is lost.';

create function processing.forget_keys(queue regclass, keys text[]) returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    perform processing.stop_runs(queue, keys);
    delete from processing.checkpoints as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.events as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.paid_calls as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.crashes as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.edited_inputs as x where x.table_id = queue and x.row_id = any (keys);
    perform processing.look_again(x.table_id, x.row_id) from processing.set_aside as x
    where x.table_id = queue and x.row_id = any (keys);
end
$$;

comment on function processing.forget_keys(regclass, text[]) is
    'Internal: deletes the leases, checkpoints and events of rows that are gone.';

create function processing.forget_rows() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
    many constant integer := 10000;
    key_name text := processing.key_column(queue, tg_argv[0]);
    one text;
    keys text[] := '{}'::text[];
begin
    if key_name is null then
        return null;  -- the table has another primary key by now
    end if;
    -- The trigger fires once per statement: once per row took hundreds of times as long as the delete itself. It works
    -- in parts, because the keys of millions of rows may not fit into one array.
    for one in execute pg_catalog.format('select g.%I::text from gone as g', key_name) loop
        keys := keys || one;
        if pg_catalog.cardinality(keys) >= many then
            perform processing.forget_keys(queue, keys);
            keys := '{}'::text[];
        end if;
    end loop;
    if keys <> '{}' then
        perform processing.forget_keys(queue, keys);
    end if;
    return null;
end
$$;

comment on function processing.forget_rows() is
    'Trigger: deletes the leases, checkpoints and events of deleted rows.';

create function processing.forget_all() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
begin
    perform processing.stop_runs(queue, null);
    delete from processing.checkpoints as x where x.table_id = queue;
    delete from processing.events as x where x.table_id = queue;
    delete from processing.paid_calls as x where x.table_id = queue;
    delete from processing.crashes as x where x.table_id = queue;
    delete from processing.edited_inputs as x where x.table_id = queue;
    perform processing.look_again(x.table_id, x.row_id) from processing.set_aside as x where x.table_id = queue;
    return null;
end
$$;

comment on function processing.forget_all() is 'Trigger: deletes the leases, checkpoints and events of all rows when the table is truncated.';
