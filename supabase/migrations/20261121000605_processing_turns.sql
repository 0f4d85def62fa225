-- Turns: which owners' rows a claim takes, if a pipeline has owners.

-- A claim goes around the owners, starting after the last turn. A slot goes to an owner with the fewest running rows,
-- so that an owner with many waiting rows does not hold back others.

create function processing.pick_by_owner_sql(p processing.pipelines, q processing.queues, around boolean) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    -- While rows are set aside, `live` finds owners and rows, because it skips those rows.
    parts jsonb := case when around then pg_catalog.jsonb_build_object(
        'passed', $part$    passed text[] := processing.passed_over({pipeline});
    level integer := processing.level_of_all({pipeline});
    front timestamptz;
$part$,
        'find_front', $part$    if level is not null and not exists (select from {table} as t where {waits} and t.processing_priority > level)
        and not exists (select from {table} as t where {waits} and t.processing_priority < level)
    then
        front := processing.front_of_all({pipeline}, level);
    end if;
    front := coalesce(front, '-infinity');
$part$,
        'later', ' and t.processing_not_before > front',
        'lives', ' and pg_catalog.cardinality({live}(r.owner, 1, moment, suspects, alone, picked, passed)) > 0',
        'nobody_waits', 'pg_catalog.cardinality({live}(null, 1, moment, suspects, alone, picked, passed)) > 0',
        'rows_of_owner', 'select pg_catalog.unnest({live}(o.owner, o.share, moment, suspects, alone, picked, passed)) as key',
        'rows_of_nobody', '{live}(null, shares[nobody], moment, suspects, alone, picked, passed)')
    else pg_catalog.jsonb_build_object(
        'passed', '',
        'find_front', '',
        'later', '',
        'lives', '',
        'nobody_waits', '(select true from {table} as t where {due} and t.{owner} is null order by t.{owner} limit 1)',
        'rows_of_owner', $part$select t.{key} as key from {table} as t
                where {due} and t.{owner} >= o.owner and t.{owner} <= o.owner and t.{key} <> all (picked)
                order by t.{owner}, t.processing_priority desc, t.processing_not_before limit o.share
                for no key update skip locked$part$,
        'rows_of_nobody', $part$array(
                select t.{key} from {table} as t where {due} and t.{owner} is null and t.{key} <> all (picked)
                order by t.{owner}, t.processing_priority desc, t.processing_not_before limit shares[nobody]
                for no key update skip locked)$part$) end;
begin
    -- Take more owners than slots: another claim may have locked the rows of some. Written with the tricks "ring",
    -- "owner as range" and "short", see 0590.
    return processing.filled_for(p, q, $sql$
declare
    among {key_type}[] := suspects::{key_type}[];
    picked {key_type}[] := '{}'::{key_type}[];
{passed}    most integer := slots + 4;
    last_turn {owner_type};
    next_turn {owner_type};
    holders text[];
    again boolean := false;
    owners {owner_type}[] := '{}'::{owner_type}[];
    held integer[];
    shares integer[];
    got {key_type}[];
    nobody integer;
begin
{find_front}    select (select t.last_owner::{owner_type} from processing.turns as t where t.pipeline = {pipeline}),
        array(select l.owner from processing.leases as l where l.pipeline = {pipeline}
            union all select s.owner from processing.stopping_leases as s where s.pipeline = {pipeline})
    into last_turn, holders;
    next_turn := last_turn;
    if last_turn is not null then
        owners := array(
            with recursive ring (owner) as (
                select (select t.{owner} from {table} as t where {due} and t.{owner} > last_turn{later} order by t.{owner} limit 1)
                union all
                select (select t.{owner} from {table} as t where {due} and t.{owner} > r.owner{later} order by t.{owner} limit 1)
                from ring as r where r.owner is not null
            )
            select r.owner from ring as r where r.owner is not null
                and owner_places > pg_catalog.cardinality(pg_catalog.array_positions(holders, r.owner::text)){lives}
            limit most);
    end if;
    if pg_catalog.cardinality(owners) < most then
        owners := owners || array(
            with recursive ring (owner) as (
                select (select t.{owner} from {table} as t where {due} and t.{owner} is not null{later} order by t.{owner} limit 1)
                union all
                select (select t.{owner} from {table} as t where {due} and t.{owner} > r.owner{later} order by t.{owner} limit 1)
                from ring as r where r.owner is not null and (r.owner < last_turn) is not false
            )
            select null where last_turn is not null and {nobody_waits}
            union all
            select r.owner from ring as r where r.owner is not null and (r.owner <= last_turn) is not false
                and owner_places > pg_catalog.cardinality(pg_catalog.array_positions(holders, r.owner::text)){lives}
            union all
            select null where last_turn is null and {nobody_waits}
            limit most - pg_catalog.cardinality(owners));
    end if;
    held := case when holders = '{}' then pg_catalog.array_fill(0, array[pg_catalog.cardinality(owners)])
        else processing.held_by(owners::text[], holders) end;
    nobody := pg_catalog.array_position(owners, null);
    loop
        shares := processing.fair_shares(held, owner_places, slots - pg_catalog.cardinality(picked));
        exit when shares is null;
        got := array(
            select r.key
            from rows from (pg_catalog.unnest(owners), pg_catalog.unnest(shares)) as o (owner, share)
            cross join lateral ({rows_of_owner}) as r
            where o.share > 0 and o.owner is not null);
        if shares[nobody] > 0 then
            got := got || {rows_of_nobody};
        end if;
        picked := picked || got;
        if not again then
            next_turn := owners[processing.last_of_most(shares)];
            again := true;
        end if;
        exit when pg_catalog.cardinality(picked) >= slots;
        -- An owner that gave fewer rows than its share has no more now, so it counts as at its limit.
        held := processing.held_after(held, shares, array(
            select coalesce(pg_catalog.array_position(owners, t.{owner}), nobody) from {table} as t where t.{key} = any (got)), owner_places);
    end loop;
    if next_turn is distinct from last_turn then
        perform processing.remember_turn({pipeline}, next_turn::text);
    end if;
    {leave_suspects}
    return picked;
end
    $sql$, processing.fragments_for(p, q, parts));
end
$$;

comment on function processing.pick_by_owner_sql(processing.pipelines, processing.queues, boolean) is
    'Internal: the text of a function that locks due rows, with the owners taking turns, and answers their keys. '
    'With `around` it skips rows that are set aside.';

create function processing.fair_shares(held integer[], places integer, slots integer) returns integer[]
language plpgsql immutable
set search_path = ''
as $$
declare
    shares integer[] := pg_catalog.array_fill(0, array[pg_catalog.cardinality(held)]);
    level integer := places;
    left_over integer := slots;
begin
    for i in 1 .. pg_catalog.cardinality(held) loop
        level := least(level, held[i]);
    end loop;
    while left_over > 0 and level < places loop
        for i in 1 .. pg_catalog.cardinality(held) loop
            if held[i] + shares[i] = level then
                shares[i] := shares[i] + 1;
                left_over := left_over - 1;
                exit when left_over = 0;
            end if;
        end loop;
        level := level + 1;
    end loop;
    return case when left_over < slots then shares end;
end
$$;

comment on function processing.fair_shares(integer[], integer, integer) is
    'Internal: how many slots each owner gets: each slot goes to an owner with the fewest rows, below `places`. '
    'Null if no owner may have a slot.';

create function processing.held_by(owners text[], holders text[]) returns integer[]
language plpgsql immutable
set search_path = ''
as $$
declare
    held integer[] := '{}'::integer[];
begin
    for i in 1 .. pg_catalog.cardinality(owners) loop
        held[i] := pg_catalog.cardinality(pg_catalog.array_positions(holders, owners[i]));
    end loop;
    return held;
end
$$;

comment on function processing.held_by(text[], text[]) is
    'Internal: how many running rows each owner has. `holders` has the owner of each running row.';

create function processing.held_after(held integer[], shares integer[], got_of integer[], places integer) returns integer[]
language plpgsql immutable
set search_path = ''
as $$
declare
    after integer[] := held;
begin
    for i in 1 .. pg_catalog.cardinality(held) loop
        -- An owner that gave fewer rows than its share has no more now, so it counts as at its limit.
        after[i] := case
            when coalesce(pg_catalog.cardinality(pg_catalog.array_positions(got_of, i)), 0) = shares[i] then held[i] + shares[i]
            else places end;
    end loop;
    return after;
end
$$;

comment on function processing.held_after(integer[], integer[], integer[], integer) is
    'Internal: how many rows each owner holds after picking; `places` for an owner without more rows. got_of: the '
    'position of the owner of each picked row.';

create function processing.last_of_most(shares integer[]) returns integer
language plpgsql immutable
set search_path = ''
as $$
declare
    most integer := 1;
    place integer;
begin
    for i in 1 .. pg_catalog.cardinality(shares) loop
        if shares[i] >= most then
            most := shares[i];
            place := i;
        end if;
    end loop;
    return place;
end
$$;

comment on function processing.last_of_most(integer[]) is
    'Internal: the position of the largest share, of equal ones the last. Null if no owner has a share.';

create function processing.remember_turn(pipeline text, owner text) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- A locked line is skipped, so that no claim waits, but the order of turns is not guaranteed. attach makes the
    -- line, because claims that insert lines could wait for each other.
    update processing.turns as t set last_owner = remember_turn.owner
    where t.pipeline = (
        select x.pipeline from processing.turns as x where x.pipeline = remember_turn.pipeline for update skip locked);
end
$$;

comment on function processing.remember_turn(text, text) is
    'Internal: stores the owner whose turn was last, unless another claim is just storing one.';

insert into processing.library_migrations (version) values ('20261121000605');
