-- Schema `processing`: the row is the job.
-- The insert of a row that is work normally queues it. A worker claims the row under a lease, runs the pipeline and
-- writes the result into the same row.

-- The topics of the migrations, in the order to read them:
--
--   schema     the status enum, the role of workers, the clock, the mark of a contract call
--   tables     the internal tables, such as leases, checkpoints and events
--   values     how keys and column values are compared and stored
--   triggers   who may write which column, what a change of status means
--   admission  decides whether a row is work, and for which pipeline
--   edits      what people changed: outputs that no worker overwrites, inputs that make a result outdated
--   doorbell   how workers are told of a row
--   delay      users who say when their row is due
--   traces     to which trace of OpenTelemetry the work of a row belongs
--   stopping   how a run is stopped, for instance because a person deleted its row
--   attach     turns a table into a queue, and back
--   broadcast  tells the owner of a row what changed, if attach was called with broadcast => true
--   ends       how a run ends without a result: failed, sent back to the queue, released or taken back
--   liveness   which workers are dead, and how their rows are taken back
--   set aside  rows and pipelines that the database refuses to claim or to finish
--   fronts     how a claim skips many rows that are set aside
--   templates  how the functions of the claim path are generated, and the tricks in them
--   statements the generated functions
--   claim      picks due rows, shared over pipelines and owners, and leases them
--   finish     ends runs: complete, fail, retry_later, release
--   waits      rows that wait until other rows have ended
--   steps      checkpoints, progress and heartbeats
--   budgets    limits on what may be used within a day or a month, counted before it is used
--   spending   what paid calls used, how they are counted in advance, and how an owner is forgotten
--   limits     how an operator sets and reads budgets, and how attach declares them
--   people     cancel, retry, reset_edited, redrive, explain
--   cron       when a cron expression is due
--   schedules  statements that run again and again
--   filters    which rows an operator means
--   failures   failed rows, grouped by signature
--   history    what ended over time
--   upkeep     overview, capabilities, spending, pause, prune, list_pipelines
--   rows       how list_rows finds rows fast
--   pages      list_rows, count_rows
--   completed  finds completed rows by their events
--   bulk       change_rows
--   operators  set_limits, operator_log
--   inspect    all about one row
--   views      the same for people who live in Studio
--   alerts     what an operator must hear of, and what was told
--   privacy    all that is stored about one owner: how it is told, and the rest of how it is forgotten
--   access     which roles may call the contract

-- Life of a row:   pending --claim--> processing --complete--> completed
--                     ^                  |   |
--                     |<-retry, release,-+   +--fail--> failed        (cancelled: by a person, any time)
--                     |   take back
--                     +--------- a person sets it back to pending ---------+

-- Fence: a worker sends the random nonce of its lease with each write to a row or a checkpoint. If there is no such
-- lease any more, nothing is written. `processing_run` cannot be the fence, because a row that is deleted and inserted
-- again gets the same numbers again.

-- The errors of the contract:
--   RJ001 lease lost · RJ002 cancelled · RJ003 unknown table or pipeline · RJ004 bad output or handover
--   RJ005 change of status, key or not-before refused · RJ006 the owner has too many open rows
--   RJ007 attach or a schedule refused · RJ008 a budget of rows or runs is used up, or a row was queued too often
--   RJ009 a trigger of the table kept a row from being claimed or ended, or queues a row again whenever it runs
--   RJ010 rows too large for one answer · RJ011 a row cannot wait for these rows
--   22023 an argument of a function for operators is wrong: the message names it
--   RJ000 raised and caught inside the contract only, to roll back a write that was a trial

-- In plpgsql `others` catches neither assert_failure nor query_canceled. So handlers name assert_failure, too, and
-- query_canceled where a time limit must not end the whole call.

-- Contract calls take locks in one order: pipelines with a concurrency limit by name, rows of attached tables by table
-- and key, leases, counters.

create type public.processing_status as enum (
    'pending',     -- waits until a worker claims it
    'processing',  -- a worker has claimed it; a person cannot set this status
    'completed',   -- a run has ended with a result, or attach or a person set this status
    'failed',      -- the row is not tried again by itself; processing_error says why, unless a person set this status
    'cancelled'    -- set by a person, or by detach of the row's pipeline
);

comment on type public.processing_status is
    'State of a row of an attached table. A row that is no work has null instead.';

create schema processing;

comment on schema processing is
    'Tables and functions for the background processing of rows. Workers, the API and operators call some of them.';

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'liverows_worker') then
        create role liverows_worker nologin noinherit;
        -- In a second database of the server, the role may be one that others have made.
        comment on role liverows_worker is
            'May call the contract functions of schema processing. Grant it to the login role of the worker.';
    end if;
end
$$;

create table processing.library_migrations (
    version text primary key,
    applied_at timestamptz not null default pg_catalog.now()
);

comment on table processing.library_migrations is
    'Which migrations of the library were applied, by the version in their original name. `liverows init` may give a '
    'file another name in a project.';

create function processing.contract_version() returns integer
language sql immutable parallel safe
set search_path = ''
as $$ select 1 $$;

comment on function processing.contract_version() is
    'The version of the contract. A worker works with versions that differ from its own by at most one.';

create function processing.clock() returns timestamptz
language plpgsql volatile
set search_path = ''
as $$
begin
    return pg_catalog.clock_timestamp();
end
$$;

comment on function processing.clock() is
    'The present time, for the decision what is due or has expired. Tests replace this function.';

create function processing.wait_of(seconds double precision) returns interval
language sql immutable strict
set search_path = ''
as $$
    -- An error of a service may name any number of seconds, and timedelta.max is out of range.
    select pg_catalog.make_interval(secs => least(greatest(seconds, 0), 3e9))
$$;

comment on function processing.wait_of(double precision) is
    'Internal: the seconds as an interval, from 0 to about 95 years; null for null.';

-- Contract functions mark a worker's write with this secret, so that triggers can tell it from a person's write.
create table processing.contract_mark (
    secret text not null default pg_catalog.gen_random_uuid()::text,
    only_row boolean primary key default true check (only_row)
);

comment on table processing.contract_mark is
    'A random value, by which triggers recognise contract calls. No role but the owner is granted access.';

insert into processing.contract_mark default values;

create function processing.database_id() returns text
language sql stable security definer
set search_path = ''
as $$ select pg_catalog.encode(pg_catalog.sha256((m.secret || ':id')::bytea), 'hex') from processing.contract_mark as m $$;

comment on function processing.database_id() is
    'A hash that differs between databases, but not between a database and its copy, for `liverows doctor`.';

-- by_person and by_user are declared immutable, so that Postgres calls them once per statement (see 0590).
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
    'Internal: false if the contract has marked the statement as a worker''s write to this table, otherwise true.';

create function processing.by_user(queue regclass) returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
    -- Looked up at each call, because a table may get another owner.
    return current_user <> 'service_role' and not (
        select pg_catalog.pg_has_role(c.relowner, 'member') from pg_catalog.pg_class as c where c.oid = queue);
end
$$;

comment on function processing.by_user(regclass) is
    'Internal: false for the service role and for members of the role that owns the table, otherwise true.';

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
    'Internal: marks the next statements at this depth of triggers as a worker''s writes to the table, or with part '
    'store as a store function''s.';

create function processing.leave_contract() returns boolean
language plpgsql volatile
set search_path = ''
as $$
begin
    return pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true) is not null;
end
$$;

comment on function processing.leave_contract() is
    'Internal: removes the mark of this depth of triggers. After an error, the rollback removes it.';

-- Most triggers of the application expect this path and do not set one, so contract functions set it.
create function processing.usual_path(queue regclass) returns text
language sql stable
set search_path = ''
as $$
    select pg_catalog.concat_ws(', ', case when n.nspname <> 'public' then pg_catalog.quote_ident(n.nspname) end,
        'public', 'extensions', 'pg_temp')
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where c.oid = queue
$$;

comment on function processing.usual_path(regclass) is
    'Internal: the search_path for statements that fire triggers of the application.';

create function processing.checks_now() returns text
language plpgsql stable
set search_path = ''
as $$
begin
    if pg_catalog.pg_my_temp_schema() = 0 then
        return 'set constraints all immediate';
    end if;
    -- Up to Postgres 17, a deferred trigger runs with the rights of whoever makes its constraint immediate. A session can
    -- have such triggers on temporary tables of its own; they wait for the commit, which runs them with the session's rights.
    return coalesce((
        select 'set constraints ' || pg_catalog.string_agg(distinct pg_catalog.format('%I.%I', n.nspname, c.conname), ', ') || ' immediate'
        from pg_catalog.pg_constraint as c join pg_catalog.pg_namespace as n on n.oid = c.connamespace
        where c.condeferrable and not pg_catalog.pg_is_other_temp_schema(n.oid) and pg_catalog.has_schema_privilege(n.oid, 'usage')
            -- A name stands for all constraints of the schema that have it.
            and not exists (
                select from pg_catalog.pg_constraint as x join pg_catalog.pg_class as t on t.oid = x.conrelid
                where x.conname = c.conname and x.connamespace = c.connamespace and t.relpersistence = 't'
                    and t.relowner <> (select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user))
    ), 'select');
end
$$;

comment on function processing.checks_now() is
    'Internal: a statement that makes constraints immediate: all but those of temporary tables that belong to another role.';

create function processing.check_deferred(queue regclass) returns void
language plpgsql
set search_path = ''
as $$
begin
    perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
    execute processing.checks_now();
end
$$;

comment on function processing.check_deferred(regclass) is
    'Internal: makes all constraints immediate, so that errors of deferred checks are raised now and can be caught.';

create function processing.defer_again() returns void
language plpgsql
set search_path = ''
as $$
declare
    deferred text;
begin
    select pg_catalog.string_agg(distinct pg_catalog.format('%I.%I', n.nspname, c.conname), ', ') into deferred
    from pg_catalog.pg_constraint as c join pg_catalog.pg_namespace as n on n.oid = c.connamespace
    where c.condeferred and pg_catalog.has_schema_privilege(n.oid, 'usage')
        -- A name stands for all constraints of the schema that have it, and only deferrable ones can be deferred.
        and not exists (
            select from pg_catalog.pg_constraint as x
            where x.conname = c.conname and x.connamespace = c.connamespace and not x.condeferred);
    if deferred is not null then
        execute 'set constraints ' || deferred || ' deferred';
    end if;
end
$$;

comment on function processing.defer_again() is
    'Internal: after check_deferred, defers the constraints again that begin deferred, because the transaction may go on. '
    'Others that may be deferred stay immediate.';

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
    'Internal: whether a pipeline''s store function issued the statement at this depth of triggers.';

insert into processing.library_migrations (version) values ('20261121000100');
