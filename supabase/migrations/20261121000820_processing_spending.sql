-- Spending: each paid call becomes a line of processing.usage. It was paid whatever happened to the row since, so
-- `spend` does not check the fence; `begin_call` and `reserve`, before the call, do.

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

create function processing.settle(of_reservation uuid, amounts jsonb) returns processing.booking[]
language plpgsql
set search_path = ''
as $$
declare
    r processing.reservations;
begin
    if amounts is null then
        -- The reservation stays, because usage that is reported later counts in its place.
        update processing.reservations as x set lost_at = processing.clock()
        where x.reservation = of_reservation and x.lost_at is null returning x.* into r;
        return array(
            select (h.budget, h.owner, h.starts_on, h.shard, h.amount, -h.amount)::processing.booking from pg_catalog.unnest(r.holds) as h);
    end if;
    delete from processing.reservations as x where x.reservation = of_reservation returning x.* into r;
    return array(
        select (h.budget, h.owner, h.starts_on, h.shard,
            coalesce((amounts ->> h.measure)::numeric, 0) - case when r.lost_at is null then 0 else h.amount end,
            case when r.lost_at is null then -h.amount else 0 end)::processing.booking
        from pg_catalog.unnest(r.holds) as h);
end
$$;

comment on function processing.settle(uuid, jsonb) is
    'Internal: ends a reservation and answers what is to be booked: the amounts that were used or, with null, all that '
    'was reserved.';

create function processing.settle_all(settled jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
    if settled <> '[]' then
        perform processing.book(array(
            select k from pg_catalog.jsonb_to_recordset(settled) as s (reservation uuid, in_full boolean)
            cross join lateral pg_catalog.unnest(processing.settle(s.reservation, case when s.in_full then null else '{}'::jsonb end)) as k));
    end if;
end
$$;

comment on function processing.settle_all(jsonb) is
    'Internal: ends the reservations [{reservation, in_full}]. in_full: count all that was reserved as spent, not nothing.';

create function processing.settle_lost(moment timestamptz) returns void
language plpgsql
set search_path = ''
-- Written with the tricks "by index", "one way" and "by place", see 0590.
set enable_seqscan = off
set lock_timeout = '20ms'
as $$
declare
    bookings processing.booking[];
begin
    with lost as (
        update processing.reservations as r set lost_at = moment
        where r.ctid = any (array(
            select x.ctid from processing.reservations as x
            where x.lost_at is null and case when x.until is not null then x.until <= moment else not exists (
                select from processing.leases as l where l.row_id = any (array[x.row_id]) and (l.table_id = x.table_id and l.nonce = x.nonce) is true) end
            order by x.reservation limit 1000 for update skip locked))
        returning r.holds
    )
    select pg_catalog.array_agg((h.budget, h.owner, h.starts_on, h.shard, h.amount, -h.amount)::processing.booking) into bookings
    from lost as l cross join lateral pg_catalog.unnest(l.holds) as h;
    perform processing.book(bookings) where bookings is not null;
exception
    when lock_not_available then
        return;  -- a counter is locked; the next look counts them
end
$$;

comment on function processing.settle_lost(timestamptz) is
    'Internal: counts as spent what is reserved for runs that have lost their lease, and for calls outside a run whose time is over.';

create function processing.usage_bookings(of_pipeline text, of_owner text, at timestamptz, reservation uuid, amounts jsonb)
returns processing.booking[]
language plpgsql
set search_path = ''
as $$
declare
    bookings processing.booking[] := processing.settle(reservation, amounts);
begin
    -- Also what no reservation held counts, such as a call of a step that reserves nothing.
    return bookings || array(
        select (b.budget, processing.counter_of(b, of_owner), processing.first_day(b.period, at), null,
            (amounts ->> b.measure)::numeric, 0)::processing.booking
        from processing.budgets_for(of_pipeline, of_owner, processing.paid_measures()) as b
        where (amounts ->> b.measure)::numeric > 0 and not exists (
            select from pg_catalog.unnest(bookings) as k where k.budget = b.budget));
end
$$;

comment on function processing.usage_bookings(text, text, timestamptz, uuid, jsonb) is
    'Internal: ends the reservation of a call, if it has one, and answers how the call is to be booked.';

create function processing.write_usage(of_worker uuid, entries jsonb) returns bigint
language plpgsql
set search_path = ''
as $$
declare
    one record;
    of_run processing.spent_run;
    bookings processing.booking[] := '{}'::processing.booking[];
    lines bigint := 0;
begin
    if entries is null or entries = '[]' then
        return 0;
    end if;
    for one in
        select e.*, processing.clock() - pg_catalog.make_interval(secs => coalesce(e.age_seconds, 0)) as paid_at
        from pg_catalog.jsonb_to_recordset(entries) as e (
            entry uuid, "table" text, id text, run bigint, nonce uuid, pipeline text, step text, model text,
            input_tokens bigint, output_tokens bigint, audio_seconds double precision, cost_usd numeric, age_seconds double precision,
            reservation uuid)
        order by e.entry
    loop
        of_run := processing.run_of(one.nonce, one."table", one.id, one.pipeline);
        if of_run.owner is not null then
            -- Read again, because the owner may have been forgotten before the lock was taken.
            perform pg_catalog.pg_advisory_xact_lock_shared(processing.owner_lock(of_run.owner));
            of_run := processing.run_of(one.nonce, one."table", one.id, one.pipeline);
        end if;
        insert into processing.usage (
            entry, at, worker, table_id, row_id, run, pipeline, owner, step, model, input_tokens, output_tokens, audio_seconds, cost_usd)
        values (
            one.entry, one.paid_at, of_worker, of_run.table_id, one.id, one.run, one.pipeline, of_run.owner, one.step, one.model,
            coalesce(one.input_tokens, 0), coalesce(one.output_tokens, 0), coalesce(one.audio_seconds, 0), coalesce(one.cost_usd, 0))
        on conflict (entry) do nothing;
        if found then
            lines := lines + 1;
            bookings := bookings || processing.usage_bookings(one.pipeline, of_run.owner, one.paid_at, one.reservation,
                pg_catalog.jsonb_build_object('calls', 1, 'input_tokens', coalesce(one.input_tokens, 0), 'output_tokens',
                    coalesce(one.output_tokens, 0), 'tokens', coalesce(one.input_tokens, 0) + coalesce(one.output_tokens, 0),
                    'audio_seconds', coalesce(one.audio_seconds, 0), 'cost_usd', coalesce(one.cost_usd, 0)));
        end if;
    end loop;
    perform processing.book(bookings);
    return lines;
end
$$;

comment on function processing.write_usage(uuid, jsonb) is
    'Internal: writes one line of usage per new entry and counts it in the budgets. Answers how many lines are new.';

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
    reservation uuid;
begin
    select * into held from processing.leases as l
    where l.row_id = begin_call.row_id and l.nonce = begin_call.nonce and l.worker = begin_call.worker
    for share;  -- the owner is not forgotten meanwhile
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
    if begin_call.tries > 0 and exists (select from processing.budgets_for(held.pipeline, held.owner, processing.paid_measures())) then
        reservation := coalesce(begin_call.try_key, pg_catalog.gen_random_uuid());
    end if;
    if before.try_key = begin_call.try_key then
        return pg_catalog.jsonb_build_object('key', before.call_key, 'maybe_paid', before.maybe_paid, 'reservation', reservation);
    end if;
    if reservation is not null then
        refused := coalesce(processing.budget_reached(held.pipeline, held.owner, processing.paid_measures(), moment),
            processing.reserve_amounts(held, reservation, '{"calls": 1}', moment));
        if refused is not null then
            return pg_catalog.jsonb_build_object('refused', refused);
        end if;
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
    return pg_catalog.jsonb_build_object('key', before.call_key, 'maybe_paid', unanswered, 'reservation', reservation);
end
$$;

comment on function processing.begin_call(uuid, text, text, bigint, uuid, text, text, text, integer, boolean, uuid) is
    'Notes that a paid call is about to be made; with tries => 0 no call follows. Answers {key, maybe_paid, '
    'reservation}: the idempotency key, whether the previous try may have been paid, and what holds one call of the '
    'budgets, or null if no budget holds. If a budget is used up, answers {refused: {measure, period, per, limit, used, '
    'reserved, busy, wait_seconds, fails}}. Raises RJ001 or RJ002 if the run has lost its lease.';

create function processing.reserve(
    worker uuid, table_name text, row_id text, run bigint, nonce uuid, reservation uuid, amounts jsonb,
    replaces uuid default null, entries jsonb default '[]', settled jsonb default '[]'
) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '200ms'
as $$
#variable_conflict use_column
declare
    held processing.leases;
    moment timestamptz := processing.clock();
    refused jsonb;
begin
    select * into held from processing.leases as l
    where l.row_id = reserve.row_id and l.nonce = reserve.nonce and l.worker = reserve.worker
    for share;  -- the owner is not forgotten meanwhile
    if not found then
        perform processing.refuse(table_name, row_id, run);
    end if;
    perform processing.make_room(held, amounts, moment);
    -- What this run has used is counted first, because its reservations are larger.
    perform processing.write_usage(worker, entries);
    perform processing.settle_all(settled || case when replaces is null then '[]'
        else pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('reservation', replaces, 'in_full', false)) end);
    if not exists (select from processing.reservations as r where r.reservation = reserve.reservation) then
        refused := coalesce(
            processing.budget_reached(held.pipeline, held.owner, array(
                select m from pg_catalog.unnest(processing.paid_measures()) as m where not amounts ? m), moment),
            processing.reserve_amounts(held, reserve.reservation, amounts, moment));
    end if;
    return case when refused is null then '{}' else pg_catalog.jsonb_build_object('refused', refused) end;
end
$$;

comment on function processing.reserve(uuid, text, text, bigint, uuid, uuid, jsonb, uuid, jsonb, jsonb) is
    'Reserves the most that one request can use, {measure: amount}, in all budgets that hold for the run. The request '
    'may be made if the answer is {}. If a budget has too little left, answers {refused} as begin_call does. The '
    'reservation `replaces` ends; entries and settled are written first, as by spend. Raises RJ001 or RJ002 if the run '
    'has lost its lease.';

create function processing.spend(worker uuid, entries jsonb, answered jsonb default '[]', settled jsonb default '[]') returns jsonb
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
    perform processing.settle_all(settled);
    return pg_catalog.jsonb_build_object('written', processing.write_usage(worker, entries));
end
$$;

comment on function processing.spend(uuid, jsonb, jsonb, jsonb) is
    'Stores the usage of paid calls, whatever has happened to their rows since. entries: [{entry, table, id, run, '
    'nonce, pipeline, step, model, input_tokens, output_tokens, audio_seconds, cost_usd, age_seconds, reservation}]. '
    'answered: [{key, nonce}] of tries that the service answered with an error. settled: [{reservation, in_full}] of '
    'requests without usage; in_full if they may have been billed. Answers {written}, the number of new lines.';

create function processing.add_up_usage(lines processing.usage[], keep_owner boolean, unit text default 'day') returns void
language sql
set search_path = ''
as $$
    -- The entry is made of what the line is the sum of, so that a later sum of the same day is added to it.
    insert into processing.usage as u (
        entry, at, table_id, row_id, run, pipeline, owner, step, model, calls, input_tokens, output_tokens, audio_seconds, cost_usd)
    select pg_catalog.md5(pg_catalog.jsonb_build_array(
            g.day at time zone 'UTC', g.table_id::oid, g.pipeline, g.owner, g.step, g.model)::text)::uuid,
        g.day, g.table_id, '', 0, g.pipeline, g.owner, g.step, g.model, sum(g.calls), sum(g.input_tokens), sum(g.output_tokens),
        sum(g.audio_seconds), sum(g.cost_usd)
    from (
        select l.*, pg_catalog.date_trunc(unit, l.at, 'UTC') as day from (
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

comment on function processing.add_up_usage(processing.usage[], boolean, text) is
    'Internal: adds lines to the sums of their days, or with the unit month of their months: one per pipeline, owner, step and '
    'model; without the owner if keep_owner is false. The caller has deleted the lines.';

create function processing.forget_owner(owner text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    names text[] := processing.spellings_of(coalesce(processing.owner_as(forget_owner.owner, null), forget_owner.owner));
    keys constant text[] := array(select '=' || n from pg_catalog.unnest(names) as n);
    gone_lines processing.usage[];
begin
    -- Whoever is writing this owner has ended then, and whoever comes later does not find the owner any more.
    perform pg_catalog.pg_advisory_xact_lock(processing.owner_lock(n)) from pg_catalog.unnest(names) as n where n is not null;
    -- While prune adds lines of the owner up, their sums are not to be seen yet, and would stay.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('processing.prune', 0));
    -- A worker may still report usage of these runs. It must not name the owner any more.
    update processing.stopping_leases as s set owner = null where s.owner = any (names);
    -- A row may stay without its owner. Then its run goes on, and its cost is stored without an owner.
    update processing.leases as l set owner = null where l.owner = any (names);
    perform processing.look_again(s.table_id, s.row_id) from processing.set_aside as s where s.owner_key = any (keys);
    with gone as (
        delete from processing.usage as u where u.owner = any (names) returning u
    )
    select pg_catalog.array_agg(g.u) into gone_lines from gone as g;
    perform processing.add_up_usage(gone_lines, keep_owner => false);
    perform processing.forget_budgets(n), processing.forget_in_operations(n), processing.forget_broadcasts(n)
    from pg_catalog.unnest(names) as n;
    update processing.turns as t set last_owner = null where t.last_owner = any (names);
    delete from processing.fronts as f where f.owner_key = any (keys);
    return pg_catalog.jsonb_build_object('lines', coalesce(pg_catalog.cardinality(gone_lines), 0));
end
$$;

comment on function processing.forget_owner(text) is
    'Forgets an owner; usage stays as sums without the owner. Answers {lines}, how many were summed up.';

insert into processing.library_migrations (version) values ('20261121000820');
