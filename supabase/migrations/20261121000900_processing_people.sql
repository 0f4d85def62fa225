-- For people, the API and the command line: cancel, retry, reset_edited, redrive, explain.

create function processing.known_state(table_name text, row_id text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    state jsonb := processing.row_state(table_name, row_id);
begin
    if state is null then
        raise exception 'there is no row % in %', row_id, table_name using errcode = 'P0002';
    end if;
    return state;
end
$$;

comment on function processing.known_state(text, text) is
    'Internal: as row_state, but raises P0002 if there is no such row.';

create function processing.check_owner(table_name text, row_id text, requested_by uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    q processing.queues;
    owner_column text;
    state jsonb := processing.known_state(table_name, row_id);
    theirs boolean := true;
begin
    select * into q from processing.queues as x where x.table_id = pg_catalog.to_regclass(table_name);
    select p.owner_column into owner_column from processing.pipelines as p
    where p.table_id = q.table_id and p.pipeline = coalesce(state ->> 'pipeline', p.pipeline) limit 1;
    if requested_by is not null then
        if owner_column is null then
            theirs := false;
        else
            execute pg_catalog.format('select t.%I::text = $2 from %s as t where t.%I = $1::%s',
                owner_column, q.table_id, q.key_column, q.key_type) into theirs using row_id, requested_by::text;
        end if;
    end if;
    if theirs is not true then
        raise exception 'there is no row % in %', row_id, table_name using errcode = 'P0002';
    end if;
    return state;
end
$$;

comment on function processing.check_owner(text, text, uuid) is
    'Internal: as row_state. Raises P0002 if there is no such row, or if it does not belong to requested_by.';

create function processing.set_status(
    table_name text, row_id text, old_statuses text[], status public.processing_status
) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    changed bigint;
begin
    select * into q from processing.queues as x where x.table_id = pg_catalog.to_regclass(table_name);
    perform pg_catalog.set_config('search_path', processing.usual_path(q.table_id), true);
    -- Like a person's update, so that processing.transition decides what follows.
    execute pg_catalog.format(
        'update %s as t set processing_status = $1 where t.%I = $2::%s and coalesce(t.processing_status::text, ''none'') = any ($3)',
        q.table_id, q.key_column, q.key_type) using status, row_id, old_statuses;
    get diagnostics changed = row_count;
    return changed > 0;
end
$$;

comment on function processing.set_status(text, text, text[], public.processing_status) is
    'Internal: changes the status of a row as a person would. False if it is none of old_statuses.';

create function processing.note_operator(table_name text, row_id text, action text, operator text) returns void
language plpgsql
set search_path = ''
as $$
declare
    queue regclass := pg_catalog.to_regclass(table_name);
begin
    if operator is not null then
        perform processing.check_operator(operator);
        perform processing.note_changes(queue, array[processing.key_of(queue, row_id)], pg_catalog.jsonb_build_object(
            'action', action, 'operator', operator, 'arguments', '{}'::jsonb));
    end if;
end
$$;

comment on function processing.note_operator(text, text, text, text) is
    'Internal: notes in the history of a row what an operator has done to it, unless no operator is named.';

create function processing.cancel(table_name text, row_id text, requested_by uuid default null, operator text default null) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
begin
    perform processing.check_owner(table_name, row_id, requested_by);
    if processing.set_status(table_name, row_id, '{pending,processing}', 'cancelled') then
        perform processing.note_operator(table_name, row_id, 'cancel', operator);
    end if;
    return processing.known_state(table_name, row_id);  -- the row may have been deleted while this call waited for it
end
$$;

comment on function processing.cancel(text, text, uuid, text) is
    'Cancels a row that is pending or processing, with requested_by only of that user. An operator that is '
    'named is noted in the history of the row. Answers its state. Raises P0002 if there is no such row.';

create function processing.limit_runs(queue regclass, row_id text) returns void
language plpgsql
set search_path = ''
as $$
declare
    most constant integer := 10;
    asked_for integer;
    free_at timestamptz;
begin
    select count(*), min(e.at) + interval '24 hours' into asked_for, free_at
    from (
        select x.at from processing.events as x
        where x.table_id = queue and x.row_id = limit_runs.row_id
            and x.kind = 'status_set' and x.data ->> 'to' = 'pending' and x.at > processing.clock() - interval '24 hours'
        order by x.at desc limit most
    ) as e;
    if asked_for >= most then
        raise exception 'too many runs: this row was run again % times within a day', most
            using errcode = 'RJ008', hint = 'try again later; details is in how many seconds',
            detail = pg_catalog.ceil(extract(epoch from free_at - processing.clock()))::text;
    end if;
end
$$;

comment on function processing.limit_runs(regclass, text) is
    'Internal: raises RJ008 if the row was queued again 10 times in the last 24 hours.';

create function processing.retry(
    table_name text, row_id text, fresh boolean default false, requested_by uuid default null, operator text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    state jsonb := processing.check_owner(table_name, row_id, requested_by);
begin
    row_id := processing.key_of(pg_catalog.to_regclass(table_name), row_id);
    -- The limit is for users and not for the operator.
    if requested_by is not null and state ->> 'status' in ('failed', 'cancelled', 'completed') then
        perform processing.limit_runs(pg_catalog.to_regclass(table_name), row_id);
    end if;
    if processing.set_status(table_name, row_id, '{failed,cancelled,completed,none}', 'pending') then
        if fresh then
            delete from processing.checkpoints as c
            where c.table_id = pg_catalog.to_regclass(table_name) and c.row_id = retry.row_id;
            delete from processing.paid_calls as c
            where c.table_id = pg_catalog.to_regclass(table_name) and c.row_id = retry.row_id;
        end if;
        perform processing.note_operator(table_name, row_id, case when fresh then 'retry_fresh' else 'retry' end, operator);
    else
        perform processing.hurry(table_name, row_id);
        perform processing.note_operator(table_name, row_id, 'retry', operator) where state ->> 'status' = 'pending';
    end if;
    return processing.known_state(table_name, row_id);  -- the row may have been deleted while this call waited for it
end
$$;

comment on function processing.retry(text, text, boolean, uuid, text) is
    'Queues a row again, or makes a pending row due now. `fresh` deletes the checkpoints of a row that it queues. '
    'With requested_by: only for that user, and RJ008 after too many runs. An operator that is named is noted in the '
    'history of the row. Raises P0002 if there is no such row.';

create function processing.hurry(table_name text, row_id text) returns void
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
begin
    select * into q from processing.queues as x where x.table_id = pg_catalog.to_regclass(table_name);
    perform processing.enter_contract(q.table_id);
    perform pg_catalog.set_config('search_path', processing.usual_path(q.table_id), true);
    execute pg_catalog.format(
        'update %s as t set processing_not_before = processing.clock() where t.%I = $1::%s and t.processing_status = ''pending''',
        q.table_id, q.key_column, q.key_type) using row_id;
    perform processing.leave_contract();
    perform processing.ring_doorbells();
end
$$;

comment on function processing.hurry(text, text) is
    'Internal: makes a row due now if it is pending, and rings the doorbells.';

create function processing.reset_edited(
    table_name text, row_id text, columns text[] default null, requested_by uuid default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    q processing.queues;
    unknown text;
begin
    perform processing.check_owner(table_name, row_id, requested_by);
    select * into q from processing.queues as x where x.table_id = pg_catalog.to_regclass(table_name);
    row_id := processing.key_of(q.table_id, row_id);
    select c into unknown from pg_catalog.unnest(columns) as c
    where not exists (select from processing.pipelines as p where p.table_id = q.table_id and c = any (p.outputs)) limit 1;
    if unknown is not null then
        raise exception 'column % of % is written by no pipeline', unknown, table_name
            using errcode = '42703', hint = 'name outputs of processing.attach';
    end if;
    perform processing.enter_contract(q.table_id);
    perform pg_catalog.set_config('search_path', processing.usual_path(q.table_id), true);
    execute pg_catalog.format(
        'with before as (
            select t.processing_edited as edited from %1$s as t where t.%2$I = $1::%3$s for no key update
        ), changed as (
            update %1$s as t set processing_edited = array(
                select e from pg_catalog.unnest(t.processing_edited) as e where e <> all (coalesce($2, t.processing_edited)))
            from before where t.%2$I = $1::%3$s and before.edited && coalesce($2, before.edited)
            returning t.processing_run as run, before.edited as was, t.processing_edited as now
        )
        insert into processing.events (at, table_id, row_id, run, kind, data)
        select processing.clock(), $3, $1, c.run, ''edits_reset'', pg_catalog.jsonb_build_object(''columns'', array(
            select w from pg_catalog.unnest(c.was) as w where w <> all (c.now)), ''requested_by'', $4)
        from changed as c', q.table_id, q.key_column, q.key_type)
        using row_id, columns, q.table_id, requested_by;
    perform processing.leave_contract();
    return processing.known_state(table_name, row_id);  -- the row may have been deleted while this call waited for it
end
$$;

comment on function processing.reset_edited(text, text, text[], uuid) is
    'Lets workers write edited outputs again: `columns`, or all. With requested_by, only in a row of that user. '
    'Raises 42703 for a column that is no output.';

create function processing.redrive(
    pipeline text, error_code text default null, failed_since timestamptz default null, fresh boolean default false,
    max_rows integer default 1000
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    q processing.queues;
    keys text[];
    key text;
    queued bigint := 0;
begin
    select x.* into q from processing.pipelines as p join processing.queues as x on x.table_id = p.table_id
    where p.pipeline = redrive.pipeline;
    if not found then
        raise exception 'there is no pipeline %', redrive.pipeline using errcode = 'RJ003';
    end if;
    execute pg_catalog.format(
        'select coalesce(pg_catalog.array_agg(r.key), ''{}'') from (
            select t.%1$I::text as key from %2$s as t
            where t.processing_status = ''failed'' and t.processing_pipeline = $1
                and ($2 is null or t.processing_error ->> ''code'' = $2)
                and ($3 is null or t.processing_finished_at >= $3)
            order by t.%1$I limit $4 for no key update skip locked) as r', q.key_column, q.table_id)
        into keys using redrive.pipeline, error_code, failed_since, max_rows;
    foreach key in array keys loop
        begin
            perform processing.retry(q.table_id::text, key, fresh);
            perform processing.check_deferred(q.table_id);
            queued := queued + 1;
        exception
            when query_canceled then
                raise;
            when assert_failure or others then
                -- The owner has reached a limit, or the database refuses the change. The next redrive finds the row again.
                if sqlstate not in ('RJ006', 'RJ008') then
                    raise log 'row % of % is not queued again: %', key, q.table_id, sqlstate;
                end if;
        end;
    end loop;
    perform processing.defer_again();
    return pg_catalog.jsonb_build_object('queued', queued, 'refused', pg_catalog.cardinality(keys) - queued);
end
$$;

comment on function processing.redrive(text, text, timestamptz, boolean, integer) is
    'Queues at most max_rows failed rows of a pipeline again, with this error code and failed not before '
    'failed_since. Answers {queued, refused}; a row is refused if its owner has reached a limit, or the database does not let it change.';

create function processing.blocked_by(state jsonb, p processing.pipelines, owner_id text) returns jsonb
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(reason), '[]') from (
        select pg_catalog.format('waits until %s', state ->> 'not_before') as reason
        where (state ->> 'not_before')::timestamptz > processing.clock()
        union all
        select 'the pipeline is paused' where p.paused
        union all
        select pg_catalog.format('the pipeline no longer fits its table (%s: %s); call processing.attach again with columns that exist',
            b.sqlstate, b.message) from processing.broken as b where b.pipeline = p.pipeline
        union all
        select pg_catalog.format('budget: %s', processing.budget_text(l.line))
        from pg_catalog.jsonb_array_elements(processing.budget_lines(p.pipeline, owner_id, processing.clock())) as l (line)
        where (l.line -> 'reached')::boolean
        union all
        select pg_catalog.format('provider %s is closed until %s: %s', v.provider, v.not_before, v.reason)
        from processing.providers as v where v.provider = any (p.providers) and v.not_before > processing.clock()
        union all
        select pg_catalog.format('no live worker runs pipeline %s', p.pipeline)
        where not exists (
            select from processing.workers as w
            where p.pipeline = any (w.pipelines) and w.beat_at > processing.clock() - p.lease)
        union all
        select distinct pg_catalog.format('a worker leaves the pipeline out: %s; %s', o.told ->> 'reason', o.told ->> 'cure')
        from processing.workers as w cross join lateral pg_catalog.jsonb_array_elements(w.info -> 'left_out') as o (told)
        where o.told ->> 'pipeline' = p.pipeline and w.beat_at > processing.clock() - p.lease
        union all
        select pg_catalog.format('all %s places of the pipeline are taken', p.concurrency)
        where p.concurrency <= (select count(*) from processing.leases as l where l.pipeline = p.pipeline)
            + (select count(*) from processing.stopping_leases as s where s.pipeline = p.pipeline)
        union all
        select pg_catalog.format('all %s places of the owner are taken', p.concurrency_per_owner)
        where p.concurrency_per_owner <= (
            select count(*) from processing.leases as l where l.pipeline = p.pipeline and l.owner = owner_id) + (
            select count(*) from processing.stopping_leases as s where s.pipeline = p.pipeline and s.owner = owner_id)
    ) as reasons
$$;

comment on function processing.blocked_by(jsonb, processing.pipelines, text) is
    'Internal: reasons why a pending row is not running, as sentences. That it is set aside is not among them.';

create function processing.explain(table_name text, row_id text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := pg_catalog.to_regclass(table_name);
    state jsonb := processing.check_owner(table_name, row_id, null);
    p processing.pipelines;
    q processing.queues;
    owner_id text;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    row_id := processing.key_of(queue, row_id);
    select * into p from processing.pipelines as x where x.pipeline = state ->> 'pipeline';
    if p.owner_column is not null then
        execute pg_catalog.format('select t.%I::text from %s as t where t.%I = $1::%s',
            p.owner_column, q.table_id, q.key_column, q.key_type) into owner_id using row_id;
    end if;
    return pg_catalog.jsonb_build_object(
        'row', state || pg_catalog.jsonb_build_object('table', queue::text, 'id', row_id, 'owner', owner_id,
            'max_attempts', p.max_attempts),
        'blocked_by', case when state ->> 'status' = 'pending' then processing.blocked_by(state, p, owner_id) else '[]' end,
        'lease', (
            select pg_catalog.to_jsonb(l) || pg_catalog.jsonb_build_object('beat_at', w.beat_at, 'worker_name', w.name)
            from processing.leases as l left join processing.workers as w on w.worker = l.worker
            where l.table_id = queue and l.row_id = explain.row_id),
        'set_aside', (
            select pg_catalog.jsonb_build_object('kind', s.kind, 'sqlstate', s.sqlstate, 'constraint', s.constraint_name,
                'column', s.column_name, 'message', s.message, 'since', s.since, 'tries', s.tries, 'look_again_at', s.look_again_at,
                'cure', 'mend the row, or what refuses it (constraint, trigger, permission); it then runs by itself')
            from processing.set_aside as s where s.table_id = queue and s.row_id = explain.row_id),
        'waits_for', case state ->> 'status' when 'pending' then processing.waiting_for(queue, row_id) end,
        'crashes', coalesce((select c.crashes from processing.crashes as c
            where c.table_id = queue and c.row_id = explain.row_id), 0),
        'checkpoints', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'step', c.step, 'version', c.version, 'run', c.run, 'keep', c.keep, 'at', c.created_at,
                'bytes', pg_catalog.pg_column_size(c.output)) order by c.created_at), '[]')
            from processing.checkpoints as c where c.table_id = queue and c.row_id = explain.row_id),
        'open_calls', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'step', c.step, 'tries', c.tries, 'answered', c.answered, 'at', c.noted_at) order by c.noted_at), '[]')
            from processing.paid_calls as c where c.table_id = queue and c.row_id = explain.row_id and c.tries > 0),
        'events', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'at', e.at, 'run', e.run, 'kind', e.kind, 'data', e.data) order by e.id), '[]')
            from processing.events as e where e.table_id = queue and e.row_id = explain.row_id),
        'usage', (
            select pg_catalog.jsonb_build_object('input_tokens', coalesce(sum(u.input_tokens), 0),
                'output_tokens', coalesce(sum(u.output_tokens), 0), 'audio_seconds', coalesce(sum(u.audio_seconds), 0),
                'cost_usd', coalesce(sum(u.cost_usd), 0))
            from processing.usage as u where u.table_id = queue and u.row_id = explain.row_id));
end
$$;

comment on function processing.explain(text, text) is
    'What is known about a row, such as why it waits, its history and cost. Raises P0002 if there is no such row.';

insert into processing.library_migrations (version) values ('20261121000900');
