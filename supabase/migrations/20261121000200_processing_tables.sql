-- The internal tables. Leases are not stored on attached rows, because Realtime would send each change of them.

create table processing.queues (
    table_id regclass primary key,
    key_column text not null,
    key_type text not null,
    doorbell boolean not null default true,
    published boolean not null default false
);

comment on table processing.queues is 'One row per attached table.';
comment on column processing.queues.doorbell is
    'Whether workers are told at once of a row that becomes pending and due.';
comment on column processing.queues.published is 'Whether attach added the table to the publication supabase_realtime.';
comment on column processing.queues.key_type is
    'Type of the key, without length and domains. Keys that are passed as text are cast to it.';

create table processing.pipelines (
    pipeline text primary key check (pipeline ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and char_length(pipeline) <= 50),
    table_id regclass not null references processing.queues (table_id) on delete cascade,
    inputs text[] not null,
    outputs text[] not null,
    editable text[] not null default '{}',
    owner_column text,
    owner_type text,
    condition text,
    store_function text,
    providers text[] not null default '{}',
    max_attempts smallint not null check (max_attempts between 1 and 100),
    max_crashes smallint not null check (max_crashes between 1 and 100),
    lease interval not null check (lease between interval '1 second' and interval '10 minutes'),
    timeout interval not null check (timeout > interval '0'),
    grace interval not null check (grace >= interval '0'),
    retry_base interval not null check (retry_base > interval '0'),
    retry_cap interval not null check (retry_cap >= retry_base),
    concurrency integer check (concurrency > 0),
    concurrency_per_owner integer check (concurrency_per_owner > 0),
    max_open_per_owner integer check (max_open_per_owner > 0),
    over_budget text not null default 'wait' check (over_budget in ('wait', 'fail')),
    broadcast boolean not null default false,
    rerun boolean not null default false,
    delay boolean not null default false,
    paused boolean not null default false,
    attached_at timestamptz not null default processing.clock()
);

create index pipelines_table on processing.pipelines (table_id);

comment on table processing.pipelines is
    'One row per attached pipeline, with the settings from its latest call of attach.';
comment on column processing.pipelines.condition is
    'SQL condition on a row, the argument "when" of attach. Null means no condition.';
comment on column processing.pipelines.over_budget is
    'What becomes of a row whose next paid call would exceed a budget: it waits until the call may be made, or fails.';
comment on column processing.pipelines.broadcast is
    'Whether the owner of a row is also told of its progress by Broadcast.';
comment on column processing.pipelines.rerun is
    'Whether a completed row may run again by itself if an input was edited during its run.';
comment on column processing.pipelines.delay is
    'Whether users may set processing_not_before of their pending rows.';
comment on column processing.pipelines.lease is
    'Time without a heartbeat after which a worker normally counts as dead.';
comment on column processing.pipelines.timeout is 'How long one run may last. The deadline of a lease is timeout plus grace after the claim.';
comment on column processing.pipelines.providers is
    'Providers that the pipeline needs. While one of them is closed, no row of the pipeline is claimed.';

create table processing.leases (
    table_id regclass not null,
    row_id text not null,
    run bigint not null,
    nonce uuid not null,
    worker uuid not null,
    pipeline text not null,
    owner text,
    claimed_at timestamptz not null,
    deadline timestamptz not null,
    late_ms double precision not null,
    woken_by text not null,
    primary key (row_id, table_id)
) with (
    -- Heartbeats read past dead tuples, so autovacuum starts early, whatever the size of the table.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0
);

create index leases_pipeline on processing.leases (pipeline);

comment on table processing.leases is
    'The right of one worker to finish one run. Deleted when the run ends or loses that right.';
comment on column processing.leases.nonce is
    'The fence: a random value that a worker must send with each write of the row or a checkpoint.';

create table processing.unwritten (
    nonce uuid primary key,
    worker uuid not null
);

comment on table processing.unwritten is
    'Runs that were over in their worker before their end could be written to the row.';

create table processing.stopping_leases (
    nonce uuid primary key,
    table_id regclass not null,
    row_id text not null,
    run bigint not null,
    worker uuid not null,
    pipeline text not null,
    owner text,
    claimed_at timestamptz not null,
    deadline timestamptz not null
);

create index stopping_leases_pipeline on processing.stopping_leases (pipeline);

comment on table processing.stopping_leases is
    'Former leases of runs that a worker must still stop. They count against the concurrency limits.';

create table processing.checkpoints (
    table_id regclass not null,
    row_id text not null,
    step text not null,
    version text not null,
    input_hash text not null,
    pipeline text not null,
    run bigint not null,
    output jsonb,
    keep text not null check (keep in ('round', 'content')),
    shareable boolean not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    primary key (table_id, row_id, step, version, input_hash)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);

create index checkpoints_expiring on processing.checkpoints (expires_at) where expires_at is not null;
-- prune reads these by time. Others end with their row's round, see 0919.
create index checkpoints_kept on processing.checkpoints (created_at) where keep = 'content' or shareable;
create index checkpoints_shareable on processing.checkpoints (pipeline, step, version, input_hash) where shareable;

comment on table processing.checkpoints is
    'Stored outputs of finished steps, so that later runs need not do these steps again.';
comment on column processing.checkpoints.keep is
    'Whether a checkpoint without expires_at is kept for the next round (content) or not (round).';

create table processing.paid_calls (
    table_id regclass not null,
    row_id text not null,
    step text not null,
    version text not null,
    input_hash text not null,
    call_key uuid not null default pg_catalog.gen_random_uuid(),
    try_key uuid,
    maybe_paid boolean not null default false,
    nonce uuid not null,
    tries integer not null default 0,
    answered boolean not null default false,
    noted_at timestamptz not null,
    primary key (row_id, table_id, step, version, input_hash)
);

create unique index paid_calls_key on processing.paid_calls (call_key);
create index paid_calls_noted on processing.paid_calls (noted_at);

comment on table processing.paid_calls is
    'Calls of paid steps in the row''s present round. A worker notes a try here before it makes the try.';
comment on column processing.paid_calls.call_key is 'The idempotency key: the same for every try of this call in this round.';
comment on column processing.paid_calls.try_key is
    'A uuid of the latest try, so that a repeated begin_call does not count the try twice.';
comment on column processing.paid_calls.maybe_paid is
    'The value of maybe_paid that begin_call answered last for this call.';
comment on column processing.paid_calls.nonce is 'The nonce of the lease under which a worker last noted this call.';
comment on column processing.paid_calls.answered is
    'Whether the worker has reported that the service answered the latest try with an error.';

create table processing.events (
    id bigint generated always as identity,
    at timestamptz not null,
    table_id regclass not null,
    row_id text not null,
    run bigint not null,
    nonce uuid,
    kind text not null,
    data jsonb not null default '{}',
    primary key (table_id, row_id, id)
) with (
    -- prune reads past what it has deleted since the last vacuum.
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000
);

-- No BRIN index: its ranges never shrink. New events take the place of pruned ones, so after a month each range would
-- reach from the first day to today, and each look at a day would read all events.
create index events_at on processing.events (at);

comment on table processing.events is 'History of the rows, one line per event. prune deletes old lines.';
comment on column processing.events.nonce is
    'The nonce of the lease whose run ended with this event, if there was one; otherwise null.';

create table processing.usage (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    table_id regclass not null,
    row_id text not null,
    run bigint not null,
    pipeline text not null,
    owner text,
    step text not null,
    model text,
    entry uuid not null default pg_catalog.gen_random_uuid(),
    calls integer not null default 1,
    worker uuid,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    audio_seconds double precision not null default 0,
    cost_usd numeric not null default 0
);

create unique index usage_entry on processing.usage (entry);
create index usage_row on processing.usage (table_id, row_id);
create index usage_owner on processing.usage (owner, at);
-- prune and `spending(since)` read by time. The sums of days stay, so prune must not have to read past them.
create index usage_at on processing.usage (at) where row_id <> '';
create index usage_days on processing.usage (at) where row_id = '';

comment on table processing.usage is 'What paid calls used. Lines stay when the row is deleted.';
comment on column processing.usage.entry is 'A uuid, by which a line that a worker sends twice is stored once.';
comment on column processing.usage.row_id is 'Empty in a line that is the sum of a day.';
comment on column processing.usage.calls is
    'How many calls the line stands for: more than one in the sum of a day.';

create table processing.crashes (
    table_id regclass not null,
    row_id text not null,
    crashes smallint not null,
    last_at timestamptz not null,
    primary key (table_id, row_id)
);

comment on table processing.crashes is
    'Rows whose worker died while it ran them, and how often. They run alone in their worker process.';

create table processing.edited_inputs (
    table_id regclass not null,
    row_id text not null,
    run bigint not null,
    inputs jsonb not null,
    edited_at timestamptz not null,
    reruns smallint not null default 0,
    primary key (table_id, row_id)
);

comment on table processing.edited_inputs is 'Rows whose input a person edited during a run.';
comment on column processing.edited_inputs.inputs is
    'The inputs as the run got them, to see whether an edit was undone.';
comment on column processing.edited_inputs.reruns is
    'How often the row was run again because of edited inputs since a person last queued it.';

create table processing.workers (
    worker uuid primary key,
    name text not null default '',
    version text not null default '',
    pipelines text[] not null default '{}',
    started_at timestamptz not null,
    beat_at timestamptz not null,
    lock_key bigint,
    lock_backend_start timestamptz,
    work_lock_keys bigint[] not null default '{}',
    locks_lost_at timestamptz,
    draining_at timestamptz,
    info jsonb not null default '{}'
) with (fillfactor = 50);  -- the trick "room", see 0590

comment on table processing.workers is 'One row per worker process, with its latest heartbeat.';
comment on column processing.workers.lock_key is
    'Key of the advisory lock of the worker''s listening session. Null if its locks prove nothing.';
comment on column processing.workers.lock_backend_start is
    'When the backend that holds lock_key started. If Postgres restarted since, a free lock proves nothing.';
comment on column processing.workers.work_lock_keys is
    'Keys of the advisory locks of the worker''s other sessions, one each.';
comment on column processing.workers.locks_lost_at is
    'When a heartbeat last named none of the locks of the heartbeat before.';
comment on column processing.workers.draining_at is
    'Since when the worker claims no rows, because a row must run alone in it. Null if it claims rows.';

create table processing.lost_locks (
    worker uuid primary key,
    missed_at timestamptz not null,
    beat_at timestamptz not null
);

comment on table processing.lost_locks is 'Workers all of whose session locks were found free, first at missed_at.';

create table processing.providers (
    provider text primary key,
    not_before timestamptz not null,
    reason text not null,
    closed_at timestamptz not null
);

comment on table processing.providers is 'Until not_before, no row that needs the provider is claimed.';

create table processing.turns (
    pipeline text primary key,
    last_owner text
) with (fillfactor = 50);  -- the trick "room", see 0590

comment on table processing.turns is
    'The owner after whom the pipeline''s next claim starts (see 0605). Null means the first owner.';

insert into processing.library_migrations (version) values ('20261121000200');
