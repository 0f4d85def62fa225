-- Templates: how the functions of the claim path are written. tests/library/sql/generated.sql shows results.

-- attach fills templates for each pipeline (see 0600), with places such as `{table}`. The code that makes the text for
-- a place must quote it, because `filled` inserts the text unchanged.

-- The tricks follow. Comments in other files name a trick as it is named here.

-- "planned once": a generated function names its table, so plpgsql plans its statements once per session. Dynamic SQL
-- (`execute`) is planned at every call.

-- "planned once", for small functions: they are often plpgsql, because Postgres 15 plans an SQL function with its own
-- search_path again in every statement that calls it.

-- "generic plan": plan_cache_mode = force_generic_plan. Otherwise Postgres plans each of the first five calls of a
-- statement anew, and perhaps later ones. Functions that are called inherit the setting.

-- "by index": `enable_seqscan = off` and `enable_bitmapscan = off`, because the statistics of a queue are often stale,
-- but a partial index over waiting rows is fast at any size.

-- "by index", for functions that pick rows: `enable_sort = off`, because a plan that sorts reads all waiting rows
-- first.

-- "by index", also: `jit = off`, because compiling costs more than any of these statements.

-- "by index", the exception: a function that calls SQL of the application, such as store_handovers, switches the
-- scans on again.

-- "short": a pick is a loop of short statements that read only keys. A large statement costs more before it reads
-- its first row than joining saves.

-- "one range": the index by priority is read one priority at a time. A single scan over `priority desc, not_before`
-- would also read rows that are not due yet.

-- "ring": `with recursive ring` finds the next owner by one index lookup. `select distinct owner` would read every
-- waiting row.

-- "owner as range": `owner >= x and owner <= x`. With `owner = x` the planner drops the owner from the order, may use
-- the index without owners, and then reads due rows of all owners.

-- "one way": `key = any (array[x])`, and `(…) is true` around the other conditions, exclude hash and merge joins. So
-- each row is found by its key.

-- "by place": in `ctid = any (array(select …))` the select runs once, before the delete. In `in (select … limit …
-- skip locked)` it may run once per outer row.

-- "locked first": `with locked as materialized (…)` locks rows in the order of keys before anything changes. Later
-- parts of the statement use this list.

-- "in full": code is repeated instead of called, and one statement answers several questions, because a call or a
-- statement costs more than the work in it.

-- "asked once": by_person and by_user are declared immutable although their answer changes. So a trigger's condition
-- with constant arguments calls them once per statement, not once per row.

-- "checked here": `set constraints all immediate` (see checks_now) at the end of a batch runs checks deferred to the commit. An error
-- then rolls back only the batch.

-- "room": `fillfactor` below 100 on small tables whose rows change often. A new version of a row has room on the same
-- page, so often no index has to change.

create function processing.statement_name(verb text, pipeline text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.format('%I.%I', 'processing', verb || '__' || pg_catalog.replace(pipeline, '-', '_'));
end
$$;

comment on function processing.statement_name(text, text) is
    'Internal: the name of a pipeline''s generated function, as in processing.pick__company_research.';

create function processing.places_in(template text) returns text[]
language sql immutable
set search_path = ''
as $$
    select coalesce(pg_catalog.array_agg(m.found[1] order by m.nth), '{}')
    from pg_catalog.regexp_matches(template, '\{([a-z_]+)\}', 'g') with ordinality as m (found, nth)
$$;

comment on function processing.places_in(text) is
    'Internal: the names in braces in a template, in their order and with repetitions.';

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
    'Internal: a template with the texts of `places` inserted unchanged; an error if names and places do not match.';

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
        'not_aside', pg_catalog.format('t.processing_not_before > front and t.%I::text <> all (passed)', q.key_column),
        -- Most sessions have no temporary table, and then need not ask.
        'checks_now', 'if pg_catalog.pg_my_temp_schema() = 0 then set constraints all immediate; else execute processing.checks_now(); end if;',
        -- A sweep may have ended since `suspects` was read, and the rows that it took back may be among the picked ones.
        'leave_suspects', pg_catalog.format($text$if not alone and exists (select from processing.crashes) then
        picked := array(
            select k.key from pg_catalog.unnest(picked) with ordinality as k (key, place)
            where k.key::text <> all (array(select c.row_id from processing.crashes as c where c.table_id = %L::regclass))
            order by k.place);
    end if;$text$, q.table_id::text));
end
$$;

comment on function processing.words_of(processing.pipelines, processing.queues) is
    'Internal: the texts for the places that any template of a pipeline may use, by the name of the place. `waits`, '
    '`due` and `not_aside` are conditions on a row t. `leave_suspects` is a statement that leaves out of `picked` '
    'the rows whose worker died, `checks_now` one that runs deferred checks.';

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
    'Internal: fills a template with texts of words_of and of `more`. Each text in `more` must be used.';

create function processing.fragments_for(p processing.pipelines, q processing.queues, fragments jsonb) returns jsonb
language sql stable
set search_path = ''
as $$
    select pg_catalog.jsonb_object_agg(f.key, processing.filled_for(p, q, f.value)) from pg_catalog.jsonb_each_text(fragments) as f
$$;

comment on function processing.fragments_for(processing.pipelines, processing.queues, jsonb) is
    'Internal: fills the places in parts of a template, {name: part}, with the texts of words_of.';

create function processing.input_sql(p processing.pipelines, input text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    given text := pg_catalog.format('t.%I', input);
begin
    if processing.varies_by_session((
        select a.atttypid from pg_catalog.pg_attribute as a where a.attrelid = p.table_id and a.attname = input and not a.attisdropped))
    then
        given := pg_catalog.format('case when steady then pg_catalog.to_json(%1$s) else processing.steady_json(%1$s) end', given);
        return pg_catalog.format(case when input = any (processing.json_inputs(p)) then '(%s)::text as %I' else '%s as %I' end, given, input);
    end if;
    return case when input = any (processing.json_inputs(p)) then pg_catalog.format('pg_catalog.to_json(%s)::text as %I', given, input) else given end;
end
$$;

comment on function processing.input_sql(processing.pipelines, text) is
    'Internal: an input in the select list of a claim, so that it is the same in all sessions. `steady` is a variable there.';

create function processing.inputs_sql(p processing.pipelines, out inputs text, out steady text)
language plpgsql stable
set search_path = ''
as $$
begin
    inputs := coalesce((select pg_catalog.string_agg(processing.input_sql(p, i), ', ') from pg_catalog.unnest(p.inputs) as i), '');
    steady := case when inputs like '%processing.steady\_json%' then E'    steady constant boolean := processing.is_steady();\n' else '' end;
end
$$;

comment on function processing.inputs_sql(processing.pipelines) is
    'Internal: the select list of a claim''s inputs, and the declaration that it needs.';

insert into processing.library_migrations (version) values ('20261121000590');
