-- What a person edits: outputs, which workers then do not overwrite, and inputs during a run, which make its result
-- outdated.

create function processing.kept_json(
    queue regclass, before anyelement, after anyelement, names text[], is_new boolean
) returns anyelement
language plpgsql stable
set search_path = ''
as $$
declare
    columns text;
    changed json;
begin
    -- As jsonb, null of JSON equals null of SQL, and a text of JSON equals one that has other blanks or names a key twice.
    select pg_catalog.string_agg(pg_catalog.format(case
            when is_new then '(%1$L, null::json, pg_catalog.btrim(($2).%2$I::text) = ''null'')'
            when a.atttypid = 'json'::regtype then '(%1$L, ($1).%2$I, ($1).%2$I::text is distinct from ($2).%2$I::text)'
            else '(%1$L, case when ($2).%2$I is null then ($1).%2$I::json end, (($1).%2$I is null) <> (($2).%2$I is null))' end,
        a.attname, a.attname), ', ')
    into columns from pg_catalog.pg_attribute as a
    where a.attrelid = queue and a.attname = any (names) and a.atttypid in ('json'::regtype, 'jsonb'::regtype) and not a.attisdropped;
    if columns is not null then
        execute pg_catalog.format(
            'select pg_catalog.json_object_agg(v.name, v.value) from (values %s) as v (name, value, is_changed) where v.is_changed', columns)
            into changed using before, after;
    end if;
    return case when changed is null then after else pg_catalog.json_populate_record(after, changed) end;
end
$$;

comment on function processing.kept_json(regclass, anyelement, anyelement, text[], boolean) is
    'Internal: the row `after` with the JSON of these columns as it is in `before`, where both are equal as jsonb; in a new row '
    'null of SQL in place of null of JSON.';

create function processing.edited_outputs(outputs text[], already text[], before jsonb, after jsonb) returns text[]
language sql immutable
set search_path = ''
as $$
    select coalesce(pg_catalog.array_agg(distinct name order by name), '{}')
    from (
        select pg_catalog.unnest(already) as name
        union
        select o.name from pg_catalog.unnest(outputs) as o (name)
        where before -> o.name is distinct from after -> o.name
    ) as names
$$;

comment on function processing.edited_outputs(text[], text[], jsonb, jsonb) is
    'Internal: the outputs that people have changed, by this update or earlier.';

create function processing.inside_contract(queue regclass, depth integer) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
    mark text := (select m.secret || ':worker:' || queue::oid from processing.contract_mark as m);
begin
    for outer_depth in 0 .. depth - 1 loop
        if pg_catalog.current_setting('processing.mark_' || outer_depth, true) = mark then
            return true;
        end if;
    end loop;
    return false;
end
$$;

comment on function processing.inside_contract(regclass, integer) is
    'Internal: whether a trigger issued the statement because of a worker''s write to the same table.';

create function processing.check_set_off(queue regclass, key text, depth integer) returns void
language plpgsql
set search_path = ''
as $$
declare
    most constant integer := 10;
begin
    -- A trigger that queues its row again at each claim would make the row run again and again.
    if processing.inside_contract(queue, depth) and most <= (
        select count(*) from processing.events as e
        where e.table_id = queue and e.row_id = key and e.kind = 'status_set' and e.data ->> 'from' = 'processing'
            and e.at > processing.clock() - interval '1 hour')
    then
        raise exception 'a trigger of the table queues the row again whenever it runs' using errcode = 'RJ009';
    end if;
end
$$;

comment on function processing.check_set_off(regclass, text, integer) is
    'Internal: raises RJ009 if a worker''s write makes a trigger queue the row again too often within an hour.';

create function processing.outdated_inputs(
    queue regclass, key text, names text[], of_run bigint, was jsonb, becomes jsonb, already text[]
) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    claimed jsonb;
    outdated text[];
begin
    if key is null or not exists (select from pg_catalog.unnest(names) as i where was -> i is distinct from becomes -> i) then
        return already;
    end if;
    insert into processing.edited_inputs as e (table_id, row_id, run, inputs, edited_at)
    select queue, key, of_run, pg_catalog.jsonb_object_agg(i, was -> i), processing.clock() from pg_catalog.unnest(names) as i
    on conflict (table_id, row_id) do update set
        inputs = case when e.run = of_run then e.inputs else excluded.inputs end, run = of_run, edited_at = excluded.edited_at
    returning e.inputs into claimed;
    outdated := array(select i from pg_catalog.unnest(names) as i where claimed -> i is distinct from becomes -> i order by i);
    insert into processing.events (at, table_id, row_id, run, kind, data)
    values (processing.clock(), queue, key, of_run, 'inputs_edited', pg_catalog.jsonb_build_object('outdated', outdated));
    return outdated;
end
$$;

comment on function processing.outdated_inputs(regclass, text, text[], bigint, jsonb, jsonb, text[]) is
    'Internal: the inputs that differ from what the run got, which is stored at the first edit.';

create function processing.rerun() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    most constant integer := 3;
    calm constant interval := '5 seconds';
    queue regclass := tg_relid::regclass;
    key text := processing.key_in(queue, tg_argv[0], processing.row_values(new, array[tg_argv[0]]));
    edited processing.edited_inputs;
begin
    select * into edited from processing.edited_inputs as e where e.table_id = queue and e.row_id = key;
    if not found or edited.reruns >= most
        or not (select p.rerun from processing.pipelines as p where p.pipeline = new.processing_pipeline)
    then
        return null;
    end if;
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    -- As a person would queue the row, but due at the earliest five seconds after the last edit.
    execute pg_catalog.format(
        'update %1$s set processing_status = ''pending'', processing_not_before = $2
            where %2$I = ($1).%2$I and processing_status = %3$L', queue, processing.key_column(queue, tg_argv[0]), 'completed')
        using new, greatest(processing.clock(), edited.edited_at + calm);
    insert into processing.edited_inputs as e (table_id, row_id, run, inputs, edited_at, reruns)
    values (queue, key, edited.run, edited.inputs, edited.edited_at, edited.reruns + 1)
    on conflict (table_id, row_id) do update set reruns = excluded.reruns;
    return null;
exception
    when assert_failure or others then
        -- For instance, a limit is reached. Then the row stays completed and outdated.
        raise log 'a row of % does not run again: %', queue, sqlstate;
        return null;
end
$$;

comment on function processing.rerun() is
    'Trigger: queues a completed row with outdated inputs again, if its pipeline has rerun. The repeats are limited.';

insert into processing.library_migrations (version) values ('20261121000320');
