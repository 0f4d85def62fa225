-- The invariants. Each view of the schema `broken` lists what may not be: the row, the moment in seconds since 1970
-- (0 if it has none), and details. A sound round leaves all of them empty.

create schema broken;

create view broken."not ended" (thing, at, details) as
select id, 0, processing_status || ' in run ' || processing_run from public.things
where processing_status is null or processing_status in ('pending', 'processing');

create view broken."failed" (thing, at, details) as
select id, extract(epoch from processing_finished_at), processing_error from public.things
where processing_status = 'failed';

create view broken."doubled result" (thing, at, details) as
select c.thing, max(extract(epoch from c.at)), count(*) || ' completions in one round'
from (
    -- A person who cancels a row that has just been completed, and queues it again, also asks for another result.
    select *, count(*) filter (where op <> 'UPDATE' or was = 'completed' and becomes <> 'completed'
        or becomes = 'pending' and was <> 'pending' and fresh) over (partition by thing order by seq) as round
    from chaos.changes) as c
where c.was = 'processing' and c.becomes = 'completed' and not c.person
group by c.thing, c.round having count(*) > 1;

create view broken."doubled in the store" (thing, at, details) as
select coalesce(r.thing, c.thing), 0, format('%s results of run %s for %s completions',
    coalesce(r.n, 0), coalesce(r.run, c.by_run), coalesce(c.n, 0))
from (select thing, run, count(*) as n from public.results group by 1, 2) as r
full join (
    select thing, by_run, count(*) as n from chaos.changes
    where was = 'processing' and becomes = 'completed' and not person group by 1, 2) as c
    on c.thing = r.thing and c.by_run = r.run
where r.n is distinct from c.n;

-- A result that was kept in a run may be written by a later run of the same round.
create function chaos.is_kept(of_thing bigint, of_run bigint, before_change bigint) returns boolean
language sql stable
as $$
    select exists (
        select from chaos.kept as k
        where k.thing = of_thing and k.run = of_run and k.last_change < before_change and not exists (
            select from chaos.changes as c
            where c.thing = of_thing and c.seq > k.last_change and c.seq < before_change
                and (c.op = 'INSERT' or exists (select from chaos.openings as o where o.seq = c.seq))))
$$;

create view broken."stale result" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('result of run %s (%s) written in run %s (%s)',
    c.by_run, c.by_nonce, c.run, l.nonce)
from chaos.changes as c
left join lateral (
    select x.nonce, x.run from chaos.leases as x where x.thing = c.thing and x.at <= c.at
    order by x.seq desc limit 1) as l on true
where c.was = 'processing' and c.becomes = 'completed' and not c.person
    and (c.by_run, c.by_nonce) is distinct from (c.run, l.nonce) and not chaos.is_kept(c.thing, c.by_run, c.seq);

create view broken."stale write" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('%s → %s in run %s, outputs of run %s', c.was, c.becomes, c.run, c.by_run)
from chaos.changes as c
where not c.person and c.op = 'UPDATE' and (
    c.becomes = 'completed' and c.was not in ('processing', 'completed')
    or c.wrote_outputs and not (c.was = 'processing' and c.becomes = 'completed'));

create view broken."stale draft" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('draft of run %s written in run %s, %s', c.draft_run, c.run, c.was)
from chaos.changes as c
where not c.person and c.wrote_draft and (c.was <> 'processing'
    or c.draft_run is distinct from c.run and not chaos.is_kept(c.thing, c.draft_run, c.seq));

create view broken."stale checkpoint" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('%s of run %s stored as of run %s, while run %s was live',
    c.step, c.by_run, c.run, c.live_run)
from chaos.checkpoints as c
where c.by_run is distinct from c.run or c.live_run is distinct from c.run;

create view broken."checkpoint of another round" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('%s of run %s used after run %s opened a round', t.value ->> 'text', t.value ->> 'run', o.run)
from chaos.changes as c
join lateral (
    select max(x.run) as run from chaos.openings as x
    where x.thing = c.thing and x.seq < c.seq and x.seq > (
        select max(i.seq) from chaos.changes as i where i.thing = c.thing and i.op = 'INSERT' and i.seq < c.seq)) as o
    on o.run is not null
cross join lateral jsonb_array_elements(c.trail) as t
where c.was = 'processing' and c.becomes = 'completed' and not c.person and (t.value ->> 'run')::bigint <= o.run;

create view broken."wrong result" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('%s for %s', c.said, c.wants) from chaos.changes as c
where c.was = 'processing' and c.becomes = 'completed' and not c.person and not c.outdated
    and c.said is distinct from 'write(think(read(' || c.wants || ')))';

create view broken."run went back" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('from %s to %s', c.old_run, c.run)
from chaos.changes as c where c.op = 'UPDATE' and c.run < c.old_run;

create view broken."run leased twice" (thing, at, details) as
select c.thing, extract(epoch from c.at), format('run %s after run %s', c.run, c.before) from (
    select l.*, lag(l.run) over w as before, lag(l.at) over w as since from chaos.leases as l
    window w as (partition by l.thing order by l.seq)) as c
where c.run <= c.before and not exists (
    select from chaos.changes as i
    where i.thing = c.thing and i.op = 'INSERT' and i.at between c.since and c.at);

create view broken."lease left" (thing, at, details) as
select row_id::bigint, extract(epoch from claimed_at), 'run ' || run from processing.leases
union all
select row_id::bigint, extract(epoch from claimed_at), 'stopping, run ' || run from processing.stopping_leases;

create view broken."lease of no run" (thing, at, details) as
select l.row_id::bigint, extract(epoch from l.claimed_at), format('lease of run %s, row is %s in run %s',
    l.run, t.processing_status, t.processing_run)
from processing.leases as l left join (
    select id, processing_status, processing_run from public.things
    union all
    select id, processing_status, processing_run from public.orders) as t on t.id::text = l.row_id
where (t.processing_status = 'processing' and t.processing_run = l.run) is not true;
