-- Cron expressions: how they are read, and when they are due. The rules are those of cron in Debian (Vixie cron, see
-- `man 5 crontab` and `man 8 cron`), also where the clock of a time zone is put forward or back:
--
--   * A schedule whose minute and hour both name times is due once for each of them. If the clock skips the time, it is
--     due at the moment when the clock has been put forward. If the time comes twice, it is due the first time.
--   * A schedule whose minute or hour begins with * is due in every minute that matches while it passes: not in a gap,
--     and twice in a repeated hour. So */5 is due every five minutes of real time.

create type processing.cron as (
    minutes integer[],
    hours integer[],
    days integer[],
    months integer[],
    weekdays integer[],  -- 0 is Sunday
    either boolean,      -- a day has to match days or weekdays; otherwise both
    fixed boolean        -- neither minute nor hour begins with *
);

create function processing.schedule_refused(reason text, cure text) returns void
language plpgsql
set search_path = ''
as $$
begin
    raise exception '%', reason using errcode = 'RJ007', hint = cure;
end
$$;

comment on function processing.schedule_refused(text, text) is
    'Internal: raises RJ007 with a reason, and with a cure as its hint.';

create function processing.cron_number(word text, place integer) returns integer
language plpgsql immutable
set search_path = ''
as $$
declare
    lowest constant integer[] := '{0, 0, 1, 1, 0}'::integer[];
    highest constant integer[] := '{59, 23, 31, 12, 7}'::integer[];
    number integer := case
        when word ~ '^\d{1,2}$' then word::integer
        when place = 4 then pg_catalog.array_position('{jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec}'::text[], word)
        when place = 5 then pg_catalog.array_position('{sun, mon, tue, wed, thu, fri, sat}'::text[], word) - 1 end;
begin
    if number between lowest[place] and highest[place] is not true then
        perform processing.schedule_refused(
            pg_catalog.format('%s is no %s', word, ('{minute, hour, day of the month, month, day of the week}'::text[])[place]),
            pg_catalog.format('it lies from %s to %s', lowest[place], highest[place])
                || case place when 4 then ', or is one of jan to dec' when 5 then ', or is one of sun to sat; 0 and 7 are Sunday' else '' end);
    end if;
    return number;
end
$$;

comment on function processing.cron_number(text, integer) is
    'Internal: the number that a word stands for in the field at this place (1 minute, 2 hour, 3 day, 4 month, 5 day of '
    'the week). Raises RJ007 for another word.';

create function processing.cron_field(field text, place integer) returns integer[]
language plpgsql immutable
set search_path = ''
as $$
declare
    lowest constant integer[] := '{0, 0, 1, 1, 0}'::integer[];
    highest constant integer[] := '{59, 23, 31, 12, 7}'::integer[];
    item text;
    parts text[];
    low integer;
    high integer;
    step integer;
    numbers integer[] := '{}'::integer[];
begin
    foreach item in array pg_catalog.string_to_array(field, ',') loop
        parts := pg_catalog.regexp_match(item, '^(?:\*|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:/(\d{1,3}))?$');
        step := coalesce(parts[3]::integer, 1);
        if parts is null or step = 0 then
            perform processing.schedule_refused(
                pg_catalog.format('cron cannot read %s', coalesce(nullif(item, ''), 'an empty item')),
                'write *, a number, a range as 1-5, either with a step as */15, or a list of these as 0,30');
        end if;
        low := case when parts[1] is null then lowest[place] else processing.cron_number(parts[1], place) end;
        high := case
            when parts[2] is not null then processing.cron_number(parts[2], place)
            -- 5/15 is 5-59/15
            when parts[1] is null or parts[3] is not null then highest[place]
            else low end;
        if high < low then
            perform processing.schedule_refused(pg_catalog.format('the range %s runs backwards', item), 'write two ranges, as 22-23,0-5');
        end if;
        numbers := numbers || array(select g from pg_catalog.generate_series(low, high, step) as g);
    end loop;
    return array(select distinct case when place = 5 then n % 7 else n end from pg_catalog.unnest(numbers) as n order by 1);
end
$$;

comment on function processing.cron_field(text, integer) is
    'Internal: the numbers that a field of a cron expression stands for, sorted. Raises RJ007 for what it cannot read.';

create function processing.read_cron(cron text) returns processing.cron
language plpgsql immutable
set search_path = ''
as $$
declare
    given text := pg_catalog.lower(pg_catalog.btrim(cron, e' \t'));
    f text[] := pg_catalog.regexp_split_to_array(case given
        when '@yearly' then '0 0 1 1 *'
        when '@annually' then '0 0 1 1 *'
        when '@monthly' then '0 0 1 * *'
        when '@weekly' then '0 0 * * 0'
        when '@daily' then '0 0 * * *'
        when '@midnight' then '0 0 * * *'
        when '@hourly' then '0 * * * *'
        else coalesce(given, '') end, '[ \t]+');
begin
    if pg_catalog.cardinality(f) <> 5 then
        perform processing.schedule_refused(
            pg_catalog.format('cron "%s" has %s fields and not five', given, case when given <> '' then pg_catalog.cardinality(f) else 0 end),
            'write minute, hour, day of the month, month and day of the week, as 0 3 * * *; or one of @yearly, @monthly, @weekly, @daily, @hourly');
    end if;
    return row(
        processing.cron_field(f[1], 1), processing.cron_field(f[2], 2), processing.cron_field(f[3], 3),
        processing.cron_field(f[4], 4), processing.cron_field(f[5], 5),
        f[3] not like '*%' and f[5] not like '*%', f[1] not like '*%' and f[2] not like '*%')::processing.cron;
end
$$;

comment on function processing.read_cron(text) is
    'Internal: a cron expression of five fields, or a word such as @daily, as sets of numbers. Raises RJ007 for another.';

create function processing.clock_moment(local_time timestamp, time_zone text) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
    -- Of a time that comes twice Postgres takes the second one; a time that is skipped it counts on from before the gap.
    counted timestamptz := local_time at time zone time_zone;
    shown timestamp := counted at time zone time_zone;
    day_before timestamptz := counted - interval '24 hours';
    earlier timestamptz;
begin
    if shown <> local_time then
        return (
            select pg_catalog.min(m)
            from pg_catalog.generate_series(counted - (shown - local_time), counted, interval '1 minute') as m
            where (m at time zone time_zone) - (m at time zone 'UTC') = shown - (counted at time zone 'UTC'));
    end if;
    earlier := (local_time - ((day_before at time zone time_zone) - (day_before at time zone 'UTC'))) at time zone 'UTC';
    return case when earlier < counted and earlier at time zone time_zone = local_time then earlier else counted end;
end
$$;

comment on function processing.clock_moment(timestamp, text) is
    'Internal: when the clock of the zone first shows this time or, if it skips it, when it has been put forward.';

create function processing.cron_on(c processing.cron, on_day date) returns boolean
language plpgsql immutable
set search_path = ''
as $$
declare
    by_date boolean := extract(day from on_day)::integer = any (c.days);
    by_weekday boolean := extract(dow from on_day)::integer = any (c.weekdays);
begin
    return extract(month from on_day)::integer = any (c.months)
        and case when c.either then by_date or by_weekday else by_date and by_weekday end;
end
$$;

comment on function processing.cron_on(processing.cron, date) is 'Internal: whether the expression is due on this day.';

create function processing.cron_moments(c processing.cron, time_zone text, on_day date, later_than timestamptz, until timestamptz)
returns setof timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
    -- Some clocks are changed at midnight.
    margin constant interval := interval '3 hours';
begin
    if c.fixed then
        return query
        select w.moment
        from pg_catalog.unnest(c.hours) as h (hour) cross join pg_catalog.unnest(c.minutes) as m (minute)
        cross join lateral (
            select processing.clock_moment(on_day + pg_catalog.make_time(h.hour, m.minute, 0), time_zone) as moment) as w
        where w.moment > later_than and w.moment <= until;
        return;
    end if;
    return query
    select m.moment
    from pg_catalog.generate_series(
        greatest(pg_catalog.date_trunc('minute', later_than, 'UTC') + interval '1 minute', (on_day::timestamp at time zone time_zone) - margin),
        least(until, ((on_day + 1)::timestamp at time zone time_zone) + margin), interval '1 minute') as m (moment)
    cross join lateral (select m.moment at time zone time_zone as local_time) as l
    where l.local_time::date = on_day
        and extract(minute from l.local_time)::integer = any (c.minutes) and extract(hour from l.local_time)::integer = any (c.hours);
end
$$;

comment on function processing.cron_moments(processing.cron, text, date, timestamptz, timestamptz) is
    'Internal: the moments of a day in the zone at which the expression is due, after `later_than` and up to `until`.';

create function processing.cron_next(cron text, time_zone text default 'UTC', after timestamptz default processing.clock()) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
    c processing.cron := processing.read_cron(cron);
    on_day date := (after at time zone time_zone)::date - 1;
    -- 29 February on a certain day of the week comes every 28 years, or every 40 across a year like 2100.
    last_day constant date := on_day + 41 * 366;
    found_moment timestamptz;
begin
    while on_day <= last_day loop
        if extract(month from on_day)::integer <> all (c.months) then
            on_day := (pg_catalog.date_trunc('month', on_day::timestamp) + interval '1 month')::date;
            continue;
        end if;
        if processing.cron_on(c, on_day) then
            select pg_catalog.min(m) into found_moment from processing.cron_moments(c, time_zone, on_day, after, 'infinity') as m;
            exit when found_moment is not null;
        end if;
        on_day := on_day + 1;
    end loop;
    return found_moment;
end
$$;

comment on function processing.cron_next(text, text, timestamptz) is
    'When a cron expression is due next after a moment, by the clock of a time zone; null if never. Raises RJ007 for an '
    'expression that it cannot read.';

create function processing.cron_latest(cron text, time_zone text, due timestamptz, until timestamptz) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
    c processing.cron := processing.read_cron(cron);
    on_day date := (until at time zone time_zone)::date + 1;
    latest timestamptz;
begin
    while latest is null and on_day >= (due at time zone time_zone)::date loop
        if processing.cron_on(c, on_day) then
            select pg_catalog.max(m) into latest from processing.cron_moments(c, time_zone, on_day, due, until) as m;
        end if;
        on_day := on_day - 1;
    end loop;
    return coalesce(latest, due);
end
$$;

comment on function processing.cron_latest(text, text, timestamptz, timestamptz) is
    'Internal: the last due moment up to `until`; `due` itself if there is none after it.';

insert into processing.library_migrations (version) values ('20261121000905');
