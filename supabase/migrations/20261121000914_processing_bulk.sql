-- change_rows: what an operator does to all rows that match a filter, as a person would do it to each of them.

create function processing.check_action(action text, f processing.row_filter, arguments jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    needed constant jsonb := '{"retry": [], "retry_fresh": [], "retry_from": ["step"], "cancel": [], "priority": ["priority"],
        "give_back": ["columns"]}'::jsonb;
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

create function processing.set_priority(queue regclass, keys text[], wanted smallint) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    changed text[];
begin
    select * into q from processing.queues as x where x.table_id = queue;
    perform processing.enter_contract(queue);
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    execute pg_catalog.format('with changed as (
            update %1$s as t set processing_priority = $2 where t.%2$I = any ($1::%3$s[])
                and t.processing_status = ''pending'' and t.processing_priority <> $2 returning t.%2$I::text as key
        ) select array(select c.key from changed as c)', queue, q.key_column, q.key_type) into changed using keys, wanted;
    perform processing.leave_contract();
    perform processing.look_again(queue, c) from pg_catalog.unnest(changed) as c;
    return changed;
end
$$;

comment on function processing.set_priority(regclass, text[], smallint) is
    'Internal: gives pending rows another priority. Answers the keys of those that had another one.';

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
            return processing.set_priority(queue, array[key], (arguments ->> 'priority')::smallint) <> '{}';
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
            elsif state ->> 'status' = 'processing' or state ->> 'status' = 'completed' and completed is not true then
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
        return '{"left": 1}'::jsonb;
    end if;
    perform processing.note_changes(queue, array[key], pg_catalog.jsonb_build_object(
        'action', action, 'operator', operator, 'arguments', arguments));
    perform processing.check_deferred(queue);
    return '{"changed": 1}'::jsonb;
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        elsif processing.plans_again(sqlstate) then
            return processing.try_change(queue, key, action, arguments, completed, operator);
        end if;
        -- Only messages of RJ errors are told: others may quote the row.
        return pg_catalog.jsonb_build_object('refused', 1, 'example', pg_catalog.jsonb_build_object('id', key, 'message',
            case when sqlstate like 'RJ%' or sqlstate = '42703' then sqlerrm else 'the database refuses the change: ' || sqlstate end));
end
$$;

comment on function processing.try_change(regclass, text, text, jsonb, boolean, text) is
    'Internal: changes one row and notes it in its history: {changed}, {left} or {refused, example}. An error costs only this row.';

create function processing.set_statuses(queue regclass, keys text[], old_statuses text[], status public.processing_status) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    changed text[];
begin
    select * into q from processing.queues as x where x.table_id = queue;
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    execute pg_catalog.format('with changed as (
            update %1$s as t set processing_status = $1
            where t.%2$I = any ($2::%3$s[]) and t.processing_status::text = any ($3) returning t.%2$I::text as key
        ) select array(select c.key from changed as c)', queue, q.key_column, q.key_type) into changed using status, keys, old_statuses;
    return changed;
end
$$;

comment on function processing.set_statuses(regclass, text[], text[], public.processing_status) is
    'Internal: changes the status of rows as a person would. Answers the keys of those that had one of old_statuses.';

create function processing.hurry_all(queue regclass, keys text[]) returns text[]
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
    changed text[];
begin
    select * into q from processing.queues as x where x.table_id = queue;
    perform processing.enter_contract(queue);
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    execute pg_catalog.format('with changed as (
            update %1$s as t set processing_not_before = processing.clock() where t.%2$I = any ($1::%3$s[])
                and t.processing_status = ''pending'' and t.processing_not_before > processing.clock() returning t.%2$I::text as key
        ) select array(select c.key from changed as c)', queue, q.key_column, q.key_type) into changed using keys;
    perform processing.leave_contract();
    perform processing.ring_doorbells() where changed <> '{}';
    return changed;
end
$$;

comment on function processing.hurry_all(regclass, text[]) is
    'Internal: makes rows due that are pending and not due yet. Answers their keys.';

create function processing.note_changes(queue regclass, keys text[], data jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    execute pg_catalog.format('insert into processing.events (at, table_id, row_id, run, kind, data)
            select processing.clock(), $1, t.%1$I::text, t.processing_run, ''operator'', $3
            from %2$s as t where t.%1$I = any ($2::%3$s[]) order by t.%1$I', q.key_column, queue, q.key_type) using queue, keys, data;
end
$$;

comment on function processing.note_changes(regclass, text[], jsonb) is 'Internal: notes an action of an operator in the history of rows.';

create function processing.change_together(
    queue regclass, keys text[], action text, arguments jsonb, completed boolean, operator text
) returns bigint
language plpgsql
set search_path = ''
as $$
declare
    changed text[];
begin
    if action = 'cancel' then
        changed := processing.set_statuses(queue, keys, '{pending,processing}', 'cancelled');
    elsif action = 'priority' then
        changed := processing.set_priority(queue, keys, (arguments ->> 'priority')::smallint);
    elsif action in ('retry', 'retry_fresh') then
        changed := processing.hurry_all(queue, keys);
        keys := processing.set_statuses(queue, keys,
            case when completed then '{failed,cancelled,completed}' else '{failed,cancelled}' end::text[], 'pending');
        if action = 'retry_fresh' then
            delete from processing.checkpoints as c where c.table_id = queue and c.row_id = any (keys);
            delete from processing.paid_calls as c where c.table_id = queue and c.row_id = any (keys);
        end if;
        changed := changed || keys;
    else
        return null;
    end if;
    perform processing.note_changes(queue, changed, pg_catalog.jsonb_build_object('action', action, 'operator', operator, 'arguments', arguments));
    perform processing.check_deferred(queue);
    return pg_catalog.cardinality(changed);
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        end if;
        perform processing.plans_again(sqlstate);  -- before the rows are tried one by one
        return null;
end
$$;

comment on function processing.change_together(regclass, text[], text, jsonb, boolean, text) is
    'Internal: changes rows in one statement, and answers how many. Null if a row refuses, or if the action is done row by row.';

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
    together bigint;
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
        together := processing.change_together(one.queue, free, action, arguments, 'completed' = any (f.statuses), operator);
        changed := changed + coalesce(together, 0);
        continue when together is not null;
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
    perform processing.defer_again();
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

insert into processing.library_migrations (version) values ('20261121000914');
