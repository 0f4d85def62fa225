-- Templates: how the functions of the claim path are written, and why they look as they do.
--
-- attach writes one set of functions per pipeline (next files). Their text is a template with named places, `{table}` or
-- `{key}`. Whoever makes a value for a place quotes it; `filled` puts it in as it is, in one pass, so braces in a value stay.
-- What comes out can be read in tests/library/sql/generated.sql.
--
-- The tricks, each under the name by which comments in other files call it:
--
--   planned once    A generated function has the table's name in it, so plpgsql plans its statements once per session. Dynamic
--                   SQL (`execute`) is planned at every call; that is half the cost of a claim. For the same reason small
--                   functions that are asked often are plpgsql: one in SQL with a search_path of its own is not inlined,
--                   and on Postgres 15 planned again in every statement that calls it.
--   generic plan    Contract functions set plan_cache_mode = force_generic_plan, and what they call inherits it. Without it
--                   Postgres plans the first five calls of each statement for their arguments, and more where those look cheaper.
--   by index        A queue fills and empties, so its statistics are always stale, while a partial index over rows that wait is
--                   right at any size. Therefore `set enable_seqscan = off` and `enable_bitmapscan = off`; `enable_sort = off`
--                   where rows are picked, since whoever sorts has read all rows that wait; `jit = off` because compiling
--                   costs more than any of these statements. Where SQL of the application is called under such settings, as
--                   in store_handovers, they are switched on again.
--   short           What a large statement costs before it has read its first row (locks, permissions, the state of each node) is
--                   more than what joining saves. So a pick is a loop of short ones, and reads keys only.
--   one range       The index by priority is read one priority at a time: next lower level, then its due rows, oldest first. A
--                   single scan over `priority desc, not_before` would walk over all rows of each level that are not due yet.
--   ring            `with recursive ring`: the next owner is the first index entry behind the last one, one look each. `select
--                   distinct owner` would read every row that waits, since Postgres does not skip from value to value for it.
--   owner as range  `owner >= x and owner <= x`, ordered by owner first, in place of `owner = x`. With an equality the planner
--                   knows the owner to be constant and drops it from the order. Then the index without owners gives that order,
--                   too, and with stale statistics looks as good: it would read every due row for every owner.
--   one way         `key = any (array[x])` and `(…) is true` around the other conditions: neither can be hashed or merged, and
--                   `is true` fits no index. So there is one way to find a row or a lease, by its key, whatever the plan of
--                   the day; a call with many rows does not read them many times.
--   by place        `ctid = any (array(select …))`: the rows to delete are found, and locked if it says so, exactly once, before
--                   the delete. As `in (select … limit … skip locked)` the inner part may run once per outer row.
--   locked first    `with locked as materialized (… order by key for no key update skip locked)`: rows are locked in the order of
--                   keys before anything changes, and every later part sees this one list.
--   in full         What enter_contract and leave_contract do stands in generated functions in full, and look_out answers all
--                   that a claim has to know in one statement: a call, and a statement, cost more than what these do.
--   asked once      by_person and by_user are called immutable, although their answer changes between statements: with constant
--                   arguments a trigger's condition then asks them once per statement and not once per row.
--   checked here    `set constraints all immediate` at the end of a batch: what the application defers to the commit fails here,
--                   where it costs these rows only.
--   room            `fillfactor` below 100 on small tables whose rows change often: a new version of the row finds room on the
--                   same page, and no index changes.

create function processing.statement_name(verb text, pipeline text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.format('%I.%I', 'processing', verb || '__' || pg_catalog.replace(pipeline, '-', '_'));
end
$$;

comment on function processing.statement_name(text, text) is 'Internal: qualified name of a generated function.';

create function processing.places_in(template text) returns text[]
language sql immutable
set search_path = ''
as $$
    select coalesce(pg_catalog.array_agg(m.found[1] order by m.nth), '{}')
    from pg_catalog.regexp_matches(template, '\{([a-z_]+)\}', 'g') with ordinality as m (found, nth)
$$;

comment on function processing.places_in(text) is 'Internal: the names that stand in braces, in their order.';

create function processing.filled(template text, places jsonb) returns text
language plpgsql immutable
set search_path = ''
as $$
declare
    names text[] := processing.places_in(template);
    texts text[] := pg_catalog.regexp_split_to_array(template, '\{[a-z_]+\}');
    missing text := (select pg_catalog.string_agg(distinct n, ', ') from pg_catalog.unnest(names) as n where places ->> n is null);
    left_over text := (select pg_catalog.string_agg(k, ', ' order by k) from pg_catalog.jsonb_object_keys(places) as k where k <> all (names));
begin
    if missing is not null then
        raise exception 'nothing is given for these places of the template: %', missing;
    elsif left_over is not null then
        raise exception 'the template has no such places: %', left_over;
    end if;
    return (
        select pg_catalog.string_agg(t.text || coalesce(places ->> t.name, ''), '' order by t.nth)
        from rows from (pg_catalog.unnest(texts), pg_catalog.unnest(names)) with ordinality as t (text, name, nth));
end
$$;

comment on function processing.filled(text, jsonb) is
    'Internal: a template with a text in each of its places, put in as it is. Raises where a place gets none, or a text has no place.';

create function processing.words_of(p processing.pipelines, q processing.queues) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    words jsonb := pg_catalog.jsonb_build_object(
        'table', q.table_id::text,
        'table_name', pg_catalog.quote_literal(q.table_id::text),
        'key', pg_catalog.quote_ident(q.key_column),
        'key_type', q.key_type,
        'pipeline', pg_catalog.quote_literal(p.pipeline),
        'owner', pg_catalog.quote_ident(p.owner_column),
        'owner_type', p.owner_type,
        'live', processing.statement_name('live', p.pipeline));
    waits text := pg_catalog.format('t.processing_pipeline = %L and t.processing_status = ''pending''', p.pipeline);
begin
    return words || pg_catalog.jsonb_build_object(
        'waits', waits,
        'due', pg_catalog.format('%s and t.processing_not_before <= moment and (t.%I = any (among)) = alone', waits, q.key_column),
        'not_aside', pg_catalog.format('t.processing_not_before > front and t.%I::text <> all (passed)', q.key_column));
end
$$;

comment on function processing.words_of(processing.pipelines, processing.queues) is
    'Internal: what every template of a pipeline may name. table; table_name, the same as a literal; key; key_type; pipeline, a literal; owner and '
    'owner_type, null without owners; live, the generated function; and conditions on a row t: waits; due, as of `moment`; not_aside, not set aside.';

create function processing.filled_for(
    p processing.pipelines, q processing.queues, template text, more jsonb default '{}'
) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return processing.filled(template, more || coalesce((
        select pg_catalog.jsonb_object_agg(w.key, w.value) from pg_catalog.jsonb_each(processing.words_of(p, q)) as w
        where w.key = any (processing.places_in(template))), '{}'));
end
$$;

comment on function processing.filled_for(processing.pipelines, processing.queues, text, jsonb) is
    'Internal: a template with the words of a pipeline in it, as far as it names them, and `more`, all of which it must name.';

create function processing.fragments_for(p processing.pipelines, q processing.queues, fragments jsonb) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_object_agg(f.key, processing.filled_for(p, q, f.value)) from pg_catalog.jsonb_each_text(fragments) as f
$$;

comment on function processing.fragments_for(processing.pipelines, processing.queues, jsonb) is
    'Internal: parts that a template has in one of its forms only, with the words of a pipeline in them.';
