-- What paid calls have cost this month, by owner. Single calls are in processing.usage.
select owner, sum(calls) as calls, sum(cost_usd) as cost_usd
from processing.cost_by_owner
where day >= date_trunc('month', now() at time zone 'UTC')
group by owner
order by cost_usd desc
limit 100;
