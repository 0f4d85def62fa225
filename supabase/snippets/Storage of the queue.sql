-- How much room the history, the stored answers and the usage take.
select t."table", t.rows, pg_size_pretty(t.bytes) as size, t.dead_rows
from jsonb_to_recordset(processing.storage()) as t ("table" text, rows bigint, bytes bigint, dead_rows bigint);
