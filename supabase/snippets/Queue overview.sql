-- What waits, runs and fails, one line per pipeline.
select * from processing.overview;
