-- claim: which rows a worker gets next.
--
-- Rows are due when pending and past their not-before. Slots go round over the pipelines asked for,
-- and within a pipeline over the owners that wait, so that no owner's backlog holds up another's row;
-- priority orders within one owner. Limits (`concurrency`, `concurrency_per_owner`) are exact: claimers
-- of a capped pipeline queue up on its row before they count leases. Rows are picked with SKIP LOCKED,
-- so claimers never wait for each other's rows.

create function processing.lock_capped(wanted text[]) returns text[]
language plpgsql
set search_path = ''
as $$
begin
    perform from processing.pipelines as p
    where p.pipeline = any (wanted) and (p.concurrency is not null or p.concurrency_per_owner is not null)
    order by p.pipeline for no key update;
    return '{}'::text[];
exception
    when lock_not_available then
        -- Another claimer is stuck; its pipelines are left to it, the others go on.
        return array(
            select p.pipeline from processing.pipelines as p
            where p.pipeline = any (wanted) and (p.concurrency is not null or p.concurrency_per_owner is not null)
                and p.pipeline not in (
                    select x.pipeline from processing.pipelines as x
                    where x.pipeline = any (wanted) and (x.concurrency is not null or x.concurrency_per_owner is not null)
                    order by x.pipeline for no key update skip locked));
end
$$;

comment on function processing.lock_capped(text[]) is
    'Internal: makes claimers of capped pipelines take turns; first in the order of locks. Answers the pipelines that another claimer holds for too long.';

create type processing.outlook as (
    open processing.pipelines[],
    capped boolean,
    known boolean,
    crashed boolean,
    closed boolean,
    troubled boolean,
    looked_at timestamptz
);

comment on type processing.outlook is
    'What a claim has to know before it looks at rows: open are the pipelines whose rows may be claimed now, broken ones too, in random '
    'order; capped is whether one of those asked for has a limit; known whether the worker has its own row; crashed '
    'whether a worker died under any row; closed whether any provider is closed; troubled whether anything is set aside; '
    'looked_at when that was so.';

create function processing.look_out(worker uuid, wanted text[]) returns processing.outlook
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
begin
    -- In full, see …0590.
    return (
        array(
            select p from processing.pipelines as p
            where p.pipeline = any (wanted) and not p.paused
                -- Null where the table was dropped.
                and pg_catalog.pg_table_is_visible(p.table_id) is not null
                and not p.providers && array(select v.provider from processing.providers as v where v.not_before > moment)
            order by pg_catalog.random()),
        exists (
            select from processing.pipelines as p
            where p.pipeline = any (wanted) and (p.concurrency is not null or p.concurrency_per_owner is not null)),
        exists (select from processing.workers as w where w.worker = look_out.worker),
        exists (select from processing.crashes),
        exists (select from processing.providers as v where v.not_before > moment),
        exists (select from processing.set_aside) or exists (select from processing.broken) or exists (select from processing.careful),
        moment
    )::processing.outlook;
end
$$;

comment on function processing.look_out(uuid, text[]) is 'Internal: see processing.outlook.';

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

create function processing.claim_fairly(
    asked processing.asked, open processing.pipelines[], slots integer, crashed boolean, troubled boolean, alone boolean
) returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    again processing.pipelines[] := open;
    full_share processing.pipelines[];
    idle text[] := '{}'::text[];
    left_over integer := slots;
    places integer;
    batch processing.batch;
    started timestamptz;
    got processing.claimed;
    all_got processing.claimed := (0, '{}', '{}', false);
begin
    if asked.kept > 0 and pg_catalog.cardinality(open) > 1 then
        idle := array(select (o).pipeline from pg_catalog.unnest(open) as o where (o).pipeline <> all (asked.busy));
    end if;
    asked.alone := alone;
    -- Each round gives every pipeline that may have more an equal share of what is left.
    while left_over > 0 and pg_catalog.cardinality(again) > 0 loop
        full_share := '{}'::processing.pipelines[];
        foreach p in array again loop
            places := least(greatest(left_over / pg_catalog.cardinality(again), 1), left_over);
            if idle <> '{}' and p.pipeline <> all (idle) then
                -- The last slots are for a pipeline that has no row running.
                places := least(places, left_over - asked.kept);
            end if;
            if p.concurrency is not null then
                places := least(places, p.concurrency - (
                    select count(*) from processing.leases as l where l.pipeline = p.pipeline)::integer - (
                    select count(*) from processing.stopping_leases as s where s.pipeline = p.pipeline)::integer);
            end if;
            continue when places <= 0;
            if crashed then
                asked.suspects := array(select c.row_id from processing.crashes as c where c.table_id = p.table_id);
            end if;
            started := pg_catalog.clock_timestamp();
            got := case when troubled then processing.claim_around(p, places, asked) end;
            if got is null then
                begin
                    batch := processing.claim_of(p.pipeline, places, coalesce(p.concurrency_per_owner, 1000000), asked.moment,
                        asked.suspects, asked.alone, asked.worker, asked.woken_by);
                    got := case when batch.held_back is not null then processing.claim_rest(p, places, asked, batch)
                        else (batch.rows, case when batch.rows > 0 then array[batch.claimed] else '{}'::json[] end,
                            '{}'::json[], false)::processing.claimed end;
                exception
                    when query_canceled then
                        -- The time limit of this statement is used up; the next one goes row by row.
                        perform processing.be_careful(p.table_id);
                        got := (0, '{}', '{}', true)::processing.claimed;
                    when lock_not_available then
                        perform processing.wait_less();
                        got := processing.claim_singly(p, places, asked, false);
                    when assert_failure or others then
                        got := processing.claim_singly(p, places, asked, false);
                end;
            end if;
            if pg_catalog.clock_timestamp() - started > interval '2 seconds' then
                perform processing.note_duration(p.table_id, started);
            end if;
            all_got := case when all_got.rows = 0 and pg_catalog.cardinality(all_got.set_aside) = 0 and not all_got.again
                then got else processing.both(all_got, got) end;
            continue when got.rows = 0;
            left_over := left_over - got.rows;
            idle := pg_catalog.array_remove(idle, p.pipeline);
            if got.rows = places and left_over > 0 then
                full_share := full_share || p;
            end if;
        end loop;
        again := full_share;
    end loop;
    return all_got;
end
$$;

comment on function processing.claim_fairly(processing.asked, processing.pipelines[], integer, boolean, boolean, boolean) is
    'Internal: shares slots over pipelines.';

create function processing.next_due(wanted text[], open processing.pipelines[], moment timestamptz) returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    soonest timestamptz;
begin
    foreach p in array open loop
        begin
            soonest := least(soonest, processing.next_due_of(p.pipeline, moment));
        exception
            when assert_failure or others then
                -- Claims say what is wrong with it; a lock, too.
                if sqlstate = '55P03' then
                    perform processing.wait_less();
                end if;
                soonest := least(soonest, moment + interval '1 second');
        end;
    end loop;
    return least(soonest, (
        select pg_catalog.min(v.not_before) from processing.providers as v
        where v.not_before > moment and exists (
            select from processing.pipelines as x where x.pipeline = any (wanted) and v.provider = any (x.providers))));
end
$$;

comment on function processing.next_due(text[], processing.pipelines[], timestamptz) is 'Internal: when a pending row that is not due yet becomes due.';

create function processing.suspects_wait(open processing.pipelines[], moment timestamptz) returns boolean
language plpgsql stable
set search_path = ''
as $$
declare
    p processing.pipelines;
    q processing.queues;
    waiting boolean := false;
begin
    foreach p in array open loop
        -- What is set aside waits for something else, and nobody needs to make way for it.
        continue when exists (select from processing.broken as b where b.pipeline = p.pipeline);
        select * into q from processing.queues as x where x.table_id = p.table_id;
        begin
            execute pg_catalog.format(
                'select exists (select from processing.crashes as c join %1$s as t on t.%2$I = c.row_id::%3$s
                    where c.table_id = $1 and t.processing_status = ''pending'' and t.processing_pipeline = $2
                        and t.processing_not_before <= $3 and not exists (
                            select from processing.set_aside as s where s.row_id = c.row_id and s.table_id = $1))',
                q.table_id, q.key_column, q.key_type) into waiting using q.table_id, p.pipeline, moment;
        exception
            when assert_failure or others then
                waiting := false;  -- the claim finds out what is wrong with the table
                if sqlstate = '55P03' then
                    perform processing.wait_less();
                end if;
        end;
        exit when waiting;
    end loop;
    return waiting;
end
$$;

comment on function processing.suspects_wait(processing.pipelines[], timestamptz) is 'Internal: whether a row waits that its worker died under.';

create function processing.holds_suspect(worker uuid) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    return exists (
        select from processing.leases as l
        join processing.crashes as c on c.table_id = l.table_id and c.row_id = l.row_id
        where l.worker = holds_suspect.worker and not exists (select from processing.unwritten as u where u.nonce = l.nonce));
end
$$;

comment on function processing.holds_suspect(uuid) is 'Internal: whether the worker runs a row that its worker died under.';

create function processing.quarantine(asking uuid, wanted text[], open processing.pipelines[], moment timestamptz) returns text
language plpgsql
set search_path = ''
as $$
begin
    if processing.holds_suspect(asking) then
        return 'wait';
    elsif not processing.suspects_wait(open, moment) then
        update processing.workers as w set draining_at = null where w.worker = asking and w.draining_at is not null;
        return 'open';
    elsif not exists (
        select from processing.leases as l
        where l.worker = asking and not exists (select from processing.unwritten as u where u.nonce = l.nonce))
    then
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

comment on function processing.quarantine(uuid, text[], processing.pipelines[], timestamptz) is
    'Internal: a row that its worker died under runs alone in its process, so that a poison row takes no neighbour along. '
    'open: claim as usual; alone: claim one such row; wait: claim nothing, because one runs or the worker must get empty first.';

create function processing.claim_now(
    asked processing.asked, pipelines text[], slots integer, sweep boolean, seen processing.outlook, finished json[]
) returns json
language plpgsql
set search_path = ''
as $$
declare
    mode text := 'open';
    mine processing.pipelines[];
    slow_ones text[] := '{}'::text[];
    claimed processing.claimed;
    due timestamptz;
begin
    if not seen.known then
        perform processing.beat(asked.worker, pg_catalog.jsonb_build_object('pipelines', pipelines));
    end if;
    if sweep then
        perform processing.take_back(asked.worker);
    end if;
    asked.moment := processing.clock();
    -- Limits are exact, so they are read under the lock; who waited for a lock sees what changed meanwhile.
    -- A look is not older than the moment where a provider is closed: either it is open, or next_due names it.
    if sweep or seen.capped or seen.closed or seen.troubled or asked.moment - seen.looked_at > interval '20 milliseconds' then
        seen := processing.look_out(asked.worker, pipelines);
    end if;
    if seen.troubled or asked.held_up <> '{}' then
        seen.open := array(
            select o from pg_catalog.unnest(seen.open) as o
            where (o).pipeline <> all (asked.held_up) and not exists (
                select from processing.broken as b where b.pipeline = (o).pipeline and b.look_again_at > asked.moment));
    end if;
    mine := seen.open;
    if seen.troubled then
        mine := case when asked.slow is null then seen.open else processing.part_of(seen.open, asked.slow, asked.moment) end;
        slow_ones := array(select (o).pipeline from pg_catalog.unnest(processing.part_of(seen.open, true, asked.moment)) as o);
    end if;
    if seen.crashed and slots > 0 then
        mode := processing.quarantine(asked.worker, pipelines, seen.open, asked.moment);
    end if;
    if asked.slow then
        claimed := case when mode = 'open' and slots > 0 and seen.troubled then processing.claim_slowly(asked, mine)
            else (0, '{}', '{}', false)::processing.claimed end;
    else
        claimed := processing.claim_fairly(asked, mine,
            case mode when 'open' then slots when 'alone' then 1 else 0 end, seen.crashed, seen.troubled, mode = 'alone');
    end if;
    if mode = 'alone' and claimed.rows = 0 and asked.slow is not true then
        -- Such a row waits but may not run yet, or a peer was faster.
        claimed := processing.claim_fairly(asked, mine, slots, seen.crashed, seen.troubled, false);
    end if;
    if claimed.rows < slots then
        due := case
            when claimed.again then asked.moment
            else least(
                processing.next_due(pipelines, seen.open, asked.moment),
                case when seen.troubled or pg_catalog.cardinality(claimed.set_aside) > 0 then processing.next_look(pipelines, asked.moment) end,
                case when asked.held_up <> '{}' then asked.moment + interval '50 milliseconds' end) end;
    end if;
    -- As json and not jsonb: what the rows hold is copied once and not once per level.
    return pg_catalog.json_build_object(
        'batches', claimed.batches,
        'next_due_seconds', extract(epoch from due - asked.moment),
        'closed', case when seen.closed then processing.closed_providers(asked.moment) else '{}' end,
        'set_aside', claimed.set_aside,
        'slow', slow_ones <> '{}' and not (asked.slow is true and claimed.rows = 0 and pg_catalog.cardinality(claimed.set_aside) = 0),
        'finished', finished);
end
$$;

comment on function processing.claim_now(processing.asked, text[], integer, boolean, processing.outlook, json[]) is
    'Internal: claim, without a say on durability; the caller has finished what it had to.';

create function processing.claim(
    worker uuid, pipelines text[], slots integer, sweep boolean default true, woken_by text default 'sweep',
    busy text[] default '{}', kept integer default 0, slow boolean default null
) returns json
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set lock_timeout = '200ms'
as $$
declare
    seen processing.outlook := processing.look_out(worker, pipelines);
    held_up text[] := case when seen.capped then processing.lock_capped(pipelines) else '{}'::text[] end;
    answer json;
begin
    -- A claim need not be durable: if the server forgets it the row is pending again, and a worker that
    -- goes on with the forgotten run is refused, because no lease has its nonce.
    perform pg_catalog.set_config('synchronous_commit', 'off', true);
    answer := processing.claim_now((worker, woken_by, busy, kept, held_up, null, '{}', false, slow)::processing.asked,
        pipelines, slots, sweep, seen, null);
    return answer;
end
$$;

comment on function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean) is
    'Leases up to `slots` due rows to the worker. Answers {batches: [processing.batch], next_due_seconds, closed, slow, set_aside: '
    '[{pipeline, table, id, sqlstate, constraint, column}]}. With `sweep` it first takes back what dead workers held. '
    '`busy` names pipelines that have rows running in this worker; while another has none, `kept` slots are left for that. '
    'With `slow` false, rows that take long to claim, as behind a slow trigger, are left out; where such rows may wait the answer says slow, '
    'and a claim with `slow` true takes one of them and no other.';
