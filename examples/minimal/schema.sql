create table public.notes (
    id bigint generated always as identity primary key,
    body text not null,
    headline text
);

alter table public.notes enable row level security;

select processing.attach('public.notes', 'headline', inputs => '{body}', outputs => '{headline}');
