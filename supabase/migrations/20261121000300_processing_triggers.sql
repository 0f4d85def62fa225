-- Triggers of an attached table: who may write which column, and what a change of status means.
-- Triggers fire in the order of their names. Names with "!" come first, to see the row as it was sent. Names with "~"
-- come last, to see the row as the table's own triggers left it.
--   !processing_protect     before insert, update   refuses users who write columns that only the worker may write
--   !processing_typed       before insert           notes which editable outputs the insert fills in
--   ~processing_admit       before insert           decides whether the row is work, and for which pipeline
--   ~processing_transition  before update           decides what a person's change of the row means
--   ~processing_user_delay  before insert, update   limits the moment that a user may set with delay => true

create function processing.row_columns() returns text[]
language sql immutable
set search_path = ''
as $$
    select '{processing_status, processing_stage, processing_progress, processing_attempts, processing_run,
        processing_not_before, processing_priority, processing_pipeline, processing_error, processing_started_at,
        processing_finished_at, processing_edited, processing_outdated}'::text[]
$$;

comment on function processing.row_columns() is 'Internal: the columns that attach adds, and that detach drops with the last pipeline.';

create function processing.conflicts(queue regclass, candidate anyelement) returns boolean
language plpgsql
set search_path = ''
set extra_float_digits = 1  -- see stored_row
as $$
declare
    one record;
    there boolean;
begin
    for one in
        -- Outside the subqueries a name means a column of the stored row, inside them a column of the candidate.
        -- With the index's own operator and collation: those of the column may take other values for equal.
        select pg_catalog.string_agg(pg_catalog.format('((%1$s)%3$s) operator(%4$s) (select (%1$s)%3$s from (%2$s) as c)',
                pg_catalog.pg_get_indexdef(i.indexrelid, n, false), processing.stored_row(queue),
                case when k.oid is not null then ' collate ' || k.oid::regcollation end,
                case when o.oid is null then 'pg_catalog.=' else pg_catalog.format('%s.%s', o.oprnamespace::regnamespace, o.oprname) end), ' and ')
            || case when i.indpred is null then '' else pg_catalog.format(' and (%1$s) and (select (%1$s) from (%2$s) as c)',
                pg_catalog.pg_get_expr(i.indpred, i.indrelid), processing.stored_row(queue)) end as condition
        from pg_catalog.pg_index as i cross join lateral pg_catalog.generate_series(1, i.indnkeyatts) as n
        left join pg_catalog.pg_opclass as c on c.oid = i.indclass[n - 1]
        left join pg_catalog.pg_amop as a on a.amopfamily = c.opcfamily and a.amopmethod = c.opcmethod and a.amopstrategy = 3
            and a.amoplefttype = c.opcintype and a.amoprighttype = c.opcintype
        left join pg_catalog.pg_operator as o on o.oid = a.amopopr
        left join pg_catalog.pg_collation as k on k.oid = i.indcollation[n - 1]
        where i.indrelid = queue and i.indisunique and i.indisvalid and i.indimmediate
        group by i.indexrelid, i.indpred, i.indrelid
    loop
        -- Until this transaction ends, no other can delete the stored row or change its primary key.
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
    'Internal: whether a stored row already has a unique key of this row. Deferrable keys do not count.';

create function processing.protect() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    -- The outputs that users may not change, and those that users may not set at insert.
    locked text[] := tg_argv[0];
    locked_at_insert text[] := tg_argv[1];
    -- If a pipeline of the table has delay, the trigger user_delay judges processing_not_before.
    ours text[] := case
        when tg_argv[2] = 'delay' then pg_catalog.array_remove(processing.row_columns(), 'processing_not_before')
        else processing.row_columns() end;
    unset constant jsonb := '{"processing_progress": 0, "processing_attempts": 0, "processing_run": 0,
        "processing_priority": 0, "processing_edited": [], "processing_outdated": []}';
    before jsonb;
    after jsonb := processing.row_values(new, ours || case when tg_op = 'INSERT' then locked_at_insert else locked end);
    touched text;
    spared constant text := 'processing.spared_' || pg_catalog.pg_trigger_depth();
begin
    if pg_catalog.current_setting(spared, true) = 'yes' then
        perform pg_catalog.set_config(spared, '', true);  -- an earlier row was skipped by another trigger before admit saw it
    end if;
    if tg_op = 'UPDATE' then
        before := processing.row_values(old, ours || locked);
        select c into touched from pg_catalog.unnest(ours || locked) as c
        where after -> c is distinct from before -> c limit 1;
    else
        select c.name into touched
        from (
            select r as name, unset -> r as usual from pg_catalog.unnest(ours) as r
            where after -> r <> 'null'
            union all
            select o, processing.default_of(tg_relid, o) from pg_catalog.unnest(locked_at_insert) as o
            where after -> o <> 'null'
        ) as c
        where after -> c.name is distinct from c.usual limit 1;
        -- The upsert of a stored row becomes an update, for which this trigger fires again.
        if touched is not null and processing.conflicts(tg_relid, new) then
            perform pg_catalog.set_config(spared, 'yes', true);
            return new;
        end if;
    end if;
    if touched is not null then
        raise exception 'column % is written by the worker only', touched using errcode = '42501';
    end if;
    -- Most rows are small and without the word, as null of JSON is written; then there is nothing to keep.
    if pg_catalog.pg_column_size(new) <= 4096 and pg_catalog.strpos(new::text, 'null') = 0 and not exists (
        select from pg_catalog.pg_attribute as a where a.attrelid = tg_relid and a.atttypid = 'json'::regtype)
    then
        return new;
    elsif tg_op = 'INSERT' then
        new.processing_error := null;
        return processing.kept_json(tg_relid, new, new, locked_at_insert, true);
    end if;
    new.processing_error := old.processing_error;
    return processing.kept_json(tg_relid, old, new, locked, false);
end
$$;

comment on function processing.protect() is
    'Trigger: raises 42501 if a user gives a value of their own to a column that only the worker writes.';

create function processing.note_typed() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    after jsonb;
begin
    -- A store function or a restore seems to insert the row, and not a person.
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
    'Trigger: notes in processing_edited which editable outputs a person''s insert fills in.';

create function processing.transition() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
    depth integer := pg_catalog.pg_trigger_depth() - 1;  -- the trigger depth of the statement that fired this trigger
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
            -- The change may have repaired a row that was set aside, so the next claim tries it again.
            perform processing.look_again(queue, key);
            if processing.ends_wait(queue, key, new.processing_pipeline, old, new) then
                if new.processing_not_before is not distinct from old.processing_not_before then
                    new.processing_not_before := processing.clock();
                end if;
                -- Tells user_delay that no run has asked for the old moment any more.
                new.processing_started_at := null;
            end if;
        end if;
        -- A row without a status that met a condition before is not queued: as a rule it was stored before attach.
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

comment on function processing.transition() is
    'Trigger: checks a person''s change of status, and notes edited outputs and inputs.';

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

comment on function processing.check_key(public.processing_status, text, text) is
    'Internal: raises RJ005 for a new key of a row that is processing.';

create function processing.move_ledger(queue regclass, old_key text, new_key text) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform processing.look_again(queue, old_key);
    perform processing.move_waits(queue, old_key, new_key);
    -- An earlier row with the new key may have left lines.
    delete from processing.checkpoints as c where c.table_id = queue and c.row_id = new_key;
    delete from processing.crashes as c where c.table_id = queue and c.row_id = new_key;
    delete from processing.edited_inputs as e where e.table_id = queue and e.row_id = new_key;
    delete from processing.failed_rows as f where f.table_id = queue and f.row_id = new_key;
    delete from processing.paid_calls as c where c.table_id = queue and c.row_id = new_key;
    delete from processing.traces as t where t.table_id = queue and t.row_id = new_key;
    update processing.checkpoints as c set row_id = new_key where c.table_id = queue and c.row_id = old_key;
    update processing.crashes as c set row_id = new_key where c.table_id = queue and c.row_id = old_key;
    update processing.edited_inputs as e set row_id = new_key where e.table_id = queue and e.row_id = old_key;
    update processing.failed_rows as f set row_id = new_key where f.table_id = queue and f.row_id = old_key;
    update processing.paid_calls as c set row_id = new_key where c.table_id = queue and c.row_id = old_key;
    update processing.traces as t set row_id = new_key where t.table_id = queue and t.row_id = old_key;
    update processing.events as e set row_id = new_key where e.table_id = queue and e.row_id = old_key;
    update processing.usage as u set row_id = new_key where u.table_id = queue and u.row_id = old_key;
end
$$;

comment on function processing.move_ledger(regclass, text, text) is
    'Internal: moves lines about a row, such as checkpoints and usage, to its new key.';

create function processing.forget_run(
    queue regclass, key text, was public.processing_status, becomes public.processing_status, next_run bigint
) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform processing.stop_runs(queue, array[key]);
    perform processing.look_again(queue, key);
    perform processing.row_set(queue, key, becomes);
    if was = 'failed' then
        delete from processing.failed_rows as f where f.row_id = key and f.table_id = queue;
    end if;
    if becomes = 'pending' then
        perform processing.trace_again(queue, key);
        delete from processing.crashes as c where c.table_id = queue and c.row_id = key;
        delete from processing.edited_inputs as e where e.table_id = queue and e.row_id = key;
    end if;
    if becomes = 'pending' and was = 'completed' then
        delete from processing.paid_calls as c where c.row_id = key and c.table_id = queue;
        -- A completed row that is queued again opens a new round; other rows stay in their round.
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

comment on function processing.forget_run(regclass, text, public.processing_status, public.processing_status, bigint) is
    'Internal: what follows when a person changes the status of a row, above all that its run is stopped.';

create function processing.forget_keys(queue regclass, keys text[]) returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    perform processing.stop_runs(queue, keys);
    perform processing.rows_ended(queue, keys);
    delete from processing.checkpoints as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.events as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.paid_calls as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.crashes as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.edited_inputs as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.failed_rows as x where x.table_id = queue and x.row_id = any (keys);
    delete from processing.traces as x where x.table_id = queue and x.row_id = any (keys);
    perform processing.forget_examples(queue, keys);
    perform processing.look_again(x.table_id, x.row_id) from processing.set_aside as x
    where x.table_id = queue and x.row_id = any (keys);
end
$$;

comment on function processing.forget_keys(regclass, text[]) is
    'Internal: stops the runs of deleted rows, and deletes most lines about these rows.';

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
        return null;  -- the primary key is no longer one column
    end if;
    -- Once per statement is faster than once per row. In parts, because all keys may not fit into one array.
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
    'Trigger: calls forget_keys for deleted rows, if the key column is found.';

create function processing.forget_all() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
begin
    perform processing.stop_runs(queue, null);
    perform processing.table_emptied(queue);
    delete from processing.checkpoints as x where x.table_id = queue;
    delete from processing.events as x where x.table_id = queue;
    delete from processing.paid_calls as x where x.table_id = queue;
    delete from processing.crashes as x where x.table_id = queue;
    delete from processing.edited_inputs as x where x.table_id = queue;
    delete from processing.failed_rows as x where x.table_id = queue;
    delete from processing.traces as x where x.table_id = queue;
    perform processing.forget_examples(queue, null);
    perform processing.look_again(x.table_id, x.row_id) from processing.set_aside as x where x.table_id = queue;
    return null;
end
$$;

comment on function processing.forget_all() is
    'Trigger: when the table is truncated, stops its runs and deletes most lines about its rows.';

insert into processing.library_migrations (version) values ('20261121000300');
