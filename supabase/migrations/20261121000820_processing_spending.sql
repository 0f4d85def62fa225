-- Spending: each paid call becomes a line of processing.usage. It was paid whatever happened to the row since, so
-- `spend` does not check the fence; `begin_call`, before the call, does.

create function processing.owner_in_row(of_pipeline text, row_id text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    p processing.pipelines;
    q processing.queues;
    owner_id text;
begin
    select * into p from processing.pipelines as x where x.pipeline = of_pipeline;
    select * into q from processing.queues as x where x.table_id = p.table_id;
    if p.owner_column is not null then
        execute pg_catalog.format('select t.%I::text from %s as t where t.%I = $1::%s',
            p.owner_column, q.table_id, q.key_column, q.key_type) into owner_id using row_id;
    end if;
    return owner_id;
exception
    when assert_failure or others then
        return null;  -- for instance, the table is locked, or a column of it is gone
end
$$;

comment on function processing.owner_in_row(text, text) is
    'Internal: the owner of a row as text; null if it has none or cannot be read.';

create type processing.spent_run as (
    table_id regclass,
    owner text
);

comment on type processing.spent_run is 'The table and the owner of the run for which a call was paid.';

create function processing.run_of(nonce uuid, table_name text, row_id text, of_pipeline text) returns processing.spent_run
language plpgsql stable
set search_path = ''
as $$
declare
    found_run processing.spent_run;
begin
    select l.table_id, l.owner into found_run from processing.leases as l where l.row_id = run_of.row_id and l.nonce = run_of.nonce;
    if not found then
        select s.table_id, s.owner into found_run from processing.stopping_leases as s where s.nonce = run_of.nonce;
    end if;
    if not found then
        -- If the table is gone, its id becomes 0.
        found_run := (coalesce(pg_catalog.to_regclass(table_name), 0::oid::regclass), processing.owner_in_row(of_pipeline, row_id));
    end if;
    return found_run;
end
$$;

comment on function processing.run_of(uuid, text, text, text) is
    'Internal: table and owner of a run that may have ended. The owner is null if it is not found.';

create function processing.write_usage(of_worker uuid, entries jsonb) returns bigint
language plpgsql
set search_path = ''
as $$
declare
    one record;
    of_run processing.spent_run;
    lines bigint := 0;
begin
    if entries is null or entries = '[]' then
        return 0;
    end if;
    for one in
        select * from pg_catalog.jsonb_to_recordset(entries) as e (
            entry uuid, "table" text, id text, run bigint, nonce uuid, pipeline text, step text, model text,
            input_tokens bigint, output_tokens bigint, audio_seconds double precision, cost_usd numeric, age_seconds double precision,
            reserved boolean)
        order by e.entry
    loop
        of_run := processing.run_of(one.nonce, one."table", one.id, one.pipeline);
        insert into processing.usage (
            entry, at, worker, table_id, row_id, run, pipeline, owner, step, model, input_tokens, output_tokens, audio_seconds, cost_usd)
        values (
            one.entry, processing.clock() - pg_catalog.make_interval(secs => coalesce(one.age_seconds, 0)), of_worker,
            of_run.table_id, one.id, one.run, one.pipeline, of_run.owner, one.step, one.model,
            coalesce(one.input_tokens, 0), coalesce(one.output_tokens, 0), coalesce(one.audio_seconds, 0), coalesce(one.cost_usd, 0))
        on conflict (entry) do nothing;
        if found then
            lines := lines + 1;
            perform processing.count_spent(one.pipeline, of_run.owner,
                processing.clock() - pg_catalog.make_interval(secs => coalesce(one.age_seconds, 0)), coalesce(one.reserved, false),
                pg_catalog.jsonb_build_object('input_tokens', coalesce(one.input_tokens, 0), 'output_tokens',
                    coalesce(one.output_tokens, 0), 'audio_seconds', coalesce(one.audio_seconds, 0), 'cost_usd', coalesce(one.cost_usd, 0)));
        end if;
    end loop;
    return lines;
end
$$;

comment on function processing.write_usage(uuid, jsonb) is
    'Internal: writes one line of usage per new entry and adds it to the daily use. Answers how many lines are new.';

create function processing.reserve_call(of_pipeline text, owner_id text, moment timestamptz) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    reached jsonb;
begin
    select * into p from processing.pipelines as x where x.pipeline = of_pipeline;
    if owner_id is null or coalesce(p.daily_limits - array['rows', 'runs'], '{}') = '{}' then
        return null;
    end if;
    reached := processing.daily_limit_reached(p, owner_id, moment);
    if reached is null and p.daily_limits ? 'calls'
        and not processing.count_use(p.pipeline, owner_id, 'calls', 1, moment, (p.daily_limits ->> 'calls')::numeric)
    then
        reached := pg_catalog.jsonb_build_object('measure', 'calls', 'limit', p.daily_limits -> 'calls',
            'used', p.daily_limits -> 'calls', 'wait_seconds', processing.seconds_of_day_left(moment));
    end if;
    return reached;
end
$$;

comment on function processing.reserve_call(text, text, timestamptz) is
    'Internal: counts a paid call in advance. If a limit is reached: {measure, limit, used, wait_seconds}.';

create function processing.count_spent(of_pipeline text, owner_id text, at timestamptz, reserved boolean, amounts jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    limits jsonb := (select p.daily_limits from processing.pipelines as p where p.pipeline = of_pipeline);
    one record;
begin
    if owner_id is null or limits is null or limits = '{}' then
        return;
    end if;
    -- If reserve_call has counted the call, it is not counted again.
    for one in
        select a.key, a.value::numeric as amount
        from pg_catalog.jsonb_each(amounts || pg_catalog.jsonb_build_object('calls', case when reserved then 0 else 1 end)) as a
        where limits ? a.key and a.value::numeric > 0
        order by a.key
    loop
        perform processing.count_use(of_pipeline, owner_id, one.key, one.amount, count_spent.at);
    end loop;
end
$$;

comment on function processing.count_spent(text, text, timestamptz, boolean, jsonb) is
    'Internal: adds what a call has used to the owner''s daily use, for the measures that the pipeline limits.';

create function processing.begin_call(
    worker uuid, table_name text, row_id text, run bigint, nonce uuid, step text, version text, input_hash text,
    tries integer default 1, after_answer boolean default false, try_key uuid default null
) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '200ms'
as $$
#variable_conflict use_column
declare
    held processing.leases;
    before processing.paid_calls;
    moment timestamptz := processing.clock();
    unanswered boolean;
    refused jsonb;
begin
    select * into held from processing.leases as l
    where l.row_id = begin_call.row_id and l.nonce = begin_call.nonce and l.worker = begin_call.worker
    for key share;
    if not found then
        perform processing.refuse(table_name, row_id, run);
    end if;
    -- Made first and then locked, so that a repeat of this call waits until this one has ended.
    insert into processing.paid_calls (table_id, row_id, step, version, input_hash, nonce, noted_at)
    values (held.table_id, held.row_id, begin_call.step, begin_call.version, begin_call.input_hash, held.nonce, moment)
    on conflict do nothing;
    select * into before from processing.paid_calls as c
    where c.row_id = held.row_id and c.table_id = held.table_id and c.step = begin_call.step
        and c.version = begin_call.version and c.input_hash = begin_call.input_hash
    for update;
    if before.try_key = begin_call.try_key then
        return pg_catalog.jsonb_build_object('key', before.call_key, 'maybe_paid', before.maybe_paid);
    end if;
    refused := case when begin_call.tries > 0 then processing.reserve_call(held.pipeline, held.owner, moment) end;
    if refused is not null then
        return pg_catalog.jsonb_build_object('refused', refused);
    end if;
    unanswered := begin_call.tries > 0 and not after_answer and before.tries > 0 and not before.answered;
    update processing.paid_calls as c
    set nonce = held.nonce, tries = c.tries + begin_call.tries, noted_at = moment, answered = c.answered and begin_call.tries = 0,
        try_key = begin_call.try_key, maybe_paid = unanswered
    where c.call_key = before.call_key;
    if unanswered then
        insert into processing.events (at, table_id, row_id, run, kind, data)
        values (moment, held.table_id, held.row_id, held.run, 'maybe_paid_twice', pg_catalog.jsonb_build_object(
            'step', begin_call.step, 'first_at', before.noted_at, 'key', before.call_key));
    end if;
    return pg_catalog.jsonb_build_object('key', before.call_key, 'maybe_paid', unanswered);
end
$$;

comment on function processing.begin_call(uuid, text, text, bigint, uuid, text, text, text, integer, boolean, uuid) is
    'Notes that a paid call is about to be made; with tries => 0 no call follows. Answers {key, maybe_paid}: the '
    'idempotency key, and whether the previous try may have been paid. If a daily limit is reached, answers {refused: '
    '{measure, limit, used, wait_seconds}}. Raises RJ001 or RJ002 if the run has lost its lease.';

create function processing.spend(worker uuid, entries jsonb, answered jsonb default '[]') returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '200ms'
as $$
begin
    if answered <> '[]' then
        update processing.paid_calls as c set answered = true
        from pg_catalog.jsonb_to_recordset(spend.answered) as a (key uuid, nonce uuid)
        where c.call_key = a.key and c.nonce = a.nonce;
    end if;
    return pg_catalog.jsonb_build_object('written', processing.write_usage(worker, entries));
end
$$;

comment on function processing.spend(uuid, jsonb, jsonb) is
    'Stores the usage of paid calls, whatever has happened to their rows since. entries: [{entry, table, id, run, '
    'nonce, pipeline, step, model, input_tokens, output_tokens, audio_seconds, cost_usd, age_seconds, reserved}]. '
    'answered: [{key, nonce}] of tries that the service answered with an error. Answers {written}, the number of new '
    'lines.';

create function processing.add_up_usage(lines processing.usage[], keep_owner boolean) returns void
language sql
set search_path = ''
as $$
    -- The entry is made of what the line is the sum of, so that a later sum of the same day is added to it.
    insert into processing.usage as u (
        entry, at, table_id, row_id, run, pipeline, owner, step, model, calls, input_tokens, output_tokens, audio_seconds, cost_usd)
    select pg_catalog.md5(pg_catalog.jsonb_build_array(
            g.day, g.table_id::oid, g.pipeline, g.owner, g.step, g.model)::text)::uuid,
        g.day, g.table_id, '', 0, g.pipeline, g.owner, g.step, g.model, sum(g.calls), sum(g.input_tokens), sum(g.output_tokens),
        sum(g.audio_seconds), sum(g.cost_usd)
    from (
        select l.*, pg_catalog.date_trunc('day', l.at, 'UTC') as day from (
            select x.at, x.table_id, x.pipeline, case when keep_owner then x.owner end as owner, x.step, x.model, x.calls, x.input_tokens,
                x.output_tokens, x.audio_seconds, x.cost_usd
            from pg_catalog.unnest(lines) as x) as l) as g
    group by g.day, g.table_id, g.pipeline, g.owner, g.step, g.model
    order by 1
    on conflict (entry) do update set
        calls = u.calls + excluded.calls, input_tokens = u.input_tokens + excluded.input_tokens,
        output_tokens = u.output_tokens + excluded.output_tokens, audio_seconds = u.audio_seconds + excluded.audio_seconds,
        cost_usd = u.cost_usd + excluded.cost_usd
$$;

comment on function processing.add_up_usage(processing.usage[], boolean) is
    'Internal: adds lines to the sums of their days, one per pipeline, owner, step and model; without the owner if '
    'keep_owner is false. The caller has deleted the lines.';

create function processing.forget_owner(owner text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    gone_lines processing.usage[];
begin
    -- A worker may still report usage of these runs. It must not name the owner any more.
    update processing.stopping_leases as s set owner = null where s.owner = forget_owner.owner;
    -- A row may stay without its owner. Then its run goes on, and its cost is stored without an owner.
    update processing.leases as l set owner = null where l.owner = forget_owner.owner;
    perform processing.look_again(s.table_id, s.row_id) from processing.set_aside as s where s.owner_key = '=' || forget_owner.owner;
    with gone as (
        delete from processing.usage as u where u.owner = forget_owner.owner returning u
    )
    select pg_catalog.array_agg(g.u) into gone_lines from gone as g;
    perform processing.add_up_usage(gone_lines, keep_owner => false);
    delete from processing.daily_use as d where d.owner = forget_owner.owner;
    update processing.turns as t set last_owner = null where t.last_owner = forget_owner.owner;
    delete from processing.fronts as f where f.owner_key = '=' || forget_owner.owner;
    return pg_catalog.jsonb_build_object('lines', coalesce(pg_catalog.cardinality(gone_lines), 0));
end
$$;

comment on function processing.forget_owner(text) is
    'Forgets an owner; usage stays as sums without the owner. Answers {lines}, how many were summed up.';

insert into processing.library_migrations (version) values ('20261121000820');
