-- Waits: a row that waits until other rows, its children, have ended. Meanwhile its run is over and it holds no slot.

-- A recipe asks with await_rows, which answers how the children ended. If some have not ended, it ends the run instead:
-- the row is pending and not due, and its checkpoints stay. The recipe asks again in its next run.

-- No end goes unnoticed: await_rows locks the unfinished children while it notes in `awaited` that they are waited for.
-- Whoever ends a child has its row locked, and reads `awaited` after that.

-- Two transactions may end the last two children, and neither sees the other's end before it commits. So an end is only
-- noted in `wait_looks`, and claims, which come later, find out whether the parent still waits. Nobody waits for a lock.

-- As a rule a missed end costs an hour at most: then the row is due in any case, and its recipe asks again.

create table processing.waits (
    table_id regclass not null,
    row_id text not null,
    wait text not null,
    child_table regclass not null,
    children integer not null,
    since timestamptz not null,
    until timestamptz,
    asked_at timestamptz not null,
    primary key (row_id, table_id)
) with (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0
);

comment on table processing.waits is 'Rows that wait for other rows, with the wait that they asked for last.';
comment on column processing.waits.wait is 'Names the wait within the row. The worker chooses it.';
comment on column processing.waits.children is 'How many rows it waits for, with those that have ended.';
comment on column processing.waits.until is 'When the row stops waiting, whatever its children do. Null without a time limit.';
comment on column processing.waits.asked_at is 'When the recipe asked last and had to wait.';

create table processing.awaited (
    id bigint generated always as identity primary key,
    table_id regclass not null,
    row_id text not null,
    child_table regclass not null,
    child_id text not null
) with (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0
);

create index awaited_parent on processing.awaited (row_id, table_id);
create index awaited_child on processing.awaited (child_id, child_table);

comment on table processing.awaited is
    'Which row waits for which child. Deleted when the child ends or the row stops waiting.';

create table processing.wait_looks (
    id bigint generated always as identity primary key,
    table_id regclass not null,
    row_id text not null,
    due_at timestamptz not null,
    tries integer not null default 0,
    xact xid8 not null default pg_catalog.pg_current_xact_id()
) with (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0
);

create index wait_looks_due on processing.wait_looks (due_at);

comment on table processing.wait_looks is 'Waiting rows of which a child has ended. A claim looks whether they still wait.';
comment on column processing.wait_looks.xact is
    'The transaction that ended the child. Only a look after its end sees what others ended meanwhile.';

create function processing.forget_waits(queue regclass, keys text[]) returns void
language plpgsql
set search_path = ''
-- Written with the tricks "by index" and "by place", see 0590.
set enable_seqscan = off
as $$
begin
    delete from processing.waits as w where w.row_id = any (keys) and w.table_id = queue;
    -- Locked lines are skipped: as a rule their child is ending.
    delete from processing.awaited as a where a.ctid = any (array(
        select x.ctid from processing.awaited as x
        where x.row_id = any (keys) and x.table_id = queue for update skip locked));
end
$$;

comment on function processing.forget_waits(regclass, text[]) is 'Internal: these rows wait for nothing any more.';

create function processing.note_ends(queue regclass, keys text[]) returns void
language plpgsql
set search_path = ''
-- Written with the tricks "by index" and "by place", see 0590.
set enable_seqscan = off
as $$
begin
    -- A locked line stays: its parent is being changed, and the look finds out what became of it.
    with ended as (
        select a.ctid as line, a.table_id, a.row_id from processing.awaited as a
        where (keys is null or a.child_id = any (keys)) and a.child_table = queue
    ), gone as (
        delete from processing.awaited as a where a.ctid = any (array(
            select x.ctid from processing.awaited as x
            where x.ctid = any (array(select e.line from ended as e)) for update skip locked))
    )
    insert into processing.wait_looks (table_id, row_id, due_at)
    select distinct e.table_id, e.row_id, processing.clock() from ended as e;
    if found then
        perform processing.ring_doorbells();
    end if;
end
$$;

comment on function processing.note_ends(regclass, text[]) is
    'Internal: these rows have ended or are gone; with keys null, all of the table. Rows that wait for them are looked '
    'at soon.';

create function processing.rows_ended(queue regclass, keys text[]) returns void
language plpgsql
set search_path = ''
as $$
begin
    if exists (select from processing.waits) then
        perform processing.forget_waits(queue, keys);
        perform processing.note_ends(queue, keys);
    end if;
end
$$;

comment on function processing.rows_ended(regclass, text[]) is
    'Internal: what the end of these rows means for waits. Call it after a statement that has locked the rows.';

create function processing.row_set(queue regclass, key text, becomes public.processing_status) returns void
language plpgsql
set search_path = ''
as $$
begin
    if becomes is distinct from 'pending' then
        perform processing.rows_ended(queue, array[key]);
        return;
    end if;
    if exists (select from processing.waits) then
        perform processing.forget_waits(queue, array[key]);
    end if;
    -- Before that, the person may have queued its failed children again.
    delete from processing.checkpoints as c where c.table_id = queue and c.row_id = key and c.step = '@wait';
end
$$;

comment on function processing.row_set(regclass, text, public.processing_status) is
    'Internal: what it means for waits that a person has changed the status of a row.';

create function processing.table_emptied(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
begin
    delete from processing.waits as w where w.table_id = queue;
    delete from processing.awaited as a where a.table_id = queue;
    delete from processing.wait_looks as l where l.table_id = queue;
    perform processing.note_ends(queue, null);
end
$$;

comment on function processing.table_emptied(regclass) is
    'Internal: what it means for waits that a table is empty or no longer attached.';

create function processing.move_waits(queue regclass, old_key text, new_key text) returns void
language plpgsql
set search_path = ''
as $$
begin
    if exists (select from processing.waits) then
        perform processing.forget_waits(queue, array[new_key]);
        update processing.waits as w set row_id = new_key where w.row_id = old_key and w.table_id = queue;
        update processing.awaited as a set row_id = new_key where a.row_id = old_key and a.table_id = queue;
        -- A look at the old key would find nothing.
        insert into processing.wait_looks (table_id, row_id, due_at)
        select queue, new_key, processing.clock() from processing.waits as w where w.row_id = new_key and w.table_id = queue;
        -- For whoever waits for the old key, that row is gone.
        perform processing.note_ends(queue, array[old_key]);
    end if;
end
$$;

comment on function processing.move_waits(regclass, text, text) is 'Internal: the key of a row has changed.';

create function processing.ends_wait(
    queue regclass, key text, of_pipeline text, before anyelement, after anyelement
) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    inputs text[];
begin
    if not exists (select from processing.waits as w where w.row_id = key and w.table_id = queue) then
        return false;
    end if;
    inputs := (select p.inputs from processing.pipelines as p where p.pipeline = of_pipeline);
    if not exists (
        select from pg_catalog.unnest(inputs) as i
        where processing.stored_values(queue, before, inputs) -> i is distinct from processing.stored_values(queue, after, inputs) -> i)
    then
        return false;
    end if;
    perform processing.forget_waits(queue, array[key]);
    perform processing.ring_doorbells();
    return true;
end
$$;

comment on function processing.ends_wait(regclass, text, text, anyelement, anyelement) is
    'Internal: whether an edit changes an input of a waiting row. Then the row waits no more, and has to be due, unless '
    'the edit moves its moment.';

create function processing.wake(queue regclass, key text) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    named constant text := queue::text;  -- before the search path changes
    -- No wait lasts longer than that by itself, so a later moment is one that a person chose.
    latest timestamptz := (
        select w.asked_at + interval '1 hour' from processing.waits as w where w.row_id = key and w.table_id = queue);
    woken_run bigint;
    is_due boolean;
begin
    select x.* into q from processing.queues as x join pg_catalog.pg_class as c on c.oid = x.table_id where x.table_id = queue;
    if not found then
        perform processing.forget_waits(queue, array[key]);
        return true;
    end if;
    perform processing.enter_contract(queue);
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    execute pg_catalog.format(
        -- With an error, the row waits for its next attempt.
        'update %1$s as t set processing_not_before = case
            when t.processing_error is null and t.processing_not_before <= $2 then processing.clock() else t.processing_not_before end
        where t.%2$I = any (array(
            select x.%2$I from %1$s as x where x.%2$I = $1::%3$s and x.processing_status = ''pending'' for no key update skip locked))
        returning t.processing_run, t.processing_not_before <= processing.clock()', queue, q.key_column, q.key_type)
        into woken_run, is_due using key, latest;
    perform processing.leave_contract();
    perform processing.check_deferred(queue);
    if woken_run is not null then
        insert into processing.events (at, table_id, row_id, run, kind)
        select processing.clock(), queue, key, woken_run, 'woken' where is_due;
        return true;
    end if;
    -- A row that is still pending is locked by somebody.
    return processing.row_state(named, key) ->> 'status' is distinct from 'pending';
exception
    when query_canceled then
        return null;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        elsif processing.plans_again(sqlstate) then
            return processing.wake(queue, key);
        end if;
        return false;
end
$$;

comment on function processing.wake(regclass, text) is
    'Internal: makes a waiting row due now, unless it waits for an attempt or until a person''s moment. False if that has '
    'to be tried again; null if so because of a time limit.';

create function processing.still_waits(queue regclass, key text) returns boolean
language plpgsql
set search_path = ''
-- Written with the tricks "by index" and "by place", see 0590.
set enable_seqscan = off
as $$
declare
    line record;
begin
    -- As a rule the first line is enough.
    for line in
        select a.ctid as place, a.child_table, a.child_id from processing.awaited as a where a.row_id = key and a.table_id = queue
    loop
        if processing.state_now(line.child_table, line.child_id) in ('pending', 'processing') then
            return true;
        end if;
        -- The end of this child was missed, as when the transaction that had locked the line was rolled back.
        delete from processing.awaited as a where a.ctid = any (array(
            select x.ctid from processing.awaited as x where x.ctid = line.place for update skip locked));
        if not found then
            return null;
        end if;
    end loop;
    return false;
exception
    when lock_not_available then
        perform processing.wait_less();
        return null;
end
$$;

comment on function processing.still_waits(regclass, text) is
    'Internal: whether a child has not ended; null if that cannot be told now.';

create function processing.state_now(queue regclass, key text) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return processing.row_state(queue::text, key) ->> 'status';
exception
    when lock_not_available or query_canceled then
        raise;
    when assert_failure or others then
        return null;  -- the table is not attached any more, or cannot be read
end
$$;

comment on function processing.state_now(regclass, text) is
    'Internal: the status of a row; null without one, and if the table cannot be read. Raises 55P03 if it is locked.';

create function processing.look_at_waits() returns void
language plpgsql
set search_path = ''
-- Written with the tricks "by index" and "by place", see 0590.
set enable_seqscan = off
as $$
declare
    most constant integer := 100;
    moment timestamptz := processing.clock();
    one record;
    waits boolean;
    woken boolean;
    rings boolean := false;
begin
    for one in
        select l.table_id, l.row_id, pg_catalog.array_agg(l.id) as looks, pg_catalog.max(l.tries) + 1 as tries
        from (
            select x.* from processing.wait_looks as x where x.due_at <= moment
            order by x.due_at limit most for update skip locked
        ) as l
        group by l.table_id, l.row_id order by l.table_id, l.row_id
    loop
        waits := processing.still_waits(one.table_id, one.row_id);
        if not exists (select from processing.waits as w where w.row_id = one.row_id and w.table_id = one.table_id) then
            delete from processing.wait_looks as l where l.id = any (one.looks);
        elsif waits then
            delete from processing.wait_looks as l where l.id = any (one.looks) and l.xact <> pg_catalog.pg_current_xact_id();
        else
            woken := case when waits is null then false else processing.wake(one.table_id, one.row_id) end;
            if woken then
                rings := true;
                delete from processing.wait_looks as l where l.id = any (one.looks);
            else
                update processing.wait_looks as l set tries = one.tries, due_at = moment + processing.look_again_after(one.tries)
                where l.id = any (one.looks);
            end if;
            -- The time limit does not hold a second time in this statement, so the others wait for the next claim.
            exit when woken is null;
        end if;
    end loop;
    if rings then
        -- Perhaps only another worker runs the pipeline of these rows.
        perform processing.ring_doorbells();
    end if;
end
$$;

comment on function processing.look_at_waits() is
    'Internal: wakes rows whose last child has ended. For claims; does nothing about rows that others look at.';

create function processing.next_wait_look(moment timestamptz) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
begin
    return (
        select greatest(l.due_at, moment + interval '50 milliseconds') from processing.wait_looks as l
        order by l.due_at limit 1);
end
$$;

comment on function processing.next_wait_look(timestamptz) is
    'Internal: when to claim again because a row may have stopped waiting; otherwise null.';

insert into processing.library_migrations (version) values ('20261121000720');
