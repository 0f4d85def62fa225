-- Templates: how the functions of the claim path are written, and why they look as they do.
--
-- attach writes one set of functions per pipeline (next files). Their text is a template with named places such as `{table}`
-- or `{key}`. The code that makes the text for a place must quote it, because `filled` inserts it unchanged. `filled` works in
-- one pass, so braces inside an inserted text are not filled again. tests/library/sql/generated.sql shows the results.
--
-- The tricks. Comments in other files refer to a trick by its name here:
--
--   planned once    A generated function has the table's name in it, so plpgsql plans its statements once per session. Dynamic
--                   SQL (`execute`) is planned at every call; that is half the cost of a claim. For the same reason small
--                   functions that are called often are written in plpgsql: an SQL function with a search_path of its own is
--                   not inlined, and Postgres 15 plans it again in every statement that calls it.
--   generic plan    Contract functions set plan_cache_mode = force_generic_plan, and the functions that they call inherit it.
--                   Without it Postgres makes a new plan for the arguments of each of the first five calls of a statement, and
--                   goes on doing so if those plans look cheaper.
--   by index        A queue fills and empties, so its statistics are always stale, while a partial index over waiting rows is
--                   right at any size. Therefore `set enable_seqscan = off` and `enable_bitmapscan = off`. Functions that pick
--                   rows also set `enable_sort = off`, because a plan that sorts has to read all waiting rows first. `jit = off`,
--                   because compiling costs more than any of these statements. A function that calls SQL of the application
--                   under these settings, such as store_handovers, switches the scans on again.
--   short           A large statement has costs before it reads its first row: locks, permissions, the state of each plan node.
--                   They are higher than what one joined statement saves. So a pick is a loop of short statements, which read
--                   keys only.
--   one range       The index by priority is read one priority at a time: find the next lower priority, then read its due rows,
--                   oldest first. A single scan over `priority desc, not_before` would also read all rows of each priority that
--                   are not due yet.
--   ring            `with recursive ring`: the next owner is the first index entry after the last owner, one index lookup each.
--                   `select distinct owner` would read every waiting row, because Postgres cannot jump from value to value there.
--   owner as range  `owner >= x and owner <= x`, ordered by owner first, instead of `owner = x`. With an equality the planner
--                   knows that the owner is constant, and drops it from the order. Then the index without owners gives the right
--                   order, too, and with stale statistics looks as good; but it would read every due row for every owner.
--   one way         `key = any (array[x])`, and `(…) is true` around the other conditions. Neither of them can be used for a hash
--                   or merge join, and no index fits `is true`. So only one plan is left: each row and each lease is found by
--                   its key. No change of statistics can lead to a plan that reads many rows many times.
--   by place        `ctid = any (array(select …))`: the rows to delete are found, and locked if the select says so, exactly once,
--                   before the delete. Written as `in (select … limit … skip locked)`, the select may run once per outer row.
--   locked first    `with locked as materialized (… order by key for no key update skip locked)`: rows are locked in the order of
--                   keys before anything changes, and every later part of the statement uses this one list.
--   in full         Generated functions contain the code of enter_contract and leave_contract instead of calling them, and
--                   look_out answers everything that a claim has to know in one statement. The reason: a call, and likewise a
--                   statement, costs more than the work in it.
--   asked once      by_person and by_user are declared immutable, although their answer changes between statements. Because of
--                   that, a trigger's condition with constant arguments calls them once per statement and not once per row.
--   checked here    `set constraints all immediate` at the end of a batch. What the application has deferred to the commit is
--                   checked then, so that an error costs only the rows of this batch.
--   room            `fillfactor` below 100 on small tables whose rows change often. A new version of a row then has room on the
--                   same page, and no index has to change.

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

comment on function processing.places_in(text) is 'Internal: the names in braces that a template contains, in their order.';

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
    'Internal: a template with a text in each of its places, inserted unchanged. Raises an error if a place has no text, or a text has no place.';

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
    'Internal: the places that every template of a pipeline may use. table; table_name, the same as a literal; key; key_type; pipeline, a literal; owner and '
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
    'Internal: fills a template with those of the pipeline''s words that it names, and with the texts in `more`, all of which it must name.';

create function processing.fragments_for(p processing.pipelines, q processing.queues, fragments jsonb) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_object_agg(f.key, processing.filled_for(p, q, f.value)) from pg_catalog.jsonb_each_text(fragments) as f
$$;

comment on function processing.fragments_for(processing.pipelines, processing.queues, jsonb) is
    'Internal: fills the parts of a template that only one of its forms has with the words of a pipeline.';
