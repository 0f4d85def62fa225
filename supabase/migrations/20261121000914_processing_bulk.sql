-- What an operator does to many rows or to a pipeline, and the log of it.

create table processing.operator_actions (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    operator text not null,
    action text not null,
    pipeline text,
    arguments jsonb not null,
    rows bigint
);

comment on table processing.operator_actions is
    'What operators did to many rows or to a pipeline, one line each. The history of each row has an event of its own.';
comment on column processing.operator_actions.rows is 'How many rows were changed so far; null for an action on a pipeline.';

create function processing.check_operator(operator text) returns void
language plpgsql
set search_path = ''
as $$
begin
    if (pg_catalog.char_length(pg_catalog.btrim(operator)) between 1 and 200) is not true then
        perform processing.refuse_argument('operator is no name of 1 to 200 characters');
    end if;
end
$$;

comment on function processing.check_operator(text) is 'Internal: raises 22023 for an operator without a name.';

create function processing.note_action(operator text, action text, pipeline text, arguments jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform processing.check_operator(operator);
    insert into processing.operator_actions (at, operator, action, pipeline, arguments)
    values (processing.clock(), operator, action, pipeline, arguments);
end
$$;

comment on function processing.note_action(text, text, text, jsonb) is
    'Internal: writes a line about an action on a pipeline. Raises 22023 for an operator without a name.';

create function processing.check_action(action text, f processing.row_filter, arguments jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    needed constant jsonb := '{"retry": [], "retry_fresh": [], "retry_from": ["step"], "cancel": [], "priority": ["priority"],
        "give_back": ["columns"]}';
    wrong text;
begin
    if not needed ? coalesce(action, '') then
        perform processing.refuse_argument(pg_catalog.format('there is no action %s; choose among retry, retry_fresh, retry_from, cancel, '
            'priority, give_back', coalesce(action, 'null')));
    elsif f is null then
        perform processing.refuse_argument('an empty filter would change every row; name at least a pipeline, a table or a status');
    elsif pg_catalog.jsonb_typeof(arguments) is distinct from 'object' then
        perform processing.refuse_argument('the arguments are no JSON object');
    end if;
    select k into wrong from pg_catalog.jsonb_object_keys(arguments) as k where not needed -> action ? k limit 1;
    if wrong is not null then
        perform processing.refuse_argument(pg_catalog.format('the action %s takes no argument %s', action, wrong));
    elsif action = 'retry_from' and coalesce(pg_catalog.jsonb_typeof(arguments -> 'step'), '') <> 'string' then
        perform processing.refuse_argument('retry_from needs the argument step, a text');
    elsif action = 'priority' and (pg_catalog.jsonb_typeof(arguments -> 'priority') = 'number'
        and (arguments ->> 'priority')::numeric between -32768 and 32767
        and (arguments ->> 'priority')::numeric % 1 = 0) is not true
    then
        perform processing.refuse_argument('priority needs the argument priority, an integer from -32768 to 32767');
    elsif action = 'give_back' and coalesce(pg_catalog.jsonb_typeof(arguments -> 'columns'), 'null') not in ('array', 'null') then
        perform processing.refuse_argument('columns of give_back is no array of names');
    end if;
end
$$;

comment on function processing.check_action(text, processing.row_filter, jsonb) is
    'Internal: raises 22023 for an unknown action, an empty filter, or arguments that do not fit the action.';

create function processing.forget_from(queue regclass, key text, first_step text) returns void
language plpgsql
set search_path = ''
as $$
declare
    begun_at timestamptz;
    steps text[];
begin
    select min(c.created_at) into begun_at from processing.checkpoints as c
    where c.table_id = queue and c.row_id = key and c.step = first_step;
    with gone as (
        delete from processing.checkpoints as c where c.table_id = queue and c.row_id = key and c.created_at >= begun_at returning c.step
    ) select array(select g.step from gone as g) into steps;
    delete from processing.paid_calls as c
    where c.table_id = queue and c.row_id = key and (c.step = first_step or c.step = any (steps));
end
$$;

comment on function processing.forget_from(regclass, text, text) is
    'Internal: deletes the checkpoints of a step of a row, and those made after it, with the notes of their paid calls.';

create function processing.retry_row(queue regclass, key text, action text, first_step text, completed boolean) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    kept text[];
    queued boolean;
begin
    if action = 'retry_from' then
        perform processing.forget_from(queue, key, first_step);
        -- A completed row that is queued again forgets its round, but here the steps before this one are to be reused.
        with held as (
            update processing.checkpoints as c set keep = 'content'
            where c.table_id = queue and c.row_id = key and c.keep = 'round' returning c.step || E'\n' || c.version || E'\n' || c.input_hash as place
        ) select array(select h.place from held as h) into kept;
    end if;
    queued := processing.set_status(queue::text, key, case when completed then '{failed,cancelled,completed}' else '{failed,cancelled}' end::text[], 'pending');
    if queued and action = 'retry_fresh' then
        delete from processing.checkpoints as c where c.table_id = queue and c.row_id = key;
        delete from processing.paid_calls as c where c.table_id = queue and c.row_id = key;
    elsif kept <> '{}' then
        update processing.checkpoints as c set keep = 'round'
        where c.table_id = queue and c.row_id = key and c.step || E'\n' || c.version || E'\n' || c.input_hash = any (kept);
    end if;
    return queued;
end
$$;

comment on function processing.retry_row(regclass, text, text, text, boolean) is
    'Internal: queues a failed or cancelled row again, with `completed` also a completed one. False if it is neither.';

create function processing.set_priority(queue regclass, key text, wanted smallint) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    changed bigint;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    perform processing.enter_contract(queue);
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    execute pg_catalog.format('update %s as t set processing_priority = $2
        where t.%I = $1::%s and t.processing_status = ''pending'' and t.processing_priority <> $2', queue, q.key_column, q.key_type)
        using key, wanted;
    get diagnostics changed = row_count;
    perform processing.leave_contract();
    perform processing.look_again(queue, key);
    return changed > 0;
end
$$;

comment on function processing.set_priority(regclass, text, smallint) is
    'Internal: gives a pending row another priority. False if it is not pending, or has that priority already.';

create function processing.change_row(queue regclass, key text, action text, arguments jsonb, completed boolean) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    state jsonb := processing.row_state(queue::text, key);
    columns text[];
begin
    case action
        when 'cancel' then
            return processing.set_status(queue::text, key, '{pending,processing}', 'cancelled');
        when 'priority' then
            return processing.set_priority(queue, key, (arguments ->> 'priority')::smallint);
        when 'give_back' then
            if pg_catalog.jsonb_typeof(arguments -> 'columns') = 'array' then
                columns := array(select pg_catalog.jsonb_array_elements_text(arguments -> 'columns'));
            end if;
            return processing.reset_edited(queue::text, key, columns) -> 'edited' is distinct from state -> 'edited';
        else
            if state ->> 'status' = 'pending' then
                if (state ->> 'not_before')::timestamptz <= processing.clock() then
                    return false;
                end if;
                perform processing.hurry(queue::text, key);
                return true;
            elsif state ->> 'status' = 'processing' then
                return false;
            end if;
            return processing.retry_row(queue, key, action, arguments ->> 'step', completed);
    end case;
end
$$;

comment on function processing.change_row(regclass, text, text, jsonb, boolean) is
    'Internal: one action on one row, as a person would do it. False if the action does not apply to the row as it is.';

create function processing.try_change(
    queue regclass, key text, action text, arguments jsonb, completed boolean, operator text
) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    if not processing.change_row(queue, key, action, arguments, completed) then
        return '{"left": 1}';
    end if;
    insert into processing.events (at, table_id, row_id, run, kind, data)
    select processing.clock(), queue, key, (s.state ->> 'run')::bigint, 'operator', pg_catalog.jsonb_build_object(
        'action', action, 'operator', operator, 'arguments', arguments)
    from (select processing.row_state(queue::text, key) as state) as s where s.state is not null;
    perform processing.check_deferred(queue);
    return '{"changed": 1}';
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        -- Only messages of RJ errors are told: others may quote the row.
        return pg_catalog.jsonb_build_object('refused', 1, 'example', pg_catalog.jsonb_build_object('id', key, 'message',
            case when sqlstate like 'RJ%' or sqlstate = '42703' then sqlerrm else 'the database refuses the change: ' || sqlstate end));
end
$$;

comment on function processing.try_change(regclass, text, text, jsonb, boolean, text) is
    'Internal: changes one row and notes it in its history: {changed}, {left} or {refused, example}. An error costs only this row.';

create function processing.change_page(page jsonb, f processing.row_filter, action text, arguments jsonb, operator text) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    most_examples constant integer := 5;
    one record;
    key text;
    free text[];
    told jsonb;
    changed bigint := 0;
    refused bigint := 0;
    examples jsonb := '[]'::jsonb;
begin
    for one in
        select (r ->> 'table')::regclass as queue, pg_catalog.array_agg(r ->> 'id') as keys
        from pg_catalog.jsonb_array_elements(page -> 'rows') as r group by 1 order by 1
    loop
        free := '{}';
        begin
            -- A row that somebody has locked, for instance because a worker is ending it, is left alone.
            free := processing.lock_free(one.queue, one.keys);
        exception
            when query_canceled then
                raise;
            when assert_failure or others then
                continue;
        end;
        foreach key in array free loop
            told := processing.try_change(one.queue, key, action, arguments, 'completed' = any (f.statuses), operator);
            changed := changed + coalesce((told ->> 'changed')::bigint, 0);
            refused := refused + coalesce((told ->> 'refused')::bigint, 0);
            if told ? 'example' and pg_catalog.jsonb_array_length(examples) < most_examples then
                examples := examples || (told -> 'example');
            end if;
        end loop;
    end loop;
    return pg_catalog.jsonb_build_object('changed', changed, 'refused', refused,
        'left', pg_catalog.jsonb_array_length(page -> 'rows') - changed - refused, 'examples', examples);
end
$$;

comment on function processing.change_page(jsonb, processing.row_filter, text, jsonb, text) is
    'Internal: one action on the rows of a page: {changed, refused, left, examples}.';

create function processing.count_action(place jsonb, operator text, action text, arguments jsonb, f processing.row_filter, filter jsonb, changed bigint)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
    line bigint := (place ->> 'action')::bigint;
begin
    -- The calls that follow one another for one filter are one line.
    update processing.operator_actions as a set rows = a.rows + changed
    where a.id = line and a.operator = count_action.operator and a.action = count_action.action;
    if not found then
        insert into processing.operator_actions (at, operator, action, pipeline, arguments, rows)
        values (processing.clock(), operator, action, f.pipeline, arguments || pg_catalog.jsonb_build_object('filter', filter), changed)
        returning id into line;
    end if;
    return line;
end
$$;

comment on function processing.count_action(jsonb, text, text, jsonb, processing.row_filter, jsonb, bigint) is
    'Internal: adds rows to the line of an action in operator_actions, or begins one. Answers its id.';

create function processing.change_rows(
    action text, filter jsonb, operator text, arguments jsonb default '{}', after text default null, max_rows integer default 500
) returns jsonb
language plpgsql security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
declare
    f processing.row_filter := processing.read_filter(filter);
    place jsonb := processing.read_place(after);
    page jsonb;
    told jsonb;
    line bigint;
begin
    perform processing.check_operator(operator);
    perform processing.check_action(action, f, arguments);
    perform processing.check_most('max_rows', max_rows, 2000);
    page := processing.page_of(f, place, max_rows);
    told := processing.change_page(page, f, action, arguments, operator);
    line := processing.count_action(place, operator, action, arguments, f, filter, (told ->> 'changed')::bigint);
    return told || pg_catalog.jsonb_build_object('next', processing.cursor_of(
        nullif(page -> 'place', 'null') || pg_catalog.jsonb_build_object('action', line)));
end
$$;

comment on function processing.change_rows(text, jsonb, text, jsonb, text, integer) is
    'One action on at most max_rows rows that match the filter of list_rows: retry, retry_fresh (forgets the checkpoints), '
    'retry_from {step} (forgets this step and what came after it), cancel, priority {priority}, give_back {columns} (edited outputs; '
    'null means all). Answers {changed, refused, left, next, examples: [{id, message}]}; call it again with `after` => next '
    'until next is null. left: locked rows, and rows to which the action does not apply. A retry runs completed rows again only if '
    'the status of the filter names them, and makes pending rows due. The history of each changed row names the operator. Raises '
    '22023 for an empty filter or a wrong argument.';

create function processing.check_limits(limits jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    known constant text[] := '{concurrency, concurrency_per_owner, max_open_per_owner, max_attempts}';
    wrong text;
begin
    if pg_catalog.jsonb_typeof(limits) is distinct from 'object' or limits = '{}' then
        perform processing.refuse_argument('the limits are no JSON object with at least one limit');
    end if;
    select k into wrong from pg_catalog.jsonb_object_keys(limits) as k where k <> all (known) limit 1;
    if wrong is not null then
        perform processing.refuse_argument(pg_catalog.format('there is no limit %s; choose among %s', wrong, pg_catalog.array_to_string(known, ', ')));
    end if;
    select e.key into wrong from pg_catalog.jsonb_each(limits) as e
    where not case pg_catalog.jsonb_typeof(e.value)
        when 'number' then (e.value #>> '{}')::numeric % 1 = 0
            and (e.value #>> '{}')::numeric between 1 and case e.key when 'max_attempts' then 100 else 2147483647 end
        when 'null' then e.key <> 'max_attempts'
        else false end limit 1;
    if wrong is not null then
        perform processing.refuse_argument(pg_catalog.format('%s is no whole number from 1%s', wrong,
            case wrong when 'max_attempts' then ' to 100' else ', and not null' end));
    end if;
end
$$;

comment on function processing.check_limits(jsonb) is 'Internal: raises 22023 for an unknown limit, or a value that it cannot have.';

create function processing.set_limits(pipeline text, limits jsonb, operator text) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
    p processing.pipelines;
begin
    perform processing.check_limits(limits);
    perform processing.note_action(operator, 'set_limits', set_limits.pipeline, limits);
    update processing.pipelines as x set
        concurrency = case when limits ? 'concurrency' then (limits ->> 'concurrency')::integer else x.concurrency end,
        concurrency_per_owner = case when limits ? 'concurrency_per_owner' then (limits ->> 'concurrency_per_owner')::integer
            else x.concurrency_per_owner end,
        max_open_per_owner = case when limits ? 'max_open_per_owner' then (limits ->> 'max_open_per_owner')::integer
            else x.max_open_per_owner end,
        max_attempts = case when limits ? 'max_attempts' then (limits ->> 'max_attempts')::smallint else x.max_attempts end
    where x.pipeline = set_limits.pipeline returning x.* into p;
    if p.pipeline is null then
        raise exception 'there is no pipeline %', set_limits.pipeline using errcode = 'RJ003';
    end if;
    if limits ? 'max_attempts' then
        -- The generated functions contain this limit.
        perform processing.lock_attach();
        perform processing.build_statements(p.pipeline);
    end if;
    if limits ? 'max_open_per_owner' and p.max_open_per_owner is not null and p.owner_column is not null and not exists (
        select from pg_catalog.pg_trigger as t where t.tgrelid = p.table_id and t.tgname = 'processing_2_check_open_insert')
    then
        perform processing.add_triggers(p.table_id);
    end if;
    perform processing.ring_doorbells();
    return pg_catalog.jsonb_build_object('concurrency', p.concurrency, 'concurrency_per_owner', p.concurrency_per_owner,
        'max_open_per_owner', p.max_open_per_owner, 'max_attempts', p.max_attempts);
end
$$;

comment on function processing.set_limits(text, jsonb, text) is
    'Changes limits of a pipeline at once: concurrency, concurrency_per_owner, max_open_per_owner, max_attempts; null means none, and '
    'what is left out stays. Answers all four. The next attach sets them as it says. Raises RJ003 without such a pipeline, 22023 '
    'for a wrong limit.';

create function processing.operator_log(max_rows integer default 100) returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'at', a.at, 'operator', a.operator, 'action', a.action, 'pipeline', a.pipeline, 'arguments', a.arguments, 'rows', a.rows)
        order by a.id desc), '[]')
    from (select x.* from processing.operator_actions as x order by x.id desc limit least(greatest(max_rows, 0), 1000)) as a
$$;

comment on function processing.operator_log(integer) is
    'What operators did to many rows or to a pipeline, latest first: [{at, operator, action, pipeline, arguments, rows}].';

insert into processing.library_migrations (version) values ('20261121000914');
