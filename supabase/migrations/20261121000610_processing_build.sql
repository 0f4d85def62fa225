-- Writing and dropping the generated functions of a pipeline.

create function processing.build_statement(p processing.pipelines, verb text, arguments text, answer text, body text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    name text := processing.statement_name(verb, p.pipeline);
begin
    -- See "planned once" and "by index" in …0590. Only contract functions call these functions, and the generic plan is
    -- inherited from them. A name without a table in front means a variable, even if the queue has a column of that name.
    execute pg_catalog.format('create function %s(%s) returns %s', name, arguments, answer)
        || ' language plpgsql set enable_seqscan = off set enable_bitmapscan = off set jit = off set search_path = '
        -- Functions that write fire triggers of the application, so they get the usual path (see usual_path). That is
        -- safe, because every name in these functions has its schema.
        || case when verb in ('lease', 'complete') then processing.usual_path(p.table_id) else '''''' end
        || case when verb in ('pick', 'pick_around', 'live') then ' set enable_sort = off' else '' end
        || pg_catalog.format(' as %L', E'\n#variable_conflict use_variable' || body);
    execute pg_catalog.format('revoke all on function %s from public, anon, authenticated, service_role', name);
    -- Necessary if a superuser calls attach: then the superuser would be the owner.
    execute pg_catalog.format('alter function %s owner to %I', name, processing.contract_owner());
    execute pg_catalog.format('comment on function %s is %L',
        name, 'Internal: written by attach for the pipeline ' || p.pipeline || '.');
end
$$;

comment on function processing.build_statement(processing.pipelines, text, text, text, text) is 'Internal: writes one generated function.';

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

comment on function processing.build_statements(text) is 'Internal: (re)writes the generated functions of a pipeline; attach calls it.';

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

comment on function processing.drop_statements(text) is 'Internal: drops the generated functions of a pipeline.';

create function processing.build_switch(verb text, arguments text, answer text, call text, otherwise text) returns void
language plpgsql
set search_path = ''
as $$
declare
    signature text := pg_catalog.format('processing.%I(of_pipeline text, %s)', verb || '_of', arguments);
    cases text;
begin
    select coalesce(pg_catalog.string_agg(pg_catalog.format(
        E'    if of_pipeline = %L then\n        return %s;\n    end if;\n', p.pipeline, processing.filled(call, (
            select pg_catalog.jsonb_object_agg(place, case place
                when 'keys' then q.key_type || '[]' else processing.statement_name(place, p.pipeline) end)
            from pg_catalog.unnest(processing.places_in(call)) as place))), '' order by p.pipeline), '')
    into cases from processing.pipelines as p join processing.queues as q on q.table_id = p.table_id;
    execute pg_catalog.format('create or replace function %s returns %s language plpgsql set search_path = '''' as %L',
        signature, answer, pg_catalog.format(E'\nbegin\n%s    %s;\nend\n', cases, otherwise));
    execute pg_catalog.format('revoke all on function %s from public, anon, authenticated, service_role', signature);
    execute pg_catalog.format('comment on function %s is %L', signature,
        pg_catalog.format('Internal: written by attach; finds %s__<pipeline>.', verb));
end
$$;

comment on function processing.build_switch(text, text, text, text, text) is
    'Internal: writes the function that calls the generated function of a pipeline. In `call`, a verb such as {pick} or {lease} stands for the name of '
    'a generated function, and {keys} for the type of an array of keys. `otherwise` is the statement for a pipeline that does not exist.';

create function processing.build_switches() returns void
language plpgsql
set search_path = ''
as $$
declare
    picks text := 'slots integer, owner_places integer, moment timestamptz, suspects text[], alone boolean';
begin
    -- A pipeline may be detached while a claim runs; then the answer is that it has no rows.
    perform processing.build_switch('claim', picks || ', for_worker uuid, woken text', 'processing.batch',
        '{lease}({pick}(slots, owner_places, moment, suspects, alone), for_worker, moment, woken)',
        'return (0, null, null)::processing.batch');
    perform processing.build_switch('pick', picks, 'text[]', '{pick}(slots, owner_places, moment, suspects, alone)::text[]', 'return ''{}''::text[]');
    perform processing.build_switch('pick_around', picks, 'text[]',
        '{pick_around}(slots, owner_places, moment, suspects, alone)::text[]', 'return ''{}''::text[]');
    perform processing.build_switch('lease', 'picked text[], for_worker uuid, moment timestamptz, woken text', 'processing.batch',
        '{lease}(picked::{keys}, for_worker, moment, woken)', 'return (0, null, null)::processing.batch');
    perform processing.build_switch('complete', 'results jsonb, for_worker uuid, moment timestamptz', 'text[]', '{complete}(results, for_worker, moment)', 'return null');
    perform processing.build_switch('next_due', 'moment timestamptz', 'timestamptz', '{next_due}(moment)', 'return null');
end
$$;

comment on function processing.build_switches() is
    'Internal: (re)writes claim_of, pick_of, lease_of and the like, which call the generated function of the pipeline that is named.';

select processing.build_switches();
