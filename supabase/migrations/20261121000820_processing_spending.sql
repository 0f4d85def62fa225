-- What is paid for: each call of a paid service becomes a line of processing.usage soon after its answer.
--
-- Lines do not depend on the row. By then the row may be deleted, cancelled, failed or leased to another worker, but the
-- call was paid all the same. So these functions do not check the fence. They find the owner of the row where it is
-- still known: in the lease, in the stopping lease, or in the row.

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
        return null;  -- the table no longer fits, or is locked
end
$$;

comment on function processing.owner_in_row(text, text) is 'Internal: the owner of a row as text; null if the row cannot be read.';

create type processing.spent_run as (
    table_id regclass,
    owner text
);

comment on type processing.spent_run is 'The table and the owner of the run that a call was paid for.';

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
        -- The table is 0 if it is gone.
        found_run := (coalesce(pg_catalog.to_regclass(table_name), 0::oid::regclass), processing.owner_in_row(of_pipeline, row_id));
    end if;
    return found_run;
end
$$;

comment on function processing.run_of(uuid, text, text, text) is 'Internal: table and owner of a run that may have ended.';

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

comment on function processing.write_usage(uuid, jsonb) is 'Internal: writes lines of usage, and counts them against daily limits; entries are as in processing.spend.';

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
    'Internal: counts one paid call before it is made; answers the limit that forbids it, or null.';

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
    -- A call that was counted before it was made is not counted again.
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

comment on function processing.count_spent(text, text, timestamptz, boolean, jsonb) is 'Internal: adds what a call has used to the daily use of its owner.';

create function processing.begin_call(
    worker uuid, table_name text, row_id text, run bigint, nonce uuid, step text, version text, input_hash text,
    tries integer default 1, after_answer boolean default false
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
    its_key uuid;
    maybe_paid boolean;
    refused jsonb;
begin
    select * into held from processing.leases as l
    where l.row_id = begin_call.row_id and l.nonce = begin_call.nonce and l.worker = begin_call.worker
    for key share;
    if not found then
        perform processing.refuse(table_name, row_id, run);
    end if;
    select * into before from processing.paid_calls as c
    where c.row_id = held.row_id and c.table_id = held.table_id and c.step = begin_call.step
        and c.version = begin_call.version and c.input_hash = begin_call.input_hash
    for update;
    refused := case when begin_call.tries > 0 then processing.reserve_call(held.pipeline, held.owner, moment) end;
    if refused is not null then
        return pg_catalog.jsonb_build_object('refused', refused);
    end if;
    maybe_paid := begin_call.tries > 0 and not after_answer and coalesce(before.tries > 0 and not before.answered, false);
    insert into processing.paid_calls as c (table_id, row_id, step, version, input_hash, nonce, tries, noted_at)
    values (held.table_id, held.row_id, begin_call.step, begin_call.version, begin_call.input_hash, held.nonce, begin_call.tries, moment)
    on conflict (row_id, table_id, step, version, input_hash) do update set
        nonce = excluded.nonce, tries = c.tries + excluded.tries, noted_at = excluded.noted_at,
        answered = c.answered and excluded.tries = 0
    returning c.call_key into its_key;
    if maybe_paid then
        insert into processing.events (at, table_id, row_id, run, kind, data)
        values (moment, held.table_id, held.row_id, held.run, 'maybe_paid_twice', pg_catalog.jsonb_build_object(
            'step', begin_call.step, 'first_at', before.noted_at, 'key', its_key));
    end if;
    return pg_catalog.jsonb_build_object('key', its_key, 'maybe_paid', maybe_paid);
end
$$;

comment on function processing.begin_call(uuid, text, text, bigint, uuid, text, text, text, integer, boolean) is
    'Notes that a paid call is about to be made; raises RJ001 or RJ002 as checkpoint does. Answers {refused: {measure, limit, used, wait_seconds}} if the owner has used up a daily limit, else {key, maybe_paid}: the idempotency key, the same '
    'for every try of this call in this round, and whether an earlier try got no answer, so that it may have been paid. after_answer: the previous try was '
    'answered. With tries => 0 the worker only asks for the key and makes no call.';

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
    'Stores the usage of paid calls, whatever has happened to their rows since. entries: [{entry, table, id, run, nonce, pipeline, step, model, input_tokens, '
    'output_tokens, audio_seconds, cost_usd, age_seconds, reserved}]; reserved: begin_call has already counted the call; entry is a uuid that the worker makes, and an entry that is '
    'stored already is not counted again. answered: [{key, nonce}] of tries that ended with an error of the service. Answers {written}.';

create function processing.forget_owner(owner text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    lines bigint;
begin
    -- A worker may still report usage of a run that it is stopping. That usage must not name the owner any more.
    update processing.stopping_leases as s set owner = null where s.owner = forget_owner.owner;
    -- A table may keep the row without its owner. Then its run goes on, and its cost is stored without an owner.
    update processing.leases as l set owner = null where l.owner = forget_owner.owner;
    perform processing.look_again(s.table_id, s.row_id) from processing.set_aside as s where s.owner_key = '=' || forget_owner.owner;
    with gone as (
        delete from processing.usage as u where u.owner = forget_owner.owner returning *
    ), sums as (
        insert into processing.usage (
            at, table_id, row_id, run, pipeline, owner, step, model, calls, input_tokens, output_tokens, audio_seconds, cost_usd)
        select pg_catalog.date_trunc('day', g.at, 'UTC'), g.table_id, '', 0, g.pipeline, null, g.step, g.model,
            sum(g.calls), sum(g.input_tokens), sum(g.output_tokens), sum(g.audio_seconds), sum(g.cost_usd)
        from gone as g group by 1, g.table_id, g.pipeline, g.step, g.model
    )
    select count(*) into lines from gone;
    delete from processing.daily_use as d where d.owner = forget_owner.owner;
    update processing.turns as t set last_owner = null where t.last_owner = forget_owner.owner;
    delete from processing.fronts as f where f.owner_key = '=' || forget_owner.owner;
    return pg_catalog.jsonb_build_object('lines', lines);
end
$$;

comment on function processing.forget_owner(text) is
    'For an account that is deleted: its usage is kept as sums by day, table, pipeline, step and model, without owner and row. Answers {lines}, how many lines were summed up.';
