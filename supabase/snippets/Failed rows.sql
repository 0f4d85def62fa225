-- What has failed and was not queued again, in groups that failed in the same way.
select * from processing.failures;
