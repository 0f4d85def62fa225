-- What no user may reach, however dishonest. Views of the schema `broken`, see invariants.sql.

create view broken."spent beyond a limit" (thing, at, details) as
select 0, extract(epoch from x.at), format('%s of %s for %s', x.used, x.most, x.owner) from (
    select m.at, m.owner, m.most, sum(m.more) over (partition by m.budget, m.owner, m.starts_on order by m.seq) as used
    from chaos.budget_moments as m) as x
where x.used > x.most;

create view broken."column written by a user" (thing, at, details) as
select o.thing, extract(epoch from o.at), format('%s of %s: %s', o.op, o.by_user, o.changed) from chaos.orders as o
where o.by_user is not null and (
    o.op = 'UPDATE' and o.changed && '{id, account, said, by_run, processing_status, processing_run, processing_attempts,
        processing_priority, processing_pipeline, processing_stage, processing_progress, processing_error,
        processing_started_at, processing_finished_at}'
    or o.op = 'INSERT' and (o.becomes is distinct from 'pending' or o.said is not null));

create view broken."row of another user" (thing, at, details) as
select o.thing, extract(epoch from o.at), format('%s of %s on a row of %s', o.op, o.by_user, o.account) from chaos.orders as o
where o.by_user is not null and (o.by_user <> o.account or o.by_user is distinct from coalesce(o.new_account, o.account));

create view broken."too many open orders" (thing, at, details) as
select x.thing, extract(epoch from x.at), format('%s open of %s', x.open, x.account) from (
    select o.thing, o.at, o.op, o.account, sum(
        coalesce((o.becomes in ('pending', 'processing'))::integer, 0) - coalesce((o.was in ('pending', 'processing'))::integer, 0))
        over (partition by o.account order by o.seq) as open
    from chaos.orders as o) as x
where x.open > 4 and x.op = 'INSERT';

create view broken."wrong order" (thing, at, details) as
select o.thing, extract(epoch from o.at), format('%s for %s', o.said, o.wants) from chaos.orders as o
where o.was = 'processing' and o.becomes = 'completed' and not o.outdated
    and o.said is distinct from 'say(look(' || o.topic || ')+' || o.wants || ')';

create view broken."words of a cheater" (thing, at, details) as
select o.thing, extract(epoch from o.at), o.said from chaos.orders as o
where o.said like '%CHEAT%' and (o.topic || o.wants) not like '%CHEAT%' and not o.outdated;

create view broken."shared answer of another text" (thing, at, details) as
select 0, extract(epoch from o.created_at), o.output::text from processing.checkpoints as o
where o.step = 'look' and o.output #>> '{}' not like 'look(%)';

create view broken."order not ended" (thing, at, details) as
select id, 0, processing_status || ' in run ' || processing_run from public.orders
where processing_status is null or processing_status in ('pending', 'processing');

create view broken."order failed" (thing, at, details) as
select id, extract(epoch from processing_finished_at), processing_error from public.orders
where processing_status = 'failed' and processing_error ->> 'code' not like 'budget%';
