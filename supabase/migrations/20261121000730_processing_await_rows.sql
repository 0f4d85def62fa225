-- await_rows: a recipe asks how other rows have ended, or waits until they have (see 0720).

create function processing.children_named(table_name text, ids text[]) returns regclass
language plpgsql stable
set search_path = ''
as $$
declare
    most constant integer := 10000;
    queue regclass;
begin
    begin
        queue := pg_catalog.to_regclass(table_name);
    exception
        when syntax_error or invalid_name then
            null;
    end;
    if not exists (select from processing.queues as q where q.table_id = queue) then
        raise exception 'a row cannot wait for rows of %, which is not attached', table_name
            using errcode = 'RJ011', hint = 'name an attached table with its schema, as in public.job_positions';
    elsif pg_catalog.cardinality(ids) > most then
        raise exception 'a row cannot wait for more than % rows at once', most
            using errcode = 'RJ011', hint = 'wait for them in parts, or let rows in between wait for some each';
    end if;
    return queue;
end
$$;

comment on function processing.children_named(text, text[]) is
    'Internal: the table of the rows to wait for. Raises RJ011 if it is not attached or if they are too many.';

create function processing.states_of(queue regclass, ids text[]) returns jsonb
language plpgsql stable
set search_path = ''
-- Written with the tricks "by index" and "one way", see 0590.
set enable_seqscan = off
as $$
declare
    q processing.queues;
    states jsonb;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    execute pg_catalog.format(
        'select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            ''id'', k.id, ''key'', k.key,
            ''status'', case when t.%2$I is null then ''deleted'' else coalesce(t.processing_status::text, ''no_work'') end,
            ''error_code'', case t.processing_status when ''failed'' then t.processing_error ->> ''code'' end,
            ''set_aside'', exists (
                select from processing.set_aside as s where s.row_id = any (array[k.key]) and (s.table_id = $2) is true)) order by k.place), ''[]'')
        from (
            select i.id, i.place, processing.key_of($2, i.id) as key from pg_catalog.unnest($1) with ordinality as i (id, place)
        ) as k left join %1$s as t on t.%2$I = any (array[k.key::%3$s])', queue, q.key_column, q.key_type)
        into states using ids, queue;
    return states;
end
$$;

comment on function processing.states_of(regclass, text[]) is
    'Internal: [{id, key, status, error_code, set_aside}] in the order of the ids. status: that of the row, or no_work, '
    'or deleted.';

create function processing.unfinished(states jsonb) returns text[]
language sql immutable
set search_path = ''
as $$
    select array(
        select s ->> 'key' from pg_catalog.jsonb_array_elements(states) as s where s ->> 'status' in ('pending', 'processing'))
$$;

comment on function processing.unfinished(jsonb) is 'Internal: the keys of the rows that have not ended.';

create function processing.lock_unfinished(queue regclass, keys text[]) returns text[]
language plpgsql
set search_path = ''
-- Written with the trick "by index", see 0590.
set enable_seqscan = off
as $$
declare
    q processing.queues;
    statement text;
    locked text[];
begin
    select * into q from processing.queues as x where x.table_id = queue;
    statement := pg_catalog.format(
        'select t.%1$I::text from %2$s as t where t.%1$I = any ($1::%3$s[]) and t.processing_status in (''pending'', ''processing'')
            order by t.%1$I for share', q.key_column, queue, q.key_type);
    begin
        -- A claim or a finish holds a row for some milliseconds only.
        perform pg_catalog.set_config('lock_timeout', '50ms', true);
        execute pg_catalog.format('select array(%s)', statement) into locked using keys;
        perform pg_catalog.set_config('lock_timeout', '200ms', true);
    exception
        when lock_not_available then
            execute pg_catalog.format('select array(%s skip locked)', statement) into locked using keys;
    end;
    return locked;
end
$$;

comment on function processing.lock_unfinished(regclass, text[]) is
    'Internal: locks those of the rows that have not ended, so that none of them ends before this transaction. Leaves '
    'out rows that somebody else holds locked for longer.';

create function processing.check_circle(held processing.leases, children regclass, keys text[]) returns void
language plpgsql
set search_path = ''
-- Written with the trick "by index", see 0590.
set enable_seqscan = off
as $$
begin
    if exists (
        with recursive below (table_id, row_id) as (
            select children, k from pg_catalog.unnest(keys) as k
            union
            select a.child_table, a.child_id from below as b
            join processing.awaited as a on a.row_id = any (array[b.row_id]) and (a.table_id = b.table_id) is true
        )
        select from below as b where b.row_id = held.row_id and b.table_id = held.table_id)
    then
        raise exception 'the row would wait for itself'
            using errcode = 'RJ011', hint = 'rows that wait for one another in a circle would wait for ever';
    end if;
end
$$;

comment on function processing.check_circle(processing.leases, regclass, text[]) is
    'Internal: raises RJ011 if one of these rows is the row itself or, by way of others, waits for it.';

create function processing.note_wait(held processing.leases, children regclass, named text, states jsonb, until timestamptz) returns void
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
begin
    delete from processing.awaited as a where a.ctid = any (array(
        select x.ctid from processing.awaited as x
        where x.row_id = held.row_id and x.table_id = held.table_id for update skip locked));
    insert into processing.awaited (table_id, row_id, child_table, child_id)
    select held.table_id, held.row_id, children, k from pg_catalog.unnest(processing.unfinished(states)) as k;
    insert into processing.waits as w (table_id, row_id, wait, child_table, children, since, until, asked_at)
    values (held.table_id, held.row_id, named, children, pg_catalog.jsonb_array_length(states), moment, note_wait.until, moment)
    on conflict (row_id, table_id) do update set
        wait = excluded.wait, child_table = excluded.child_table, children = excluded.children, until = excluded.until,
        since = case when w.wait = excluded.wait then w.since else excluded.since end, asked_at = excluded.asked_at;
end
$$;

comment on function processing.note_wait(processing.leases, regclass, text, jsonb, timestamptz) is
    'Internal: notes what the row waits for, in place of an earlier wait.';

create function processing.end_waiting(held processing.leases, children regclass, states jsonb, stage text, due timestamptz) returns void
language plpgsql
set search_path = ''
as $$
declare
    ended jsonb;
begin
    ended := processing.end_runs_apart(held.table_id, held.pipeline, pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
        'id', held.row_id, 'run', held.run, 'nonce', held.nonce, 'worker', held.worker, 'kind', 'waiting', 'not_before', due,
        'refund', true, 'stage', stage, 'data', pg_catalog.jsonb_build_object(
            'waits_for', children::text, 'rows', pg_catalog.cardinality(processing.unfinished(states)),
            'of', pg_catalog.jsonb_array_length(states)))));
    -- Without an end and with its lease, the row is locked by somebody. Otherwise it is set aside.
    if ended = '[]' and exists (
        select from processing.leases as l where l.row_id = held.row_id and l.table_id = held.table_id and l.nonce = held.nonce)
    then
        raise exception 'the row is locked' using errcode = '55P03';
    end if;
end
$$;

comment on function processing.end_waiting(processing.leases, regclass, jsonb, text, timestamptz) is
    'Internal: ends the run of a row that waits, without an attempt. Raises 55P03 if somebody has the row locked.';

create function processing.note_answer(held processing.leases, named text, states jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
begin
    insert into processing.checkpoints (
        table_id, row_id, step, version, input_hash, pipeline, run, output, keep, shareable, created_at)
    values (held.table_id, held.row_id, '@wait', '1', named, held.pipeline, held.run, states, 'round', false, moment)
    on conflict do nothing;
    perform processing.forget_waits(held.table_id, array[held.row_id]);
    insert into processing.events (at, table_id, row_id, run, kind, data)
    select moment, held.table_id, held.row_id, held.run, 'waited', pg_catalog.jsonb_object_agg(n.status, n.rows)
    from (
        select s ->> 'status' as status, count(*) as rows from pg_catalog.jsonb_array_elements(states) as s group by 1
    ) as n having count(*) > 0;
end
$$;

comment on function processing.note_answer(processing.leases, text, jsonb) is
    'Internal: stores the answer to a wait as a checkpoint, so that later runs of the round get the same.';

create function processing.await_rows(
    worker uuid, table_name text, row_id text, run bigint, nonce uuid, child_table text, child_ids text[], wait text,
    stage text default null, timeout_seconds double precision default null
) returns jsonb
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    held processing.leases;
    state jsonb;
    children regclass;
    moment timestamptz := processing.clock();
    until timestamptz;
    states jsonb;
    locked text[];
begin
    -- One call of a run at a time, because it may end the run.
    select * into held from processing.leases as l
    where l.row_id = await_rows.row_id and l.nonce = await_rows.nonce and l.worker = await_rows.worker for update;
    if not found then
        perform processing.refuse(table_name, row_id, run);
    end if;
    state := processing.row_state(held.table_id::text, held.row_id);
    if state ->> 'status' is distinct from 'processing' or (state ->> 'run')::bigint <> held.run then
        perform processing.refuse(held.table_id::text, row_id, run);
    end if;
    children := processing.children_named(child_table, child_ids);
    until := coalesce(
        (select w.until from processing.waits as w where w.row_id = held.row_id and w.table_id = held.table_id and w.wait = await_rows.wait),
        moment + processing.wait_of(timeout_seconds));
    states := processing.states_of(children, child_ids);
    if processing.unfinished(states) <> '{}' and (until > moment) is not false then
        perform processing.check_circle(held, children, processing.unfinished(states));
        locked := processing.lock_unfinished(children, processing.unfinished(states));
        states := processing.states_of(children, child_ids);
        if processing.unfinished(states) <> '{}' then
            perform processing.note_wait(held, children, wait, states, until);
            -- The end of a row that could not be locked may go unnoticed, so the recipe asks again soon.
            perform processing.end_waiting(held, children, states, stage, least(until, moment + case
                when processing.unfinished(states) <@ locked then interval '1 hour' else interval '10 seconds' end));
            -- A claim passes over locked rows. One that looks now may have taken the ring that told of these.
            perform processing.ring_doorbells();
            return '{"waits": true, "rows": []}'::jsonb;
        end if;
    end if;
    perform processing.note_answer(held, wait, states);
    return pg_catalog.jsonb_build_object('waits', false, 'rows', states);
end
$$;

comment on function processing.await_rows(uuid, text, text, bigint, uuid, text, text[], text, text, double precision) is
    'Asks how rows have ended, for a recipe that needs their results. Answers {waits: false, rows: [{id, key, status: '
    'completed|failed|cancelled|deleted|no_work, error_code, set_aside}]} if all have, or if timeout_seconds are over '
    'since it was first asked; then some rows may still be pending or processing. Otherwise it ends the run and answers '
    '{waits: true}: the row is pending, with `stage`, and runs again once they have. `wait` names the wait within the '
    'row. Raises RJ001 or RJ002 if the run has lost its lease, RJ011 for rows that it cannot wait for.';

create function processing.waiting_for(queue regclass, key text) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'table', w.child_table::text, 'rows', w.children, 'since', w.since, 'until', w.until,
        'open', (select count(*) from processing.awaited as a where a.row_id = w.row_id and a.table_id = w.table_id),
        'examples', array(
            select a.child_id from processing.awaited as a where a.row_id = w.row_id and a.table_id = w.table_id order by a.id limit 3),
        'set_aside', (
            select count(*) from processing.awaited as a
            join processing.set_aside as s on s.row_id = a.child_id and s.table_id = a.child_table
            where a.row_id = w.row_id and a.table_id = w.table_id))
    from processing.waits as w where w.row_id = key and w.table_id = queue
$$;

comment on function processing.waiting_for(regclass, text) is
    'Internal: {table, rows, open, examples, set_aside, since, until}, what a row waits for; null if for nothing.';

insert into processing.library_migrations (version) values ('20261121000730');
