-- Rows that wait for a budget: how long they wait, and how a budget that changes wakes them.

create function processing.wake_rows(queue regclass, keys text[]) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    q processing.queues;
begin
    select * into q from processing.queues as x where x.table_id = queue;
    perform processing.enter_contract(queue);
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    -- The error stays on the row until it runs, as after any wait.
    execute pg_catalog.format('update %1$s as t set processing_not_before = processing.clock() where t.%2$I = any ($1::%3$s[])',
        queue, q.key_column, q.key_type) using keys;
    perform processing.leave_contract();
    perform processing.check_deferred(queue);
    return true;
exception
    when query_canceled then
        raise;
    when assert_failure or others then
        if sqlstate = '55P03' then
            perform processing.wait_less();
        elsif processing.plans_again(sqlstate) then
            return processing.wake_rows(queue, keys);
        end if;
        raise log '% rows of % that wait for a budget stay as they are: %', pg_catalog.cardinality(keys), queue, sqlstate;
        return false;
end
$$;

comment on function processing.wake_rows(regclass, text[]) is
    'Internal: makes these waiting rows due. False, and nothing changed, if the database refuses one of them.';

create function processing.wake_apart(queue regclass, keys text[]) returns void
language plpgsql
set search_path = ''
as $$
declare
    half constant integer := pg_catalog.cardinality(keys) / 2;
begin
    -- Halves, because most rows are changed in a few statements then, however many rows there are.
    if pg_catalog.cardinality(keys) > 0 and not processing.wake_rows(queue, keys) and half > 0 then
        perform processing.wake_apart(queue, keys[:half]);
        perform processing.wake_apart(queue, keys[half + 1:]);
    end if;
end
$$;

comment on function processing.wake_apart(regclass, text[]) is
    'Internal: makes these waiting rows due. One that the database refuses to change, for instance because a trigger of the '
    'application raises, also a deferred one, keeps no other waiting.';

create function processing.wake_over_budget(of_pipeline text) returns void
language plpgsql
set search_path = ''
as $$
declare
    one record;
    keys text[];
begin
    for one in
        select p.pipeline, q.table_id, q.key_column from processing.pipelines as p join processing.queues as q on q.table_id = p.table_id
        where p.pipeline = of_pipeline or of_pipeline is null order by q.table_id, p.pipeline
    loop
        begin
            execute pg_catalog.format('select array(
                    select x.%2$I::text from %1$s as x where x.processing_status = ''pending'' and x.processing_pipeline = $1
                        and x.processing_not_before > processing.clock() and x.processing_error ->> ''code'' = ''budget_reached''
                    order by x.%2$I for no key update skip locked)', one.table_id, one.key_column) into keys using one.pipeline;
        exception
            when query_canceled then
                raise;
            when assert_failure or others then
                raise log 'the rows of % that wait for a budget stay as they are: %', one.table_id, sqlstate;
                continue;
        end;
        perform processing.wake_apart(one.table_id, keys);
    end loop;
    perform processing.defer_again();
    perform processing.ring_doorbells();
end
$$;

comment on function processing.wake_over_budget(text) is
    'Internal: makes rows due that wait for a budget, of one pipeline or of all, and rings. Those that still have no '
    'budget wait again, and those that the database refuses to change stay as they are.';

create function processing.budget_lock() returns bigint
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.hashtextextended('processing.budgets', 7);
end
$$;

comment on function processing.budget_lock() is
    'Internal: key of the advisory lock that set_budget has alone, and that is shared by those who let a row wait for a budget.';

create function processing.budget_wait(wait interval, row_id text, nonce uuid) returns interval
language plpgsql
set search_path = ''
as $$
begin
    -- set_budget has not seen this row, if it is running or has run since the row was claimed. It waits for no lock here.
    if not pg_catalog.pg_try_advisory_xact_lock_shared(processing.budget_lock()) or exists (
        select from processing.leases as l join processing.operator_actions as a on a.at >= l.claimed_at and a.action = 'set_budget'
        where l.row_id = budget_wait.row_id and l.nonce = budget_wait.nonce)
    then
        return least(wait, interval '1 second');
    end if;
    return wait;
end
$$;

comment on function processing.budget_wait(interval, text, uuid) is
    'Internal: how long a row waits that a budget has refused: only a moment if a budget was set during its run.';

insert into processing.library_migrations (version) values ('20261121000822');
