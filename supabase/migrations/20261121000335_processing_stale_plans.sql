-- Stale plans. plpgsql plans a statement once per session, with the types that the fields of a row have at that time.
-- After `alter table … alter column … type`, a trigger of the application can therefore refuse every row of a session
-- that ran it before (42804, "type of parameter 3 (bigint) does not match that when preparing the plan (integer)"),
-- while it works in a new session. So a refusal that may come from such a plan is tried once more with new plans.

create function processing.plans_again(problem text) returns boolean
language plpgsql
set search_path = ''
as $$
begin
    -- Once per transaction, because all plans of the session are made again. The setting ends with the transaction.
    if problem = '42501' or problem not like '42%' and problem not in ('0A000', 'XX000')
        or pg_catalog.current_setting('processing.plans_are_new', true) = 'yes'
    then
        return false;
    end if;
    perform pg_catalog.set_config('processing.plans_are_new', 'yes', true);
    discard plans;
    return true;
end
$$;

comment on function processing.plans_again(text) is
    'Internal: lets this session make its plans again, if `problem`, an SQLSTATE, may come from a plan that is older than '
    'a change of a table. True if so: then try the statement again. False if it is not, or was done in this transaction.';

insert into processing.library_migrations (version) values ('20261121000335');
