-- Rows that the database refuses to claim or to finish, and what it said.
select * from processing.set_aside_rows;
