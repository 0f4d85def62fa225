-- What operators do to pipelines, and the log of all that operators do.

create table processing.operator_actions (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    operator text not null,
    action text not null,
    pipeline text,
    arguments jsonb not null,
    rows bigint
);

create index operator_actions_at on processing.operator_actions (at);

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

create function processing.check_limits(limits jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    known constant text[] := '{concurrency, concurrency_per_owner, max_open_per_owner, max_attempts}'::text[];
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

create function processing.operator_log(
    max_rows integer default 100, operator text default null, action text default null, pipeline text default null,
    since timestamptz default null, until timestamptz default null, before bigint default null
) returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'id', a.id, 'at', a.at, 'operator', a.operator, 'action', a.action, 'pipeline', a.pipeline, 'arguments', a.arguments, 'rows', a.rows)
        order by a.id desc), '[]')
    from (
        select x.* from processing.operator_actions as x
        where (operator_log.operator is null or x.operator = operator_log.operator)
            and (operator_log.action is null or x.action = operator_log.action)
            and (operator_log.pipeline is null or x.pipeline = operator_log.pipeline)
            and (operator_log.since is null or x.at >= operator_log.since)
            and (operator_log.until is null or x.at <= operator_log.until)
            and (operator_log.before is null or x.id < operator_log.before)
        order by x.id desc limit least(greatest(operator_log.max_rows, 0), 1000)) as a
$$;

comment on function processing.operator_log(integer, text, text, text, timestamptz, timestamptz, bigint) is
    'What operators did to many rows or to a pipeline, latest first: [{id, at, operator, action, pipeline, arguments, rows}]. All '
    'arguments but max_rows choose lines; before is the id of the last line of the page before.';

insert into processing.library_migrations (version) values ('20261121000915');
