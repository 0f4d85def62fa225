-- claim decides which rows a worker gets next. A row is due when it is pending and its not-before has passed.

-- Slots are shared over pipelines, and within a pipeline over owners. Priority orders the rows of one owner, or of a
-- pipeline without owners.

-- Claims of a pipeline with a concurrency limit lock its row in `pipelines` before they count leases, so that
-- together they do not exceed the limit.

-- Rows are picked with SKIP LOCKED, so that claims do not wait for each other's rows.

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
    idle text[] := asked.idle;
    left_over integer := slots;
    places integer;
    batch processing.batch;
    started timestamptz;
    got processing.claimed;
    all_got processing.claimed := (0, '{}', '{}', false);
begin
    asked.alone := alone;
    -- Share the slots that are left equally among the pipelines that may have more rows.
    while left_over > 0 and pg_catalog.cardinality(again) > 0 loop
        full_share := '{}'::processing.pipelines[];
        foreach p in array again loop
            places := least(greatest(left_over / pg_catalog.cardinality(again), 1), left_over);
            if idle <> '{}' and idle <> array[p.pipeline] then
                -- Keep the last slots for other pipelines of which this worker runs no row.
                places := least(places, greatest(left_over - asked.kept, (p.pipeline = any (idle))::integer));
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
                        -- The statement ran into a time limit, so the next claims take the rows one by one.
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
    'Internal: shares the slots of a claim among the pipelines, as equally as due rows, limits and kept slots '
    'allow; claims the rows.';

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
                -- The table cannot be read now, so claim again within a second.
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

comment on function processing.next_due(text[], processing.pipelines[], timestamptz) is
    'Internal: when the next pending row becomes due or a closed provider opens, or null. If a table cannot be '
    'read, at the latest one second after `moment`.';

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
        -- What is set aside does not count, so that no worker stops claiming for it.
        continue when exists (select from processing.broken as b where b.pipeline = p.pipeline);
        select * into q from processing.queues as x where x.table_id = p.table_id;
        begin
            execute pg_catalog.format(
                'select exists (select from processing.crashes as c join %1$s as t on t.%2$I = c.row_id::%3$s
                    where c.table_id = $1 and t.processing_status = ''pending'' and t.processing_pipeline = $2
                        and t.processing_not_before <= $3 and not exists (
                            select from processing.set_aside as s where s.row_id = c.row_id and s.table_id = $1 and s.kind = ''claim''))',
                q.table_id, q.key_column, q.key_type) into waiting using q.table_id, p.pipeline, moment;
        exception
            when assert_failure or others then
                waiting := false;  -- the table cannot be read now, for instance because it is locked
                if sqlstate = '55P03' then
                    perform processing.wait_less();
                end if;
        end;
        exit when waiting;
    end loop;
    return waiting;
end
$$;

comment on function processing.suspects_wait(processing.pipelines[], timestamptz) is
    'Internal: whether a row is due, not set aside, and its earlier worker died while it ran the row.';

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

comment on function processing.holds_suspect(uuid) is
    'Internal: whether the worker runs a row whose earlier worker died while it ran that row.';

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
        -- A second claim of the same worker may be under way, a slow one: together they would take two rows.
        return case when processing.minds_alone('suspect ' || asking) then 'alone' else 'wait' end;
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
    'Internal: lets a suspect, a row whose worker died, run alone in its process, so that it cannot harm other '
    'rows. open: claim as usual. alone: claim one suspect. wait: claim nothing.';

create function processing.claim_now(
    asked processing.asked, pipelines text[], slots integer, sweep boolean, seen processing.outlook, finished json[]
) returns json
language plpgsql
set search_path = ''
as $$
declare
    locked text[] := seen.locked;
    waiting text[] := seen.locked;
    open processing.pipelines[];
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
    if seen.awaited then
        perform processing.look_at_waits();
    end if;
    asked.held_up := seen.held_up;
    asked.moment := processing.clock();
    -- `seen` was read before the pipelines were locked, and may be old by now.
    if sweep or seen.troubled or asked.moment - seen.looked_at > interval '20 milliseconds' then
        seen := processing.look_out(asked.worker, pipelines);
        waiting := null;
    end if;
    open := processing.open_pipelines(pipelines, asked.moment);
    if asked.kept > 0 and pg_catalog.cardinality(open) > 1 then
        asked.idle := array(select (o).pipeline from pg_catalog.unnest(open) as o where (o).pipeline <> all (asked.busy));
    end if;
    if seen.troubled then
        waiting := null;
    elsif pg_catalog.cardinality(pipelines) > 1 and (waiting is null or finished is not null) then
        -- Rows of the results written before, and rows taken back, may be pending now.
        waiting := processing.waiting(pipelines);
    end if;
    if waiting is not null then
        -- Only these pipelines can have rows to claim, so the others get no slots.
        open := array(select o from pg_catalog.unnest(open) as o where (o).pipeline = any (waiting));
    end if;
    if locked is not null and locked is distinct from waiting then
        -- A pipeline with a limit that was not locked before waits for the next claim.
        asked.held_up := asked.held_up || array(
            select (o).pipeline from pg_catalog.unnest(open) as o
            where (o).pipeline = any (locked) is not true and ((o).concurrency is not null or (o).concurrency_per_owner is not null));
    end if;
    if seen.troubled or asked.held_up <> '{}' then
        open := array(
            select o from pg_catalog.unnest(open) as o
            where (o).pipeline <> all (asked.held_up) and not exists (
                select from processing.broken as b where b.pipeline = (o).pipeline and b.look_again_at > asked.moment));
    end if;
    mine := open;
    if seen.troubled then
        mine := case when asked.slow is null then open else processing.part_of(open, asked.slow, asked.moment) end;
        slow_ones := array(select (o).pipeline from pg_catalog.unnest(processing.part_of(open, true, asked.moment)) as o);
    end if;
    if seen.crashed and slots > 0 then
        mode := processing.quarantine(asked.worker, pipelines, open, asked.moment);
    end if;
    if asked.slow then
        asked.alone := mode = 'alone';
        claimed := case when mode <> 'wait' and slots > 0 and seen.troubled then processing.claim_slowly(asked, mine)
            else (0, '{}', '{}', false)::processing.claimed end;
    else
        claimed := processing.claim_fairly(asked, mine,
            case mode when 'open' then slots when 'alone' then 1 else 0 end, seen.crashed, seen.troubled, mode = 'alone');
    end if;
    if mode = 'alone' and claimed.rows = 0 then
        -- No suspect could be claimed, so claim other rows.
        asked.alone := false;
        claimed := case when asked.slow is not true
                then processing.claim_fairly(asked, mine, slots, seen.crashed, seen.troubled, false)
            when slots > 0 and seen.troubled and pg_catalog.cardinality(claimed.set_aside) = 0
                then processing.claim_slowly(asked, mine)
            else claimed end;
    end if;
    if claimed.rows < slots then
        due := case
            when claimed.again then asked.moment
            else least(
                processing.next_due(pipelines, open, asked.moment),
                case when seen.troubled or pg_catalog.cardinality(claimed.set_aside) > 0 then processing.next_look(pipelines, asked.moment) end,
                case when seen.awaited then processing.next_wait_look(asked.moment) end,
                case when asked.held_up <> '{}' then asked.moment + interval '50 milliseconds' end) end;
    end if;
    -- json and not jsonb, because jsonb would copy the contents of the rows once per level.
    return pg_catalog.json_build_object(
        'batches', claimed.batches,
        'next_due_seconds', extract(epoch from due - asked.moment),
        'closed', case when exists (select from processing.providers as v where v.not_before > asked.moment)
            then processing.closed_providers(asked.moment) else '{}' end,
        'set_aside', claimed.set_aside,
        'others', exists (
            select from processing.workers as w
            where w.worker <> asked.worker and w.beat_at > asked.moment - interval '1 minute' and not w.info ? 'signed_off'),
        'slow', slow_ones <> '{}' and not (asked.slow is true and claimed.rows = 0 and pg_catalog.cardinality(claimed.set_aside) = 0),
        'finished', finished);
end
$$;

comment on function processing.claim_now(processing.asked, text[], integer, boolean, processing.outlook, json[]) is
    'Internal: claims rows and builds the answer, for claim and finish_and_claim.';

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
    seen processing.outlook := processing.look_and_lock(worker, pipelines);
    answer json;
begin
    -- A claim need not survive a crash of the server: writes of a lost run are refused, because no lease has its nonce.
    perform pg_catalog.set_config('synchronous_commit', 'off', true);
    answer := processing.claim_now((worker, woken_by, busy, kept, '{}', '{}', null, '{}', false, slow)::processing.asked,
        pipelines, slots, sweep, seen, null);
    return answer;
end
$$;

comment on function processing.claim(uuid, text[], integer, boolean, text, text[], integer, boolean) is
    'Leases up to `slots` due rows to the worker. Answers {batches: [see claimed of type processing.batch], '
    'next_due_seconds, closed: {provider: seconds}, others, slow, set_aside: [{pipeline, table, id, sqlstate, '
    'constraint, column}]}. next_due_seconds: when to claim again, or null. others: whether another worker sent a '
    'heartbeat in the last minute and has not signed off. slow: whether rows that take long to claim may be '
    'waiting; with `slow` false they are left out, with true a claim takes at most one row. With `sweep` it first '
    'calls take_back. `busy`: the pipelines that have rows running in this worker; `kept` slots are reserved for '
    'the others.';

insert into processing.library_migrations (version) values ('20261121000620');
