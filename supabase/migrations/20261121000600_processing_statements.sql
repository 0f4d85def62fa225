-- The statements of the claim path, one set of functions per pipeline.
--
-- attach writes them, detach drops them. Being functions with the table's name in them, they are planned
-- once per session, where dynamic SQL would be planned at every call; that is half the cost of a claim.
--
--   processing.claim__<pipeline>      picks due rows, marks and leases them
--   processing.complete__<pipeline>   writes results and ends the leases
--   processing.next_due__<pipeline>   when the next row becomes due
--
-- Each is one statement, so rows are locked, leases taken and rows changed at once. Scans are told to
-- use the partial indexes, whatever the statistics of a queue that fills and empties say.

create function processing.statement_name(verb text, pipeline text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
    return pg_catalog.format('%I.%I', 'processing', verb || '__' || pg_catalog.replace(pipeline, '-', '_'));
end
$$;

comment on function processing.statement_name(text, text) is 'Internal: qualified name of a generated function.';

create function processing.due_rows_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- One index range per priority: rows that are not due yet are never walked over.
    select pg_catalog.format($sql$
        levels (level) as (
            (select t.processing_priority from %1$s as t
             where t.processing_pipeline = %3$L and t.processing_status = 'pending'
             order by t.processing_priority desc limit 1)
            union all
            select (select t.processing_priority from %1$s as t
                    where t.processing_pipeline = %3$L and t.processing_status = 'pending' and t.processing_priority < v.level
                    order by t.processing_priority desc limit 1)
            from levels as v where v.level is not null
        ), picked as materialized (
            select d.key from levels as v cross join lateral (
                select t.%2$I as key from %1$s as t
                where t.processing_pipeline = %3$L and t.processing_status = 'pending'
                    and t.processing_priority = v.level and t.processing_not_before <= moment
                    and (t.%2$I = any (suspects)) = alone
                order by t.processing_not_before limit slots for no key update skip locked
            ) as d
            where v.level is not null limit slots
        )$sql$, q.table_id, q.key_column, p.pipeline)
$$;

comment on function processing.due_rows_sql(processing.pipelines, processing.queues) is 'Internal: picks due rows of a pipeline without owners.';

create function processing.owners_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- Walks the distinct owners that wait by index, from the one after last time's (`last_turn`), around and
    -- back, and stops when enough owners with a due row and a free place are found.
    select pg_catalog.format($sql$
        running as materialized (
            select l.owner, count(*) as rows from processing.leases as l where l.pipeline = %2$L group by l.owner
        ), onward (owner) as (
            (select t.%3$I from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = 'pending'
                and t.%3$I > last_turn::%4$s order by t.%3$I limit 1)
            union all
            select (select t.%3$I from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = 'pending'
                and t.%3$I > o.owner order by t.%3$I limit 1)
            from onward as o where o.owner is not null
        ), around (owner) as (
            (select t.%3$I from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = 'pending'
                order by t.%3$I limit 1)
            union all
            select (select t.%3$I from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = 'pending'
                and t.%3$I > o.owner order by t.%3$I limit 1)
            from around as o where o.owner is not null
        ), ring as materialized (
            select o.owner, coalesce(r.rows, 0) as running, pg_catalog.row_number() over () as place
            from (
                select owner from onward where owner is not null
                union all
                select owner from around where owner is not null and (last_turn is null or owner <= last_turn::%4$s)
                union all
                (select t.%3$I from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = 'pending'
                    and t.%3$I is null limit 1)
            ) as o
            left join running as r on r.owner is not distinct from o.owner::text
            where coalesce(r.rows, 0) < owner_places and case when o.owner is null
                then (
                    select true from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = 'pending'
                        and t.%3$I is null and t.processing_not_before <= moment and (t.%5$I = any (suspects)) = alone limit 1)
                else (
                    select true from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = 'pending'
                        and t.%3$I = o.owner and t.processing_not_before <= moment and (t.%5$I = any (suspects)) = alone limit 1)
                end
            limit slots + 4
        ), share as materialized (
            select case when deep then slots + 16 else slots / greatest(count(*), 1)::integer + 3 end as rows from ring
        )$sql$, q.table_id, p.pipeline, p.owner_column, p.owner_type, q.key_column)
$$;

comment on function processing.owners_sql(processing.pipelines, processing.queues) is 'Internal: the owners whose turn it may be.';

create function processing.due_rows_by_owner_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- A few more candidates than an owner's share, because another claimer may hold some of them. Where
    -- that leaves slots empty, `cut_off` tells the caller to look again, `deep`.
    select processing.owners_sql(p, q) || pg_catalog.format($sql$,
        candidates as materialized (
            select c.key, o.place,
                o.running + pg_catalog.row_number() over (partition by o.place order by c.priority desc, c.due) as nth
            from ring as o cross join lateral (
                (select t.%2$I as key, t.processing_priority as priority, t.processing_not_before as due
                from %1$s as t
                where t.processing_pipeline = %3$L and t.processing_status = 'pending' and t.%4$I = o.owner
                    and t.processing_not_before <= moment and (t.%2$I = any (suspects)) = alone
                order by t.processing_priority desc, t.processing_not_before
                limit least((select s.rows from share as s), owner_places - o.running))
                union all
                (select t.%2$I, t.processing_priority, t.processing_not_before
                from %1$s as t
                where o.owner is null and t.processing_pipeline = %3$L and t.processing_status = 'pending'
                    and t.%4$I is null and t.processing_not_before <= moment and (t.%2$I = any (suspects)) = alone
                order by t.processing_priority desc, t.processing_not_before
                limit least((select s.rows from share as s), owner_places - o.running))
            ) as c
        ), picked as materialized (
            select t.key from (select * from candidates order by nth, place) as c cross join lateral (
                select x.%2$I as key from %1$s as x
                where x.%2$I = c.key and (x.processing_status = 'pending') is true for no key update skip locked
            ) as t limit slots
        )$sql$, q.table_id, q.key_column, p.pipeline, p.owner_column)
$$;

comment on function processing.due_rows_by_owner_sql(processing.pipelines, processing.queues) is 'Internal: picks due rows in turn over the owners that wait.';

create function processing.claim_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    select pg_catalog.format($sql$
        with recursive %1$s, claimed as (
            update %2$s as t set
                processing_status = 'processing', processing_run = t.processing_run + 1,
                processing_attempts = t.processing_attempts + 1, processing_stage = null, processing_progress = 0,
                processing_error = null, processing_started_at = moment, processing_finished_at = null
            from picked as k where t.%3$I = k.key
            returning t.%3$I::text as id, t.processing_run as run, t.processing_attempts as attempt, %4$s as owner,
                t.processing_edited as edited,
                greatest(extract(epoch from moment - t.processing_not_before) * 1000, 0)::double precision as late_ms,
                (select pg_catalog.to_jsonb(i) from (select %5$s) as i) as inputs
        ), leased as (
            insert into processing.leases (
                table_id, row_id, run, worker, pipeline, owner, claimed_at, deadline, late_ms, woken_by)
            select %6$s, c.id, c.run, for_worker, %7$L, c.owner, moment, moment + %8$L::interval, c.late_ms, woken
            from claimed as c
        )
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'table', %9$L, 'pipeline', %7$L, 'id', c.id, 'run', c.run, 'attempt', c.attempt, 'inputs', c.inputs,
                'edited', c.edited, 'late_ms', c.late_ms, 'max_attempts', %10$s, 'timeout_seconds', %11$s,
                'checkpoints', case when c.run > 1 then (
                    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                        'step', s.step, 'version', s.version, 'input_hash', s.input_hash, 'output', s.output))
                    from processing.checkpoints as s
                    where s.table_id = %6$s and s.row_id = c.id) end)),
            pg_catalog.max(c.owner), %12$s
        from claimed as c$sql$,
        case when p.owner_column is null
            then processing.due_rows_sql(p, q) else processing.due_rows_by_owner_sql(p, q) end,
        q.table_id, q.key_column,
        case when p.owner_column is null then 'null::text' else pg_catalog.format('t.%I::text', p.owner_column) end,
        (select pg_catalog.string_agg(pg_catalog.format('t.%I', i), ', ') from pg_catalog.unnest(p.inputs) as i),
        pg_catalog.format('%L::regclass', q.table_id), p.pipeline, p.timeout + p.grace, q.table_id::text, p.max_attempts,
        extract(epoch from p.timeout),
        case when p.owner_column is null then 'false' else
            'exists (select from candidates as d group by d.place having count(*) >= (select s.rows from share as s))' end)
$$;

comment on function processing.claim_sql(processing.pipelines, processing.queues) is 'Internal: the statement that picks, marks and leases rows of one pipeline.';

create function processing.assignments(p processing.pipelines) returns text
language sql stable
set search_path = ''
as $$
    select coalesce(pg_catalog.string_agg(pg_catalog.format(
        ', %1$I = case when k.outputs ? %1$L and not %1$L = any (t.processing_edited) then (k.new_values).%1$I else t.%1$I end',
        o), ''), '')
    from pg_catalog.unnest(p.outputs) as o
$$;

comment on function processing.assignments(processing.pipelines) is 'Internal: SET list that writes declared outputs and leaves what a person has edited.';

create function processing.complete_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    -- Rows are locked in key order, their leases go, the rows change. A row whose lease is not the
    -- caller's is simply not among the answers. "is true" keeps a condition away from the indexes, so
    -- that each row is found by its key.
    select pg_catalog.format($sql$
        with asked as (
            select (r ->> 'id')::%2$s as key, (r ->> 'run')::bigint as run, coalesce(r -> 'outputs', '{}') as outputs,
                pg_catalog.jsonb_populate_record(null::%1$s, coalesce(r -> 'outputs', '{}')) as new_values
            from pg_catalog.jsonb_array_elements(results) as r
        ), locked as materialized (
            -- A subquery that locks is not pulled up, so each row is found by its key, whatever the plan of the day.
            select t.key, a.run, a.outputs, a.new_values
            from (select * from asked order by key) as a cross join lateral (
                select x.%3$I as key from %1$s as x
                where x.%3$I = a.key and x.processing_status = 'processing' and (x.processing_run = a.run) is true
                for no key update
            ) as t
        ), gone as (
            delete from processing.leases as l using locked as k
            where l.table_id = %4$s and l.row_id = k.key::text and (l.run = k.run) is true
                and (l.worker = for_worker) is true and (l.pipeline = %5$L) is true
            returning k.key, k.outputs, k.new_values, l.row_id, l.run, l.claimed_at, l.woken_by, l.late_ms
        ), done as (
            update %1$s as t set processing_status = 'completed', processing_stage = null, processing_progress = 100,
                processing_error = null, processing_finished_at = moment%6$s
            from gone as k
            where t.%3$I = k.key
            returning k.row_id as id, k.run, k.claimed_at, k.woken_by, k.late_ms,
                case when t.processing_edited <> '{}' then (
                    select pg_catalog.jsonb_agg(e) from pg_catalog.unnest(t.processing_edited) as e where k.outputs ? e) end as kept
        ), noted as (
            insert into processing.events (at, table_id, row_id, run, kind, data)
            select moment, %4$s, d.id, d.run, 'completed', pg_catalog.jsonb_build_object('worker', for_worker,
                'claimed_at', d.claimed_at, 'woken_by', d.woken_by, 'late_ms', d.late_ms)
                || case when d.kept is null then '{}' else pg_catalog.jsonb_build_object('kept_edits', d.kept) end
            from done as d
        )
        select coalesce(pg_catalog.array_agg(d.id), '{}') from done as d$sql$,
        q.table_id, q.key_type, q.key_column, pg_catalog.format('%L::regclass', q.table_id), p.pipeline,
        processing.assignments(p))
$$;

comment on function processing.complete_sql(processing.pipelines, processing.queues) is 'Internal: the statement that completes rows of one pipeline.';

create function processing.next_due_sql(p processing.pipelines, q processing.queues) returns text
language sql stable
set search_path = ''
as $$
    select pg_catalog.format($sql$
        with recursive levels (level) as (
            (select t.processing_priority from %1$s as t
             where t.processing_pipeline = %2$L and t.processing_status = 'pending'
             order by t.processing_priority desc limit 1)
            union all
            select (select t.processing_priority from %1$s as t
                    where t.processing_pipeline = %2$L and t.processing_status = 'pending' and t.processing_priority < v.level
                    order by t.processing_priority desc limit 1)
            from levels as v where v.level is not null
        )
        select pg_catalog.min(d.due) from levels as v cross join lateral (
            select t.processing_not_before as due from %1$s as t
            where t.processing_pipeline = %2$L and t.processing_status = 'pending' and t.processing_priority = v.level
                and t.processing_not_before > moment
            order by t.processing_not_before limit 1) as d
        where v.level is not null$sql$, q.table_id, p.pipeline)
$$;

comment on function processing.next_due_sql(processing.pipelines, processing.queues) is 'Internal: the statement that finds the next row to become due.';
