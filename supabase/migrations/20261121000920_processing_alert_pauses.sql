-- Pauses of alerts: while somebody works on a trouble, nobody need be told of it again.

create function processing.pause_alert(alert text, until timestamptz, operator text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
    longest constant interval := interval '31 days';
    moment timestamptz := processing.clock();
begin
    -- A pause that nobody remembers ends by itself.
    if pause_alert.until > moment + longest then
        perform processing.refuse_argument('an alert is paused for at most 31 days');
    end if;
    update processing.alerts as a set paused_until = case when pause_alert.until > moment then pause_alert.until end
    where a.alert = pause_alert.alert;
    if not found then
        perform processing.refuse_argument(pg_catalog.format('there is no alert %s', coalesce(alert, 'null')));
    end if;
    perform processing.note_action(operator, case when pause_alert.until > moment then 'pause_alert' else 'resume_alert' end, null,
        pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('alert', alert, 'until', pause_alert.until)));
    return pg_catalog.jsonb_build_object('alert', alert, 'paused_until', case when pause_alert.until > moment then pause_alert.until end);
end
$$;

comment on function processing.pause_alert(text, timestamptz, text) is
    'Sends no message of an alert until then; null, or a time that is over, ends the pause. What fires is found out meanwhile, '
    'and told after the pause if it still fires. Answers {alert, paused_until}. Raises 22023 if there is no alert of that name, or for more than '
    '31 days.';

insert into processing.library_migrations (version) values ('20261121000920');
