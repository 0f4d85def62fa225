-- What a worker writes while it lives: checkpoints, progress, heartbeats and its end.

create function processing.row_state(table_name text, row_id text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    q processing.queues;
    state jsonb;
begin
    select * into q from processing.queues as x where x.table_id = pg_catalog.to_regclass(table_name);
    if not found then
        raise exception '% is not attached', table_name
            using errcode = 'RJ003', hint = 'name the table with its schema, as in public.job_positions';
    end if;
    execute pg_catalog.format(
        'select pg_catalog.jsonb_build_object(''status'', t.processing_status, ''run'', t.processing_run,
            ''pipeline'', t.processing_pipeline, ''stage'', t.processing_stage, ''progress'', t.processing_progress,
            ''attempts'', t.processing_attempts, ''priority'', t.processing_priority,
            ''not_before'', t.processing_not_before, ''error'', t.processing_error, ''edited'', t.processing_edited,
            ''started_at'', t.processing_started_at, ''finished_at'', t.processing_finished_at)
        from %s as t where t.%I = $1::%s', q.table_id, q.key_column, q.key_type) into state using row_id;
    return state;
exception
    when data_exception then  -- the text is not a key, or is a number that is too large
        return null;
end
$$;

comment on function processing.row_state(text, text) is
    'Internal: {status, run, pipeline, …} of a row, or null. Raises RJ003 if the table is not attached.';

create function processing.refuse(table_name text, row_id text, run bigint) returns void
language plpgsql
set search_path = ''
as $$
begin
    if processing.row_state(table_name, row_id) ->> 'status' = 'cancelled' then
        raise exception 'the row was cancelled' using errcode = 'RJ002';
    end if;
    raise exception 'the lease of run % is gone', run using errcode = 'RJ001';
end
$$;

comment on function processing.refuse(text, text, bigint) is
    'Internal: raises RJ002 if the row is cancelled, RJ001 otherwise.';

create function processing.checkpoint(
    worker uuid, table_name text, row_id text, run bigint, nonce uuid, step text, version text, input_hash text, output jsonb,
    keep text default 'round', max_age_seconds double precision default null, shareable boolean default false,
    details jsonb default '{}', spent jsonb default null
) returns text
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
#variable_conflict use_column
declare
    held processing.leases;
    moment timestamptz := processing.clock();
    state jsonb;
begin
    -- Lock the lease, so that it cannot be deleted before this transaction commits.
    select * into held from processing.leases as l
    where l.row_id = checkpoint.row_id and l.nonce = checkpoint.nonce and l.worker = checkpoint.worker
    for key share;
    if not found then
        perform processing.refuse(table_name, row_id, run);
    end if;
    -- If the row cannot be read now, store the checkpoint all the same, because the step may be paid.
    state := processing.state_of(held.table_id, row_id);
    if state ->> 'status' <> 'processing' or (state ->> 'run')::bigint <> held.run then
        perform processing.refuse(held.table_id::text, row_id, run);
    end if;
    perform processing.write_usage(checkpoint.worker, spent);
    if spent is not null then
        delete from processing.paid_calls as c
        where c.row_id = held.row_id and c.table_id = held.table_id and c.step = checkpoint.step
            and c.version = checkpoint.version and c.input_hash = checkpoint.input_hash;
    end if;
    insert into processing.checkpoints as c (
        table_id, row_id, step, version, input_hash, pipeline, run, output, keep, shareable, created_at, expires_at)
    values (
        held.table_id, held.row_id, checkpoint.step, checkpoint.version, checkpoint.input_hash, held.pipeline, held.run,
        checkpoint.output, checkpoint.keep, checkpoint.shareable, moment,
        moment + processing.wait_of(max_age_seconds))
    on conflict (table_id, row_id, step, version, input_hash) do update set
        run = excluded.run, output = excluded.output, keep = excluded.keep, shareable = excluded.shareable,
        created_at = excluded.created_at, expires_at = excluded.expires_at
    where c.run <> excluded.run or c.output is distinct from excluded.output;
    if not found then
        -- A repeat, as a rule because the reply was lost. The step must not become a second event.
        return 'already_done';
    end if;
    insert into processing.events (at, table_id, row_id, run, kind, data)
    values (moment, held.table_id, held.row_id, held.run, 'step',
        pg_catalog.jsonb_build_object('step', step, 'version', version) || coalesce(details, '{}'));
    return 'done';
end
$$;

comment on function processing.checkpoint(uuid, text, text, bigint, uuid, text, text, text, jsonb, text, double precision, boolean, jsonb, jsonb) is
    'Stores the output of a finished step, and `spent` as spend does. Answers done or, for a repeat, already_done. '
    'Raises RJ001 or RJ002 if the run has lost its lease.';

create function processing.shared_checkpoint(pipeline text, step text, version text, input_hash text) returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'step', c.step, 'version', c.version, 'input_hash', c.input_hash, 'output', c.output::text)
    from processing.checkpoints as c
    where c.shareable and c.pipeline = shared_checkpoint.pipeline and c.step = shared_checkpoint.step
        and c.version = shared_checkpoint.version and c.input_hash = shared_checkpoint.input_hash
        and (c.expires_at is null or c.expires_at > processing.clock())
    order by c.created_at desc limit 1
$$;

comment on function processing.shared_checkpoint(text, text, text, text) is
    'The latest valid shareable checkpoint for this input, from any row: {step, version, input_hash, output as text}, '
    'or null.';

create function processing.progress(
    worker uuid, table_name text, row_id text, run bigint, nonce uuid, stage text default null, percent integer default null,
    outputs jsonb default null
) returns text
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    p processing.pipelines;
    q processing.queues;
    new_values record;
    changed bigint;
begin
    select x.* into p from processing.leases as l join processing.pipelines as x on x.pipeline = l.pipeline
    where l.row_id = progress.row_id and l.nonce = progress.nonce and l.worker = progress.worker;
    if not found then
        perform processing.refuse(table_name, row_id, run);
    elsif outputs - p.outputs <> '{}' then
        raise exception 'pipeline % does not declare all of the outputs %', p.pipeline, outputs
            using errcode = 'RJ004', hint = 'add them to the outputs of processing.attach';
    end if;
    select * into q from processing.queues as x where x.table_id = p.table_id;
    select * into new_values from processing.read_outputs(p, 'r.outputs');
    perform processing.enter_contract(p.table_id);
    perform pg_catalog.set_config('search_path', processing.usual_path(p.table_id), true);
    execute pg_catalog.format(
        'update %1$s as t set processing_stage = coalesce($3, t.processing_stage),
            processing_progress = greatest(t.processing_progress, least(coalesce($4, 0), 99)) %2$s
        from (select r.outputs%6$s from (select $5 as outputs) as r%7$s) as k
        where t.%3$I = $1::%4$s and t.processing_run = $2 and t.processing_status = ''processing''
            and exists (select from processing.leases as l where l.table_id = %5$L::regclass and l.row_id = $1 and l.nonce = $6)',
        q.table_id, processing.assignments(p),
        q.key_column, q.key_type, q.table_id::text, new_values.columns, new_values.source)
        using row_id, run, stage, percent, coalesce(outputs, '{}'), nonce;
    get diagnostics changed = row_count;
    perform processing.leave_contract();
    perform processing.check_deferred(p.table_id);
    if changed = 0 then
        perform processing.refuse(table_name, row_id, run);
    end if;
    return 'done';
exception
    when data_exception or integrity_constraint_violation then
        raise exception 'the table refuses this output' using errcode = 'RJ004', hint = 'the database''s log has its words';
    when others then
        if processing.plans_again(sqlstate) then
            return processing.progress(worker, table_name, row_id, run, nonce, stage, percent, outputs);
        end if;
        raise;
end
$$;

comment on function processing.progress(uuid, text, text, bigint, uuid, text, integer, jsonb) is
    'Shows stage and percent on the row, and outputs that no person has edited. Raises RJ001 or RJ002 if the run has '
    'lost its lease, RJ004 for a bad output.';

create function processing.beat(worker uuid, info jsonb) returns void
language sql
set search_path = ''
as $$
    insert into processing.workers as w (
        worker, name, version, pipelines, started_at, beat_at, lock_key, lock_backend_start, work_lock_keys, info)
    values (beat.worker, coalesce(beat.info ->> 'name', ''), coalesce(beat.info ->> 'version', ''),
        array(select pg_catalog.jsonb_array_elements_text(beat.info -> 'pipelines')), processing.clock(), processing.clock(),
        (beat.info ->> 'lock_key')::bigint, (beat.info ->> 'lock_backend_start')::timestamptz,
        array(select pg_catalog.jsonb_array_elements_text(beat.info -> 'work_lock_keys')::bigint), beat.info)
    on conflict (worker) do update set
        name = excluded.name, version = excluded.version, pipelines = excluded.pipelines, beat_at = excluded.beat_at,
        lock_key = excluded.lock_key, lock_backend_start = excluded.lock_backend_start,
        work_lock_keys = excluded.work_lock_keys, info = excluded.info,
        -- No lock of the previous heartbeat is reported any more, so the sessions that held them have ended.
        locks_lost_at = case
            when w.lock_key is not null and w.work_lock_keys <> '{}'
                and not (w.work_lock_keys || w.lock_key) && (excluded.work_lock_keys || excluded.lock_key)
            then excluded.beat_at else w.locks_lost_at end
$$;

comment on function processing.beat(uuid, jsonb) is
    'Internal: writes what the worker reports about itself, and the time of the heartbeat, to `workers`.';

create function processing.let_go(of_worker uuid, held jsonb, ended uuid[], forgotten_before timestamptz) returns void
language plpgsql
set search_path = ''
as $$
begin
    if not exists (select from processing.stopping_leases as s where s.worker = of_worker) then
        return;
    end if;
    -- Also frees places of runs whose claim was never answered. Written with the trick "by place", see 0590.
    delete from processing.stopping_leases as s where s.ctid = any (array(
        select x.ctid from processing.stopping_leases as x
        where x.worker = of_worker and (x.nonce = any (ended)
            or x.claimed_at < forgotten_before and not exists (
                select from pg_catalog.jsonb_array_elements(held) as h where (h ->> 'nonce')::uuid = x.nonce))
        for update skip locked));
    if found then
        -- Another row may be waiting for the place that is free now.
        perform processing.ring_doorbells();
    end if;
end
$$;

comment on function processing.let_go(uuid, jsonb, uuid[], timestamptz) is
    'Internal: frees the places of runs that a worker has stopped or does not know, and rings the doorbell.';

create function processing.lost_among(held jsonb) returns jsonb
language plpgsql
set search_path = ''
-- Written with the tricks "by index" and "one way", see 0590.
set enable_seqscan = off
as $$
begin
    return coalesce((
        select pg_catalog.jsonb_agg(h || pg_catalog.jsonb_build_object('reason', case
            when q.table_id is not null and processing.state_of(q.table_id, h ->> 'id') ->> 'status' = 'cancelled'
            then 'cancelled' else 'lost' end))
        from pg_catalog.jsonb_array_elements(held) as h
        left join processing.queues as q on q.table_id = pg_catalog.to_regclass(h ->> 'table')
        where not exists (
            select from processing.leases as l
            where l.row_id = any (array[h ->> 'id']) and (l.nonce = (h ->> 'nonce')::uuid) is true)), '[]');
end
$$;

comment on function processing.lost_among(jsonb) is
    'Internal: those of the held rows that have no such lease any more, [{table, id, run, nonce, reason}].';

create function processing.heartbeat(
    worker uuid, held jsonb, info jsonb, claim_timeout_seconds double precision default 30, ended uuid[] default '{}'
) returns jsonb
language plpgsql security definer
set search_path = ''
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    moment timestamptz := processing.clock();
    forgotten processing.leases[];
    others_hold boolean;
    one record;
begin
    perform processing.beat(worker, info);
    -- One pass over the leases answers both questions, see 0500.
    select pg_catalog.array_agg(l) filter (where l.worker = heartbeat.worker), coalesce(pg_catalog.bool_or(l.worker <> heartbeat.worker), false)
    into forgotten, others_hold
    from processing.leases as l
    where l.worker <> heartbeat.worker
        or l.claimed_at < moment - pg_catalog.make_interval(secs => claim_timeout_seconds)
        and not exists (
            select from pg_catalog.jsonb_array_elements(held) as h where (h ->> 'nonce')::uuid = l.nonce);
    -- The worker does not know these rows, because the answer of its claim was lost: take them back.
    for one in
        select l.table_id, l.pipeline, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'id', l.row_id, 'run', l.run, 'nonce', l.nonce, 'kind', 'taken_back', 'not_before', moment, 'refund', true,
            'data', '{"reason": "claim_unanswered"}'::jsonb) order by l.row_id) as runs
        from pg_catalog.unnest(forgotten) as l
        group by l.table_id, l.pipeline order by l.table_id, l.pipeline
    loop
        perform processing.end_runs_apart(one.table_id, one.pipeline, one.runs);
    end loop;
    perform processing.let_go(worker, held, ended, moment - pg_catalog.make_interval(secs => claim_timeout_seconds));
    return pg_catalog.jsonb_build_object(
        'lost', processing.lost_among(held),
        'others_hold', others_hold or exists (
            select from processing.stopping_leases as s where s.worker <> heartbeat.worker),
        'closed', processing.closed_providers(moment),
        'troubles', processing.troubles(array(select pg_catalog.jsonb_array_elements_text(info -> 'pipelines'))));
end
$$;

comment on function processing.heartbeat(uuid, jsonb, jsonb, double precision, uuid[]) is
    'One heartbeat of a worker. held: [{table, id, run, nonce}], the rows that it believes it holds; its older leases '
    'that are missing there are taken back. ended: nonces of runs that it has stopped. Answers {lost: [{table, id, '
    'run, nonce, reason: lost|cancelled}], others_hold, closed: {provider: seconds}, troubles}.';

create function processing.state_of(queue regclass, key text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
    return processing.row_state(queue::text, key);
exception
    when lock_not_available then
        perform processing.wait_less();
        return null;
    when assert_failure or others then
        return null;  -- the table cannot be read, for instance because a column is gone
end
$$;

comment on function processing.state_of(regclass, text) is
    'Internal: as row_state, but null if the table cannot be read or is locked.';

create function processing.sign_off(worker uuid) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    left_over bigint;
begin
    select count(*) into left_over from processing.leases as l where l.worker = sign_off.worker;
    delete from processing.stopping_leases as s where s.worker = sign_off.worker;
    if found then
        perform processing.ring_doorbells();
    end if;
    if left_over = 0 then
        delete from processing.workers as w where w.worker = sign_off.worker;
    else
        -- Other workers take the remaining rows back, and do not count a crash for them.
        update processing.workers as w set info = w.info || '{"signed_off": true}' where w.worker = sign_off.worker;
    end if;
    return pg_catalog.jsonb_build_object('left_over', left_over);
end
$$;

comment on function processing.sign_off(uuid) is
    'For a worker that ends and runs nothing any more. Answers {left_over}: how many rows it did not release.';

create function processing.ping_doorbell(nonce text, channel text default 'notify') returns jsonb
language plpgsql security definer
set search_path = ''
as $$
begin
    if channel = 'realtime' then
        perform processing.broadcast('ping', pg_catalog.jsonb_build_object('nonce', nonce));
    else
        perform pg_catalog.pg_notify('processing', 'ping:' || nonce);
    end if;
    return '{}'::jsonb;
end
$$;

comment on function processing.ping_doorbell(text, text) is
    'Sends a nonce by NOTIFY or Realtime, so that the listener can check whether rings still reach it.';

insert into processing.library_migrations (version) values ('20261121000800');
