-- How budgets are set and read: by attach, which declares those of a pipeline, and by operators. Budgets of rows and runs
-- refuse the statement that queues a row.

create function processing.limits_rows(queue regclass) returns boolean
language plpgsql immutable security definer
set search_path = ''
as $$
begin
    -- Written with the trick "asked once", see 0590.
    return exists (
        select from processing.pipelines as p
        where p.table_id = queue and (p.owner_column is not null and p.max_open_per_owner is not null or exists (
            select from processing.budgets as b where b.measure in ('rows', 'runs') and (b.pipeline = p.pipeline or b.pipeline is null))));
end
$$;

comment on function processing.limits_rows(regclass) is
    'Internal: whether anything limits how many rows of the table are queued.';

create function processing.count_request(of_pipeline text, of_owner text, measures text[]) returns void
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
    b processing.budgets;
begin
    for b in select x.* from processing.budgets_for(of_pipeline, of_owner, measures) as x loop
        if processing.take_room(b, processing.counter_of(b, of_owner), processing.first_day(b.period, moment), 1, false) is null then
            raise exception 'limit reached: at most % % within a %', b.most, b.measure, b.period
                using errcode = 'RJ008', hint = 'try again when the period is over; details is in how many seconds',
                    detail = pg_catalog.ceil(extract(epoch from processing.period_end(b.period, moment) - moment))::text;
        end if;
    end loop;
end
$$;

comment on function processing.count_request(text, text, text[]) is
    'Internal: counts a row or run in the budgets that hold. Raises RJ008 if one is used up.';

create function processing.declare_budgets(of_pipeline text, daily_limits jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    changed boolean := exists (
        select from processing.budgets as b
        where b.pipeline = of_pipeline and (daily_limits ->> b.measure)::numeric is distinct from b.declared and b.declared is not null);
begin
    delete from processing.budgets as b
    where b.pipeline = of_pipeline and b.declared is not null and b.chosen is null and not daily_limits ? b.measure;
    update processing.budgets as b set declared = null
    where b.pipeline = of_pipeline and b.declared is not null and not daily_limits ? b.measure;
    insert into processing.budgets as b (pipeline, per, period, measure, declared)
    select of_pipeline, 'owner', 'day', l.key, l.value::numeric from pg_catalog.jsonb_each_text(daily_limits) as l order by l.key
    on conflict (pipeline, per, owner, period, measure) do update set declared = excluded.declared
    where b.declared is distinct from excluded.declared;
    perform processing.wake_over_budget(of_pipeline) where changed;
end
$$;

comment on function processing.declare_budgets(text, jsonb) is
    'Internal: makes the argument daily_limits of attach the declared budgets of the pipeline: per owner and day. If that '
    'changes one, rows that wait for a budget try again.';

create function processing.declared_budgets(of_pipeline text) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_object_agg(b.measure, b.declared) from processing.budgets as b
    where b.pipeline = of_pipeline and b.declared is not null
$$;

comment on function processing.declared_budgets(text) is 'Internal: daily_limits of attach, or null if there are none.';

create function processing.check_budget(measure text, most numeric, period text, per text, pipeline text, owner text, operator text) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    problem text := case
        when measure = any (processing.paid_measures() || '{rows, runs}'::text[]) is not true
            then 'measure is one of ' || pg_catalog.array_to_string(processing.paid_measures() || '{rows, runs}'::text[], ', ')
        when most not between 0 and 1e15 then 'most is a number from 0 to 1e15, or null to remove the budget'
        when period in ('day', 'month') is not true then 'period is day or month'
        when per in ('owner', 'pipeline', 'all') is not true then 'per is owner, pipeline or all'
        when per = 'pipeline' and pipeline is null then 'per pipeline needs the name of the pipeline'
        when per = 'all' and pipeline is not null then 'per all counts all pipelines together, so it takes no pipeline'
        when per <> 'owner' and owner is not null then 'an owner can be named only with per => owner'
        when coalesce(operator, '') = '' then 'operator is the name of whoever sets the budget' end;
begin
    if problem is not null then
        raise exception '%', problem using errcode = '22023', hint = 'as in processing.set_budget(''cost_usd'', 20, ''ann'', period => ''month'')';
    elsif pipeline is not null and not exists (select from processing.pipelines as p where p.pipeline = check_budget.pipeline) then
        raise exception 'there is no pipeline %', pipeline using errcode = 'RJ003';
    elsif most is not null and per = 'owner' and not exists (
        select from processing.pipelines as p
        where p.owner_column is not null and (p.pipeline = check_budget.pipeline or check_budget.pipeline is null))
    then
        raise exception 'rows have no owner, so a limit per owner would limit nothing' using errcode = '22023',
            hint = 'name the column of the owner in attach, or set a limit per pipeline';
    elsif most is not null and owner is not null and processing.owner_as(owner, pipeline) is null then
        raise exception 'owner is no value of the column that has the owner of a row' using errcode = '22023',
            hint = 'give it as the column shows it';
    end if;
end
$$;

comment on function processing.check_budget(text, numeric, text, text, text, text, text) is
    'Internal: raises 22023 for arguments of set_budget that make no budget, RJ003 for an unknown pipeline.';

create function processing.set_budget(
    measure text, most numeric, operator text, pipeline text default null, per text default null, owner text default null,
    period text default 'day'
) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
    -- More than the arguments say cannot be meant.
    scope text := coalesce(per, case when set_budget.owner is not null then 'owner' when set_budget.pipeline is not null then 'pipeline' else 'all' end);
    b processing.budgets;
begin
    perform processing.check_budget(measure, set_budget.most, period, scope, pipeline, owner, operator);
    set_budget.owner := coalesce(processing.owner_as(set_budget.owner, set_budget.pipeline), set_budget.owner);
    perform pg_catalog.pg_advisory_xact_lock(processing.budget_lock());
    -- Rows before counters, as everywhere; and the many rows first, because calls wait for the counters.
    perform processing.wake_over_budget(set_budget.pipeline);
    if set_budget.most is null then
        delete from processing.budgets as x
        where x.pipeline is not distinct from set_budget.pipeline and x.per = scope and x.owner is not distinct from set_budget.owner
            and x.period = set_budget.period and x.measure = set_budget.measure and x.declared is null;
        update processing.budgets as x
        set chosen = null, operator = set_budget.operator, changed_at = processing.clock()
        where x.pipeline is not distinct from set_budget.pipeline and x.per = scope and x.owner is not distinct from set_budget.owner
            and x.period = set_budget.period and x.measure = set_budget.measure
        returning x.* into b;
    else
        insert into processing.budgets as x (pipeline, per, owner, period, measure, chosen, operator)
        values (set_budget.pipeline, scope, set_budget.owner, set_budget.period, set_budget.measure, set_budget.most, set_budget.operator)
        on conflict (pipeline, per, owner, period, measure) do update set
            chosen = excluded.chosen, operator = excluded.operator, changed_at = excluded.changed_at
        returning x.* into b;
    end if;
    -- Whether the new limit refuses calls is found out anew. Shards are locked first, in the order in which calls lock them.
    perform from processing.budget_use as u where u.budget = b.budget and u.owner = '' order by u.starts_on, u.shard for no key update;
    update processing.budget_use as u set refused_at = null where u.budget = b.budget and u.refused_at is not null;
    -- Noted last: see budget_wait.
    perform processing.note_action(operator, 'set_budget', pipeline, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'measure', measure, 'most', set_budget.most, 'per', scope, 'owner', set_budget.owner, 'period', period)));
    return case when b.budget is not null then processing.budget_line(b, coalesce(b.owner, ''), processing.clock()) end;
end
$$;

comment on function processing.set_budget(text, numeric, text, text, text, text, text) is
    'Sets a budget, or with most => null removes it; a limit that attach has declared holds again then. per: owner (each '
    'owner, or the one that is named), pipeline, or all. By default the narrowest that the other arguments name. Rows '
    'that wait for a budget try again at once. Answers the budget as `budgets` does, or null. Raises 22023 for '
    'arguments that make no budget, RJ003 for an unknown pipeline.';

create function processing.budget_line(b processing.budgets, counter text, moment timestamptz) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'budget', b.budget, 'pipeline', b.pipeline, 'per', b.per, 'owner', nullif(counter, ''), 'every_owner', b.per = 'owner' and b.owner is null,
        'period', b.period, 'measure', b.measure, 'limit', b.most, 'declared', b.declared, 'operator', b.operator,
        'spent', coalesce(sum(u.spent), 0), 'reserved', coalesce(sum(u.reserved), 0), 'resets_at', processing.period_end(b.period, moment),
        'reached', coalesce(sum(u.spent), 0) >= b.most or coalesce(pg_catalog.bool_or(u.refused_at is not null), false))
    from processing.budget_use as u
    where u.budget = b.budget and u.owner = counter and u.starts_on = processing.first_day(b.period, moment)
$$;

comment on function processing.budget_line(processing.budgets, text, timestamptz) is
    'Internal: a budget as `budgets` answers it, with the use of one counter.';

create function processing.budget_lines(of_pipeline text, of_owner text, moment timestamptz) returns jsonb
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(processing.budget_line(b, processing.counter_of(b, of_owner), moment)), '[]')
    from processing.budgets_for(of_pipeline, of_owner, processing.paid_measures()) as b
$$;

comment on function processing.budget_lines(text, text, timestamptz) is
    'Internal: the budgets of paid calls that hold for rows of this pipeline and owner, as `budgets` answers them.';

create function processing.budget_text(line jsonb) returns text
language sql immutable
set search_path = ''
as $$
    select pg_catalog.format('%s %s used %s of %s %s within a %s, and calls under way may use %s; rows wait until %s, or until the limit is raised',
        case line ->> 'per' when 'owner' then 'the owner' when 'pipeline' then 'the pipeline' else 'all pipelines together' end,
        case line ->> 'per' when 'all' then 'have' else 'has' end,
        line ->> 'spent', line ->> 'limit', line ->> 'measure', line ->> 'period', line ->> 'reserved', line ->> 'resets_at')
$$;

comment on function processing.budget_text(jsonb) is 'Internal: a budget, as `budgets` answers it, as a sentence for people.';

create function processing.counters_of(b processing.budgets, most_owners integer, moment timestamptz) returns setof text
language plpgsql stable
set search_path = ''
as $$
declare
    first_day constant date := processing.first_day(b.period, moment);
begin
    if b.per <> 'owner' or b.owner is not null then
        return next coalesce(b.owner, '');
        return;
    end if;
    -- The counter of an owner has one shard (see take_room), so nothing is added up before it is ranked. Counters of a level
    -- below that of the last one wanted are not read.
    return query
    select c.owner from (
        select u.owner, u.refused_at, u.spent + u.reserved as used from processing.budget_use as u
        where u.budget = b.budget and u.starts_on = first_day and u.refused_at is not null
        union
        select u.owner, u.refused_at, u.spent + u.reserved from processing.budget_use as u
        where u.budget = b.budget and u.starts_on = first_day and u.level >= coalesce((
            select l.level from processing.budget_use as l
            where l.budget = b.budget and l.starts_on = first_day and l.level is not null
            order by l.level desc offset most_owners - 1 limit 1), -32768)
    ) as c order by c.refused_at is not null desc, c.used desc, c.owner limit most_owners;
    if not found then
        return next '';
    end if;
end
$$;

comment on function processing.counters_of(processing.budgets, integer, timestamptz) is
    'Internal: the owners with the most use of a budget for every owner, or the one counter that it has.';

create function processing.budgets(most_owners integer default 10, pipeline text default null) returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(l.line order by b.budget, (l.line -> 'spent')::numeric desc), '[]')
    from processing.budgets as b
    cross join lateral processing.counters_of(b, most_owners, processing.clock()) as c (counter)
    cross join lateral (select processing.budget_line(b, c.counter, processing.clock())) as l (line)
    where budgets.pipeline is null or b.pipeline is null or b.pipeline = budgets.pipeline
$$;

comment on function processing.budgets(integer, text) is
    'The budgets and their use in the present period: [{budget, pipeline, per, owner, every_owner, period, measure, '
    'limit, declared, operator, spent, reserved, resets_at, reached}]. A budget for every owner has one line per owner '
    'who has used something, at most most_owners, or a line without owner. reached: it refuses calls or rows. With a '
    'pipeline: only the budgets that hold for its rows.';

create function processing.reached_counters(b processing.budgets, share numeric, most_owners integer, moment timestamptz) returns setof text
language plpgsql stable
set search_path = ''
as $$
declare
    first_day constant date := processing.first_day(b.period, moment);
begin
    if b.per <> 'owner' or b.owner is not null or b.most = 0 then
        return query select c.counter from processing.counters_of(b, most_owners, moment) as c (counter);
        return;
    end if;
    -- As in counters_of. Counters of a level below that of the limit, or of its share, are not read.
    return query
    select c.owner from (
        select u.owner, u.refused_at from processing.budget_use as u
        where u.budget = b.budget and u.starts_on = first_day and u.refused_at is not null
        union
        select u.owner, u.refused_at from processing.budget_use as u
        where u.budget = b.budget and u.starts_on = first_day
            and u.level >= pg_catalog.floor(10 * pg_catalog.ln(greatest(b.most * least(share, 1), 1e-9)::double precision))::smallint
            and (u.spent >= b.most or u.spent + u.reserved >= share * b.most)
    ) as c order by c.refused_at desc nulls last, c.owner limit most_owners;
end
$$;

comment on function processing.reached_counters(processing.budgets, numeric, integer, timestamptz) is
    'Internal: whose counters of a budget may be reached, or have at least this share used or reserved (null: none); of a '
    'budget for every owner, at most most_owners that are.';

create function processing.reached_budgets(of_pipeline text) returns jsonb
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(l.line order by b.budget, (l.line -> 'spent')::numeric desc), '[]')
    from processing.budgets as b
    cross join lateral processing.reached_counters(b, null, 10, processing.clock()) as c (counter)
    cross join lateral (select processing.budget_line(b, c.counter, processing.clock())) as l (line)
    where (l.line -> 'reached')::boolean and (of_pipeline is null or b.pipeline is null or b.pipeline = of_pipeline)
$$;

comment on function processing.reached_budgets(text) is
    'Internal: those of `budgets` that are reached; with a pipeline, of those that hold for its rows.';

create function processing.forget_budgets(of_owner text) returns void
language plpgsql
set search_path = ''
as $$
begin
    if of_owner = '' then
        return;  -- the name of the counters of all owners together, which nobody may reset
    end if;
    -- Calls under way still count for all owners together.
    update processing.reservations as r set holds = array(
        select h from pg_catalog.unnest(r.holds) as h where h.owner <> of_owner)
    where exists (select from pg_catalog.unnest(r.holds) as h where h.owner = of_owner);
    update processing.reservations as r set owner = null where r.owner = of_owner;
    delete from processing.budgets as b where b.owner = of_owner;
    delete from processing.budget_use as u where u.owner = of_owner;
end
$$;

comment on function processing.forget_budgets(text) is 'Internal: forgets the counters and budgets of an owner.';

create function processing.prune_budgets(moment timestamptz, max_rows integer) returns bigint
language plpgsql
set search_path = ''
as $$
declare
    pruned bigint;
begin
    -- Counters are about the present, so they are read as they are. With an index by time, stale statistics would make each
    -- request for a counter read those of all owners.
    delete from processing.budget_use as u where u.ctid = any (array(
        select x.ctid from processing.budget_use as x join processing.budgets as b on b.budget = x.budget
        where x.starts_on < case b.period
            when 'day' then (moment - interval '2 days')::date else (moment - interval '2 months')::date end
        limit max_rows for update of x skip locked));
    get diagnostics pruned = row_count;
    delete from processing.reservations as r where r.lost_at < moment - interval '1 day';
    return pruned;
end
$$;

comment on function processing.prune_budgets(timestamptz, integer) is
    'Internal: deletes at most max_rows counters of past periods, and reservations of which nothing more will be heard. Answers '
    'how many counters.';

insert into processing.library_migrations (version) values ('20261121000825');
