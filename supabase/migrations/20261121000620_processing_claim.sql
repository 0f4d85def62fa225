-- claim: which rows a worker gets next.
--
-- Rows are due when pending and past their not-before. Slots go round over the pipelines asked for,
-- and within a pipeline over the owners that wait, so that no owner's backlog holds up another's row;
-- priority orders within one owner. Limits (`concurrency`, `concurrency_per_owner`) are exact: claimers
-- of a capped pipeline queue up on its row before they count leases. Rows are picked with SKIP LOCKED,
-- so claimers never wait for each other's rows.

create function processing.lock_capped(wanted text[]) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform from processing.pipelines as p
    where p.pipeline = any (wanted) and (p.concurrency is not null or p.concurrency_per_owner is not null)
    order by p.pipeline for no key update;
end
$$;

comment on function processing.lock_capped(text[]) is 'Internal: makes claimers of capped pipelines take turns; first in the order of locks.';

create function processing.open_pipelines(wanted text[], moment timestamptz) returns text[]
language plpgsql stable
set search_path = ''
as $$
begin
    return array(
        select p.pipeline from processing.pipelines as p join pg_catalog.pg_class as t on t.oid = p.table_id
        where p.pipeline = any (wanted) and not p.paused
            and (p.providers = '{}' or not exists (
                select from processing.providers as v where v.provider = any (p.providers) and v.not_before > moment))
        order by pg_catalog.random());
end
$$;

comment on function processing.open_pipelines(text[], timestamptz) is 'Internal: pipelines whose rows may be claimed now, in random order.';

create function processing.claim_fairly(
    worker uuid, wanted text[], slots integer, moment timestamptz, woken_by text, alone boolean
) returns json[]
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    name text;
    suspects text[];
    again text[] := processing.open_pipelines(wanted, moment);
    full_share text[];
    left_over integer := slots;
    places integer;
    got json[];
    claimed json[] := '{}'::json[];
begin
    -- Each round gives every pipeline that may have more an equal share of what is left.
    while left_over > 0 and pg_catalog.cardinality(again) > 0 loop
        full_share := '{}'::text[];
        foreach name in array again loop
            select * into p from processing.pipelines as x where x.pipeline = name;
            places := greatest(left_over / pg_catalog.cardinality(again), 1);
            if p.concurrency is not null then
                places := least(places, p.concurrency - (
                    select count(*) from processing.leases as l where l.pipeline = p.pipeline)::integer);
            end if;
            places := least(places, left_over);
            continue when places <= 0;
            suspects := array(select c.row_id from processing.crashes as c where c.table_id = p.table_id);
            execute pg_catalog.format('select %s($1, $2, $3, $4, $5, $6, $7)', processing.statement_name('claim', p.pipeline))
                into got using places, coalesce(p.concurrency_per_owner, 1000000), worker, moment, woken_by, suspects, alone;
            if pg_catalog.cardinality(got) = places then
                full_share := full_share || p.pipeline;
            end if;
            left_over := left_over - pg_catalog.cardinality(got);
            claimed := claimed || got;
        end loop;
        again := full_share;
    end loop;
    return claimed;
end
$$;

comment on function processing.claim_fairly(uuid, text[], integer, timestamptz, text, boolean) is 'Internal: shares slots over pipelines.';

create function processing.next_due(wanted text[], moment timestamptz) returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
    name text;
    one timestamptz;
    soonest timestamptz;
begin
    foreach name in array processing.open_pipelines(wanted, moment) loop
        execute pg_catalog.format('select %s($1)', processing.statement_name('next_due', name)) into one using moment;
        soonest := least(soonest, one);
    end loop;
    return least(soonest, (
        select pg_catalog.min(v.not_before) from processing.providers as v
        where v.not_before > moment and exists (
            select from processing.pipelines as x where x.pipeline = any (wanted) and v.provider = any (x.providers))));
end
$$;

comment on function processing.next_due(text[], timestamptz) is 'Internal: when a pending row that is not due yet becomes due.';

create function processing.closed_providers(moment timestamptz) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
    return coalesce((
        select pg_catalog.jsonb_object_agg(v.provider, extract(epoch from v.not_before - moment))
        from processing.providers as v where v.not_before > moment), '{}');
end
$$;

comment on function processing.closed_providers(timestamptz) is 'Internal: {provider: seconds until it opens}.';

create function processing.suspects_wait(wanted text[], moment timestamptz) returns boolean
language plpgsql stable
set search_path = ''
as $$
declare
    name text;
    q processing.queues;
    waiting boolean := false;
begin
    foreach name in array processing.open_pipelines(wanted, moment) loop
        select x.* into q from processing.queues as x join processing.pipelines as p on p.table_id = x.table_id
        where p.pipeline = name;
        execute pg_catalog.format(
            'select exists (select from processing.crashes as c join %1$s as t on t.%2$I = c.row_id::%3$s
                where c.table_id = $1 and t.processing_status = ''pending'' and t.processing_pipeline = $2
                    and t.processing_not_before <= $3)',
            q.table_id, q.key_column, q.key_type) into waiting using q.table_id, name, moment;
        exit when waiting;
    end loop;
    return waiting;
end
$$;

comment on function processing.suspects_wait(text[], timestamptz) is 'Internal: whether a row waits that its worker died under.';

create function processing.holds_suspect(worker uuid) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    return exists (
        select from processing.leases as l
        join processing.crashes as c on c.table_id = l.table_id and c.row_id = l.row_id
        where l.worker = holds_suspect.worker);
end
$$;

comment on function processing.holds_suspect(uuid) is 'Internal: whether the worker runs a row that its worker died under.';

create function processing.quarantine(asking uuid, wanted text[], moment timestamptz) returns text
language plpgsql
set search_path = ''
as $$
begin
    if not exists (select from processing.crashes) then
        return 'open';
    elsif processing.holds_suspect(asking) then
        return 'wait';
    elsif not processing.suspects_wait(wanted, moment) then
        update processing.workers as w set draining_at = null where w.worker = asking and w.draining_at is not null;
        return 'open';
    elsif not exists (select from processing.leases as l where l.worker = asking) then
        update processing.workers as w set draining_at = null where w.worker = asking and w.draining_at is not null;
        return 'alone';
    elsif exists (
        select from processing.workers as w
        where w.worker <> asking and w.beat_at > moment - interval '30 seconds' and w.pipelines && wanted
            and (w.draining_at is not null or processing.holds_suspect(w.worker)))
    then
        return 'open';
    end if;
    update processing.workers as w set draining_at = coalesce(w.draining_at, moment) where w.worker = asking;
    return 'wait';
end
$$;

comment on function processing.quarantine(uuid, text[], timestamptz) is
    'Internal: a row that its worker died under runs alone in its process, so that a poison row takes no neighbour along. '
    'open: claim as usual; alone: claim one such row; wait: claim nothing, because one runs or the worker must get empty first.';

create function processing.claim_now(worker uuid, pipelines text[], slots integer, sweep boolean, woken_by text, finished json)
returns json
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz;
    mode text;
    claimed json[] := '{}'::json[];
begin
    if not exists (select from processing.workers as w where w.worker = claim_now.worker) then
        perform processing.beat(worker, pg_catalog.jsonb_build_object('pipelines', pipelines));
    end if;
    if sweep then
        perform processing.take_back(worker);
    end if;
    moment := processing.clock();
    if slots > 0 then
        perform processing.enter_contract();
        mode := processing.quarantine(worker, pipelines, moment);
        if mode = 'alone' then
            claimed := processing.claim_fairly(worker, pipelines, 1, moment, woken_by, true);
        end if;
        -- Also where such a row waits but may not run yet, or a peer was faster.
        if mode <> 'wait' and pg_catalog.cardinality(claimed) = 0 then
            claimed := processing.claim_fairly(worker, pipelines, slots, moment, woken_by, false);
        end if;
        perform processing.leave_contract();
    end if;
    -- As json and not jsonb: what the rows hold is copied once and not once per level.
    return pg_catalog.json_build_object(
        'rows', claimed,
        'next_due_seconds', case when pg_catalog.cardinality(claimed) < slots
            then extract(epoch from processing.next_due(pipelines, moment) - moment) end,
        'closed', processing.closed_providers(moment),
        'finished', finished);
end
$$;

comment on function processing.claim_now(uuid, text[], integer, boolean, text, json) is
    'Internal: claim, without a say on durability; the caller has locked the capped pipelines and finished what it had to.';

create function processing.claim(
    worker uuid, pipelines text[], slots integer, sweep boolean default true, woken_by text default 'sweep'
) returns json
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    -- A claim need not be durable: if the server forgets it the row is pending again, and a worker that
    -- goes on with the forgotten run is refused, because the lease names another worker.
    perform pg_catalog.set_config('synchronous_commit', 'off', true);
    perform processing.lock_capped(pipelines);
    return processing.claim_now(worker, pipelines, slots, sweep, woken_by, null);
end
$$;

comment on function processing.claim(uuid, text[], integer, boolean, text) is
    'Leases up to `slots` due rows to the worker. Answers {rows: [{table, id, run, attempt, inputs, edited, checkpoints, …}], '
    'next_due_seconds, closed}. With `sweep` it first takes back what dead workers held.';
