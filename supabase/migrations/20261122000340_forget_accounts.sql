-- A deleted account: its rows go by their foreign keys, and what they have cost stays as sums that name nobody.

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
        -- Accounting must not keep an account from being deleted.
        raise warning 'the usage of a deleted account still names it: %', sqlerrm
            using hint = 'call processing.forget_owner with its id';
        return null;
end
$$;

comment on function public.forget_account() is 'Trigger: takes the owner out of the accounting of a deleted account.';
revoke all on function public.forget_account() from public, anon, authenticated, service_role;

-- At the end of the transaction, because only then have the foreign keys and their triggers removed the account's rows.
create constraint trigger processing_forget_account after delete on auth.users
    deferrable initially deferred
    for each row execute function public.forget_account();
