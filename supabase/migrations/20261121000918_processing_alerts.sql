-- Alerts: what an operator must hear of although nobody looks. A process that has somebody to tell asks for the messages
-- that are due, sends them, and says what became of them. The database decides what is due, so that of several processes
-- one tells, once, and a message of a process that has died is told by another one.

create table processing.alerts (
    alert text primary key check (alert ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and char_length(alert) <= 50),
    kind text not null check (kind in ('failures', 'queue_age', 'no_worker', 'deaf_doorbell', 'budget', 'trouble')),
    pipeline text,
    settings jsonb not null default '{}',
    looked_at timestamptz,
    problem text,
    paused_until timestamptz
);

comment on table processing.alerts is 'What is watched. See set_alert for the kinds and their settings.';
comment on column processing.alerts.pipeline is 'Null if every pipeline is watched.';
comment on column processing.alerts.problem is 'What the database said the last time, if it could not be found out.';
comment on column processing.alerts.paused_until is 'Until then no message of it is sent; null or a time that is over: it is not paused.';
comment on column processing.alerts.looked_at is 'When it was last found out what fires. Null before the first time.';

create table processing.firing (
    alert text not null references processing.alerts (alert) on delete cascade,
    subject text not null,
    state text not null check (state in ('firing', 'ended')),
    since timestamptz not null,
    seen_at timestamptz not null,
    details jsonb not null,
    message uuid not null,
    due_at timestamptz,
    tries smallint not null default 0,
    told_at timestamptz,
    problem text,
    primary key (alert, subject)
);

comment on table processing.firing is 'What an alert has found, and the message about it.';
comment on column processing.firing.subject is 'What it concerns: a pipeline, a signature of failures, a worker or a budget.';
comment on column processing.firing.message is 'Id of the latest message. A message that is sent again keeps its id.';
comment on column processing.firing.due_at is
    'When the message is to be sent, or sent again. Null if it was told, or if nobody is to be told.';
comment on column processing.firing.told_at is 'When a message about it last arrived.';
comment on column processing.firing.problem is 'Why the message could not be sent the last time.';

create function processing.alert_defaults(kind text) returns jsonb
language sql immutable
set search_path = ''
as $$
    select '{"repeat_seconds": 14400, "tell_end": true}'::jsonb || case kind
        when 'failures' then '{"rows": 1, "within_seconds": 600, "tell_end": false}'::jsonb
        when 'queue_age' then '{"seconds": 900}'
        when 'no_worker' then '{"seconds": 60}'
        when 'deaf_doorbell' then '{"seconds": 300}'
        when 'budget' then '{"share": 1}'
        when 'trouble' then '{"seconds": 300}'
    end
$$;

comment on function processing.alert_defaults(text) is
    'Internal: the settings of a kind of alert, all of them, or null if there is no such kind.';

create function processing.set_alert(alert text, kind text, operator text, pipeline text default null, settings jsonb default '{}')
returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    -- In seconds these are 31 years. A time so long ago can still be reckoned with.
    most constant numeric := 1e9;
    known jsonb := processing.alert_defaults(kind);
    wrong text;
begin
    if known is null then
        perform processing.refuse_argument(pg_catalog.format('there is no kind %s of alert; choose among failures, queue_age, no_worker, '
            'deaf_doorbell, budget, trouble', coalesce(kind, 'null')));
    elsif alert is null or alert !~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' or pg_catalog.char_length(alert) > 50 then
        perform processing.refuse_argument('an alert needs a name of at most 50 lower-case letters, digits and hyphens');
    elsif pg_catalog.jsonb_typeof(settings) is distinct from 'object' then
        perform processing.refuse_argument('the settings are no JSON object');
    end if;
    select pg_catalog.format('%s = %s', s.key, s.value) into wrong from pg_catalog.jsonb_each(settings) as s
    where not known ? s.key or not case s.key
        when 'tell_end' then s.value in ('true', 'false')
        when 'repeat_seconds' then s.value = 'null' or pg_catalog.jsonb_typeof(s.value) = 'number' and s.value::numeric between 60 and most
        else pg_catalog.jsonb_typeof(s.value) = 'number' and s.value::numeric > 0 and s.value::numeric <= most end
    order by s.key limit 1;
    if wrong is not null then
        perform processing.refuse_argument(pg_catalog.format('an alert of the kind %s cannot have %s; it may have, for instance, %s', kind, wrong, known));
    elsif pipeline is not null and not exists (select from processing.pipelines as p where p.pipeline = set_alert.pipeline) then
        raise exception 'there is no pipeline %', pipeline using errcode = 'RJ003';
    end if;
    perform processing.note_action(operator, 'set_alert', pipeline, pg_catalog.jsonb_build_object('alert', alert, 'kind', kind) || settings);
    insert into processing.alerts as a (alert, kind, pipeline, settings)
    values (set_alert.alert, set_alert.kind, set_alert.pipeline, set_alert.settings)
    on conflict on constraint alerts_pkey do update
    set kind = excluded.kind, pipeline = excluded.pipeline, settings = excluded.settings, looked_at = null;
    -- What fired by the former settings may never end by the new ones.
    delete from processing.firing as f where f.alert = set_alert.alert;
    return known || settings;
end
$$;

comment on function processing.set_alert(text, text, text, text, jsonb) is
    'Makes an alert, or changes it. Kinds and their settings: failures {rows, within_seconds}: so many rows failed in the same way; '
    'queue_age {seconds}: a row is due for longer; no_worker {seconds}: no live worker runs a pipeline; deaf_doorbell {seconds}: a worker '
    'does not hear a doorbell; budget {share}: so much of a budget is used, 1 is all; trouble {seconds}: a pipeline or rows are set aside. '
    'All have repeat_seconds (null: never told again) and tell_end. Answers all settings. Raises 22023 for a wrong argument, RJ003 for an '
    'unknown pipeline.';

create function processing.remove_alert(alert text, operator text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
begin
    perform processing.note_action(operator, 'remove_alert', null, pg_catalog.jsonb_build_object('alert', alert));
    delete from processing.alerts as a where a.alert = remove_alert.alert;
    if not found then
        perform processing.refuse_argument(pg_catalog.format('there is no alert %s', coalesce(alert, 'null')));
    end if;
    return pg_catalog.jsonb_build_object('alert', alert);
end
$$;

comment on function processing.remove_alert(text, text) is
    'Removes an alert. Raises 22023 if there is none of that name.';

create function processing.alerts() returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'alert', a.alert, 'kind', a.kind, 'pipeline', a.pipeline, 'settings', processing.alert_defaults(a.kind) || a.settings,
        'looked_at', a.looked_at, 'problem', a.problem,
        'paused_until', case when a.paused_until > processing.clock() then a.paused_until end, 'firing', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'subject', f.subject, 'since', f.since, 'details', f.details, 'told_at', f.told_at, 'problem', f.problem)
                order by f.since, f.subject), '[]')
            from processing.firing as f where f.alert = a.alert and f.state = 'firing')) order by a.alert), '[]')
    from processing.alerts as a
$$;

comment on function processing.alerts() is
    'What is watched, and what fires: [{alert, kind, pipeline, settings, looked_at, problem, paused_until, firing: [{subject, since, details, '
    'told_at, problem}]}]. looked_at is null or old while no process asks for messages.';

create type processing.alert_subject as (
    subject text,
    details jsonb
);

comment on type processing.alert_subject is 'What an alert has found: its name, and what is told about it.';

create function processing.found_failures(a processing.alerts, s jsonb, moment timestamptz) returns setof processing.alert_subject
language sql stable
set search_path = ''
as $$
    -- The text of a failure may quote a page or a person, so the message has only the signature.
    select f.signature || ' of ' || f.pipeline, pg_catalog.jsonb_build_object(
        'pipeline', f.pipeline, 'signature', f.signature, 'code', min(f.code), 'step', min(f.step), 'rows', count(*),
        'within_seconds', round(extract(epoch from moment - w.since)), 'example', (pg_catalog.array_agg(
            pg_catalog.jsonb_build_object('table', f.table_id::text, 'id', f.row_id) order by f.at desc, f.row_id))[1])
    from (
        -- A single row counts also if it failed while nobody asked, but no more than a day ago.
        select least(moment - pg_catalog.make_interval(secs => (s ->> 'within_seconds')::double precision),
            case when (s ->> 'rows')::numeric <= 1 and a.looked_at is not null then greatest(a.looked_at, moment - interval '1 day') end) as since
    ) as w join processing.failed_rows as f on f.at > w.since
    where (a.pipeline is null or f.pipeline = a.pipeline)
    group by f.signature, f.pipeline, w.since
    having count(*) >= (s ->> 'rows')::numeric
$$;

comment on function processing.found_failures(processing.alerts, jsonb, timestamptz) is
    'Internal: signatures of which many rows have failed lately.';

create function processing.found_in_queue(a processing.alerts, s jsonb, moment timestamptz) returns setof processing.alert_subject
language plpgsql stable
set search_path = ''
as $$
declare
    longest numeric := (s ->> 'seconds')::numeric;
begin
    return query
    -- Materialized, as each use of what is late would look anew.
    with looked as materialized (
        select p.pipeline, p.table_id, processing.late_rows(p, longest, moment) as late
        from processing.pipelines as p
        where a.kind = 'queue_age' and not p.paused and (a.pipeline is null or p.pipeline = a.pipeline)
    )
    select l.pipeline, pg_catalog.jsonb_build_object('pipeline', l.pipeline) || coalesce(l.late, '{"due": null, "oldest_due_seconds": null}')
    from looked as l
    where l.late ? 'due'
        -- What fires does not end because the table cannot be read now.
        or l.late is null and exists (select from pg_catalog.pg_class as t where t.oid = l.table_id)
            and exists (select from processing.firing as f where f.alert = a.alert and f.subject = l.pipeline and f.state = 'firing')
    union all
    select p.pipeline, pg_catalog.jsonb_build_object('pipeline', p.pipeline, 'last_beat_at', w.beat_at)
    from processing.pipelines as p cross join lateral (
        select max(x.beat_at) as beat_at from processing.workers as x where p.pipeline = any (x.pipelines)) as w
    where a.kind = 'no_worker' and not p.paused and (a.pipeline is null or p.pipeline = a.pipeline)
        and coalesce(w.beat_at, p.attached_at) < moment - p.lease - pg_catalog.make_interval(secs => longest::double precision);
end
$$;

comment on function processing.found_in_queue(processing.alerts, jsonb, timestamptz) is
    'Internal: pipelines whose rows wait for too long, or that no live worker runs.';

create function processing.found_elsewhere(a processing.alerts, s jsonb, moment timestamptz) returns setof processing.alert_subject
language plpgsql stable
set search_path = ''
as $$
begin
    return query
    select w.worker || ' ' || l.bell,
        pg_catalog.jsonb_build_object('worker', w.worker, 'name', w.name, 'doorbell', l.bell, 'seconds', l.seconds::numeric)
    from processing.workers as w cross join lateral pg_catalog.jsonb_each_text(
        case pg_catalog.jsonb_typeof(w.info -> 'deaf') when 'object' then w.info -> 'deaf' else '{}' end) as l (bell, seconds)
    where a.kind = 'deaf_doorbell' and w.beat_at > moment - interval '1 minute' and not w.info ? 'signed_off'
        and (a.pipeline is null or a.pipeline = any (w.pipelines))
        and l.seconds::numeric > (s ->> 'seconds')::numeric
    union all
    select t.pipeline || ' ' || t.sqlstate, pg_catalog.to_jsonb(t)
    from pg_catalog.jsonb_to_recordset(case a.kind when 'trouble' then processing.troubles() else '[]' end) as t (
        pipeline text, sqlstate text, broken boolean, rows bigint, examples text[], since timestamptz, cure text)
    where (a.pipeline is null or t.pipeline = a.pipeline)
        and t.since < moment - pg_catalog.make_interval(secs => (s ->> 'seconds')::double precision);
end
$$;

comment on function processing.found_elsewhere(processing.alerts, jsonb, timestamptz) is
    'Internal: doorbells that a worker does not hear, and what the database refuses.';

create function processing.found_budgets(a processing.alerts, s jsonb, moment timestamptz) returns setof processing.alert_subject
language plpgsql stable
set search_path = ''
as $$
begin
    if a.kind = 'budget' then
        return query
        select pg_catalog.concat_ws(' of ', b ->> 'budget', b ->> 'owner'), b || pg_catalog.jsonb_build_object('share', s -> 'share')
        from processing.budgets as x
        cross join lateral processing.reached_counters(x, (s ->> 'share')::numeric, 1000, moment) as c (counter)
        cross join lateral (select processing.budget_line(x, c.counter, moment)) as l (b)
        -- A limit of 0 forbids the use. That nothing may be used is no news.
        where x.most > 0 and (a.pipeline is null or x.pipeline = a.pipeline) and ((b ->> 'reached')::boolean
            or (b ->> 'spent')::numeric + (b ->> 'reserved')::numeric >= (s ->> 'share')::numeric * (b ->> 'limit')::numeric);
    end if;
end
$$;

comment on function processing.found_budgets(processing.alerts, jsonb, timestamptz) is
    'Internal: budgets of which the share is used.';

create function processing.look_for_alert(a processing.alerts, moment timestamptz) returns void
language plpgsql
set search_path = ''
as $$
declare
    s jsonb := processing.alert_defaults(a.kind) || a.settings;
    again interval := pg_catalog.make_interval(secs => (s ->> 'repeat_seconds')::double precision);
    -- What is back within this time has not ended. So what comes and goes is not told again and again.
    settled constant interval := interval '2 minutes';
begin
    insert into processing.firing as f (alert, subject, state, since, seen_at, details, message, due_at)
    select distinct on (x.subject) a.alert, x.subject, 'firing', moment, moment, x.details, pg_catalog.gen_random_uuid(), moment
    from (
        select * from processing.found_failures(a, s, moment) where a.kind = 'failures'
        union all select * from processing.found_in_queue(a, s, moment)
        union all select * from processing.found_elsewhere(a, s, moment)
        union all select * from processing.found_budgets(a, s, moment)) as x
    -- A pipeline can be broken while its rows are set aside for the same reason.
    order by x.subject, x.details -> 'broken' desc nulls last
    on conflict (alert, subject) do update set
        state = 'firing', seen_at = excluded.seen_at, details = excluded.details,
        since = case f.state when 'firing' then f.since else excluded.since end,
        message = case when f.state = 'firing' and not coalesce(f.due_at is null and f.told_at < moment - again, false)
            then f.message else excluded.message end,
        tries = case when f.state = 'firing' and f.due_at is not null then f.tries else 0 end,
        due_at = case when f.state = 'ended' or f.due_at is null and f.told_at < moment - again then moment else f.due_at end;
    update processing.firing as f set
        state = 'ended', message = pg_catalog.gen_random_uuid(), tries = 0,
        -- Who never heard that it began need not hear that it has ended.
        due_at = case when (s ->> 'tell_end')::boolean and f.told_at >= f.since then moment end
    where f.alert = a.alert and f.state = 'firing' and f.seen_at <= moment - settled;
    delete from processing.firing as f
    where f.alert = a.alert and f.state = 'ended' and f.due_at is null and f.seen_at < moment - interval '1 day';
    update processing.alerts as x set looked_at = moment, problem = null where x.alert = a.alert;
end
$$;

comment on function processing.look_for_alert(processing.alerts, timestamptz) is
    'Internal: finds what fires, and which messages are due: at its beginning, as a reminder, and at its end.';

create function processing.due_alerts(max_messages integer default 10) returns jsonb
language plpgsql security definer
set search_path = ''
set jit = off
set lock_timeout = '200ms'
as $$
declare
    pause constant interval := interval '10 seconds';
    moment timestamptz := processing.clock();
    a processing.alerts;
    messages jsonb;
begin
    if pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('processing.alerts', 0)) then
        for a in
            select x.* from processing.alerts as x where coalesce(x.looked_at <= moment - pause, true) order by x.alert
        loop
            begin
                perform processing.look_for_alert(a, moment);
            exception
                when query_canceled then
                    raise;
                when assert_failure or others then
                    -- The other alerts are told all the same.
                    update processing.alerts as x set looked_at = moment, problem = pg_catalog.left(sqlerrm, 200) where x.alert = a.alert;
            end;
        end loop;
        with sent as (
            -- If the process dies now, the message is due again after a minute.
            update processing.firing as f set due_at = moment + interval '1 minute', tries = f.tries + 1
            where (f.alert, f.subject) in (
                select x.alert, x.subject from processing.firing as x join processing.alerts as p on p.alert = x.alert
                where x.due_at <= moment and coalesce(p.paused_until <= moment, true)
                order by x.due_at, x.alert, x.subject limit due_alerts.max_messages)
            returning f.*
        )
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'message', s.message, 'alert', s.alert, 'kind', k.kind, 'subject', s.subject, 'state', s.state, 'since', s.since, 'at', moment,
            'reminder', coalesce(s.state = 'firing' and s.told_at >= s.since, false), 'details', s.details) order by s.since, s.alert, s.subject)
            into messages
        from sent as s join processing.alerts as k on k.alert = s.alert;
    end if;
    return pg_catalog.jsonb_build_object('messages', coalesce(messages, '[]'));
end
$$;

comment on function processing.due_alerts(integer) is
    'Looks what fires, at most every 10 seconds, and answers {messages} that the caller has to send now: [{message, alert, kind, subject, '
    'state, since, at, reminder, details}]. Without alert_told within a minute each of them is due again.';

create function processing.alert_told(message uuid, problem text default null) returns jsonb
language plpgsql security definer
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
    moment timestamptz := processing.clock();
begin
    update processing.firing as f set
        told_at = case when alert_told.problem is null then moment else f.told_at end, problem = pg_catalog.left(alert_told.problem, 200),
        -- 10 seconds, 20, 40 and so on, at most an hour. That something has ended is given up after about a day.
        due_at = case when alert_told.problem is not null and (f.state = 'firing' or f.tries < 32)
            then moment + least(interval '1 hour', pg_catalog.power(2, least(f.tries, 12)) * interval '5 seconds') end
    where f.message = alert_told.message and f.due_at is not null;
    return pg_catalog.jsonb_build_object('known', found);
end
$$;

comment on function processing.alert_told(uuid, text) is
    'Notes that a message has arrived or, with a problem, that it could not be sent and is to be sent again later. Answers {known}: '
    'false if there is no such message any more.';

-- What most operators want to hear of. It costs nothing while no process has somebody to tell.
insert into processing.alerts (alert, kind, settings) values
    ('row-failed', 'failures', '{}'),
    ('many-failures', 'failures', '{"rows": 20, "repeat_seconds": 3600, "tell_end": true}'),
    ('queue-old', 'queue_age', '{}'),
    ('no-worker', 'no_worker', '{}'),
    ('doorbell-deaf', 'deaf_doorbell', '{}'),
    ('budget-reached', 'budget', '{}'),
    ('refused-by-the-database', 'trouble', '{}');

insert into processing.library_migrations (version) values ('20261121000918');
