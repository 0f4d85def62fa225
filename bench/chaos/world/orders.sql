-- The table that users reach through the Data API, honest ones and cheaters, and a journal of it. Each account may have
-- 4 open orders, and make 6 paid calls a day.

create table public.orders (
    id bigint generated always as identity (start 1000000000) primary key,
    account uuid not null default auth.uid(),
    topic text not null check (length(topic) <= 100),
    wants text not null,
    recording text check (recording like account::text || '/%'),
    said text,
    by_run bigint
);
alter table public.orders owner to postgres;
alter table public.orders enable row level security;
create policy own on public.orders to authenticated
    using ((select auth.uid()) = account) with check ((select auth.uid()) = account);
revoke all on public.orders from anon, authenticated, service_role;
grant select, insert, update, delete on public.orders to authenticated;

create table chaos.orders (
    seq bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    thing bigint not null,
    op text not null,
    by_user uuid,
    account uuid not null,
    new_account uuid,
    was text,
    becomes text,
    topic text,
    wants text,
    said text,
    changed text[],
    outdated boolean
);
create index on chaos.orders (thing, seq);

create function chaos.note_order() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into chaos.orders (thing, op, by_user, account, new_account, was, becomes, topic, wants, said, changed, outdated)
    values (coalesce(new.id, old.id), tg_op, case when current_setting('role') = 'authenticated' then auth.uid() end,
        coalesce(old.account, new.account), new.account, old.processing_status, new.processing_status, new.topic, new.wants, new.said,
        array(select a.key from jsonb_each(coalesce(to_jsonb(new), '{}')) as a
            where a.value is distinct from coalesce(to_jsonb(old) -> a.key, 'null')),
        coalesce(new.processing_outdated <> '{}', false));
    return null;
end
$$;
create trigger zz_note_order after insert or update or delete on public.orders
    for each row execute function chaos.note_order();

create table chaos.budget_moments (
    seq bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    budget bigint not null,
    owner text not null,
    starts_on date not null,
    more numeric not null,
    most numeric not null
);

create function chaos.note_budget() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into chaos.budget_moments (budget, owner, starts_on, more, most)
    select new.budget, new.owner, new.starts_on, new.spent + new.reserved - coalesce(old.spent + old.reserved, 0), b.most
    from processing.budgets as b where b.budget = new.budget;
    return null;
end
$$;
create trigger note_budget after insert or update on processing.budget_use for each row execute function chaos.note_budget();
