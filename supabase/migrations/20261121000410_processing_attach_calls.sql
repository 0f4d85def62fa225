-- attach and detach, which a developer calls, and checks of the arguments of attach.

create function processing.find_store(store text, queue regclass, key_column text, key_type text) returns regprocedure
language plpgsql stable
set search_path = ''
as $$
begin
    -- The first parameter may have the type of the key column, perhaps a domain, or its plain type.
    return coalesce(
        (select pg_catalog.to_regprocedure(pg_catalog.format('%s(%s, jsonb)', store, pg_catalog.format_type(a.atttypid, -1)))
        from pg_catalog.pg_attribute as a where a.attrelid = queue and a.attname = key_column),
        pg_catalog.to_regprocedure(pg_catalog.format('%s(%s, jsonb)', store, key_type)));
exception
    when invalid_name then
        return null;
end
$$;

comment on function processing.find_store(text, regclass, text, text) is
    'Internal: the function `store` with the parameters (key, jsonb), or null if there is none.';

create function processing.check_store(store text, queue regclass, key_column text, key_type text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    resolved regprocedure;
begin
    if store is null then
        return null;
    end if;
    resolved := processing.find_store(store, queue, key_column, key_type);
    if resolved is null then
        perform processing.attach_refused(
            pg_catalog.format('there is no store function %s(%s, jsonb)', store, key_type),
            'create it first: it gets the row''s key and what the pipeline hands over, in the transaction of complete');
    elsif not pg_catalog.has_function_privilege(processing.contract_owner(), resolved, 'execute') then
        perform processing.attach_refused(
            pg_catalog.format('%I may not call the store function %s', processing.contract_owner(), resolved),
            pg_catalog.format('grant execute on function %s to %I', resolved, processing.contract_owner()));
    end if;
    return resolved::oid::regproc::text;
end
$$;

comment on function processing.check_store(text, regclass, text, text) is
    'Internal: the qualified name of a store function. Raises RJ007 if the contract cannot call it.';

create function processing.condition_problem(queue regclass, condition text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
    if condition is not null then
        execute pg_catalog.format('select from (%s) as candidate where (%s)',
            pg_catalog.replace(processing.stored_row(queue), '$1', pg_catalog.format('null::%s', queue)), condition);
    end if;
    return null;
exception
    when assert_failure or others then
        return pg_catalog.jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm);
end
$$;

comment on function processing.condition_problem(regclass, text) is
    'Internal: {sqlstate, message} if the condition cannot be evaluated on the table, otherwise null.';

create function processing.check_condition(queue regclass, condition text) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    problem jsonb := processing.condition_problem(queue, condition);
begin
    if problem is not null then
        perform processing.attach_refused(
            pg_catalog.format('"when" of %s is no condition on its row: %s', queue, problem ->> 'message'),
            'write it as in a WHERE clause; qualify functions that are not in pg_catalog');
    end if;
end
$$;

comment on function processing.check_condition(regclass, text) is
    'Internal: raises RJ007 for a "when" that cannot be evaluated on rows of the table.';

create function processing.check_daily_limits(daily_limits jsonb, owner text) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    one record;
begin
    if daily_limits is null or pg_catalog.jsonb_typeof(daily_limits) <> 'object' then
        perform processing.attach_refused('daily_limits is no object', 'as in {"runs": 50, "audio_seconds": 14400}');
    end if;
    if daily_limits <> '{}' and owner is null then
        perform processing.attach_refused('daily_limits are limits of an owner, and there is none', 'name the column with owner =>');
    end if;
    for one in select l.key, l.value from pg_catalog.jsonb_each(daily_limits) as l order by l.key loop
        if one.key not in ('rows', 'runs', 'calls', 'audio_seconds', 'tokens', 'input_tokens', 'output_tokens', 'cost_usd') then
            perform processing.attach_refused(pg_catalog.format('daily_limits does not know %s', one.key),
                'it knows rows, runs, calls, audio_seconds, tokens, input_tokens, output_tokens and cost_usd');
        elsif pg_catalog.jsonb_typeof(one.value) <> 'number' or one.value::numeric not between 0 and 1e15 then
            perform processing.attach_refused(pg_catalog.format('the daily limit of %s is no number from 0 to 1e15', one.key),
                'leave out what has no limit');
        end if;
    end loop;
end
$$;

comment on function processing.check_daily_limits(jsonb, text) is
    'Internal: raises RJ007 for malformed daily_limits, or daily_limits without an owner column.';

create function processing.attach(
    "table" regclass,
    pipeline text,
    inputs text[],
    outputs text[],
    editable text[] default '{}',
    owner text default null,
    "when" text default null,
    store text default null,
    providers text[] default '{}',
    max_attempts integer default 3,
    max_crashes integer default 3,
    lease interval default '20 seconds',
    timeout interval default '15 minutes',
    grace interval default '1 minute',
    retry_base interval default '10 seconds',
    retry_cap interval default '15 minutes',
    concurrency integer default null,
    concurrency_per_owner integer default null,
    max_open_per_owner integer default null,
    doorbell boolean default true,
    backfill public.processing_status default 'completed',
    broadcast boolean default false,
    rerun boolean default false,
    daily_limits jsonb default '{}',
    delay boolean default false,
    over_budget text default 'wait'
) returns void
language plpgsql
set search_path = ''
set client_min_messages = warning
as $$
#variable_conflict use_column
-- The parameters "table" and "when" are SQL keywords, but callers expect these names: @plpgsql_check_options: other_warnings = false
declare
    queue alias for "table";
    key record;
    type_before text := (select p.owner_type from processing.pipelines as p where p.pipeline = attach.pipeline);
    owner_type text;
    store_function text;
begin
    perform processing.check_rights(queue);
    if backfill not in ('completed', 'pending') then
        perform processing.attach_refused('backfill must be completed or pending', 'rows that are already there: done, or work?');
    end if;
    perform processing.lock_attach();
    -- Remove the entries of tables that were dropped without detach.
    delete from processing.queues as q where not exists (select from pg_catalog.pg_class as c where c.oid = q.table_id);
    if exists (select from processing.pipelines as p where p.pipeline = attach.pipeline and p.table_id <> queue) then
        perform processing.attach_refused(
            pg_catalog.format('pipeline %s belongs to another table', pipeline), 'choose another name, or detach that one');
    end if;
    perform processing.check_table(queue);
    select * into key from processing.primary_key(queue);
    perform processing.check_columns(queue, 'inputs', inputs);
    perform processing.check_columns(queue, 'outputs', outputs || editable);
    perform processing.check_columns(queue, 'owner', array_remove(array[owner], null));
    if not editable <@ outputs then
        perform processing.attach_refused('editable names a column that is no output', 'only outputs can be editable');
    elsif key.key_column = any (outputs) then
        perform processing.attach_refused('the primary key cannot be an output', 'remove it from outputs');
    end if;
    perform processing.check_outputs(queue, outputs, inputs || editable || array(
        select o from processing.pipelines as p cross join lateral pg_catalog.unnest(p.inputs || p.editable) as o
        where p.table_id = queue));
    perform processing.check_own_columns(queue);
    perform processing.check_names(queue, attach.pipeline);
    perform processing.check_broadcast(attach.broadcast, owner);
    owner_type := processing.owner_type_of(queue, owner);
    store_function := processing.check_store(store, queue, key.key_column, key.key_type);
    perform processing.check_condition(queue, "when");
    perform processing.check_daily_limits(attach.daily_limits, owner);
    if over_budget in ('wait', 'fail') is not true then
        perform processing.attach_refused('over_budget must be wait or fail', 'what becomes of a row whose next paid call would exceed a budget?');
    end if;

    insert into processing.queues as q (table_id, key_column, key_type, doorbell)
    values (queue, key.key_column, key.key_type, attach.doorbell)
    on conflict (table_id) do update set
        key_column = excluded.key_column, key_type = excluded.key_type, doorbell = excluded.doorbell;
    perform processing.add_columns(queue, 'completed');
    insert into processing.turns (pipeline) values (attach.pipeline) on conflict do nothing;
    if type_before is distinct from owner_type then
        -- A claim compares the last owner with the owner column, so the last owner must be of its type.
        update processing.turns as t set last_owner = null where t.pipeline = attach.pipeline;
    end if;
    insert into processing.pipelines as p (
        pipeline, table_id, inputs, outputs, editable, owner_column, owner_type, condition, store_function, providers,
        max_attempts, max_crashes, lease, timeout, grace, retry_base, retry_cap,
        concurrency, concurrency_per_owner, max_open_per_owner, broadcast, rerun, delay, over_budget)
    values (
        attach.pipeline, queue, attach.inputs, attach.outputs, attach.editable, owner, owner_type, "when",
        store_function, attach.providers,
        attach.max_attempts, attach.max_crashes, attach.lease, attach.timeout, attach.grace, attach.retry_base,
        attach.retry_cap, attach.concurrency, attach.concurrency_per_owner, attach.max_open_per_owner, attach.broadcast, attach.rerun,
        attach.delay, attach.over_budget)
    on conflict (pipeline) do update set
        inputs = excluded.inputs, outputs = excluded.outputs, editable = excluded.editable,
        owner_column = excluded.owner_column, owner_type = excluded.owner_type, condition = excluded.condition,
        store_function = excluded.store_function, providers = excluded.providers,
        max_attempts = excluded.max_attempts, max_crashes = excluded.max_crashes,
        lease = excluded.lease, timeout = excluded.timeout, grace = excluded.grace,
        retry_base = excluded.retry_base, retry_cap = excluded.retry_cap, concurrency = excluded.concurrency,
        concurrency_per_owner = excluded.concurrency_per_owner, max_open_per_owner = excluded.max_open_per_owner,
        broadcast = excluded.broadcast, rerun = excluded.rerun,
        delay = excluded.delay, over_budget = excluded.over_budget;
    perform processing.declare_budgets(attach.pipeline, attach.daily_limits);
    perform processing.add_indexes(queue, attach.pipeline, owner);
    perform processing.set_vacuum(queue);
    perform processing.add_triggers(queue);
    perform processing.build_statements(attach.pipeline);
    delete from processing.broken as b where b.pipeline = attach.pipeline;
    perform processing.publish_table(queue);
    if backfill = 'pending' then
        perform processing.backfill(queue, attach.pipeline);
    end if;
end
$$;

comment on function processing.attach(
    regclass, text, text[], text[], text[], text, text, text, text[], integer, integer, interval, interval, interval,
    interval, interval, integer, integer, integer, boolean, public.processing_status, boolean, boolean, jsonb, boolean, text
) is
    'Makes a table a queue for this pipeline. A repeated call replaces the settings, also those that it leaves out. '
    'Raises RJ007, with a cure as the hint, if it refuses the table or an argument.';

create function processing.backfill(queue regclass, chosen text) returns void
language plpgsql
set search_path = ''
as $$
declare
    condition text;
begin
    select coalesce(p.condition, 'true') into condition from processing.pipelines as p where p.pipeline = chosen;
    perform processing.enter_contract(queue);
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    -- Rows with a pipeline are left out, so that a repeated attach does not run finished work again.
    execute pg_catalog.format(
        'update %s set processing_status = ''pending'', processing_pipeline = $1, processing_not_before = processing.clock()
            where coalesce(processing_status, ''completed'') = ''completed'' and processing_pipeline is null and (%s)', queue, condition)
        using chosen;
    perform processing.leave_contract();
end
$$;

comment on function processing.backfill(regclass, text) is
    'Internal: queues stored rows that meet the condition, have no pipeline, and are completed or have no status.';

create function processing.detach("table" regclass, pipeline text) returns void
language plpgsql
set search_path = ''
as $$
-- The parameter "table" is an SQL keyword, but callers expect this name: @plpgsql_check_options: other_warnings = false
declare
    queue alias for "table";
    taken_back record;
    dropped text;
begin
    perform processing.lock_attach();
    delete from processing.pipelines as p where p.pipeline = detach.pipeline and p.table_id = queue;
    if not found then
        return;
    end if;
    perform processing.drop_statements(detach.pipeline);
    perform processing.build_switches();
    perform processing.stop_runs(queue, null, detach.pipeline);
    delete from processing.turns as t where t.pipeline = detach.pipeline;
    delete from processing.many_waiting as m where m.pipeline = detach.pipeline;
    delete from processing.budgets as b where b.pipeline = detach.pipeline;
    if exists (select from processing.pipelines as p where p.table_id = queue) then
        perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
        execute pg_catalog.format(
            'update %s set processing_status = ''cancelled''
                where processing_pipeline = $1 and processing_status in (''pending'', ''processing'')', queue)
            using detach.pipeline;
        perform processing.drop_indexes(queue, detach.pipeline, '');
        perform processing.add_triggers(queue);
        return;
    end if;

    select * into taken_back from processing.queues as q where q.table_id = queue;
    perform processing.drop_triggers(queue);
    perform processing.reset_vacuum(queue);
    if taken_back.published and exists (
        select from pg_catalog.pg_publication_rel as pr join pg_catalog.pg_publication as p on p.oid = pr.prpubid
        where p.pubname = 'supabase_realtime' and pr.prrelid = queue)
    then
        execute pg_catalog.format('alter publication supabase_realtime drop table %s', queue);
    end if;
    foreach dropped in array processing.row_columns() loop
        execute pg_catalog.format('alter table %s drop column if exists %I', queue, dropped);
    end loop;
    delete from processing.checkpoints as c where c.table_id = queue;
    delete from processing.events as e where e.table_id = queue;
    delete from processing.paid_calls as c where c.table_id = queue;
    delete from processing.crashes as c where c.table_id = queue;
    delete from processing.edited_inputs as e where e.table_id = queue;
    delete from processing.failed_rows as f where f.table_id = queue;
    delete from processing.traces as t where t.table_id = queue;
    delete from processing.set_aside as s where s.table_id = queue;
    perform processing.table_emptied(queue);
    delete from processing.queues as q where q.table_id = queue;
    perform processing.arrange_listeners();
end
$$;

comment on function processing.detach(regclass, text) is
    'Undoes attach, if the table has this pipeline. With its last pipeline the table loses the processing columns; '
    'otherwise open rows of the pipeline are cancelled.';

insert into processing.library_migrations (version) values ('20261121000410');
