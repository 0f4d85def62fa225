-- The roles of a Supabase project. They belong to the whole server, so they are created
-- only once. As on Supabase, `postgres` owns the database and runs the migrations without
-- being a superuser. Run it as the bootstrap superuser, before supabase.sql.

do $$
begin
  if to_regrole('postgres') is not null then
    return;
  end if;

  create role postgres login createrole createdb bypassrls replication;
  create role anon nologin noinherit;
  create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
  create role authenticator login noinherit;
  create role supabase_auth_admin nologin noinherit createrole;
  create role supabase_storage_admin nologin noinherit createrole;
  create role supabase_realtime_admin nologin noinherit;

  grant anon, authenticated, service_role to authenticator;
  grant anon, authenticated, service_role, authenticator to postgres with admin option;
  grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
  grant supabase_storage_admin, supabase_realtime_admin to postgres;

  alter role postgres set search_path = "$user", public, extensions;
  alter role anon set statement_timeout = '3s';
  alter role authenticated set statement_timeout = '8s';
  alter role authenticator set statement_timeout = '8s';
end
$$;

do $$
begin
  execute format('alter database %I owner to postgres', current_database());
end
$$;
