-- When an account is deleted, its foreign keys delete its rows. The costs of these rows are kept as sums without a name.

create function public.forget_account() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    perform processing.forget_owner(old.id::text);
    return null;
exception
    when query_canceled then
        raise;
    when others then
        -- An error in the accounting must not stop the deletion of an account.
        raise warning 'the usage of a deleted account still names it: %', sqlerrm
            using hint = 'call processing.forget_owner with its id';
        return null;
end
$$;

comment on function public.forget_account() is 'Trigger: takes the owner out of the accounting of a deleted account.';
revoke all on function public.forget_account() from public, anon, authenticated, service_role;

-- Deferred to the end of the transaction, because only then the foreign keys have deleted the rows of the account.
create constraint trigger processing_forget_account after delete on auth.users
    deferrable initially deferred
    for each row execute function public.forget_account();
