-- What processing.attach generates for the two tables below, as Postgres answers it. Written by
-- `python -m tests.library.sql.generated`; a test holds it against the database.
-- supabase/migrations/20261121000590_processing_templates.sql says why it looks like this.

create table public.letters (
    id bigint primary key,
    said text,
    answer text
);

create table public.recordings (
    id uuid primary key,
    account_id uuid,
    path text,
    transcript jsonb
);

create function public.keep_words(id uuid, words jsonb) returns void language sql return null;

select processing.attach('public.letters', 'answer-letter',
    inputs => '{said}', outputs => '{answer}');
select processing.attach('public.recordings', 'transcribe',
    inputs => '{path, transcript}', outputs => '{transcript}',
    owner => 'account_id', store => 'public.keep_words');

-- answer-letter

CREATE OR REPLACE FUNCTION processing.pick__answer_letter(slots integer, owner_places integer, moment timestamp with time zone, suspects text[], alone boolean)
 RETURNS bigint[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_sort TO 'off'
AS $function$
#variable_conflict use_variable
declare
    -- owner_places is unused, because the pipeline has no owners: @plpgsql_check_options: extra_warnings = false
    among bigint[] := suspects::bigint[];
    picked bigint[] := '{}'::bigint[];
    level integer := 32768;
    earliest timestamptz;
begin
    while pg_catalog.cardinality(picked) < slots loop
        select t.processing_priority, t.processing_not_before into level, earliest from public.letters as t
        where t.processing_pipeline = 'answer-letter' and t.processing_status = 'pending' and t.processing_priority < level
        order by t.processing_priority desc, t.processing_not_before limit 1;
        exit when level is null;
        picked := picked || array(
            select t.id from public.letters as t
            where t.processing_pipeline = 'answer-letter' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.processing_priority = level and t.processing_not_before >= earliest
            order by t.processing_not_before limit slots - pg_catalog.cardinality(picked)
            for no key update skip locked);
    end loop;
    if not alone and exists (select from processing.crashes) then
        picked := array(
            select k.key from pg_catalog.unnest(picked) with ordinality as k (key, place)
            where k.key::text <> all (array(select c.row_id from processing.crashes as c where c.table_id = 'public.letters'::regclass))
            order by k.place);
    end if;
    return picked;
end
    $function$;

CREATE OR REPLACE FUNCTION processing.pick_around__answer_letter(slots integer, owner_places integer, moment timestamp with time zone, suspects text[], alone boolean)
 RETURNS bigint[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_sort TO 'off'
AS $function$
#variable_conflict use_variable
declare
    -- owner_places is unused, because the pipeline has no owners: @plpgsql_check_options: extra_warnings = false
    among bigint[] := suspects::bigint[];
    picked bigint[] := '{}'::bigint[];
    level integer := 32768;
    earliest timestamptz;
    front timestamptz;
    passed text[] := processing.passed_over('answer-letter');
begin
    while pg_catalog.cardinality(picked) < slots loop
        select t.processing_priority, t.processing_not_before into level, earliest from public.letters as t
        where t.processing_pipeline = 'answer-letter' and t.processing_status = 'pending' and t.processing_priority < level
        order by t.processing_priority desc, t.processing_not_before limit 1;
        exit when level is null;
        front := processing.front_of('answer-letter', null, level);
        picked := picked || array(
            select t.id from public.letters as t
            where t.processing_pipeline = 'answer-letter' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.processing_priority = level and t.processing_not_before >= earliest and t.processing_not_before > front and t.id::text <> all (passed)
            order by t.processing_not_before limit slots - pg_catalog.cardinality(picked)
            for no key update skip locked);
    end loop;
    if not alone and exists (select from processing.crashes) then
        picked := array(
            select k.key from pg_catalog.unnest(picked) with ordinality as k (key, place)
            where k.key::text <> all (array(select c.row_id from processing.crashes as c where c.table_id = 'public.letters'::regclass))
            order by k.place);
    end if;
    return picked;
end
    $function$;

CREATE OR REPLACE FUNCTION processing.lease__answer_letter(picked bigint[], for_worker uuid, moment timestamp with time zone, woken text)
 RETURNS processing.batch
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'public', 'extensions', 'pg_temp'
AS $function$
#variable_conflict use_variable
declare
    claimed_rows json;
    claimed_keys text[];
    held_back_keys text[];
    some_large boolean;
    mark text;
begin
    select m.secret || ':worker:' || 'public.letters'::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with claimed as (
        update public.letters as t set
            processing_status = 'processing', processing_run = t.processing_run + 1,
            processing_attempts = t.processing_attempts + 1, processing_stage = null, processing_progress = 0,
            processing_error = null, processing_outdated = '{}', processing_started_at = moment, processing_finished_at = null
        where t.id = any (picked) and (t.processing_status = 'pending' and t.processing_pipeline = 'answer-letter') is true
        returning pg_catalog.array_position(picked, t.id) as place, t.processing_status = 'processing' and t.processing_pipeline = 'answer-letter' as held, t.id::text as id, t.processing_run as run,
            pg_catalog.gen_random_uuid() as nonce, t.processing_attempts as attempt, null::text as owner, t.processing_edited as edited,
            greatest(pg_catalog.date_part('epoch', moment - t.processing_not_before) * 1000, 0) as late_ms,
            case when coalesce(pg_catalog.octet_length(t.said), 0)::bigint <= case when pg_catalog.cardinality(picked) = 1 then 67108864 else 262144 end
                then (select pg_catalog.row_to_json(i) from (select t.said) as i) end as inputs
    ), leased as (
        insert into processing.leases (
            table_id, row_id, run, nonce, worker, pipeline, owner, claimed_at, deadline, late_ms, woken_by)
        select 'public.letters'::regclass, c.id, c.run, c.nonce, for_worker, 'answer-letter', c.owner, moment, moment + '00:16:00'::interval, c.late_ms, woken
        from claimed as c where c.held
    )
    select coalesce(pg_catalog.json_agg(r), '[]'), coalesce(pg_catalog.array_agg(r.id), '{}'),
        pg_catalog.bool_or(r.inputs is null) into claimed_rows, claimed_keys, some_large from (
        select c.id, c.run, c.nonce, c.attempt, c.owner, c.edited, c.late_ms,
            case when pg_catalog.pg_column_size(c.inputs) <= 67108864 then c.inputs end as inputs,
            case when c.run > 1 then processing.checkpoints_of('public.letters', c.id) end as checkpoints
        from claimed as c where c.held order by c.place) as r;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);
    -- Deferred checks of the application run here, where an error costs only these rows.
    if pg_catalog.pg_my_temp_schema() = 0 then set constraints all immediate; else execute processing.checks_now(); end if;
    if (some_large or pg_catalog.pg_column_size(claimed_rows) > 16777216) and pg_catalog.cardinality(picked) > 1 then
        raise exception 'the rows are too large for one answer' using errcode = 'RJ010';
    end if;
    if pg_catalog.cardinality(claimed_keys) < pg_catalog.cardinality(picked) then
        -- A trigger of the table has kept some of these rows from being claimed.
        held_back_keys := array(select k::text from pg_catalog.unnest(picked) as k where k::text <> all (claimed_keys));
    end if;
    return (pg_catalog.cardinality(claimed_keys), pg_catalog.json_build_object(
        'table', 'public.letters', 'pipeline', 'answer-letter', 'max_attempts', 3, 'timeout_seconds', 900.000000, 'json_inputs', '{}'::text[],
        'rows', claimed_rows, 'traces', processing.traces_of('public.letters'::regclass, claimed_keys)), held_back_keys)::processing.batch;
end
        $function$;

CREATE OR REPLACE FUNCTION processing.complete__answer_letter(results jsonb, for_worker uuid, moment timestamp with time zone)
 RETURNS text[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'public', 'extensions', 'pg_temp'
AS $function$
#variable_conflict use_variable
declare
    done_rows text[];
    mark text;
begin
    select m.secret || ':worker:' || 'public.letters'::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with done as (
        update public.letters as t set processing_status = 'completed', processing_stage = null, processing_progress = 100,
            processing_error = null, processing_finished_at = moment, answer = case when k.outputs ? 'answer' and not 'answer' = any (t.processing_edited) then k.new_1 else t.answer end
        from (
            select r.key, r.id, r.nonce, r.outputs, r.hands_over, o.answer as new_1
            from (
                select (x ->> 'id')::bigint as key, x ->> 'id' as id, (x ->> 'nonce')::uuid as nonce,
                    coalesce(x -> 'outputs', '{}') as outputs, x -> 'handover' <> 'null' as hands_over
                from pg_catalog.jsonb_array_elements(results) as x) as r cross join lateral pg_catalog.jsonb_to_record(r.outputs) as o (answer text)
            order by 1
        ) as k join processing.leases as l on l.row_id = any (array[k.id])
            and (l.table_id = 'public.letters'::regclass and l.nonce = k.nonce and l.worker = for_worker and l.pipeline = 'answer-letter') is true
        where t.id = any (array[k.key]) and (t.processing_status = 'processing' and t.processing_run = l.run) is true
        returning case when k.outputs - '{answer}'::text[] <> '{}' or k.hands_over then processing.refuse_outputs('answer-letter', k.outputs) else k.id end as id,
            l.run, l.nonce, l.ctid as lease, l.claimed_at, l.woken_by, l.late_ms,
            case when t.processing_edited = '{}' then '{}' else processing.kept_edits(t.processing_edited, k.outputs) end as kept
    ), gone as (
        delete from processing.leases as l where l.ctid = any (array(select d.lease from done as d))
    ), noted as (
        insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
        select moment, 'public.letters'::regclass, d.id, d.run, d.nonce, 'completed', d.kept || pg_catalog.jsonb_build_object(
            'worker', for_worker, 'pipeline', 'answer-letter', 'claimed_at', d.claimed_at, 'woken_by', d.woken_by, 'late_ms', d.late_ms)
        from done as d
    )
    select array(select d.id from done as d) into done_rows;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);
    -- Deferred checks of the application run here, where an error costs only these rows.
    if pg_catalog.pg_my_temp_schema() = 0 then set constraints all immediate; else execute processing.checks_now(); end if;
    return done_rows;
end
        $function$;

CREATE OR REPLACE FUNCTION processing.next_due__answer_letter(moment timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
#variable_conflict use_variable
declare
    level integer := 32768;
    soonest timestamptz;
begin
    loop
        level := (select t.processing_priority from public.letters as t where t.processing_pipeline = 'answer-letter' and t.processing_status = 'pending' and t.processing_priority < level
            order by t.processing_priority desc limit 1);
        exit when level is null;
        soonest := least(soonest, (
            select t.processing_not_before from public.letters as t
            where t.processing_pipeline = 'answer-letter' and t.processing_status = 'pending' and t.processing_priority = level and t.processing_not_before > moment
            order by t.processing_not_before limit 1));
    end loop;
    return soonest;
end
    $function$;

-- transcribe

CREATE OR REPLACE FUNCTION processing.pick__transcribe(slots integer, owner_places integer, moment timestamp with time zone, suspects text[], alone boolean)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_sort TO 'off'
AS $function$
#variable_conflict use_variable
declare
    among uuid[] := suspects::uuid[];
    picked uuid[] := '{}'::uuid[];
    most integer := slots + 4;
    last_turn uuid;
    next_turn uuid;
    holders text[];
    again boolean := false;
    owners uuid[] := '{}'::uuid[];
    held integer[];
    shares integer[];
    got uuid[];
    nobody integer;
begin
    select (select t.last_owner::uuid from processing.turns as t where t.pipeline = 'transcribe'),
        array(select l.owner from processing.leases as l where l.pipeline = 'transcribe'
            union all select s.owner from processing.stopping_leases as s where s.pipeline = 'transcribe')
    into last_turn, holders;
    next_turn := last_turn;
    if last_turn is not null then
        owners := array(
            with recursive ring (owner) as (
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id > last_turn order by t.account_id limit 1)
                union all
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id > r.owner order by t.account_id limit 1)
                from ring as r where r.owner is not null
            )
            select r.owner from ring as r where r.owner is not null
                and owner_places > pg_catalog.cardinality(pg_catalog.array_positions(holders, r.owner::text))
            limit most);
    end if;
    if pg_catalog.cardinality(owners) < most then
        owners := owners || array(
            with recursive ring (owner) as (
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id is not null order by t.account_id limit 1)
                union all
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id > r.owner order by t.account_id limit 1)
                from ring as r where r.owner is not null and (r.owner < last_turn) is not false
            )
            select null where last_turn is not null and (select true from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id is null order by t.account_id limit 1)
            union all
            select r.owner from ring as r where r.owner is not null and (r.owner <= last_turn) is not false
                and owner_places > pg_catalog.cardinality(pg_catalog.array_positions(holders, r.owner::text))
            union all
            select null where last_turn is null and (select true from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id is null order by t.account_id limit 1)
            limit most - pg_catalog.cardinality(owners));
    end if;
    held := case when holders = '{}' then pg_catalog.array_fill(0, array[pg_catalog.cardinality(owners)])
        else processing.held_by(owners::text[], holders) end;
    nobody := pg_catalog.array_position(owners, null);
    loop
        shares := processing.fair_shares(held, owner_places, slots - pg_catalog.cardinality(picked));
        exit when shares is null;
        got := array(
            select r.key
            from rows from (pg_catalog.unnest(owners), pg_catalog.unnest(shares)) as o (owner, share)
            cross join lateral (select t.id as key from public.recordings as t
                where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id >= o.owner and t.account_id <= o.owner and t.id <> all (picked)
                order by t.account_id, t.processing_priority desc, t.processing_not_before limit o.share
                for no key update skip locked) as r
            where o.share > 0 and o.owner is not null);
        if shares[nobody] > 0 then
            got := got || array(
                select t.id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id is null and t.id <> all (picked)
                order by t.account_id, t.processing_priority desc, t.processing_not_before limit shares[nobody]
                for no key update skip locked);
        end if;
        picked := picked || got;
        if not again then
            next_turn := owners[processing.last_of_most(shares)];
            again := true;
        end if;
        exit when pg_catalog.cardinality(picked) >= slots;
        -- An owner that gave fewer rows than its share has no more now, so it counts as at its limit.
        held := processing.held_after(held, shares, array(
            select coalesce(pg_catalog.array_position(owners, t.account_id), nobody) from public.recordings as t where t.id = any (got)), owner_places);
    end loop;
    if next_turn is distinct from last_turn then
        perform processing.remember_turn('transcribe', next_turn::text);
    end if;
    if not alone and exists (select from processing.crashes) then
        picked := array(
            select k.key from pg_catalog.unnest(picked) with ordinality as k (key, place)
            where k.key::text <> all (array(select c.row_id from processing.crashes as c where c.table_id = 'public.recordings'::regclass))
            order by k.place);
    end if;
    return picked;
end
    $function$;

CREATE OR REPLACE FUNCTION processing.pick_around__transcribe(slots integer, owner_places integer, moment timestamp with time zone, suspects text[], alone boolean)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_sort TO 'off'
AS $function$
#variable_conflict use_variable
declare
    among uuid[] := suspects::uuid[];
    picked uuid[] := '{}'::uuid[];
    passed text[] := processing.passed_over('transcribe');
    level integer := processing.level_of_all('transcribe');
    front timestamptz;
    most integer := slots + 4;
    last_turn uuid;
    next_turn uuid;
    holders text[];
    again boolean := false;
    owners uuid[] := '{}'::uuid[];
    held integer[];
    shares integer[];
    got uuid[];
    nobody integer;
begin
    if level is not null and not exists (select from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_priority > level)
        and not exists (select from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_priority < level)
    then
        front := processing.front_of_all('transcribe', level);
    end if;
    front := coalesce(front, '-infinity');
    select (select t.last_owner::uuid from processing.turns as t where t.pipeline = 'transcribe'),
        array(select l.owner from processing.leases as l where l.pipeline = 'transcribe'
            union all select s.owner from processing.stopping_leases as s where s.pipeline = 'transcribe')
    into last_turn, holders;
    next_turn := last_turn;
    if last_turn is not null then
        owners := array(
            with recursive ring (owner) as (
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id > last_turn and t.processing_not_before > front order by t.account_id limit 1)
                union all
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id > r.owner and t.processing_not_before > front order by t.account_id limit 1)
                from ring as r where r.owner is not null
            )
            select r.owner from ring as r where r.owner is not null
                and owner_places > pg_catalog.cardinality(pg_catalog.array_positions(holders, r.owner::text)) and pg_catalog.cardinality(processing.live__transcribe(r.owner, 1, moment, suspects, alone, picked, passed)) > 0
            limit most);
    end if;
    if pg_catalog.cardinality(owners) < most then
        owners := owners || array(
            with recursive ring (owner) as (
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id is not null and t.processing_not_before > front order by t.account_id limit 1)
                union all
                select (select t.account_id from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id > r.owner and t.processing_not_before > front order by t.account_id limit 1)
                from ring as r where r.owner is not null and (r.owner < last_turn) is not false
            )
            select null where last_turn is not null and pg_catalog.cardinality(processing.live__transcribe(null, 1, moment, suspects, alone, picked, passed)) > 0
            union all
            select r.owner from ring as r where r.owner is not null and (r.owner <= last_turn) is not false
                and owner_places > pg_catalog.cardinality(pg_catalog.array_positions(holders, r.owner::text)) and pg_catalog.cardinality(processing.live__transcribe(r.owner, 1, moment, suspects, alone, picked, passed)) > 0
            union all
            select null where last_turn is null and pg_catalog.cardinality(processing.live__transcribe(null, 1, moment, suspects, alone, picked, passed)) > 0
            limit most - pg_catalog.cardinality(owners));
    end if;
    held := case when holders = '{}' then pg_catalog.array_fill(0, array[pg_catalog.cardinality(owners)])
        else processing.held_by(owners::text[], holders) end;
    nobody := pg_catalog.array_position(owners, null);
    loop
        shares := processing.fair_shares(held, owner_places, slots - pg_catalog.cardinality(picked));
        exit when shares is null;
        got := array(
            select r.key
            from rows from (pg_catalog.unnest(owners), pg_catalog.unnest(shares)) as o (owner, share)
            cross join lateral (select pg_catalog.unnest(processing.live__transcribe(o.owner, o.share, moment, suspects, alone, picked, passed)) as key) as r
            where o.share > 0 and o.owner is not null);
        if shares[nobody] > 0 then
            got := got || processing.live__transcribe(null, shares[nobody], moment, suspects, alone, picked, passed);
        end if;
        picked := picked || got;
        if not again then
            next_turn := owners[processing.last_of_most(shares)];
            again := true;
        end if;
        exit when pg_catalog.cardinality(picked) >= slots;
        -- An owner that gave fewer rows than its share has no more now, so it counts as at its limit.
        held := processing.held_after(held, shares, array(
            select coalesce(pg_catalog.array_position(owners, t.account_id), nobody) from public.recordings as t where t.id = any (got)), owner_places);
    end loop;
    if next_turn is distinct from last_turn then
        perform processing.remember_turn('transcribe', next_turn::text);
    end if;
    if not alone and exists (select from processing.crashes) then
        picked := array(
            select k.key from pg_catalog.unnest(picked) with ordinality as k (key, place)
            where k.key::text <> all (array(select c.row_id from processing.crashes as c where c.table_id = 'public.recordings'::regclass))
            order by k.place);
    end if;
    return picked;
end
    $function$;

CREATE OR REPLACE FUNCTION processing.live__transcribe(of_owner uuid, share integer, moment timestamp with time zone, suspects text[], alone boolean, picked uuid[], passed text[])
 RETURNS uuid[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_sort TO 'off'
AS $function$
#variable_conflict use_variable
declare
    among uuid[] := suspects::uuid[];
    found uuid[] := '{}'::uuid[];
    level integer := 32768;
    front timestamptz;
begin
    while pg_catalog.cardinality(found) < share loop
        if of_owner is null then
            level := (select t.processing_priority from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.account_id is null
                and t.processing_priority < level order by t.account_id, t.processing_priority desc limit 1);
            exit when level is null;
            front := processing.front_of('transcribe', null, level);
            found := found || array(
                select t.id from public.recordings as t
                where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id is null and t.processing_priority = level and t.id <> all (picked) and t.processing_not_before > front and t.id::text <> all (passed)
                order by t.account_id, t.processing_priority desc, t.processing_not_before limit share - pg_catalog.cardinality(found)
                for no key update skip locked);
        else
            level := (select t.processing_priority from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.account_id >= of_owner and t.account_id <= of_owner
                and t.processing_priority < level order by t.account_id, t.processing_priority desc limit 1);
            exit when level is null;
            front := processing.front_of('transcribe', of_owner::text, level);
            found := found || array(
                select t.id from public.recordings as t
                where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_not_before <= moment and (t.id = any (among)) = alone and t.account_id >= of_owner and t.account_id <= of_owner and t.processing_priority = level
                    and t.id <> all (picked) and t.processing_not_before > front and t.id::text <> all (passed)
                order by t.account_id, t.processing_priority desc, t.processing_not_before limit share - pg_catalog.cardinality(found)
                for no key update skip locked);
        end if;
    end loop;
    return found;
end
    $function$;

CREATE OR REPLACE FUNCTION processing.lease__transcribe(picked uuid[], for_worker uuid, moment timestamp with time zone, woken text)
 RETURNS processing.batch
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'public', 'extensions', 'pg_temp'
AS $function$
#variable_conflict use_variable
declare
    claimed_rows json;
    claimed_keys text[];
    held_back_keys text[];
    some_large boolean;
    mark text;
begin
    select m.secret || ':worker:' || 'public.recordings'::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with claimed as (
        update public.recordings as t set
            processing_status = 'processing', processing_run = t.processing_run + 1,
            processing_attempts = t.processing_attempts + 1, processing_stage = null, processing_progress = 0,
            processing_error = null, processing_outdated = '{}', processing_started_at = moment, processing_finished_at = null
        where t.id = any (picked) and (t.processing_status = 'pending' and t.processing_pipeline = 'transcribe') is true
        returning pg_catalog.array_position(picked, t.id) as place, t.processing_status = 'processing' and t.processing_pipeline = 'transcribe' as held, t.id::text as id, t.processing_run as run,
            pg_catalog.gen_random_uuid() as nonce, t.processing_attempts as attempt, t.account_id::text as owner, t.processing_edited as edited,
            greatest(pg_catalog.date_part('epoch', moment - t.processing_not_before) * 1000, 0) as late_ms,
            case when coalesce(pg_catalog.octet_length(t.path), 0)::bigint + coalesce(pg_catalog.pg_column_size(t.transcript), 0)::bigint <= case when pg_catalog.cardinality(picked) = 1 then 67108864 else 262144 end
                then (select pg_catalog.row_to_json(i) from (select t.path, pg_catalog.to_json(t.transcript)::text as transcript) as i) end as inputs
    ), leased as (
        insert into processing.leases (
            table_id, row_id, run, nonce, worker, pipeline, owner, claimed_at, deadline, late_ms, woken_by)
        select 'public.recordings'::regclass, c.id, c.run, c.nonce, for_worker, 'transcribe', c.owner, moment, moment + '00:16:00'::interval, c.late_ms, woken
        from claimed as c where c.held
    )
    select coalesce(pg_catalog.json_agg(r), '[]'), coalesce(pg_catalog.array_agg(r.id), '{}'),
        pg_catalog.bool_or(r.inputs is null) into claimed_rows, claimed_keys, some_large from (
        select c.id, c.run, c.nonce, c.attempt, c.owner, c.edited, c.late_ms,
            case when pg_catalog.pg_column_size(c.inputs) <= 67108864 then c.inputs end as inputs,
            case when c.run > 1 then processing.checkpoints_of('public.recordings', c.id) end as checkpoints
        from claimed as c where c.held order by c.place) as r;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);
    -- Deferred checks of the application run here, where an error costs only these rows.
    if pg_catalog.pg_my_temp_schema() = 0 then set constraints all immediate; else execute processing.checks_now(); end if;
    if (some_large or pg_catalog.pg_column_size(claimed_rows) > 16777216) and pg_catalog.cardinality(picked) > 1 then
        raise exception 'the rows are too large for one answer' using errcode = 'RJ010';
    end if;
    if pg_catalog.cardinality(claimed_keys) < pg_catalog.cardinality(picked) then
        -- A trigger of the table has kept some of these rows from being claimed.
        held_back_keys := array(select k::text from pg_catalog.unnest(picked) as k where k::text <> all (claimed_keys));
    end if;
    return (pg_catalog.cardinality(claimed_keys), pg_catalog.json_build_object(
        'table', 'public.recordings', 'pipeline', 'transcribe', 'max_attempts', 3, 'timeout_seconds', 900.000000, 'json_inputs', '{transcript}'::text[],
        'rows', claimed_rows, 'traces', processing.traces_of('public.recordings'::regclass, claimed_keys)), held_back_keys)::processing.batch;
end
        $function$;

CREATE OR REPLACE FUNCTION processing.complete__transcribe(results jsonb, for_worker uuid, moment timestamp with time zone)
 RETURNS text[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'public', 'extensions', 'pg_temp'
AS $function$
#variable_conflict use_variable
declare
    done_rows text[];
    mark text;
begin
    select m.secret || ':worker:' || 'public.recordings'::regclass::oid into mark from processing.contract_mark as m;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), mark, true);
    with done as (
        update public.recordings as t set processing_status = 'completed', processing_stage = null, processing_progress = 100,
            processing_error = null, processing_finished_at = moment, transcript = case when k.outputs ? 'transcript' and not 'transcript' = any (t.processing_edited) then k.new_1 else t.transcript end
        from (
            select r.key, r.id, r.nonce, r.outputs, r.hands_over, o.transcript as new_1
            from (
                select (x ->> 'id')::uuid as key, x ->> 'id' as id, (x ->> 'nonce')::uuid as nonce,
                    coalesce(x -> 'outputs', '{}') as outputs, x -> 'handover' <> 'null' as hands_over
                from pg_catalog.jsonb_array_elements(results) as x) as r cross join lateral pg_catalog.jsonb_to_record(r.outputs) as o (transcript jsonb)
            order by 1
        ) as k join processing.leases as l on l.row_id = any (array[k.id])
            and (l.table_id = 'public.recordings'::regclass and l.nonce = k.nonce and l.worker = for_worker and l.pipeline = 'transcribe') is true
        where t.id = any (array[k.key]) and (t.processing_status = 'processing' and t.processing_run = l.run) is true
        returning case when k.outputs - '{transcript}'::text[] <> '{}' then processing.refuse_outputs('transcribe', k.outputs) else k.id end as id,
            l.run, l.nonce, l.ctid as lease, l.claimed_at, l.woken_by, l.late_ms,
            case when t.processing_edited = '{}' then '{}' else processing.kept_edits(t.processing_edited, k.outputs) end as kept
    ), gone as (
        delete from processing.leases as l where l.ctid = any (array(select d.lease from done as d))
    ), noted as (
        insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
        select moment, 'public.recordings'::regclass, d.id, d.run, d.nonce, 'completed', d.kept || pg_catalog.jsonb_build_object(
            'worker', for_worker, 'pipeline', 'transcribe', 'claimed_at', d.claimed_at, 'woken_by', d.woken_by, 'late_ms', d.late_ms)
        from done as d
    )
    select array(select d.id from done as d) into done_rows;
    mark := pg_catalog.set_config('processing.mark_' || pg_catalog.pg_trigger_depth(), '', true);
    perform processing.store_handovers('public.recordings', 'public.keep_words', 'uuid', results, done_rows);
    -- Deferred checks of the application run here, where an error costs only these rows.
    if pg_catalog.pg_my_temp_schema() = 0 then set constraints all immediate; else execute processing.checks_now(); end if;
    return done_rows;
end
        $function$;

CREATE OR REPLACE FUNCTION processing.next_due__transcribe(moment timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
#variable_conflict use_variable
declare
    level integer := 32768;
    soonest timestamptz;
begin
    loop
        level := (select t.processing_priority from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_priority < level
            order by t.processing_priority desc limit 1);
        exit when level is null;
        soonest := least(soonest, (
            select t.processing_not_before from public.recordings as t
            where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending' and t.processing_priority = level and t.processing_not_before > moment
            order by t.processing_not_before limit 1));
    end loop;
    return soonest;
end
    $function$;

-- all attached pipelines

CREATE OR REPLACE FUNCTION processing.waiting(wanted text[])
 RETURNS text[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    return array[null::text,
        case when 'analyse-interview' = any (wanted) and exists (select from public.timeline_items as t where t.processing_pipeline = 'analyse-interview' and t.processing_status = 'pending') then 'analyse-interview' end,
        case when 'answer-letter' = any (wanted) and exists (select from public.letters as t where t.processing_pipeline = 'answer-letter' and t.processing_status = 'pending') then 'answer-letter' end,
        case when 'company-research' = any (wanted) and exists (select from public.company_research as t where t.processing_pipeline = 'company-research' and t.processing_status = 'pending') then 'company-research' end,
        case when 'delete-stored-objects' = any (wanted) and exists (select from public.storage_deletions as t where t.processing_pipeline = 'delete-stored-objects' and t.processing_status = 'pending') then 'delete-stored-objects' end,
        case when 'enrich-job-position' = any (wanted) and exists (select from public.job_positions as t where t.processing_pipeline = 'enrich-job-position' and t.processing_status = 'pending') then 'enrich-job-position' end,
        case when 'transcribe' = any (wanted) and exists (select from public.recordings as t where t.processing_pipeline = 'transcribe' and t.processing_status = 'pending') then 'transcribe' end];
exception
    when lock_not_available then
        perform processing.wait_less();
        return null;
    when query_canceled or assert_failure or others then
        return null;
end
$function$;
