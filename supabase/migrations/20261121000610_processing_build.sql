-- Writing and dropping the generated functions of a pipeline.

create function processing.close_function(of_function oid) returns void
language plpgsql
set search_path = ''
as $$
declare
    -- Default privileges of a project may have given rights to any role.
    holders text := (
        select pg_catalog.string_agg(distinct case g.grantee when 0 then 'public' else g.grantee::regrole::text end, ', ')
        from pg_catalog.pg_proc as f
        cross join lateral pg_catalog.aclexplode(coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) as g
        where f.oid = of_function and g.grantee <> f.proowner);
begin
    if holders is not null then
        execute pg_catalog.format('revoke all on function %s from %s', of_function::regprocedure, holders);
    end if;
end
$$;

comment on function processing.close_function(oid) is
    'Internal: takes the right to call a function from everybody but its owner.';

create function processing.code_of(body text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
    return E'\n#variable_conflict use_variable' || body;
end
$$;

comment on function processing.code_of(text) is 'Internal: the source of a generated function with this body.';

create function processing.build_statement(p processing.pipelines, verb text, arguments text, answer text, body text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    name text := processing.statement_name(verb, p.pipeline);
begin
    -- Written with the tricks "planned once" and "by index", see 0590. A name without a table in front means a
    -- variable, even if the queue has such a column.
    execute pg_catalog.format('create function %s(%s) returns %s', name, arguments, answer)
        || ' language plpgsql set enable_seqscan = off set enable_bitmapscan = off set jit = off set search_path = '
        -- Functions that write fire triggers of the application, which need the usual path. The templates name the
        -- schemas, so that path does not change their meaning.
        || case when verb in ('lease', 'complete') then processing.usual_path(p.table_id) else 'pg_catalog, pg_temp' end
        || case when verb in ('pick', 'pick_around', 'live') then ' set enable_sort = off' else '' end
        || pg_catalog.format(' as %L', processing.code_of(body));
    -- If a superuser calls attach, the function would otherwise belong to the superuser.
    execute pg_catalog.format('alter function %s owner to %I', name, processing.contract_owner());
    perform processing.close_function(name::regproc);
    execute pg_catalog.format('comment on function %s is %L',
        name, 'Internal: written by attach for the pipeline ' || p.pipeline || '.');
end
$$;

comment on function processing.build_statement(processing.pipelines, text, text, text, text) is
    'Internal: creates one generated function, which only the owner of schema processing may call.';

create function processing.build_statements(pipeline text) returns void
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    q processing.queues;
    picks text := 'slots integer, owner_places integer, moment timestamptz, suspects text[], alone boolean';
    keys text;
begin
    select * into p from processing.pipelines as x where x.pipeline = build_statements.pipeline;
    select * into q from processing.queues as x where x.table_id = p.table_id;
    keys := q.key_type || '[]';
    perform processing.drop_statements(pipeline);
    if p.owner_column is null then
        perform processing.build_statement(p, 'pick', picks, keys, processing.pick_sql(p, q, false));
        perform processing.build_statement(p, 'pick_around', picks, keys, processing.pick_sql(p, q, true));
    else
        perform processing.build_statement(p, 'pick', picks, keys, processing.pick_by_owner_sql(p, q, false));
        perform processing.build_statement(p, 'live', pg_catalog.format(
            'of_owner %s, share integer, moment timestamptz, suspects text[], alone boolean, picked %s, passed text[]',
            p.owner_type, keys), keys, processing.live_sql(p, q));
        perform processing.build_statement(p, 'pick_around', picks, keys, processing.pick_by_owner_sql(p, q, true));
    end if;
    perform processing.build_statement(p, 'lease', pg_catalog.format(
        'picked %s, for_worker uuid, moment timestamptz, woken text', keys), 'processing.batch', processing.lease_sql(p, q));
    perform processing.build_statement(p, 'complete', 'results jsonb, for_worker uuid, moment timestamptz', 'text[]', processing.complete_sql(p, q));
    perform processing.build_statement(p, 'next_due',
        'moment timestamptz', 'timestamptz', processing.next_due_sql(p, q));
    perform processing.build_switches();
end
$$;

comment on function processing.build_statements(text) is
    'Internal: creates the generated functions of a pipeline anew, and then the switches.';

create function processing.drop_statements(pipeline text) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
begin
    for one in
        select f.oid::regprocedure as name from pg_catalog.pg_proc as f
        where f.pronamespace = 'processing'::regnamespace and pg_catalog.format('%I.%I', 'processing', f.proname) in (
            select processing.statement_name(verb, pipeline)
            from pg_catalog.unnest('{pick, pick_around, live, lease, complete, next_due}'::text[]) as verb)
    loop
        execute pg_catalog.format('drop function %s', one.name);
    end loop;
end
$$;

comment on function processing.drop_statements(text) is
    'Internal: drops the generated functions of a pipeline, if it has any.';

create function processing.build_switch(verb text, arguments text, answer text, call text, otherwise text) returns void
language plpgsql
set search_path = ''
as $$
declare
    signature text := pg_catalog.format('processing.%I(of_pipeline text, %s)', verb || '_of', arguments);
    cases text;
begin
    select coalesce(pg_catalog.string_agg(pg_catalog.format(
        E'    if of_pipeline = %L then\n        %s\n    end if;\n', p.pipeline, processing.filled(call, (
            select pg_catalog.jsonb_object_agg(place, case place
                when 'keys' then q.key_type || '[]' else processing.statement_name(place, p.pipeline) end)
            from pg_catalog.unnest(processing.places_in(call)) as place))), '' order by p.pipeline), '')
    into cases from processing.pipelines as p join processing.queues as q on q.table_id = p.table_id;
    execute pg_catalog.format('create or replace function %s returns %s language plpgsql set search_path = pg_catalog, pg_temp as %L',
        signature, answer, pg_catalog.format(E'\nbegin\n%s    %s;\nend\n', cases, otherwise));
    perform processing.close_function(pg_catalog.format('processing.%I', verb || '_of')::regproc);
    execute pg_catalog.format('comment on function %s is %L', signature,
        pg_catalog.format('Internal: written by attach; does %s for the pipeline that is named.', verb));
end
$$;

comment on function processing.build_switch(text, text, text, text, text) is
    'Internal: creates <verb>_of, which runs `call` for the pipeline that its argument names, or `otherwise` for an '
    'unknown one. In `call`, a verb such as {pick} stands for a generated function, and {keys} for the type of an '
    'array of keys.';

create function processing.build_look() returns void
language plpgsql
set search_path = ''
as $build$
declare
    looks text;
begin
    -- Written with the tricks "planned once", "by index" and "in full", see 0590.
    select coalesce(pg_catalog.string_agg(processing.filled_for(p, q,
        E',\n        case when {pipeline} = any (wanted) and exists (select from {table} as t where {waits}) then {pipeline} end'), '' order by p.pipeline), '')
    into looks from processing.pipelines as p join processing.queues as q on q.table_id = p.table_id;
    execute pg_catalog.format('create or replace function processing.waiting(wanted text[]) returns text[] language plpgsql '
        'set enable_seqscan = off set enable_bitmapscan = off set jit = off set search_path = pg_catalog, pg_temp as %L', pg_catalog.format($sql$
begin
    return array[null::text%s];
exception
    when lock_not_available then
        perform processing.wait_less();
        return null;
    when query_canceled or assert_failure or others then
        return null;
end
$sql$, looks));
    perform processing.close_function('processing.waiting'::regproc);
    comment on function processing.waiting(text[]) is
        'Internal: written by attach. Answers the wanted pipelines that have a pending row, and nulls. Null if an '
        'attached pipeline''s table cannot be read.';
end
$build$;

comment on function processing.build_look() is
    'Internal: creates or replaces the function waiting, which tells which pipelines have a pending row.';

create function processing.build_switches() returns void
language plpgsql
set search_path = ''
as $$
declare
    picks text := 'slots integer, owner_places integer, moment timestamptz, suspects text[], alone boolean';
begin
    -- A pipeline may be detached while a call runs. Then the answer is that it has no rows.
    perform processing.build_switch('claim', picks || ', for_worker uuid, woken text', 'processing.batch',
        E'declare\n            picked {keys} := {pick}(slots, owner_places, moment, suspects, alone);\n        begin\n'
            '            return case when picked = ''{}'' then (0, null, null)::processing.batch else {lease}(picked, for_worker, moment, woken) end;\n        end;',
        'return (0, null, null)::processing.batch');
    perform processing.build_switch('pick', picks, 'text[]', 'return {pick}(slots, owner_places, moment, suspects, alone)::text[];', 'return ''{}''::text[]');
    perform processing.build_switch('pick_around', picks, 'text[]',
        'return {pick_around}(slots, owner_places, moment, suspects, alone)::text[];', 'return ''{}''::text[]');
    perform processing.build_switch('lease', 'picked text[], for_worker uuid, moment timestamptz, woken text', 'processing.batch',
        'return {lease}(picked::{keys}, for_worker, moment, woken);', 'return (0, null, null)::processing.batch');
    perform processing.build_switch('complete', 'results jsonb, for_worker uuid, moment timestamptz', 'text[]', 'return {complete}(results, for_worker, moment);', 'return null');
    perform processing.build_look();
    perform processing.build_switch('next_due', 'moment timestamptz', 'timestamptz', 'return {next_due}(moment);', 'return null');
end
$$;

comment on function processing.build_switches() is
    'Internal: creates waiting, and functions such as claim_of that call generated functions.';

select processing.build_switches();

insert into processing.library_migrations (version) values ('20261121000610');
