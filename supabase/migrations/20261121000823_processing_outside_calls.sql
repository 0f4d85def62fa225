-- Paid calls outside a run, such as one that an application's server makes before it adds a row. They have no lease, so
-- each names the time by which it ends; a reservation that is not settled until then counts as spent.

create function processing.check_amounts(amounts jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    wrong text;
begin
    if pg_catalog.jsonb_typeof(amounts) is distinct from 'object' then
        raise exception 'the amounts are no JSON object' using errcode = '22023', hint = 'as in {"tokens": 3000, "cost_usd": 0.01}';
    end if;
    select e.key into wrong from pg_catalog.jsonb_each(amounts) as e
    where case when e.key <> all (processing.paid_measures()) or pg_catalog.jsonb_typeof(e.value) not in ('number', 'null') then true
        else (e.value #>> '{}')::numeric not between 0 and 1e15 end limit 1;
    if wrong is not null then
        raise exception '% is no measure of paid calls with a number from 0 to 1e15', wrong using errcode = '22023',
            hint = 'the measures are ' || pg_catalog.array_to_string(processing.paid_measures(), ', ');
    end if;
end
$$;

comment on function processing.check_amounts(jsonb) is 'Internal: raises 22023 unless these are {measure: number} of paid calls.';

create function processing.reserve_outside(
    pipeline text, owner text, reservation uuid, amounts jsonb, seconds double precision default 60
) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
    longest constant double precision := 3600;
    held processing.leases;
    moment timestamptz := processing.clock();
    refused jsonb;
begin
    perform processing.check_amounts(amounts);
    if (reserve_outside.seconds > 0 and reserve_outside.seconds <= longest) is not true then
        raise exception 'seconds is not above 0 and at most %', longest using errcode = '22023';
    elsif reserve_outside.reservation is null then
        raise exception 'reservation is null' using errcode = '22023', hint = 'make a new uuid for each call';
    elsif reserve_outside.pipeline is not null
        and not exists (select from processing.pipelines as p where p.pipeline = reserve_outside.pipeline)
    then
        raise exception 'there is no pipeline %', reserve_outside.pipeline using errcode = 'RJ003';
    end if;
    -- An amount that nobody knows is left out: then only a budget of which nothing is left refuses the call.
    reserve_outside.amounts := '{"calls": 1}' || pg_catalog.jsonb_strip_nulls(reserve_outside.amounts);
    held.pipeline := reserve_outside.pipeline;
    held.owner := coalesce(processing.owner_as(reserve_outside.owner, reserve_outside.pipeline), reserve_outside.owner);
    -- A repeat of this call, after a lost answer, waits until this one has ended.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('processing.outside ' || reserve_outside.reservation, 7));
    -- The owner is not forgotten meanwhile.
    perform pg_catalog.pg_advisory_xact_lock_shared(processing.owner_lock(held.owner)) where held.owner is not null;
    if not exists (select from processing.reservations as r where r.reservation = reserve_outside.reservation) then
        refused := coalesce(
            processing.budget_reached(held.pipeline, held.owner, array(
                select m from pg_catalog.unnest(processing.paid_measures()) as m where not reserve_outside.amounts ? m), moment),
            processing.reserve_amounts(held, reserve_outside.reservation, reserve_outside.amounts, moment,
                moment + pg_catalog.make_interval(secs => reserve_outside.seconds)));
    end if;
    -- Perhaps no worker lives that would do it. It comes last and waits for no counter long, so nobody waits in a circle.
    if exists (select from processing.reservations as r where r.lost_at is null and r.until <= moment) then
        perform processing.settle_lost(moment);
        -- The refusal says what holds now: a call that was lost is no longer under way.
        refused := coalesce((
            select processing.budget_refusal(b, held.pipeline, processing.counter_of(b, held.owner), (amounts ->> b.measure)::numeric, moment)
            from processing.budgets_for(held.pipeline, held.owner, array[refused ->> 'measure']) as b
            where refused is not null and b.period = refused ->> 'period' and b.per = refused ->> 'per' and b.most = (refused ->> 'limit')::numeric
                and amounts ? b.measure limit 1), refused);
    end if;
    return case when refused is null then '{}' else pg_catalog.jsonb_build_object('refused', refused) end;
end
$$;

comment on function processing.reserve_outside(text, text, uuid, jsonb, double precision) is
    'Reserves the most that one paid call outside a run can use, {measure: amount}, in all budgets that hold for this pipeline and '
    'owner; either may be null. The call may be made if the answer is {}. If a budget has too little left, answers {refused} as '
    'begin_call does. The caller then ends the reservation by settle_outside. If it does not within so many seconds (at most '
    '3600), the whole amount counts as spent. The same reservation again changes nothing. Raises 22023 for wrong arguments, RJ003 for an '
    'unknown pipeline.';

create function processing.settle_outside(reservation uuid, used jsonb default null, billed boolean default true) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
    moment timestamptz := processing.clock();
    r processing.reservations;
    line processing.usage;
begin
    select * into r from processing.reservations as x where x.reservation = settle_outside.reservation;
    perform pg_catalog.pg_advisory_xact_lock_shared(processing.owner_lock(r.owner)) where r.owner is not null;
    -- Read again, because the owner may have been forgotten before the lock was taken, or the call may have been settled.
    select * into r from processing.reservations as x where x.reservation = settle_outside.reservation and x.until is not null for update;
    if r.reservation is null then
        return '{"settled": false}'::jsonb;
    elsif used is null then
        perform processing.settle_all(pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
            'reservation', r.reservation, 'in_full', billed)));
        return '{"settled": true}'::jsonb;
    end if;
    perform processing.check_amounts(used - '{model, step}'::text[]);
    if used ?| '{calls, tokens}'::text[] then
        -- They would count as nothing, and the budgets would have more left than they should.
        raise exception 'used says calls or tokens' using errcode = '22023',
            hint = 'each used is one call; tokens are told as input_tokens and output_tokens';
    end if;
    line := processing.outside_line(r, used, moment);
    perform processing.add_up_usage(array[line], keep_owner => true);
    perform processing.book(processing.usage_bookings(r.pipeline, r.owner, moment, r.reservation, pg_catalog.jsonb_build_object(
        'calls', 1, 'input_tokens', line.input_tokens, 'output_tokens', line.output_tokens,
        'tokens', line.input_tokens + line.output_tokens, 'audio_seconds', line.audio_seconds, 'cost_usd', line.cost_usd)));
    return '{"settled": true}'::jsonb;
end
$$;

comment on function processing.settle_outside(uuid, jsonb, boolean) is
    'Ends a reservation of reserve_outside. used: {model, step, input_tokens, output_tokens, audio_seconds, cost_usd}, each '
    'optional, what was billed; it counts in the budgets in place of what was reserved, and in the usage of the day. Without it, all '
    'that was reserved counts, or nothing if the call was not billed. Answers {settled}, false if the reservation was settled '
    'before or refused, or ended over a day ago. Raises 22023 for a wrong `used`.';

create function processing.outside_line(r processing.reservations, used jsonb, moment timestamptz) returns processing.usage
language plpgsql stable
set search_path = ''
as $$
declare
    line processing.usage;
begin
    line.at := moment;
    line.table_id := coalesce((select p.table_id from processing.pipelines as p where p.pipeline = r.pipeline), 0::oid::regclass);
    line.pipeline := coalesce(r.pipeline, '');
    line.owner := r.owner;
    line.step := coalesce(pg_catalog.left(used ->> 'step', 200), 'outside');
    line.model := pg_catalog.left(used ->> 'model', 200);
    line.calls := 1;
    line.input_tokens := coalesce(pg_catalog.trunc((used ->> 'input_tokens')::numeric), 0);
    line.output_tokens := coalesce(pg_catalog.trunc((used ->> 'output_tokens')::numeric), 0);
    line.audio_seconds := coalesce((used ->> 'audio_seconds')::numeric, 0);
    line.cost_usd := coalesce((used ->> 'cost_usd')::numeric, 0);
    return line;
end
$$;

comment on function processing.outside_line(processing.reservations, jsonb, timestamptz) is
    'Internal: the line of usage of a call outside a run. There is no row to show it by, so it is only kept in the sums of days.';

insert into processing.library_migrations (version) values ('20261121000823');
