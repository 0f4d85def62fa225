-- Everything that is known about one row: its runs, steps, waits, cost, and why it is not running now.
-- Put the table and the primary key of your row here.
select jsonb_pretty(processing.explain(table_name => 'public.job_positions', row_id => '00000000-0000-0000-0000-000000000000'));
