-- Claiming one by one, so that a bad row does not stop the others: if a batch raises an error other than a time limit,
-- each row is claimed by itself, and refused ones are set aside (see 0510).

create type processing.asked as (
    worker uuid,
    woken_by text,
    busy text[],
    kept integer,
    idle text[],
    held_up text[],
    moment timestamptz,
    suspects text[],
    alone boolean,
    slow boolean
);

comment on type processing.asked is
    'The arguments of a claim. idle: pipelines for which `kept` slots are reserved. held_up: pipelines whose lock this '
    'claim did not get. alone: true to pick only suspects (rows whose worker died), false only others.';

create type processing.claimed as (
    rows integer,
    batches json[],
    set_aside json[],
    again boolean
);

comment on type processing.claimed is
    'The result of a claim so far. again: whether the worker should claim again at once.';

create function processing.both(a processing.claimed, b processing.claimed) returns processing.claimed
language plpgsql immutable
set search_path = ''
as $$
begin
    return (a.rows + b.rows, a.batches || b.batches, a.set_aside || b.set_aside, a.again or b.again)::processing.claimed;
end
$$;

comment on function processing.both(processing.claimed, processing.claimed) is
    'Internal: adds the results of two parts of a claim together.';

create function processing.claim_rest(p processing.pipelines, places integer, asked processing.asked, got processing.batch)
returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    key text;
    found processing.claimed := (got.rows, case when got.rows > 0 then array[got.claimed] else '{}'::json[] end, '{}'::json[], false);
begin
    foreach key in array got.held_back loop
        found.set_aside := found.set_aside || processing.refuse_claim(p, key, processing.held_back());
    end loop;
    return case when found.rows < places
        then processing.both(found, processing.claim_singly(p, places - found.rows, asked, true)) else found end;
end
$$;

comment on function processing.claim_rest(processing.pipelines, integer, processing.asked, processing.batch) is
    'Internal: sets aside rows that a trigger held back, and claims others one by one in their place.';

create function processing.held_back() returns jsonb
language sql immutable
set search_path = ''
as $$
    select '{"sqlstate": "RJ009", "message": "a trigger of the table keeps the row as it is: it returns null, or gives the row another status"}'::jsonb
$$;

comment on function processing.held_back() is
    'Internal: the reason stored for a row that was not claimed or completed although no error was raised.';

create function processing.refuse_claim(p processing.pipelines, key text, problem jsonb) returns json
language plpgsql
set search_path = ''
as $$
begin
    perform processing.set_row_aside(p.table_id, key, p.pipeline, 'claim', problem);
    return pg_catalog.json_build_object('pipeline', p.pipeline, 'table', p.table_id::text, 'id', key,
        'sqlstate', problem -> 'sqlstate', 'constraint', problem -> 'constraint', 'column', problem -> 'column');
end
$$;

comment on function processing.refuse_claim(processing.pipelines, text, jsonb) is
    'Internal: sets aside a row that cannot be claimed. The answer may be logged.';

create function processing.claim_each(p processing.pipelines, keys text[], asked processing.asked) returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    key text;
    got processing.batch;
    tries integer;
    problem jsonb;
    constraint_name text;
    column_name text;
    stopped boolean := false;
    bytes bigint := 0;
    found processing.claimed := (0, '{}', '{}', false);
begin
    foreach key in array keys loop
        tries := 0;
        loop
            tries := tries + 1;
            problem := null;
            begin
                -- The row is pending, so a lease of it can only be left over, for instance by a restore.
                delete from processing.leases as l where l.row_id = key and l.table_id = p.table_id;
                got := processing.lease_of(p.pipeline, array[key], asked.worker, asked.moment, asked.woken_by);
                perform processing.check_deferred(p.table_id);
            exception
                when query_canceled then
                    stopped := true;
                    problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm);
                when assert_failure or others then
                    get stacked diagnostics constraint_name = constraint_name, column_name = column_name;
                    problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm,
                        'constraint', nullif(constraint_name, ''), 'column', nullif(column_name, ''));
            end;
            -- A deadlock or a serialization failure may pass at once, so the row is tried up to three times.
            exit when case when problem ->> 'sqlstate' in ('40P01', '40001') then tries = 3
                else problem is null or not processing.plans_again(problem ->> 'sqlstate') end;
        end loop;
        if problem is null and got.rows = 1 then
            found := processing.both(found, (1, array[got.claimed], '{}', false)::processing.claimed);
            bytes := bytes + pg_catalog.pg_column_size(got.claimed);
            perform processing.look_again(p.table_id, key);
        elsif problem is not null then
            found.set_aside := found.set_aside || processing.refuse_claim(p, key, problem);
        elsif processing.row_state(p.table_id::text, key) ->> 'status' = 'pending' then
            found.set_aside := found.set_aside || processing.refuse_claim(p, key, processing.held_back());
        else
            perform processing.look_again(p.table_id, key);
        end if;
        exit when stopped or bytes > 16777216;
    end loop;
    found.again := stopped or bytes > 16777216;
    return found;
end
$$;

comment on function processing.claim_each(processing.pipelines, text[], processing.asked) is
    'Internal: claims rows one by one and sets refused ones aside, until a time limit or 16 MB.';

create function processing.claim_singly(p processing.pipelines, places integer, asked processing.asked, around boolean)
returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    most constant integer := 64;
    owner_places integer := coalesce(p.concurrency_per_owner, 1000000);
    keys text[];
    found processing.claimed := (0, '{}', '{}', false);
begin
    if not processing.fits(p, asked) then
        return found;
    end if;
    while found.rows < places and not found.again loop
        begin
            keys := case when around
                then processing.pick_around_of(p.pipeline, places - found.rows, owner_places, asked.moment, asked.suspects, asked.alone)
                else processing.pick_of(p.pipeline, places - found.rows, owner_places, asked.moment, asked.suspects, asked.alone) end;
        exception
            when query_canceled then
                perform processing.break_pipeline(p.pipeline, pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm));
                found.again := true;
                return found;
        end;
        exit when keys = '{}';
        found := processing.both(found, processing.claim_each(p, keys, asked));
        around := true;
        perform processing.advance_fronts(p, asked.moment);
        if pg_catalog.cardinality(found.set_aside) >= most then
            found.again := true;
        end if;
    end loop;
    return found;
end
$$;

comment on function processing.claim_singly(processing.pipelines, integer, processing.asked, boolean) is
    'Internal: picks due rows and claims them one by one. If `around` is true, rows that are set aside are skipped.';

create function processing.fits(p processing.pipelines, asked processing.asked) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    problem jsonb;
    repair record;
begin
    for tries in 1 .. 2 loop
        begin
            perform processing.lease_of(p.pipeline, '{}', asked.worker, asked.moment, asked.woken_by);
            perform processing.pick_of(p.pipeline, 1, 1000000, asked.moment, asked.suspects, asked.alone);
            perform processing.complete_of(p.pipeline, '[]', asked.worker, asked.moment);
            -- Where no result has needed new types yet, the old function is as good.
            problem := case when exists (select from processing.broken as b where b.pipeline = p.pipeline) then processing.misfit(p) end;
            if problem is null then
                delete from processing.broken as b where b.pipeline = p.pipeline and processing.minds_alone('broken ' || p.pipeline);
                return true;
            end if;
        exception
            when query_canceled or assert_failure or others then
                problem := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm);
        end;
        exit when tries = 2;
        repair := processing.refit(p, problem ->> 'sqlstate');
        problem := coalesce(repair.obstacle, problem);
        exit when not repair.done;
    end loop;
    perform processing.break_pipeline(p.pipeline, problem);
    return false;
end
$$;

comment on function processing.fits(processing.pipelines, processing.asked) is
    'Internal: whether a pipeline''s statements fit its table, if need be after a repair. If not, it is set aside.';

create function processing.claim_around(p processing.pipelines, places integer, asked processing.asked) returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    found processing.claimed := (0, '{}', '{}', false);
    got processing.batch;
begin
    if exists (select from processing.broken as b where b.pipeline = p.pipeline)
        and not (processing.minds_alone('broken ' || p.pipeline) and processing.fits(p, asked))
    then
        return found;
    elsif not exists (select from processing.set_aside as s where s.pipeline = p.pipeline and s.kind = 'claim') then
        delete from processing.fronts as f where f.pipeline = p.pipeline;
        return case when asked.slow is null and processing.is_careful(p.table_id)
            then processing.claim_singly(p, places, asked, false) end;
    end if;
    perform processing.advance_fronts(p, asked.moment);
    if not asked.alone then
        found := processing.claim_due_again(p, places, asked);
    end if;
    if found.rows >= places or found.again then
        return found;
    elsif asked.slow is null and processing.is_careful(p.table_id) then
        return processing.both(found, processing.claim_singly(p, places - found.rows, asked, true));
    end if;
    begin
        got := processing.lease_of(p.pipeline, processing.pick_around_of(p.pipeline, places - found.rows,
            coalesce(p.concurrency_per_owner, 1000000), asked.moment, asked.suspects, asked.alone),
            asked.worker, asked.moment, asked.woken_by);
        perform processing.check_deferred(p.table_id);
    exception
        when query_canceled then
            perform processing.be_careful(p.table_id);
            found.again := true;
            return found;
        when assert_failure or others then
            return processing.both(found, processing.claim_singly(p, places - found.rows, asked, true));
    end;
    if got.held_back is not null then
        return processing.both(found, processing.claim_rest(p, places - found.rows, asked, got));
    end if;
    return processing.both(found, (got.rows,
        case when got.rows > 0 then array[got.claimed] else '{}'::json[] end, '{}'::json[], false)::processing.claimed);
end
$$;

comment on function processing.claim_around(processing.pipelines, integer, processing.asked) is
    'Internal: claims rows of a pipeline; those set aside only when their next try is due. Null: claim as usual.';

create function processing.claim_set_aside(p processing.pipelines, keys text[], asked processing.asked) returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    free text[] := processing.lock_free(p.table_id, keys);
    suspects text[] := array(select c.row_id from processing.crashes as c where c.table_id = p.table_id and c.row_id = any (free));
    key text;
    got processing.claimed;
    found processing.claimed := processing.claim_each(p, array(select f from pg_catalog.unnest(free) as f where f <> all (suspects)), asked);
begin
    foreach key in array suspects loop
        exit when found.again;
        begin
            got := processing.claim_each(p, array[key], asked);
            if got.rows > 0 then
                raise exception 'taken back' using errcode = 'RJ000';
            end if;
        exception
            when sqlstate 'RJ000' then
                -- A suspect runs alone, so this was only a trial. Now the row waits for its turn like other suspects. No
                -- worker stops claiming for a row that the database would only refuse again.
                perform processing.look_again(p.table_id, key);
                perform processing.ring_doorbells();
                got := (0, '{}', '{}', true)::processing.claimed;
        end;
        found := processing.both(found, got);
    end loop;
    return found;
end
$$;

comment on function processing.claim_set_aside(processing.pipelines, text[], processing.asked) is
    'Internal: tries to claim rows that are set aside. Suspects that the database accepts are set aside no longer, but not claimed.';

create function processing.claim_due_again(p processing.pipelines, places integer, asked processing.asked) returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    at_once constant integer := 8;
    keys text[];
    found processing.claimed := (0, '{}', '{}', false);
    mended processing.set_aside;
begin
    if exists (select from processing.looks as l where l.pipeline = p.pipeline and l.next_at > asked.moment) then
        return found;
    end if;
    keys := array(
        select s.row_id from processing.set_aside as s
        where s.pipeline = p.pipeline and s.kind = 'claim' and s.look_again_at <= asked.moment
            and (asked.slow is null or s.sqlstate is distinct from '57014')
        order by s.look_again_at limit least(at_once, places) for update skip locked);
    if keys = '{}' then
        return found;
    elsif pg_catalog.cardinality(keys) = at_once then
        insert into processing.looks as l (pipeline, next_at) values (p.pipeline, asked.moment + interval '1 second')
        on conflict (pipeline) do update set next_at = excluded.next_at;
    end if;
    select * into mended from processing.set_aside as s where s.table_id = p.table_id and s.row_id = keys[1];
    -- Rows that are gone or no longer pending are set aside no longer.
    perform processing.look_again(p.table_id, k) from pg_catalog.unnest(keys) as k
    where (processing.row_state(p.table_id::text, k) ->> 'status' = 'pending') is not true;
    found := processing.claim_set_aside(p, keys, asked);
    if found.rows > 0 then
        -- The cause seems to be gone, so more rows with the error of the first tried row may be claimed.
        perform processing.look_again(s.table_id, s.row_id) from (
            select x.table_id, x.row_id from processing.set_aside as x
            where x.pipeline = p.pipeline and x.kind = 'claim' and x.sqlstate = mended.sqlstate
                and x.constraint_name is not distinct from mended.constraint_name
            order by x.look_again_at limit 64 for update skip locked) as s;
        delete from processing.looks as l where l.pipeline = p.pipeline;
    end if;
    return found;
exception
    when query_canceled or assert_failure or others then
        return (0, '{}', '{}', false)::processing.claimed;
end
$$;

comment on function processing.claim_due_again(processing.pipelines, integer, processing.asked) is
    'Internal: tries to claim up to 8 rows that are set aside and whose next try is due.';

insert into processing.library_migrations (version) values ('20261121000615');
