-- Writing and dropping the generated functions of a pipeline, and writing them again after its table has changed.

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

create function processing.refit(p processing.pipelines, problem text, out done boolean, out obstacle jsonb)
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    key record;
    cure text;
begin
    done := false;
    -- After an input or output was renamed, only a new call of attach can name the new column.
    if problem not in ('42P01', '3F000', '42703', '42804', '42883', '22003', '22P02', '42846')
        or not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('processing.attach', 7))
    then
        return;
    end if;
    select * into q from processing.queues as x where x.table_id = p.table_id;
    select * into key from processing.primary_key(p.table_id);
    update processing.pipelines as x set owner_type = coalesce(processing.owner_type_of(x.table_id, x.owner_column), x.owner_type)
    where x.table_id = p.table_id;
    -- A claim compares the last owner with the owner column, so the last owner must be of its type.
    update processing.turns as t set last_owner = null from processing.pipelines as x
    where x.pipeline = t.pipeline and x.table_id = p.table_id and x.owner_type is not null and t.last_owner is not null
        and not processing.is_value(t.last_owner, x.owner_type);
    if (key.key_column, key.key_type) is distinct from (q.key_column, q.key_type) then
        update processing.queues as x set key_column = key.key_column, key_type = key.key_type where x.table_id = p.table_id;
        perform processing.add_triggers(p.table_id);
    end if;
    perform processing.build_statements(x.pipeline) from processing.pipelines as x where x.table_id = p.table_id order by x.pipeline;
    done := true;
exception
    when query_canceled or assert_failure or others then
        get stacked diagnostics cure = pg_exception_hint;
        done := false;
        obstacle := pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', pg_catalog.concat_ws(': ', sqlerrm, nullif(cure, '')));
end
$$;

comment on function processing.refit(processing.pipelines, text) is
    'Internal: builds a table''s generated functions again if that may cure `problem`, an SQLSTATE. obstacle: {sqlstate, message}, why '
    'it could not; null if it was not tried, for instance because another transaction does the same.';

create function processing.misfit(p processing.pipelines) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    q processing.queues;
begin
    select * into q from processing.queues as x where x.table_id = p.table_id;
    return case when not exists (
        select from pg_catalog.pg_proc as f
        where f.pronamespace = 'processing'::regnamespace and f.prosrc = processing.code_of(processing.complete_sql(p, q))
            and pg_catalog.format('%I.%I', 'processing', f.proname) = processing.statement_name('complete', p.pipeline))
        then '{"sqlstate": "42804", "message": "the function that writes results was made for other types of columns", "stale": true}'::jsonb end;
end
$$;

comment on function processing.misfit(processing.pipelines) is
    'Internal: {sqlstate, message, stale} if the function that writes results was not made for the types which the outputs '
    'have now, otherwise null.';

create function processing.write_problem(p processing.pipelines, worker uuid) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform processing.complete_of(p.pipeline, '[]', worker, processing.clock());
    return processing.misfit(p);  -- for instance an output was widened
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        return pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm);
end
$$;

comment on function processing.write_problem(processing.pipelines, uuid) is
    'Internal: {sqlstate, message} if the statement that writes results does not fit the table, otherwise null.';

create function processing.can_complete(p processing.pipelines, worker uuid) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    problem jsonb := processing.write_problem(p, worker);
    repair record;
begin
    if problem is null then
        return true;
    end if;
    repair := processing.refit(p, problem ->> 'sqlstate');
    problem := case when repair.done then processing.write_problem(p, worker) else coalesce(repair.obstacle, problem) end;
    -- After a repair, also one that somebody else makes now, the worker sends the result again.
    if problem is not null and (repair.done or repair.obstacle is not null or not problem ? 'stale') then
        perform processing.break_pipeline(p.pipeline, problem);
    end if;
    return false;
end
$$;

comment on function processing.can_complete(processing.pipelines, uuid) is
    'Internal: whether the statement that writes results fits the table. False also after a repair.';

select processing.build_switches();

insert into processing.library_migrations (version) values ('20261121000610');
