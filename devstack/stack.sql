-- What a stack of its own has beyond the stand-in of liverows/testing/supabase.sql: the
-- password that `supabase start` gives on every machine, and what makes PostgREST read
-- the schema anew after each change of it.

alter role postgres password 'postgres';

create function extensions.pgrst_ddl_watch() returns event_trigger
language plpgsql set search_path = ''
as $$
begin
  notify pgrst, 'reload schema';
end
$$;

create event trigger pgrst_ddl_watch on ddl_command_end
  execute function extensions.pgrst_ddl_watch();

create event trigger pgrst_drop_watch on sql_drop
  execute function extensions.pgrst_ddl_watch();
