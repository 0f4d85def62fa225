-- Slow claims: some rows take long to claim, for instance with a slow trigger. A claim with slow => true takes at most
-- one row, so that no other row waits with it.

create function processing.part_of(open processing.pipelines[], slow boolean, moment timestamptz) returns processing.pipelines[]
language plpgsql stable
set search_path = ''
as $$
begin
    return array(
        select o from pg_catalog.unnest(open) as o
        where exists (select from processing.careful as c where c.table_id = (o).table_id and c.until > moment) = slow
            or slow and exists (
                select from processing.set_aside as s
                where s.pipeline = (o).pipeline and s.kind = 'claim' and s.sqlstate = '57014' and s.look_again_at <= moment));
end
$$;

comment on function processing.part_of(processing.pipelines[], boolean, timestamptz) is
    'Internal: which of these pipelines may have rows for a claim with this value of `slow`.';

create function processing.claim_slowly(asked processing.asked, open processing.pipelines[]) returns processing.claimed
language plpgsql
set search_path = ''
as $$
declare
    p processing.pipelines;
    key text;
    started timestamptz := pg_catalog.clock_timestamp();
    found processing.claimed := (0, '{}', '{}', false);
begin
    foreach p in array open loop
        continue when p.concurrency <= (select count(*) from processing.leases as l where l.pipeline = p.pipeline)
                + (select count(*) from processing.stopping_leases as s where s.pipeline = p.pipeline);
        asked.suspects := array(select c.row_id from processing.crashes as c where c.table_id = p.table_id);
        -- A suspect that may run alone is not set aside. In a pipeline that is due for another look, claim_singly looks
        -- first whether its statements work again.
        key := case when not asked.alone and not exists (select from processing.broken as b where b.pipeline = p.pipeline) then (
            select s.row_id from processing.set_aside as s
            where s.pipeline = p.pipeline and s.kind = 'claim' and s.sqlstate = '57014' and s.look_again_at <= asked.moment
            order by s.look_again_at limit 1 for update skip locked) end;
        if (processing.row_state(p.table_id::text, key) ->> 'status' = 'pending') is not true then
            perform processing.look_again(p.table_id, key);
            found := processing.claim_singly(p, 1, asked, true);
        else
            found := processing.claim_set_aside(p, array[key], asked);
        end if;
        exit when found.rows > 0 or pg_catalog.cardinality(found.set_aside) > 0 or found.again;
    end loop;
    perform processing.note_duration(p.table_id, started);
    return found;
exception
    when query_canceled or assert_failure or others then
        return (0, '{}', '{}', false)::processing.claimed;
end
$$;

comment on function processing.claim_slowly(processing.asked, processing.pipelines[]) is
    'Internal: claims at most one row. In each pipeline, a row whose earlier claim ran into a time limit, and that '
    'is due for a try, comes first.';

insert into processing.library_migrations (version) values ('20261121000617');
