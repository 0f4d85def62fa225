-- Schedules: SQL statements that are run again and again, at the moments of a cron expression.
--
-- Who calls run_schedules first runs what is due: a worker, pg_cron or a person. Each due moment is run by one caller.
--
-- Rights: a statement runs with the rights of the role that owns schema processing. So only that role, and members that
-- have its rights, may write schedules. A worker may run what is due, but can neither read nor change a statement. The
-- caller's search_path, time zone and claims of a signed-in user have no effect on it.

create table processing.schedules (
    name text primary key check (name <> '' and pg_catalog.char_length(name) <= 100),
    cron text not null,
    time_zone text not null,
    statement text not null,
    missed text not null check (missed in ('skip', 'once')),
    paused boolean not null default false,
    next_due timestamptz not null,
    look_at timestamptz not null,
    tries smallint not null default 0,
    runs bigint not null default 0,
    skipped bigint not null default 0,
    last_due timestamptz,
    last_run_at timestamptz,
    last_rows bigint,
    last_error jsonb
);

comment on table processing.schedules is 'One row per schedule, as set by processing.schedule.';
comment on column processing.schedules.missed is
    'What becomes of a due moment that is over five minutes past when somebody looks: skip it, or run once for all of them.';
comment on column processing.schedules.next_due is 'The moment for which it runs next.';
comment on column processing.schedules.look_at is 'When it runs next: at next_due or, after a failure, some minutes later.';
comment on column processing.schedules.tries is 'How often the statement has failed for next_due.';
comment on column processing.schedules.last_due is 'The moment for which it ran last, with success.';
comment on column processing.schedules.last_rows is 'How many rows the last run with success wrote or read.';
comment on column processing.schedules.last_error is
    '{sqlstate, message, at} of the last run if it failed. Null if it succeeded.';

create function processing.tell_of_schedules() returns void
language plpgsql
set search_path = ''
as $$
begin
    if pg_catalog.pg_notification_queue_usage() <= 0.5 then
        perform pg_catalog.pg_notify('processing', 'schedules');
    end if;
exception
    when assert_failure or others then
        raise log 'the doorbell of processing does not tell of a schedule: %', sqlerrm;
end
$$;

comment on function processing.tell_of_schedules() is
    'Internal: tries to tell workers that listen by NOTIFY that a schedule has changed. Others ask once a minute.';

create function processing.known_zone(time_zone text) returns text
language plpgsql stable
set search_path = ''
as $$
declare
    known text := (
        select pg_catalog.min(z.name) from pg_catalog.pg_timezone_names as z where pg_catalog.lower(z.name) = pg_catalog.lower(time_zone));
begin
    -- Postgres itself takes "Berlin2" and "UTC+2", too: offsets that never change, the second with the other sign.
    if known is null then
        perform processing.schedule_refused(pg_catalog.format('there is no time zone %s', coalesce(time_zone, 'null')),
            'write it as in pg_timezone_names, for example Europe/Berlin or UTC');
    end if;
    return known;
end
$$;

comment on function processing.known_zone(text) is
    'Internal: the name of a time zone as Postgres spells it. Raises RJ007 for another than those of pg_timezone_names.';

create function processing.check_statement(statement text) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
    plan refcursor;
begin
    -- The names in the statement have to be qualified. Functions that it calls may rely on the path.
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    -- A cursor takes one statement only. Explain plans it and checks the rights, and does not run it.
    open plan for execute 'explain (costs off) ' || statement using processing.clock();
    perform pg_catalog.set_config('search_path', 'public, extensions, pg_temp', true);
    move plan;
    close plan;
exception
    when assert_failure or others then
        perform processing.schedule_refused(
            pg_catalog.format('the statement cannot run: %s', sqlerrm),
            'write one insert, update, delete, merge or select, and names with their schema; what else is to be done belongs '
            || 'into a function: select public.tidy_up()');
end
$$;

comment on function processing.check_statement(text) is
    'Internal: raises RJ007 unless the text is one statement that Postgres can plan, with the rights with which it will '
    'run. It is not run.';

create function processing.schedule(
    name text, cron text, time_zone text default 'UTC', statement text default null, missed text default 'skip'
) returns timestamptz
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    zone text := processing.known_zone(schedule.time_zone);
    soonest timestamptz := processing.cron_next(schedule.cron, zone);
    stored processing.schedules;
begin
    if coalesce(schedule.name, '') = '' or pg_catalog.char_length(schedule.name) > 100 then
        perform processing.schedule_refused('a schedule needs a name of at most 100 characters', 'as in nightly-report');
    elsif soonest is null then
        perform processing.schedule_refused(pg_catalog.format('cron "%s" is never due', schedule.cron), 'no such month has such a day');
    elsif schedule.statement is null then
        perform processing.schedule_refused('a schedule needs a statement', 'statement => $s$ insert into public.reports default values $s$');
    elsif schedule.missed not in ('skip', 'once') is not false then
        perform processing.schedule_refused('missed must be skip or once', 'once: one run for all moments that were missed; skip: none');
    end if;
    perform processing.check_statement(schedule.statement);
    insert into processing.schedules as s (name, cron, time_zone, statement, missed, next_due, look_at)
    values (schedule.name, schedule.cron, zone, schedule.statement, schedule.missed, soonest, soonest)
    on conflict (name) do update set
        cron = excluded.cron, time_zone = excluded.time_zone, statement = excluded.statement, missed = excluded.missed, tries = 0,
        -- A deployment that repeats the call at the due moment must not lose it.
        next_due = case when (s.cron, s.time_zone) = (excluded.cron, excluded.time_zone) then s.next_due else excluded.next_due end,
        look_at = case when (s.cron, s.time_zone) = (excluded.cron, excluded.time_zone) then s.next_due else excluded.next_due end
    returning * into stored;
    perform processing.tell_of_schedules();
    return stored.next_due;
end
$$;

comment on function processing.schedule(text, text, text, text, text) is
    'Runs a statement at the moments of a cron expression in a time zone. A repeated call with the same name replaces '
    'the schedule. Answers when it is due next. Raises RJ007, with a cure as the hint, if it refuses an argument.';

create function processing.unschedule(name text) returns boolean
language plpgsql
set search_path = ''
as $$
begin
    delete from processing.schedules as s where s.name = unschedule.name;
    return found;
end
$$;

comment on function processing.unschedule(text) is 'Removes a schedule. Answers whether there was one.';

create function processing.pause_schedule(name text, paused boolean default true) returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
    stored processing.schedules;
begin
    select * into stored from processing.schedules as s where s.name = pause_schedule.name for update;
    if not found then
        raise exception 'there is no schedule %', pause_schedule.name using errcode = 'RJ003';
    elsif stored.paused and not pause_schedule.paused then
        -- What was due during the pause is not missed.
        stored.next_due := processing.cron_next(stored.cron, stored.time_zone);
        stored.look_at := stored.next_due;
        stored.tries := 0;
    end if;
    update processing.schedules as s set
        paused = pause_schedule.paused, next_due = stored.next_due, look_at = stored.look_at, tries = stored.tries
    where s.name = stored.name;
    perform processing.tell_of_schedules();
    return stored.next_due;
end
$$;

comment on function processing.pause_schedule(text, boolean) is
    'Stops a schedule, or with false resumes it. Answers when it is due next. Raises RJ003 if there is no such schedule.';

create function processing.run_statement(statement text, due timestamptz, time_zone text) returns bigint
language plpgsql
set search_path = ''
set timezone = 'UTC'
as $$
declare
    claims constant text[] := '{request.jwt.claims, request.jwt.claim.sub, request.jwt.claim.role}'::text[];
    before text[] := array(
        select coalesce(pg_catalog.current_setting(c.name, true), '') from pg_catalog.unnest(claims) with ordinality as c (name, place)
        order by c.place);
    affected bigint;
begin
    -- The path is the one that triggers of the application expect.
    perform pg_catalog.set_config('search_path', 'public, extensions, pg_temp', true);
    perform pg_catalog.set_config('timezone', time_zone, true);
    perform pg_catalog.set_config(c, '', true) from pg_catalog.unnest(claims) as c;
    execute statement using due;
    get diagnostics affected = row_count;
    -- A deferred check that failed at the commit would take the other schedules of this call with it.
    execute processing.checks_now();
    perform processing.defer_again();  -- for the next schedule
    perform pg_catalog.set_config(claims[i], before[i], true) from pg_catalog.generate_subscripts(claims, 1) as i;
    return affected;
end
$$;

comment on function processing.run_statement(text, timestamptz, text) is
    'Internal: runs the statement of a schedule, with the due moment as $1. Answers how many rows it wrote or read.';

create function processing.run_schedule(s processing.schedules, moment timestamptz) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    grace constant interval := interval '5 minutes';
    -- Of several moments that have passed, only the last one is run.
    latest timestamptz := processing.cron_latest(s.cron, s.time_zone, s.next_due, moment);
    following timestamptz := processing.cron_next(s.cron, s.time_zone, moment);
    affected bigint;
begin
    -- Before the statement, which may call run_schedules itself.
    update processing.schedules as x set next_due = following, look_at = following, tries = 0 where x.name = s.name;
    if s.missed = 'skip' and moment - greatest(latest, s.look_at) > grace then
        update processing.schedules as x set skipped = x.skipped + 1 where x.name = s.name;
        return pg_catalog.jsonb_build_object('name', s.name, 'due', latest, 'outcome', 'skipped');
    end if;
    affected := processing.run_statement(s.statement, latest, s.time_zone);
    update processing.schedules as x set
        runs = x.runs + 1, last_due = latest, last_run_at = moment, last_rows = affected, last_error = null
    where x.name = s.name;
    return pg_catalog.jsonb_build_object('name', s.name, 'due', latest, 'outcome', 'done', 'rows', affected);
end
$$;

comment on function processing.run_schedule(processing.schedules, timestamptz) is
    'Internal: runs a schedule that is due, or skips what was missed. Answers {name, due, outcome: done|skipped, rows}.';

create function processing.schedule_failed(s processing.schedules, moment timestamptz, state text, message text) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    most constant integer := 3;
    again timestamptz := moment + (s.tries + 1) * interval '1 minute';
    following timestamptz;
    retries boolean;
begin
    raise log 'schedule % failed: %', s.name, state;
    begin
        following := processing.cron_next(s.cron, s.time_zone, moment);
    exception
        when assert_failure or others then
            null;  -- perhaps its time zone was removed from the system
    end;
    -- Also if somebody wrote an expression that is never due into the table.
    following := coalesce(following, moment + interval '1 hour');
    -- Nothing of a failed try stays, so another try is safe.
    retries := s.tries + 1 < most and again < following;
    update processing.schedules as x set
        tries = case when retries then s.tries + 1 else 0 end,
        next_due = case when retries then s.next_due else following end,
        look_at = case when retries then again else following end,
        last_run_at = moment,
        last_error = pg_catalog.jsonb_build_object('sqlstate', state, 'message', pg_catalog.left(message, 500), 'at', moment)
    where x.name = s.name;
    return pg_catalog.jsonb_build_object(
        'name', s.name, 'due', s.next_due, 'outcome', 'failed', 'sqlstate', state, 'tries', s.tries + 1, 'again', retries);
end
$$;

comment on function processing.schedule_failed(processing.schedules, timestamptz, text, text) is
    'Internal: notes the error of a schedule. It is tried three times for a moment, if the next moment is not earlier.';

create function processing.run_schedules(max_schedules integer default 10) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '5s'
as $$
declare
    s processing.schedules;
    moment timestamptz;
    ran jsonb := '[]'::jsonb;
    one jsonb;
    state text;
    message text;
    wait double precision;
begin
    while pg_catalog.jsonb_array_length(ran) < max_schedules loop
        moment := processing.clock();
        -- Another caller runs those that are locked.
        select * into s from processing.schedules as x
        where x.look_at <= moment and not x.paused
        order by x.look_at, x.name limit 1 for update skip locked;
        exit when not found;
        begin
            one := processing.run_schedule(s, moment);
        exception
            -- A time limit must not end the call either: the schedule would be due again at once.
            when query_canceled or assert_failure or others then
                get stacked diagnostics state = returned_sqlstate, message = message_text;
                perform processing.plans_again(state);  -- for the next try
                one := processing.schedule_failed(s, moment, state, message);
        end;
        ran := ran || one;
    end loop;
    moment := processing.clock();
    -- Those that are still due run elsewhere. After 20 seconds a worker's call has ended.
    select extract(epoch from pg_catalog.min(
        case when x.look_at > moment then x.look_at when s.name is null then moment + interval '20 seconds' else moment end) - moment) into wait
    from processing.schedules as x where not x.paused;
    return pg_catalog.jsonb_build_object('ran', ran, 'next_seconds', wait);
end
$$;

comment on function processing.run_schedules(integer) is
    'Runs at most max_schedules schedules that are due, each once whatever the number of callers. An error of one does '
    'not stop the others. Answers {ran: [{name, due, outcome: done|skipped|failed, rows, sqlstate, tries, again}], '
    'next_seconds}: in how many seconds to call again, null if there is no schedule.';

create function processing.list_schedules() returns jsonb
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'name', s.name, 'cron', s.cron, 'time_zone', s.time_zone, 'missed', s.missed, 'paused', s.paused, 'next_due', s.next_due,
        'look_at', s.look_at, 'last_due', s.last_due, 'last_run_at', s.last_run_at, 'last_rows', s.last_rows, 'last_error', s.last_error,
        'tries', s.tries, 'runs', s.runs, 'skipped', s.skipped) order by s.name), '[]')
    from processing.schedules as s
$$;

comment on function processing.list_schedules() is 'Internal: the schedules without their statements.';

insert into processing.library_migrations (version) values ('20261121000906');
