-- Schema `processing`: the row is the job.
--
-- A row of an attached table is the job itself. Inserting it with `processing_status = 'pending'`
-- enqueues it; a worker claims it under a lease, runs the pipeline and writes the result into the
-- same row. A tour, in reading order:
--
--   schema     the status enum, the roles, one clock, the mark of a contract call
--   tables     pipelines, leases, checkpoints, events, workers, providers: only the worker sees them
--   triggers   who may write which column, what a change of status means, the doorbell
--   admission  is a row work, and for which pipeline
--   edits      what people changed: outputs that stay, inputs that make a result outdated
--   attach     turns a table into a queue, and back; first what it refuses
--   broadcast  tells the owner of a row what changed, where attach was asked to
--   liveness   heartbeats, and taking rows back from dead workers
--   set aside  rows and pipelines that the database refuses to claim or to finish, and when to look again
--   templates  how the functions of the claim path are generated, and the tricks in them, each explained once
--   claim      picks due rows fairly and leases them
--   finish     how a run ends (complete, fail, retry_later, release): one row or many in one statement
--   steps      checkpoints and progress
--   people     cancel, retry, redrive, explain, overview, prune
--   access     grants: `service_role` and `liverows_worker` may call the contract, nobody else
--
-- Life of a row:   pending --claim--> processing --complete--> completed
--                     ^                  |   |
--                     |<--retry/release--+   +--fail--> failed        (cancelled: by a person, any time)
--                     +--------- a person sets it back to pending ---------+
--
-- Fence: each lease has a random nonce, and each write by a worker names it. Where no lease has it,
-- nothing changes and the call raises one of these. `processing_run` counts the claims of a row for people:
-- it comes back when a row is deleted and inserted again, a nonce never does.
--   RJ001 lease lost · RJ002 cancelled · RJ003 unknown table or pipeline · RJ004 bad output
--   RJ005 transition refused · RJ006 too many open rows · RJ007 attach refused
--   RJ008 run again too often · RJ009 a trigger of the table kept the row as it was
--   RJ010 rows too large for one answer
--   RJ000 inside the contract only: takes back what was tried out
--
-- Handlers name assert_failure and, where a time limit must not end the call, query_canceled beside others,
-- because `others` leaves out these two, and a trigger of the application may raise either.
--
-- Locks are always taken in one order: capped pipelines by name, domain rows by table and key,
-- leases, counters.

create type public.processing_status as enum (
    'pending',     -- waits for a worker; entered by insert, by hand, by a retry
    'processing',  -- a worker holds a lease on it; entered by claim only
    'completed',   -- the outputs are written
    'failed',      -- processing_error says why
    'cancelled'    -- stopped by a person
);

comment on type public.processing_status is 'State of a row that is worked on in the background.';

create schema processing;

comment on schema processing is 'Background processing of rows: what only the worker sees, and its contract.';

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'liverows_worker') then
        create role liverows_worker nologin noinherit;
    end if;
end
$$;

comment on role liverows_worker is 'May call the processing contract and read nothing else; grant it to a login role.';

create function processing.contract_version() returns integer
language sql immutable parallel safe
set search_path = ''
as $$ select 1 $$;

comment on function processing.contract_version() is 'Grows when a worker of the old version could not work with the new SQL.';

create function processing.clock() returns timestamptz
language plpgsql volatile
set search_path = ''
as $$
begin
    return pg_catalog.clock_timestamp();
end
$$;

comment on function processing.clock() is 'The one clock of the contract. Tests replace this function.';

-- The mark of a contract call. Triggers must tell a worker's write from a person's, and no caller may
-- be able to pretend. A contract function notes, in a setting of the transaction, a mark that is made of a
-- random secret and of the one table that it is about to write. There is one such setting per depth of
-- triggers: a statement that a trigger of the application issues runs one level deeper, finds no mark
-- there, and counts as a person's. The secret stands in a table that nobody can read, and triggers compare
-- it inside a function, so the text of the schema is the same in every database.
create table processing.contract_mark (
    secret text not null default pg_catalog.gen_random_uuid()::text,
    only_row boolean primary key default true check (only_row)
);

comment on table processing.contract_mark is 'One random value by which triggers recognise contract calls. Readable by nobody.';

insert into processing.contract_mark default values;

-- What triggers ask in their conditions. Both answers are the same for all rows of one statement, so the
-- functions are called immutable (asked once, see …0590). Everybody may call them.
create function processing.by_person(queue regclass) returns boolean
language plpgsql immutable security definer
set search_path = ''
as $$
begin
    return pg_catalog.current_setting('processing.mark_' || pg_catalog.pg_trigger_depth(), true) is distinct from (
        select m.secret || ':worker:' || queue::oid from processing.contract_mark as m);
end
$$;

comment on function processing.by_person(regclass) is
    'Internal: for triggers of the table: whether the statement is anything but one of a contract call on this table.';

create function processing.by_user(queue regclass) returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
    -- The owner is looked up each time: a role may be renamed, and a table may be given to another one.
    return current_user <> 'service_role' and not (
        select pg_catalog.pg_has_role(c.relowner, 'member') from pg_catalog.pg_class as c where c.oid = queue);
end
$$;

comment on function processing.by_user(regclass) is
    'Internal: for triggers of a table: whether the statement is issued by someone who neither owns it nor is the service role.';

create function processing.enter_contract(queue regclass, part text default 'worker') returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    return pg_catalog.set_config(
        'processing.mark_' || pg_catalog.pg_trigger_depth(),
        (select m.secret || ':' || part || ':' || coalesce(queue::oid, 0) from processing.contract_mark as m), true) is not null;
end
$$;

comment on function processing.enter_contract(regclass, text) is
    'Internal: the statements on this table that the caller issues next are a contract call (worker), or, with a null '
    'table, those of a pipeline''s store function on any table (store). It takes the place of what was noted before.';

create function processing.leave_contract() returns boolean
language plpgsql volatile
set search_path = ''
as $$
begin
    return pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true) is not null;
end
$$;

comment on function processing.leave_contract() is 'Internal: the contract call is over. An error undoes the mark by itself.';

-- The contract's functions have an empty search_path. Triggers of the application that set none of their own
-- inherit the caller's, and most are written for the usual one. So a function that writes rows of the
-- application sets the usual path just before; when it returns, Postgres restores what was there.
create function processing.usual_path(queue regclass) returns text
language sql stable
set search_path = ''
as $$
    select pg_catalog.concat_ws(', ', case when n.nspname <> 'public' then pg_catalog.quote_ident(n.nspname) end,
        'public', 'extensions', 'pg_temp')
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where c.oid = queue
$$;

comment on function processing.usual_path(regclass) is
    'Internal: the search_path for statements that fire triggers of the application: the schema of the table, public, extensions.';

create function processing.check_deferred(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    set constraints all immediate;
end
$$;

comment on function processing.check_deferred(regclass) is
    'Internal: fires now what the application has deferred to the commit, where an error costs only these rows.';

create function processing.in_store(depth integer) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
    return coalesce(pg_catalog.current_setting('processing.mark_' || depth, true)
        = (select m.secret || ':store:0' from processing.contract_mark as m), false);
end
$$;

comment on function processing.in_store(integer) is
    'Internal: whether a statement issued at this depth of triggers is one of a pipeline''s store function, inside complete.';
