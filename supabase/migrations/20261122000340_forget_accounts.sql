-- When an account is deleted, the usage of its rows is kept as sums without the owner.

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
    when assert_failure or others then
        -- An error in the accounting must not stop the deletion of an account.
        raise warning 'the usage of a deleted account still names it: %', sqlerrm
            using hint = 'call processing.forget_owner with its id';
        return null;
end
$$;

comment on function public.forget_account() is
    'Trigger: forgets a deleted account as an owner (see processing.forget_owner). Most errors are only warnings.';
revoke all on function public.forget_account() from public, anon, authenticated, service_role;

-- Deferred, because the foreign keys may delete rows of the account until the end of the transaction.
create constraint trigger processing_forget_account after delete on auth.users
    deferrable initially deferred
    for each row execute function public.forget_account();
