-- What a claim finds out and locks before it reads rows.

-- Often few of a worker's pipelines have pending rows. `waiting` (see 0610) finds these in one statement, so that the
-- others need no lock and get no slots.

create function processing.lock_capped(wanted text[]) returns text[]
language plpgsql
set search_path = ''
as $$
begin
    perform from processing.pipelines as p
    where p.pipeline = any (wanted) and (p.concurrency is not null or p.concurrency_per_owner is not null)
    order by p.pipeline for no key update;
    return '{}'::text[];
exception
    when lock_not_available then
        -- Another claim holds a lock for too long, so leave out the pipelines that it has locked.
        return array(
            select p.pipeline from processing.pipelines as p
            where p.pipeline = any (wanted) and (p.concurrency is not null or p.concurrency_per_owner is not null)
                and p.pipeline not in (
                    select x.pipeline from processing.pipelines as x
                    where x.pipeline = any (wanted) and (x.concurrency is not null or x.concurrency_per_owner is not null)
                    order by x.pipeline for no key update skip locked));
end
$$;

comment on function processing.lock_capped(text[]) is
    'Internal: locks the pipelines with a concurrency limit, so that their claims wait for each other. A claim '
    'takes this lock first. Answers those that it could not lock in time.';

create type processing.outlook as (
    capped boolean,
    known boolean,
    crashed boolean,
    troubled boolean,
    awaited boolean,
    looked_at timestamptz,
    held_up text[],
    locked text[]
);

comment on type processing.outlook is
    'What a claim has to know before it reads rows. capped: a requested pipeline has a concurrency limit. known: '
    'the worker has a row in workers. crashed: `crashes` has a line. troubled: set_aside, broken or careful has a '
    'line. awaited: a row waits for others (see 0720). looked_at: the moment of these answers. held_up: pipelines that another claim kept locked for too long. '
    'locked: pipelines that had a pending row when those with a limit were locked, or null.';

create function processing.look_out(worker uuid, wanted text[]) returns processing.outlook
language plpgsql
set search_path = ''
as $$
begin
    -- Written with the trick "in full", see 0590.
    return (
        exists (
            select from processing.pipelines as p
            where p.pipeline = any (wanted) and (p.concurrency is not null or p.concurrency_per_owner is not null)),
        exists (select from processing.workers as w where w.worker = look_out.worker),
        exists (select from processing.crashes),
        exists (select from processing.set_aside) or exists (select from processing.broken) or exists (select from processing.careful),
        exists (select from processing.waits),
        processing.clock(), '{}'::text[], null
    )::processing.outlook;
end
$$;

comment on function processing.look_out(uuid, text[]) is
    'Internal: what a claim has to know before it reads rows; locks no row.';

create function processing.look_and_lock(worker uuid, wanted text[]) returns processing.outlook
language plpgsql
set search_path = ''
as $$
declare
    seen processing.outlook := processing.look_out(worker, wanted);
begin
    if seen.capped then
        -- Nothing is claimed from a pipeline without a pending row, so it need not be locked.
        seen.locked := case when not seen.troubled and pg_catalog.cardinality(wanted) > 1 then processing.waiting(wanted) end;
        seen.held_up := processing.lock_capped(coalesce(seen.locked, wanted));
    end if;
    return seen;
end
$$;

comment on function processing.look_and_lock(uuid, text[]) is
    'Internal: calls look_out and, if a pipeline has a limit, lock_capped for pipelines that may have a pending '
    'row.';

create function processing.closed_providers(moment timestamptz) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
    return coalesce((
        select pg_catalog.jsonb_object_agg(v.provider, extract(epoch from v.not_before - moment))
        from processing.providers as v where v.not_before > moment), '{}');
end
$$;

comment on function processing.closed_providers(timestamptz) is
    'Internal: {provider: seconds until it opens}, for the providers closed at `moment`.';

create function processing.open_pipelines(wanted text[], moment timestamptz) returns processing.pipelines[]
language plpgsql
set search_path = ''
as $$
begin
    return array(
        select p from processing.pipelines as p
        where p.pipeline = any (wanted) and not p.paused
            -- pg_table_is_visible is null if the table was dropped.
            and pg_catalog.pg_table_is_visible(p.table_id) is not null
            and not p.providers && array(select v.provider from processing.providers as v where v.not_before > moment)
        order by pg_catalog.random());
end
$$;

comment on function processing.open_pipelines(text[], timestamptz) is
    'Internal: the requested pipelines in random order, without those that are paused, have a closed provider or '
    'have lost their table.';

insert into processing.library_migrations (version) values ('20261121000618');
