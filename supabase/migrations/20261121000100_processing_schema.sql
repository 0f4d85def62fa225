-- Schema `processing`: the row is the job.
--
-- A row of an attached table is the job itself. Inserting it with `processing_status = 'pending'`
-- enqueues it; a worker claims it under a lease, runs the pipeline and writes the result into the
-- same row. A tour, in reading order:
--
--   schema     the status enum, the roles, one clock, the mark of a contract call
--   tables     pipelines, leases, checkpoints, events, workers, providers: only the worker sees them
--   triggers   who may write which column, what a change of status means, the doorbell
--   admission  decides whether a row is work, and for which pipeline
--   edits      what people changed: outputs that no worker overwrites, inputs that make a result outdated
--   attach     turns a table into a queue, and back; before that, the checks that may refuse the table
--   broadcast  tells the owner of a row what changed, if attach was called with broadcast => true
--   liveness   heartbeats, and taking rows back from dead workers
--   set aside  rows and pipelines that the database refuses to claim or to finish, and when to try them again
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
-- Fence: each lease has a random nonce, and every write of a worker must send it. If no lease has that nonce, the
-- write changes nothing and is refused with RJ001 or RJ002. `processing_run` only counts the claims of a row, for
-- people to read. It cannot be the fence: a row that is deleted and inserted again gets the same numbers again, while
-- a nonce is never used twice. The errors of the contract:
--   RJ001 lease lost · RJ002 cancelled · RJ003 unknown table or pipeline · RJ004 bad output
--   RJ005 transition refused · RJ006 too many open rows · RJ007 attach refused
--   RJ008 run again too often · RJ009 a trigger of the table kept the row as it was
--   RJ010 rows too large for one answer
--   RJ000 raised and caught inside the contract only, to roll back a write that was a trial
--
-- Exception handlers name assert_failure beside `others`, because in plpgsql `others` catches neither assert_failure
-- nor query_canceled, and a trigger of the application may raise either of them. A handler also names query_canceled
-- if a time limit must not end the whole call.
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

comment on schema processing is 'Background processing of rows: tables that only the worker sees, and the functions of its contract.';

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'liverows_worker') then
        create role liverows_worker nologin noinherit;
    end if;
end
$$;

comment on role liverows_worker is 'May call the contract functions of schema processing, and may not read tables. Grant it to the login role of the worker.';

create function processing.contract_version() returns integer
language sql immutable parallel safe
set search_path = ''
as $$ select 1 $$;

comment on function processing.contract_version() is 'Is raised by a change of the SQL with which older workers cannot work.';

create function processing.clock() returns timestamptz
language plpgsql volatile
set search_path = ''
as $$
begin
    return pg_catalog.clock_timestamp();
end
$$;

comment on function processing.clock() is 'The one clock of the contract. Tests replace this function.';

-- The mark of a contract call. Triggers must distinguish a worker's write from a person's write, and nobody may be able
-- to forge the difference. So a contract function sets a mark before it writes: a setting of the transaction that
-- consists of a random secret and of the one table that it is about to write. There is one such setting per depth of
-- triggers. A statement in a trigger of the application runs one level deeper, where no mark is set, so it counts as a
-- person's write. The secret is stored in a table that nobody can read, and only functions compare it, so the text of
-- the schema does not contain it and is the same in every database.
create table processing.contract_mark (
    secret text not null default pg_catalog.gen_random_uuid()::text,
    only_row boolean primary key default true check (only_row)
);

comment on table processing.contract_mark is 'One random value, with which triggers recognise contract calls. No role but the owner can read it.';

insert into processing.contract_mark default values;

-- The conditions of triggers call the next two functions. Each answer is the same for all rows of one statement, so
-- the functions are declared immutable (see "asked once" in …0590). Every role may call them.
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
    'Internal, for conditions of triggers: true unless the statement belongs to a contract call on this table.';

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
    'Internal, for conditions of triggers: true if the current role neither has the rights of the table''s owner nor is the service role.';

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
    'Internal: marks the next statements of the caller on this table as a contract call (worker) or, with a null table, '
    'its next statements on any table as those of a pipeline''s store function (store). It replaces an earlier mark.';

create function processing.leave_contract() returns boolean
language plpgsql volatile
set search_path = ''
as $$
begin
    return pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true) is not null;
end
$$;

comment on function processing.leave_contract() is 'Internal: removes the mark at the end of a contract call. After an error Postgres removes it by itself.';

-- The contract's functions have an empty search_path. A trigger of the application that sets no search_path inherits
-- the one of its caller, and most triggers are written for the usual path. So a contract function that writes rows of
-- the application sets the usual path just before. When the function returns, Postgres restores the previous path.
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
    'Internal: runs now the checks that the application deferred to the commit, so that an error costs only the rows written here.';

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
    'Internal: whether a statement at this depth of triggers was issued by a pipeline''s store function, inside complete.';
