-- Budgets: how much may be used within a day or a month (UTC). The use is counted before it happens.

-- A paid call first reserves the most that it can use. Afterwards its reservation is settled: replaced by what was
-- billed. So the sum of what is spent and what is reserved never exceeds a limit, however many workers call at once;
-- only a service that bills more than the reserved amount can exceed it.

-- Counters that many owners share are split into shards, each with a part of the limit as its room, so that calls at
-- the same time need not wait for each other. A shard without room gets the room of the others; only this locks all
-- shards of a counter. Claims read no counter.

create table processing.budgets (
    budget bigint generated always as identity primary key,
    pipeline text,
    per text not null check (per in ('owner', 'pipeline', 'all')),
    owner text,
    period text not null check (period in ('day', 'month')),
    measure text not null check (measure in (
        'rows', 'runs', 'calls', 'tokens', 'input_tokens', 'output_tokens', 'audio_seconds', 'cost_usd')),
    declared numeric check (declared between 0 and 1e15),
    chosen numeric check (chosen between 0 and 1e15),
    most numeric not null generated always as (coalesce(chosen, declared)) stored,
    operator text,
    changed_at timestamptz not null default processing.clock(),
    check (case per when 'owner' then true when 'pipeline' then pipeline is not null and owner is null else pipeline is null and owner is null end),
    unique nulls not distinct (pipeline, per, owner, period, measure)
);

comment on table processing.budgets is 'The limits on what may be used. attach writes `declared`, set_budget `chosen`.';
comment on column processing.budgets.pipeline is 'Whose use counts; null for that of all pipelines together.';
comment on column processing.budgets.per is
    'What has a counter of its own: each owner, the pipeline, or all pipelines together.';
comment on column processing.budgets.owner is
    'The only owner for whom the budget holds, in place of the one for every owner. Null: every owner, each alone.';
comment on column processing.budgets.declared is 'The limit in daily_limits of attach, or null.';
comment on column processing.budgets.chosen is 'The limit that an operator has set, or null. It replaces `declared`.';
comment on column processing.budgets.operator is 'Who called set_budget last.';

create table processing.budget_use (
    budget bigint not null references processing.budgets (budget) on delete cascade,
    owner text not null,
    starts_on date not null,
    shard smallint not null,
    room numeric not null,
    for_limit numeric not null,
    spent numeric not null default 0,
    reserved numeric not null default 0,
    refused_at timestamptz,
    level smallint generated always as (case when spent + reserved > 0
        then floor(10 * ln(least(greatest(spent + reserved, 1e-9), 1e300)::double precision)) end::smallint) stored,
    primary key (budget, owner, starts_on, shard)
) with (fillfactor = 50);  -- the trick "room", see 0590

-- People ask for the largest of very many counters. An index of the use itself would have to change at each call; the level
-- rarely changes, so most updates still find their room. The index is partial so that no statement about one counter can use
-- it: with stale statistics it looks as good as the primary key, but reads the counters of all owners.
create index budget_use_level on processing.budget_use (budget, starts_on, level) where level is not null;
create index budget_use_refused on processing.budget_use (budget, starts_on) where refused_at is not null;

comment on table processing.budget_use is 'The counters of the budgets: per owner ('''' for all together), period and shard.';
comment on column processing.budget_use.starts_on is 'The first day (UTC) of the period.';
comment on column processing.budget_use.room is 'How much of the limit this shard may give away.';
comment on column processing.budget_use.for_limit is 'The limit that was shared out when `room` was set.';
comment on column processing.budget_use.refused_at is 'When the limit last refused a call; in one of the shards.';
comment on column processing.budget_use.level is
    'How much is spent or reserved, as a power of about 1.1; null for nothing. Counters of a higher level have used more.';

create type processing.held_amount as (
    budget bigint,
    owner text,
    starts_on date,
    shard smallint,
    measure text,
    amount numeric
);

comment on type processing.held_amount is 'What a reservation holds of one counter.';

create table processing.reservations (
    reservation uuid primary key,
    table_id regclass,
    row_id text,
    nonce uuid,
    made_at timestamptz not null,
    lost_at timestamptz,
    holds processing.held_amount[] not null,
    until timestamptz,
    pipeline text,
    owner text,
    check (case when nonce is null then until is not null else table_id is not null and row_id is not null and until is null end)
);

create index reservations_open on processing.reservations (reservation) where lost_at is null;

comment on table processing.reservations is 'What paid calls that are under way may use at most.';
comment on column processing.reservations.nonce is 'The nonce of the lease under which the call is made; null for a call outside a run.';
comment on column processing.reservations.until is 'When a call outside a run counts as lost. Like pipeline and owner, null for others.';
comment on column processing.reservations.lost_at is
    'Since when the amounts count as spent, because the call ended without usage, or its lease or its time ended first. What '
    'was billed may still be reported.';

create type processing.booking as (
    budget bigint,
    owner text,
    starts_on date,
    shard smallint,
    spent numeric,
    reserved numeric
);

comment on type processing.booking is 'A change of one counter. Without a shard, `spent` is added wherever there is room, or else above the limit.';

create function processing.paid_measures() returns text[]
language plpgsql immutable
set search_path = ''
as $$
begin
    return array['calls', 'tokens', 'input_tokens', 'output_tokens', 'audio_seconds', 'cost_usd'];
end
$$;

comment on function processing.paid_measures() is 'Internal: the measures that paid calls use.';

create function processing.first_day(period text, at timestamptz) returns date
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.date_trunc(period, at at time zone 'UTC')::date;
end
$$;

comment on function processing.first_day(text, timestamptz) is 'Internal: the first day (UTC) of the day or month.';

create function processing.period_end(period text, at timestamptz) returns timestamptz
language plpgsql immutable
set search_path = ''
as $$
begin
    return (pg_catalog.date_trunc(period, at at time zone 'UTC') + case period when 'day' then interval '1 day' else interval '1 month' end)
        at time zone 'UTC';
end
$$;

comment on function processing.period_end(text, timestamptz) is 'Internal: when the day or month (UTC) of a moment ends.';

create function processing.budgets_for(of_pipeline text, of_owner text, measures text[]) returns setof processing.budgets
language plpgsql stable
set search_path = ''
as $$
begin
    return query
    select b.* from processing.budgets as b
    where b.measure = any (measures) and (b.pipeline = of_pipeline or b.pipeline is null) and case b.per
        when 'owner' then b.owner = of_owner or b.owner is null and of_owner is not null and not exists (
            select from processing.budgets as n
            where n.owner = of_owner and n.pipeline is not distinct from b.pipeline and n.period = b.period and n.measure = b.measure)
        else true end
    order by b.budget;
end
$$;

comment on function processing.budgets_for(text, text, text[]) is 'Internal: the budgets of such a row, in the order in which they are locked.';

create function processing.counter_of(b processing.budgets, of_owner text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
    return case b.per when 'owner' then of_owner else '' end;
end
$$;

comment on function processing.counter_of(processing.budgets, text) is
    'Internal: whose counter of the budget a row of this owner uses: the owner''s, or '''' for that of all together.';

create function processing.share_out(b processing.budgets, counter text, first_day date, amount numeric, own integer, shards integer, forced boolean)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
    free numeric;
begin
    -- The lock keeps the budget from being removed meanwhile; a new limit may still be set.
    select x.* into b from processing.budgets as x where x.budget = b.budget for key share;
    if not found then
        return true;
    end if;
    insert into processing.budget_use (budget, owner, starts_on, shard, room, for_limit)
    select b.budget, counter, first_day, n, 0, b.most from pg_catalog.generate_series(0, shards - 1) as n
    on conflict do nothing;
    perform from processing.budget_use as u
    where u.budget = b.budget and u.owner = counter and u.starts_on = first_day order by u.shard for no key update;
    select b.most - sum(u.spent + u.reserved) - amount into free from processing.budget_use as u
    where u.budget = b.budget and u.owner = counter and u.starts_on = first_day;
    if free < 0 and not forced then
        return false;
    end if;
    update processing.budget_use as u
    set for_limit = b.most, room = u.spent + u.reserved + pg_catalog.trunc(free / shards, 9) + case u.shard when own then amount else 0 end
    where u.budget = b.budget and u.owner = counter and u.starts_on = first_day;
    return true;
end
$$;

comment on function processing.share_out(processing.budgets, text, date, numeric, integer, integer, boolean) is
    'Internal: shares what is left of a limit among its shards. False if less is left than `own` needs, unless `forced`.';

create function processing.take_room(
    b processing.budgets, counter text, first_day date, amount numeric, held boolean, forced boolean default false
) returns smallint
language plpgsql
set search_path = ''
as $$
declare
    shards integer := case b.per when 'owner' then 1 else 8 end;
    own smallint := pg_catalog.pg_backend_pid() % shards;
    place smallint;
begin
    -- Locked shards are skipped. One that has no room any more once it is locked here is freed again: see make_room.
    begin
        select u.shard into place from processing.budget_use as u
        where u.budget = b.budget and u.owner = counter and u.starts_on = first_day
            and u.for_limit = b.most and u.spent + u.reserved + amount <= u.room
        order by u.shard <> own, u.shard limit 1 for no key update skip locked;
        if place is null then
            raise exception 'no shard has room' using errcode = 'RJ000';
        end if;
    exception
        when sqlstate 'RJ000' then
            if not processing.share_out(b, counter, first_day, amount, own, shards, forced) then
                return null;
            end if;
            place := own;
    end;
    update processing.budget_use as u
    set spent = u.spent + case when held then 0 else amount end, reserved = u.reserved + case when held then amount else 0 end
    where u.budget = b.budget and u.owner = counter and u.starts_on = first_day and u.shard = place;
    return place;
end
$$;

comment on function processing.take_room(processing.budgets, text, date, numeric, boolean, boolean) is
    'Internal: adds an amount as reserved if `held`, else as spent. Answers the shard; null if it would exceed the limit.';

create function processing.book(bookings processing.booking[]) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
    b processing.budgets;
begin
    for one in
        select k.budget, k.owner, k.starts_on, k.shard, sum(k.spent) as spent, sum(k.reserved) as reserved
        from pg_catalog.unnest(bookings) as k group by 1, 2, 3, 4 order by 1, 2, 3, 4
    loop
        if one.shard is not null then
            update processing.budget_use as u set spent = u.spent + one.spent, reserved = u.reserved + one.reserved
            where u.budget = one.budget and u.owner = one.owner and u.starts_on = one.starts_on and u.shard = one.shard;
        elsif one.spent > 0 then
            select * into b from processing.budgets as x where x.budget = one.budget;
            perform processing.take_room(b, one.owner, one.starts_on, one.spent, false, true) where b.budget is not null;
        end if;
    end loop;
end
$$;

comment on function processing.book(processing.booking[]) is
    'Internal: changes counters, in the order in which they are locked. Counters that are gone are left out.';

create function processing.budget_refusal(b processing.budgets, of_pipeline text, counter text, amount numeric, moment timestamptz) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    first_day date := processing.first_day(b.period, moment);
    used record;
    busy boolean;
begin
    select coalesce(sum(u.spent), 0) as spent, coalesce(sum(u.reserved), 0) as reserved into used from processing.budget_use as u
    where u.budget = b.budget and u.owner = counter and u.starts_on = first_day;
    -- Calls that are under way usually use less than they have reserved.
    busy := used.reserved > 0 and used.spent + amount <= b.most and used.spent < b.most;
    if not busy then
        -- A limit that is too small for its first call has no counter yet.
        insert into processing.budget_use (budget, owner, starts_on, shard, room, for_limit)
        values (b.budget, counter, first_day, 0, 0, b.most) on conflict do nothing;
        update processing.budget_use as u set refused_at = moment where u.ctid = (
            select x.ctid from processing.budget_use as x
            where x.budget = b.budget and x.owner = counter and x.starts_on = first_day order by x.shard limit 1 for no key update skip locked);
    end if;
    return pg_catalog.jsonb_build_object(
        'measure', b.measure, 'period', b.period, 'per', b.per, 'limit', b.most, 'used', used.spent, 'reserved', used.reserved, 'busy', busy,
        'wait_seconds', case when busy then 5 else pg_catalog.ceil(extract(epoch from processing.period_end(b.period, moment) - moment)) end,
        'fails', coalesce((select p.over_budget = 'fail' from processing.pipelines as p where p.pipeline = of_pipeline), false));
end
$$;

comment on function processing.budget_refusal(processing.budgets, text, text, numeric, timestamptz) is
    'Internal: {measure, period, per, limit, used, reserved, busy, wait_seconds, fails}: why a call is refused. busy: '
    'only calls under way keep it from being made. fails: the pipeline says that the row then fails.';

create function processing.budget_reached(of_pipeline text, of_owner text, measures text[], moment timestamptz) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    b processing.budgets;
begin
    for b in select x.* from processing.budgets_for(of_pipeline, of_owner, measures) as x loop
        if b.most <= coalesce((
            select sum(u.spent + u.reserved) from processing.budget_use as u
            where u.budget = b.budget and u.owner = processing.counter_of(b, of_owner)
                and u.starts_on = processing.first_day(b.period, moment)), 0)
        then
            return processing.budget_refusal(b, of_pipeline, processing.counter_of(b, of_owner), 0, moment);
        end if;
    end loop;
    return null;
end
$$;

comment on function processing.budget_reached(text, text, text[], timestamptz) is 'Internal: the refusal of the first of these budgets of which nothing is left, or null.';

create function processing.make_room(held processing.leases, amounts jsonb, moment timestamptz) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
begin
    -- Everybody locks counters in the order of their budgets. So if one is short, those before it are locked now, and not later.
    for one in
        with asked as (
            select x as b, processing.counter_of(x, held.owner) as counter, processing.first_day(x.period, moment) as first_day,
                case x.per when 'owner' then 1 else 8 end as shards, (amounts ->> x.measure)::numeric as amount
            from processing.budgets_for(held.pipeline, held.owner, processing.paid_measures()) as x where (amounts ->> x.measure)::numeric > 0
        )
        select a.* from asked as a where (a.b).budget <= (
            select max((s.b).budget) from asked as s where 2 * (
                select count(*) from processing.budget_use as u
                where u.budget = (s.b).budget and u.owner = s.counter and u.starts_on = s.first_day
                    and u.for_limit = (s.b).most and u.spent + u.reserved + s.amount <= u.room) <= s.shards)
        order by (a.b).budget
    loop
        perform processing.share_out(one.b, one.counter, one.first_day, 0, 0, one.shards, false);
    end loop;
end
$$;

comment on function processing.make_room(processing.leases, jsonb, timestamptz) is
    'Internal: shares counters out of which few shards have room for these amounts. Called before a transaction has locked '
    'any counter: two that first lock a shard each, and then want all, would wait for each other.';

create function processing.reserve_amounts(
    held processing.leases, of_reservation uuid, amounts jsonb, moment timestamptz, until timestamptz default null
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    b processing.budgets;
    place smallint;
    holds processing.held_amount[] := '{}'::processing.held_amount[];
    first_day date;
begin
    begin
        for b in
            select x.* from processing.budgets_for(held.pipeline, held.owner, processing.paid_measures()) as x
            where (amounts ->> x.measure)::numeric > 0
        loop
            first_day := processing.first_day(b.period, moment);
            place := processing.take_room(b, processing.counter_of(b, held.owner), first_day, (amounts ->> b.measure)::numeric, true);
            if place is null then
                raise exception 'this would exceed a budget' using errcode = 'RJ000';
            end if;
            holds := holds || (b.budget, processing.counter_of(b, held.owner), first_day, place, b.measure, (amounts ->> b.measure)::numeric)::processing.held_amount;
        end loop;
    exception
        when sqlstate 'RJ000' then
            -- What was taken of other budgets is rolled back.
            return processing.budget_refusal(b, held.pipeline, processing.counter_of(b, held.owner), (amounts ->> b.measure)::numeric, moment);
    end;
    if until is not null then
        insert into processing.reservations (reservation, made_at, holds, until, pipeline, owner)
        values (of_reservation, moment, holds, until, held.pipeline, held.owner);
    elsif holds <> '{}' then
        insert into processing.reservations (reservation, table_id, row_id, nonce, made_at, holds)
        values (of_reservation, held.table_id, held.row_id, held.nonce, moment, holds);
    end if;
    return null;
end
$$;

comment on function processing.reserve_amounts(processing.leases, uuid, jsonb, timestamptz, timestamptz) is
    'Internal: reserves these amounts, {measure: amount}, for a run, or with `until` for a call outside a run: in all budgets '
    'that hold, or in none. Answers the refusal or null.';

insert into processing.library_migrations (version) values ('20261121000815');
