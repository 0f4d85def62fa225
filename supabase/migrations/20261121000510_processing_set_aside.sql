-- Set aside: rows and pipelines that the database refuses to claim or to finish, with the reason. They are tried again
-- after waits that grow.

create table processing.set_aside (
    table_id regclass not null,
    row_id text not null,
    pipeline text not null,
    kind text not null check (kind in ('claim', 'finish')),
    owner_key text not null,
    priority smallint not null,
    due_at timestamptz,
    behind_front boolean not null default false,
    sqlstate text not null,
    constraint_name text,
    column_name text,
    message text not null,
    since timestamptz not null,
    tries integer not null,
    look_again_at timestamptz not null,
    primary key (row_id, table_id)
);

create index set_aside_look_again on processing.set_aside (pipeline, kind, look_again_at);
create index set_aside_ahead on processing.set_aside (pipeline) where kind = 'claim' and not behind_front;
create index set_aside_place on processing.set_aside (pipeline, priority, owner_key, due_at) where kind = 'claim';

comment on table processing.set_aside is 'Rows that the database refuses to claim or to finish, with the reason.';
comment on column processing.set_aside.kind is
    'claim: the pending row could not be claimed. finish: the end of the row''s run could not be written.';
comment on column processing.set_aside.owner_key is 'Empty for a row without an owner, otherwise "=" and the owner as text.';
comment on column processing.set_aside.due_at is
    'The row''s processing_not_before when it was set aside; null if the row could not be read.';
comment on column processing.set_aside.behind_front is
    'Whether a front lies at or after due_at, so that claims do not reach the row.';

create table processing.fronts (
    pipeline text not null,
    priority smallint not null,
    owner_key text not null,
    not_before timestamptz not null,
    walked_at timestamptz not null,
    primary key (pipeline, priority, owner_key)
);

comment on table processing.fronts is
    'Claims skip rows up to not_before: when last checked, all due ones were set aside.';
comment on column processing.fronts.owner_key is 'As in set_aside, or "*" for the rows of all owners together.';
comment on column processing.fronts.walked_at is 'When the front was last checked from the first row on.';

create table processing.broken (
    pipeline text primary key,
    sqlstate text not null,
    message text not null,
    since timestamptz not null,
    tries integer not null,
    look_again_at timestamptz not null
);

comment on table processing.broken is
    'Pipelines whose statements fail whatever the row, with the reason and the time of the next try.';

create table processing.looks (
    pipeline text primary key,
    next_at timestamptz not null
);

comment on table processing.looks is
    'Until next_at, claims of the pipeline, except slow ones, do not try rows again that are set aside.';

create table processing.careful (
    table_id regclass primary key,
    until timestamptz not null
);

comment on table processing.careful is
    'Tables with a slow batch or claim. Until `until`, their rows are normally claimed and taken back one by one.';

create function processing.look_again_after(tries integer) returns interval
language sql volatile
set search_path = ''
as $$
    -- The random factor spreads rows that were set aside together.
    select least(interval '0.5 seconds' * power(1.6, least(tries - 1, 30)), interval '1 minute') * (0.75 + 0.5 * pg_catalog.random())
$$;

comment on function processing.look_again_after(integer) is
    'Internal: the wait before the next try of what is set aside: 0.375 to 75 seconds.';

create function processing.place_of(queue regclass, key text, of_pipeline text, out owner_key text, out priority smallint, out due_at timestamptz)
language plpgsql stable
set search_path = ''
as $$
declare
    q processing.queues;
    owner_column text := (select p.owner_column from processing.pipelines as p where p.pipeline = of_pipeline);
begin
    select * into q from processing.queues as x where x.table_id = queue;
    execute pg_catalog.format(
        'select coalesce(''='' || %1$s, ''''), t.processing_priority, t.processing_not_before from %2$s as t where t.%3$I = $1::%4$s',
        case when owner_column is null then 'null::text' else pg_catalog.format('t.%I::text', owner_column) end,
        queue, q.key_column, q.key_type)
        into owner_key, priority, due_at using key;
    owner_key := coalesce(owner_key, '');
    priority := coalesce(priority, 0);
exception
    when assert_failure or others then
        owner_key := '';
        priority := 0;
end
$$;

comment on function processing.place_of(regclass, text, text) is
    'Internal: owner_key, priority and due_at of a row. If the row cannot be read: an empty text, 0 and null.';

create function processing.set_row_aside(queue regclass, key text, of_pipeline text, of_kind text, problem jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
    place record := processing.place_of(queue, key, of_pipeline);
    so_often integer;
begin
    insert into processing.set_aside as s (
        table_id, row_id, pipeline, kind, owner_key, priority, due_at, sqlstate, constraint_name, column_name, message,
        since, tries, look_again_at)
    values (
        queue, key, of_pipeline, of_kind, place.owner_key, place.priority, place.due_at, problem ->> 'sqlstate',
        problem ->> 'constraint', problem ->> 'column', problem ->> 'message', moment, 1, moment + processing.look_again_after(1))
    on conflict (row_id, table_id) do update set
        pipeline = excluded.pipeline, kind = excluded.kind, owner_key = excluded.owner_key, priority = excluded.priority,
        due_at = excluded.due_at, sqlstate = excluded.sqlstate, constraint_name = excluded.constraint_name,
        column_name = excluded.column_name, message = excluded.message, tries = s.tries + 1,
        behind_front = s.behind_front and (s.pipeline, s.kind, s.owner_key, s.priority, s.due_at)
            is not distinct from (excluded.pipeline, excluded.kind, excluded.owner_key, excluded.priority, excluded.due_at),
        look_again_at = moment + processing.look_again_after(s.tries + 1)
    returning s.tries into so_often;
    if so_often = 1 then
        insert into processing.events (at, table_id, row_id, run, kind, data)
        values (moment, queue, key, coalesce((problem ->> 'run')::bigint, 0), 'set_aside',
            pg_catalog.jsonb_strip_nulls(problem - 'run' || pg_catalog.jsonb_build_object('refused', of_kind)));
    end if;
end
$$;

comment on function processing.set_row_aside(regclass, text, text, text, jsonb) is
    'Internal: lists a row in set_aside, or counts one more try of it there. problem: {sqlstate, message, …}.';

create function processing.look_again(queue regclass, key text) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
    gone processing.set_aside;
begin
    delete from processing.set_aside as s where s.row_id = key and s.table_id = queue returning * into gone;
    if gone.behind_front then
        update processing.fronts as f set walked_at = '-infinity'
        where f.pipeline = gone.pipeline and f.priority = gone.priority and f.owner_key in (gone.owner_key, '*');
    end if;
end
$$;

comment on function processing.look_again(regclass, text) is
    'Internal: removes a row from set_aside, so that the next claim treats it like any other row.';

create function processing.minds_alone(what text) returns boolean
language sql
set search_path = ''
as $$
    select pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('processing.' || what, 7))
$$;

comment on function processing.minds_alone(text) is
    'Internal: takes the lock with this name until the transaction ends, if it is free. True if it was.';

create function processing.break_pipeline(of_pipeline text, problem jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    moment timestamptz := processing.clock();
begin
    if not processing.minds_alone('broken ' || of_pipeline) then
        return;
    end if;
    insert into processing.broken as b (pipeline, sqlstate, message, since, tries, look_again_at)
    values (of_pipeline, problem ->> 'sqlstate', problem ->> 'message', moment, 1, moment + processing.look_again_after(1))
    on conflict (pipeline) do update set
        sqlstate = excluded.sqlstate, message = excluded.message, tries = b.tries + 1,
        look_again_at = moment + processing.look_again_after(b.tries + 1);
end
$$;

comment on function processing.break_pipeline(text, jsonb) is
    'Internal: lists a pipeline in `broken`, or counts one more try, unless another transaction does so.';

create function processing.be_careful(queue regclass, duration interval default interval '1 minute') returns void
language sql
set search_path = ''
as $$
    insert into processing.careful as c (table_id, until)
    select queue, processing.clock() + duration where processing.minds_alone('careful ' || queue::oid)
    on conflict (table_id) do update set until = greatest(c.until, excluded.until)
$$;

comment on function processing.be_careful(regclass, interval) is
    'Internal: lists a table in `careful` for this long, unless another transaction is doing so.';

create function processing.note_duration(queue regclass, started timestamptz) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Not longer, because perhaps the whole database is slow, and not this table.
    if pg_catalog.clock_timestamp() - started > interval '2 seconds' then
        perform processing.be_careful(queue, interval '15 seconds');
    end if;
end
$$;

comment on function processing.note_duration(regclass, timestamptz) is
    'Internal: lists a table in `careful` if the claim that began at `started` took more than 2 seconds.';

create function processing.is_careful(queue regclass) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    return exists (select from processing.careful as c where c.table_id = queue and c.until > processing.clock());
end
$$;

comment on function processing.is_careful(regclass) is 'Internal: whether the table is listed in `careful` at present.';

create function processing.lock_free(queue regclass, keys text[]) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    free text[];
begin
    select * into q from processing.queues as x where x.table_id = queue;
    execute pg_catalog.format(
        'select array(select t.%1$I::text from %2$s as t where t.%1$I = any ($1::%3$s[]) order by t.%1$I for no key update skip locked)',
        q.key_column, queue, q.key_type) into free using keys;
    return free;
end
$$;

comment on function processing.lock_free(regclass, text[]) is
    'Internal: locks those rows that others have not locked, and answers their keys.';

create function processing.next_look(wanted text[], moment timestamptz) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
    soonest timestamptz;
begin
    -- At least 0.25 s after `moment`, so that the worker does not claim without a pause.
    select pg_catalog.min(w.look_at) into soonest
    from processing.pipelines as p cross join lateral (
        select b.look_again_at as look_at from processing.broken as b where b.pipeline = p.pipeline
        union all
        select moment from processing.careful as c where c.table_id = p.table_id and c.until > moment
        union all
        (select greatest(x.look_again_at, l.next_at) from processing.set_aside as x
            left join processing.looks as l on l.pipeline = x.pipeline
            where x.pipeline = p.pipeline and x.kind = 'claim' order by x.look_again_at limit 1)) as w
    where p.pipeline = any (wanted) and not p.paused
        and not p.providers && array(select v.provider from processing.providers as v where v.not_before > moment);
    -- greatest() ignores a null, so without this condition the answer would not be null.
    return case when soonest is not null then greatest(soonest, moment + interval '250 milliseconds') end;
end
$$;

comment on function processing.next_look(text[], timestamptz) is
    'Internal: when to claim again because something is set aside or listed in careful; otherwise null.';

create function processing.crashes_aside(queue regclass, runs jsonb, ended jsonb) returns jsonb
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', r -> 'id', 'reason', 'worker_crashed')), '[]')
    from processing.set_aside as s
    join pg_catalog.jsonb_array_elements(runs) as r on r ->> 'id' = s.row_id and r -> 'data' ->> 'reason' = 'worker_crashed'
    where s.table_id = queue and s.kind = 'finish'
        and not exists (select from pg_catalog.jsonb_array_elements(ended) as e where e ->> 'id' = s.row_id)
        and not exists (select from processing.leases as l where l.table_id = queue and l.row_id = s.row_id)
$$;

comment on function processing.crashes_aside(regclass, jsonb, jsonb) is
    'Internal: those runs of dead workers that the database refused to end, as end_runs answers others. Their rows are suspects, too.';

create function processing.is_hidden(queue regclass) returns boolean
language sql stable
set search_path = ''
as $$
    select exists (
        select from pg_catalog.pg_class as c join pg_catalog.pg_roles as r on r.rolname = current_user
        where c.oid = queue and c.relrowsecurity and c.relforcerowsecurity and not r.rolbypassrls and not r.rolsuper)
$$;

comment on function processing.is_hidden(regclass) is 'Internal: whether policies may hide rows of the table from the contract functions.';

create function processing.troubles(wanted text[] default null) returns jsonb
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(t) order by t.pipeline, t.sqlstate), '[]') from (
        select b.pipeline, b.sqlstate, true as broken, null::bigint as rows, null::text[] as examples, b.since,
            case b.sqlstate when 'RJ007' then b.message || '; then call processing.attach again'
                else 'the pipeline no longer fits its table; call processing.attach again with columns that exist' end as cure
        from processing.broken as b where wanted is null or b.pipeline = any (wanted)
        union all
        select p.pipeline, '42P01', true, null, null, p.attached_at, 'its table is gone; attach another one'
        from processing.pipelines as p
        where (wanted is null or p.pipeline = any (wanted)) and not exists (select from pg_catalog.pg_class as c where c.oid = p.table_id)
        union all
        select p.pipeline, '42501', true, null, null, p.attached_at,
            'row level security is forced on the owner of its table: alter table … no force row level security'
        from processing.pipelines as p where (wanted is null or p.pipeline = any (wanted)) and processing.is_hidden(p.table_id)
        union all
        select p.pipeline, c.problem ->> 'sqlstate', true, null, null, p.attached_at,
            'its "when" cannot be asked of the table any more, so new rows count as no work; call processing.attach again '
            || 'with another one, and backfill => ''pending'' for rows that came meanwhile'
        from processing.pipelines as p join pg_catalog.pg_class as t on t.oid = p.table_id
        cross join lateral (select processing.condition_problem(p.table_id, p.condition) as problem) as c
        where (wanted is null or p.pipeline = any (wanted)) and c.problem is not null
        union all
        select p.pipeline, 'RJ007', true, null, null, p.attached_at,
            'its owner column has got a type that attach refuses, so limits of an owner count each spelling of the owner alone; give it '
            || 'the type text, a uuid or an integer'
        from processing.pipelines as p
        join pg_catalog.pg_attribute as a on a.attrelid = p.table_id and a.attname = p.owner_column and not a.attisdropped
        where (wanted is null or p.pipeline = any (wanted)) and processing.plain_type(p.table_id, p.owner_column) is null
            and not exists (select from processing.broken as b where b.pipeline = p.pipeline)
        union all
        select s.pipeline, s.sqlstate, false, count(*), (pg_catalog.array_agg(s.row_id order by s.since))[1:3], min(s.since),
            'the database refuses these rows; `liverows explain` of one says why'
        from processing.set_aside as s where wanted is null or s.pipeline = any (wanted) group by s.pipeline, s.sqlstate
    ) as t
$$;

comment on function processing.troubles(text[]) is
    'Internal: troubles that keep rows from running: [{pipeline, sqlstate, broken, rows, examples, since, cure}].';

insert into processing.library_migrations (version) values ('20261121000510');
