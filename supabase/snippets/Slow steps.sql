-- Steps of the last 24 hours, the slowest first.
select * from processing.slow_steps;
