-- Admission decides whether a row is work, and for which pipeline, normally before the row is stored.

create function processing.stored_row(queue regclass) returns text
language sql stable
set search_path = ''
-- Otherwise a session may read the expressions with fewer digits than their numbers have.
set extra_float_digits = 1
as $$
    -- Generated columns have no value in a BEFORE trigger; virtual ones have none in any trigger.
    select case when pg_catalog.bool_or(a.attgenerated <> '') then pg_catalog.format(
        'select %s from (select ($1).*) as given',
        pg_catalog.string_agg(case when a.attgenerated <> ''
            then pg_catalog.format('(%s) as %I', pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attname)
            else pg_catalog.quote_ident(a.attname) end, ', ' order by a.attnum))
        else 'select ($1).*' end
    from pg_catalog.pg_attribute as a
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = queue and a.attnum > 0 and not a.attisdropped
$$;

comment on function processing.stored_row(regclass) is
    'Internal: the text of a query that answers the row $1, with the values of its generated columns.';

create function processing.stored_values(queue regclass, candidate anyelement, names text[]) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    found jsonb;
begin
    if not exists (select from pg_catalog.pg_attribute as a where a.attrelid = queue and a.attgenerated <> '' and not a.attisdropped) then
        return processing.row_values(candidate, names);
    end if;
    execute pg_catalog.format('select processing.row_values(row(s.*)::%s, $2) from (%s) as s', queue, processing.stored_row(queue))
        into found using candidate, names;
    return found;
exception
    when data_exception then
        return processing.row_values(candidate, names);  -- the expression of a generated column raised a data error
end
$$;

comment on function processing.stored_values(regclass, anyelement, text[]) is
    'Internal: as row_values, but generated columns have the values that they will get, if possible.';

create function processing.meets(queue regclass, pipeline text, condition text, candidate anyelement) returns boolean
language plpgsql
set search_path = ''
as $$
declare
    matches boolean;
begin
    if condition is null then
        return true;
    end if;
    execute pg_catalog.format('select (%s) from (%s) as candidate', condition, processing.stored_row(queue))
        into matches using candidate;
    return coalesce(matches, false);
exception
    when assert_failure or others then
        -- A condition that raises an error for this row counts as not met.
        raise log 'the "when" of pipeline % cannot be asked of a row of %: %', pipeline, queue, sqlstate;
        return false;
end
$$;

comment on function processing.meets(regclass, text, text, anyelement) is
    'Internal: whether the row meets the condition of the pipeline. A condition that raises an error is not met.';

create function processing.matching_pipeline(queue regclass, candidate anyelement) returns text
language plpgsql
set search_path = ''
as $$
declare
    one record;
    found_pipeline text;
begin
    for one in
        select p.pipeline, p.condition from processing.pipelines as p where p.table_id = queue order by p.pipeline
    loop
        continue when not processing.meets(queue, one.pipeline, one.condition, candidate);
        if found_pipeline is not null then
            raise exception 'pipelines % and % both want this row of %', found_pipeline, one.pipeline, queue
                using errcode = 'RJ005', hint = 'make their "when" conditions exclude each other';
        end if;
        found_pipeline := one.pipeline;
    end loop;
    return found_pipeline;
end
$$;

comment on function processing.matching_pipeline(regclass, anyelement) is
    'Internal: the pipeline that takes the row, or null. Raises RJ005 if more than one takes it.';

create function processing.becomes_work(queue regclass, before anyelement, after anyelement) returns boolean
language plpgsql
set search_path = ''
as $$
begin
    -- Without a condition, a change of columns cannot turn a row into work.
    return exists (select from processing.pipelines as p where p.table_id = queue and p.condition is not null)
        and processing.matching_pipeline(queue, after) is not null
        and processing.matching_pipeline(queue, before) is null;
end
$$;

comment on function processing.becomes_work(regclass, anyelement, anyelement) is
    'Internal: whether no pipeline took the row before and one takes it now. False if no pipeline has a condition.';

create function processing.admitted_pipeline(queue regclass, candidate anyelement, status public.processing_status) returns text
language plpgsql
set search_path = ''
as $$
declare
    chosen text;
begin
    if status = 'processing' then
        raise exception 'a row enters processing only by a worker''s claim'
            using errcode = 'RJ005', hint = 'set processing_status to pending';
    elsif status in ('completed', 'failed', 'cancelled') then
        return null;
    end if;
    chosen := processing.matching_pipeline(queue, candidate);
    if status = 'pending' and chosen is null then
        raise exception 'no pipeline of % wants this row', queue
            using errcode = 'RJ005', hint = 'its columns meet no "when" condition of processing.pipelines';
    end if;
    return chosen;
end
$$;

comment on function processing.admitted_pipeline(regclass, anyelement, public.processing_status) is
    'Internal: the pipeline that takes the row, or null. Raises RJ005 for a status that the row may not get.';

create function processing.check_not_before(moment timestamptz) returns void
language plpgsql immutable
set search_path = ''
as $$
begin
    if not pg_catalog.isfinite(moment) then
        raise exception 'processing_not_before is no moment: %', moment
            using errcode = 'RJ005', hint = 'to hold a row back for good, cancel it';
    end if;
end
$$;

comment on function processing.check_not_before(timestamptz) is
    'Internal: raises RJ005 for infinity and -infinity. A row with infinity would never be due.';

create function processing.as_pending(chosen text, not_before timestamptz) returns jsonb
language sql volatile
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'processing_status', 'pending', 'processing_pipeline', chosen,
        'processing_not_before', greatest(not_before, processing.clock()), 'processing_attempts', 0,
        'processing_stage', null, 'processing_progress', 0, 'processing_error', null, 'processing_outdated', '{}'::text[],
        'processing_started_at', null, 'processing_finished_at', null)
$$;

comment on function processing.as_pending(text, timestamptz) is
    'Internal: values for a row that becomes pending, due at not_before or now, whichever is later.';

create function processing.admit() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
    chosen text;
    spared constant text := 'processing.spared_' || pg_catalog.pg_trigger_depth();
begin
    if pg_catalog.current_setting(spared, true) = 'yes' then
        perform pg_catalog.set_config(spared, '', true);
        if not processing.conflicts(queue, new) then
            raise exception 'a new row brings columns along that the worker alone writes' using errcode = '42501';
        end if;
    end if;
    perform processing.check_not_before(new.processing_not_before);
    -- A form that sends the whole row may send null in these columns, which do not allow null.
    new.processing_progress := coalesce(new.processing_progress, 0);
    new.processing_attempts := coalesce(new.processing_attempts, 0);
    new.processing_run := coalesce(new.processing_run, 0);
    new.processing_priority := coalesce(new.processing_priority, 0);
    new.processing_edited := coalesce(new.processing_edited, '{}');
    new.processing_outdated := coalesce(new.processing_outdated, '{}');
    if new.processing_status in ('completed', 'failed', 'cancelled')
        or new.processing_status is not null and processing.conflicts(queue, new)
    then
        return new;
    end if;
    chosen := processing.admitted_pipeline(queue, new, new.processing_status);
    if chosen is not null then
        new := pg_catalog.jsonb_populate_record(new, processing.as_pending(chosen, new.processing_not_before));
    end if;
    return new;
end
$$;

comment on function processing.admit() is
    'Trigger: makes a new row that is work pending. Raises RJ005 or 42501 for values that it may not have.';

create function processing.admit_stored() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    queue regclass := tg_relid::regclass;
    is_work boolean;
begin
    if tg_op = 'INSERT' then
        is_work := processing.matching_pipeline(queue, new) is not null;
    else
        is_work := processing.becomes_work(queue, old, new);
    end if;
    if is_work then
        perform pg_catalog.set_config('search_path', processing.usual_path(queue), true);
        execute pg_catalog.format(
            'update %1$s set processing_status = ''pending'' where %2$I = ($1).%2$I and processing_status is null',
            queue, processing.key_column(queue, tg_argv[0]))
            using new;
    end if;
    return null;
end
$$;

comment on function processing.admit_stored() is
    'Trigger: makes a stored row without a status pending if a late change by another trigger turned it into work.';

create function processing.check_open() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    p processing.pipelines;
    owner_id text;
begin
    select * into p from processing.pipelines as x where x.pipeline = new.processing_pipeline;
    if p.owner_column is not null then
        execute pg_catalog.format('select ($1).%I::text', p.owner_column) into owner_id using new;
    end if;
    if owner_id is not null and p.max_open_per_owner is not null then
        perform processing.check_open_rows(p, owner_id);
    end if;
    perform processing.count_request(p.pipeline, owner_id, case tg_op when 'INSERT' then '{rows, runs}' else '{runs}' end::text[]);
    return null;
exception
    when syntax_error_or_access_rule_violation or data_exception then
        -- As a rule the owner column has changed. The next claim repairs or reports the pipeline.
        raise log 'the open rows of pipeline % cannot be counted: %', new.processing_pipeline, sqlstate;
        return null;
end
$$;

comment on function processing.check_open() is
    'Trigger: raises RJ006 if the owner has too many open rows, RJ008 if a budget of rows or runs is used up.';

create function processing.check_open_rows(p processing.pipelines, owner_id text) returns void
language plpgsql
set search_path = ''
-- Written with the tricks "by index" and "owner as range" (see 0590), to read no finished rows.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
    waiting bigint;
    running bigint;
    aside bigint;
begin
    -- Only one transaction at a time opens rows of one owner, so that only one takes the last place.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p.table_id::oid::text || owner_id, 7));
    -- Rows that are set aside may wait long for a repair, so they do not count.
    select count(*) into aside from processing.set_aside as s
    where s.pipeline = p.pipeline and s.kind = 'claim' and s.owner_key = '=' || owner_id;
    -- One statement, because a row that is claimed between two counts would be in neither.
    execute pg_catalog.format(
        'select (
            select count(*) from processing.leases as l where l.pipeline = %2$L and l.owner = $1
        ), (
            select count(*) from (
                select from %1$s as t where t.processing_pipeline = %2$L and t.processing_status = ''pending''
                    and t.%3$I >= $1::%4$s and t.%3$I <= $1::%4$s
                order by t.%3$I, t.processing_priority desc, t.processing_not_before limit $2) as o)',
        p.table_id, p.pipeline, p.owner_column, p.owner_type)
        into running, waiting using owner_id, p.max_open_per_owner + aside + 1;
    waiting := greatest(waiting - aside, 0);
    if waiting + running > p.max_open_per_owner then
        raise exception 'too many open rows: % of at most % are waiting or running',
            least(waiting + running - 1, p.max_open_per_owner), p.max_open_per_owner
            using errcode = 'RJ006', hint = 'wait until one of them has finished';
    end if;
end
$$;

comment on function processing.check_open_rows(processing.pipelines, text) is
    'Internal: raises RJ006 if the owner has more open rows than allowed. Pending rows set aside do not count.';

insert into processing.library_migrations (version) values ('20261121000310');
