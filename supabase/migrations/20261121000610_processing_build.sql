-- Writing and dropping the generated functions of a pipeline.

create function processing.build_statements(pipeline text) returns void
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    q processing.queues;
    verb text;
    -- The partial indexes are right at any size, while the statistics of a queue are always stale.
    planned text := 'language plpgsql set search_path = '''' set enable_seqscan = off set enable_hashjoin = off '
        'set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan '
        'as $f$ begin return query %s; end $f$';
begin
    select * into p from processing.pipelines as x where x.pipeline = build_statements.pipeline;
    select * into q from processing.queues as x where x.table_id = p.table_id;
    perform processing.drop_statements(pipeline);
    execute pg_catalog.format(
        'create function %s(slots integer, owner_places bigint, last_turn text, for_worker uuid, moment timestamptz,
            woken text, suspects %s[], alone boolean, deep boolean)
        returns table (claimed_rows jsonb, last_owner text, cut_off boolean) ',
        processing.statement_name('claim', pipeline), q.key_type)
        || pg_catalog.format(planned, processing.claim_sql(p, q));
    execute pg_catalog.format(
        'create function %s(results jsonb, for_worker uuid, moment timestamptz) returns table (done_rows text[]) ',
        processing.statement_name('complete', pipeline))
        || pg_catalog.format(planned, processing.complete_sql(p, q));
    execute pg_catalog.format(
        'create function %s(moment timestamptz) returns table (due_at timestamptz) ',
        processing.statement_name('next_due', pipeline))
        || pg_catalog.format(planned, processing.next_due_sql(p, q));
    foreach verb in array '{claim,complete,next_due}'::text[] loop
        execute pg_catalog.format('revoke all on function %s from public, anon, authenticated, service_role',
            processing.statement_name(verb, pipeline));
        execute pg_catalog.format('comment on function %s is %L',
            processing.statement_name(verb, pipeline), 'Internal: written by attach for the pipeline ' || pipeline || '.');
    end loop;
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
            processing.statement_name('claim', pipeline), processing.statement_name('complete', pipeline),
            processing.statement_name('next_due', pipeline))
    loop
        execute pg_catalog.format('drop function %s', one.name);
    end loop;
end
$$;

comment on function processing.drop_statements(text) is 'Internal: drops the generated functions of a pipeline.';
