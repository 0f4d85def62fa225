-- Writing and dropping the generated functions of a pipeline.

create function processing.build_statement(p processing.pipelines, verb text, arguments text, answer text, body text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    name text := processing.statement_name(verb, p.pipeline);
begin
    -- The partial indexes are right at any size, while the statistics of a queue are always stale. Names
    -- without a table in front are ours, also where the queue has a column of that name.
    execute pg_catalog.format('create function %s(%s) returns %s', name, arguments, answer)
        || ' language plpgsql set search_path = '''' set enable_seqscan = off set enable_bitmapscan = off'
        || ' set enable_hashjoin = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan'
        || pg_catalog.format(' as %L', E'\n#variable_conflict use_variable' || body);
    execute pg_catalog.format('revoke all on function %s from public, anon, authenticated, service_role', name);
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
begin
    select * into p from processing.pipelines as x where x.pipeline = build_statements.pipeline;
    select * into q from processing.queues as x where x.table_id = p.table_id;
    perform processing.drop_statements(pipeline);
    perform processing.build_statement(p, 'pick',
        'slots integer, owner_places integer, moment timestamptz, suspects text[], alone boolean', q.key_type || '[]',
        processing.filled(
            case when p.owner_column is null then processing.pick_sql() else processing.pick_by_owner_sql() end, p, q));
    perform processing.build_statement(p, 'claim',
        'slots integer, owner_places integer, for_worker uuid, moment timestamptz, woken text, suspects text[], alone boolean',
        'json[]', processing.claim_sql(p, q));
    perform processing.build_statement(p, 'complete',
        'results jsonb, for_worker uuid, moment timestamptz', 'text[]', processing.complete_sql(p, q));
    perform processing.build_statement(p, 'next_due',
        'moment timestamptz', 'timestamptz', processing.filled(processing.next_due_sql(), p, q));
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
            processing.statement_name('pick', pipeline), processing.statement_name('claim', pipeline),
            processing.statement_name('complete', pipeline), processing.statement_name('next_due', pipeline))
    loop
        execute pg_catalog.format('drop function %s', one.name);
    end loop;
end
$$;

comment on function processing.drop_statements(text) is 'Internal: drops the generated functions of a pipeline.';
