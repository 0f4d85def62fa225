-- Turns: whose rows a claim takes where a pipeline has owners.
--
-- Slots go to whoever has the fewest rows running, in the order of a ring over the owners that wait,
-- which goes on where it ended last time; no owner gets more than its cap. So no backlog, however
-- long, holds up another owner's row.

create function processing.pick_by_owner_sql(around boolean) returns text
language plpgsql immutable
set search_path = ''
as $$
declare
    -- While rows are set aside, owners and rows are asked for by a function that passes them over.
    looks text[] := case when around then array[
            E'    passed text[] := processing.passed_over(%4$L);\n    level integer := processing.level_of_all(%4$L);\n    front timestamptz;\n',
            $around$    if level is not null and not exists (select from %1$s as t where %7$s and t.processing_priority > level)
        and not exists (select from %1$s as t where %7$s and t.processing_priority < level)
    then
        front := processing.front_of_all(%4$L, level);
    end if;
    front := coalesce(front, '-infinity');
$around$,
            ' and t.processing_not_before > front',
            ' and pg_catalog.cardinality({live}(r.owner, 1, moment, suspects, alone, picked, passed)) > 0',
            'pg_catalog.cardinality({live}(null, 1, moment, suspects, alone, picked, passed)) > 0',
            'select pg_catalog.unnest({live}(o.owner, o.share, moment, suspects, alone, picked, passed)) as key',
            '{live}(null, shares[nobody], moment, suspects, alone, picked, passed)']
        else array[
            '',
            '',
            '',
            '',
            '(select true from %1$s as t where %8$s and t.%5$I is null order by t.%5$I limit 1)',
            'select t.%2$I as key from %1$s as t
                where %8$s and t.%5$I >= o.owner and t.%5$I <= o.owner and t.%2$I <> all (picked)
                order by t.%5$I, t.processing_priority desc, t.processing_not_before limit o.share
                for no key update skip locked',
            'array(
                select t.%2$I from %1$s as t where %8$s and t.%5$I is null and t.%2$I <> all (picked)
                order by t.%5$I, t.processing_priority desc, t.processing_not_before limit shares[nobody]
                for no key update skip locked)'] end;
    places text[] := array['{passed}', '{find_front}', '{later}', '{lives}', '{nobody_waits}', '{rows_of_owner}', '{rows_of_nobody}'];
    -- Once around the owners that have a due row, from the one after last time's; rows without an owner
    -- come after the last. A few more owners than slots, as another claimer may hold the rows of some.
    -- Each look asks for the order of the index by owner and for no equality with an owner: with stale
    -- statistics the other index looks as good, and every due row would be read for every owner.
    template text := $sql$
declare
    among %3$s[] := suspects::%3$s[];
    picked %3$s[] := '{}'::%3$s[];
{passed}    most integer := slots + 4;
    last_turn %6$s;
    next_turn %6$s;
    holders text[];
    again boolean := false;
    owners %6$s[] := '{}'::%6$s[];
    held integer[];
    shares integer[];
    got %3$s[];
    nobody integer;
begin
{find_front}    select (select t.last_owner::%6$s from processing.turns as t where t.pipeline = %4$L),
        array(select l.owner from processing.leases as l where l.pipeline = %4$L
            union all select s.owner from processing.stopping_leases as s where s.pipeline = %4$L)
    into last_turn, holders;
    next_turn := last_turn;
    if last_turn is not null then
        owners := array(
            with recursive ring (owner) as (
                select (select t.%5$I from %1$s as t where %8$s and t.%5$I > last_turn{later} order by t.%5$I limit 1)
                union all
                select (select t.%5$I from %1$s as t where %8$s and t.%5$I > r.owner{later} order by t.%5$I limit 1)
                from ring as r where r.owner is not null
            )
            select r.owner from ring as r where r.owner is not null
                and owner_places > pg_catalog.cardinality(pg_catalog.array_positions(holders, r.owner::text)){lives}
            limit most);
    end if;
    if pg_catalog.cardinality(owners) < most then
        owners := owners || array(
            with recursive ring (owner) as (
                select (select t.%5$I from %1$s as t where %8$s and t.%5$I is not null{later} order by t.%5$I limit 1)
                union all
                select (select t.%5$I from %1$s as t where %8$s and t.%5$I > r.owner{later} order by t.%5$I limit 1)
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
        -- An owner that gave fewer rows than its share has none left; treat it as at its cap.
        held := processing.held_after(held, shares, array(
            select coalesce(pg_catalog.array_position(owners, t.%5$I), nobody) from %1$s as t where t.%2$I = any (got)), owner_places);
    end loop;
    if next_turn is distinct from last_turn then
        perform processing.remember_turn(%4$L, next_turn::text);
    end if;
    return picked;
end
    $sql$;
begin
    for i in 1 .. pg_catalog.cardinality(places) loop
        template := pg_catalog.replace(template, places[i], looks[i]);
    end loop;
    return template;
end
$$;

comment on function processing.pick_by_owner_sql(boolean) is
    'Internal: picks due rows in turn over the owners that wait. `around` passes over rows that are set aside; {live} then stands for the name of live__<pipeline>.';

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
    'Internal: gives slot after slot to whoever holds the fewest, in the order given, up to `places` each; null if nobody may have any.';

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
    'Internal: how many rows each owner has running; `holders` has an owner once for each.';

create function processing.held_after(held integer[], shares integer[], got_of integer[], places integer) returns integer[]
language plpgsql immutable
set search_path = ''
as $$
declare
    after integer[] := held;
begin
    for i in 1 .. pg_catalog.cardinality(held) loop
        -- An owner that gave fewer rows than its share has none left; treat it as at its cap.
        after[i] := case
            when coalesce(pg_catalog.cardinality(pg_catalog.array_positions(got_of, i)), 0) = shares[i] then held[i] + shares[i]
            else places end;
    end loop;
    return after;
end
$$;

comment on function processing.held_after(integer[], integer[], integer[], integer) is
    'Internal: what each owner holds once the rows that were found are its own.';

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

comment on function processing.last_of_most(integer[]) is 'Internal: the last place that has the largest share.';

create function processing.remember_turn(pipeline text, owner text) returns void
language plpgsql
set search_path = ''
as $$
begin
    -- Where two claimers meet, one of them remembers; the order of turns is a courtesy, not a promise.
    update processing.turns as t set last_owner = remember_turn.owner
    where t.pipeline = (
        select x.pipeline from processing.turns as x where x.pipeline = remember_turn.pipeline for update skip locked);
    if not found then
        insert into processing.turns (pipeline, last_owner) values (remember_turn.pipeline, remember_turn.owner)
        on conflict do nothing;
    end if;
end
$$;

comment on function processing.remember_turn(text, text) is 'Internal: whose turn was last.';
