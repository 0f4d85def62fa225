-- attach(…, delay => true): users may say when their row is due. With a new row that is a delay; each later update that
-- moves the moment of a pending row on is a debounce.

create function processing.user_delay() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    longest constant interval := '1 year';
    moment timestamptz := processing.clock();
    was_pending boolean := coalesce(tg_op = 'UPDATE' and old.processing_status = 'pending', false);
    -- Transition has ended the row's wait for others, because of an edit, and has made it due (see 0720).
    waited boolean := was_pending and old.processing_started_at is not null and new.processing_started_at is null;
begin
    -- Admit and transition have judged the row already: its status and its pipeline are those that it gets.
    if tg_op = 'UPDATE' and new.processing_not_before is not distinct from old.processing_not_before then
        return new;
    elsif new.processing_status is distinct from 'pending' then
        -- Between two keystrokes a worker may claim the row. So the moment is left out, and the edit is kept.
        new.processing_not_before := case when tg_op = 'UPDATE' then old.processing_not_before end;
        return new;
    elsif ((was_pending and not waited) or new.processing_not_before > moment) and not exists (
        select from processing.pipelines as p where p.pipeline = new.processing_pipeline and p.delay)
    then
        raise exception 'column processing_not_before is written by the worker only' using errcode = '42501';
    elsif new.processing_not_before > moment + longest then
        raise exception 'processing_not_before is more than a year ahead' using errcode = 'RJ005', hint = 'choose a moment within a year';
    end if;
    -- A moment in the past would let the row go before others. A row that has run waits as long as its last run asked for.
    new.processing_not_before := greatest(new.processing_not_before, moment, case
        when was_pending and new.processing_started_at is not null then old.processing_not_before end);
    return new;
end
$$;

comment on function processing.user_delay() is
    'Trigger: limits the moment that a user gives a pending row. Raises 42501 if its pipeline has no delay, and RJ005 for '
    'a moment more than a year ahead.';

insert into processing.library_migrations (version) values ('20261121000327');
