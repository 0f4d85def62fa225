-- What only the worker sees. Leases and heartbeats are not on the row: a heartbeat on a published
-- table would be noise for every subscriber.

create table processing.queues (
    table_id regclass primary key,
    key_column text not null,
    key_type text not null,
    doorbell boolean not null default true,
    published boolean not null default false
);

comment on table processing.queues is 'One row per attached table.';
comment on column processing.queues.doorbell is 'Whether rows that enter pending ring; off for tables with very many writers.';
comment on column processing.queues.published is 'Whether attach added the table to the Realtime publication, so that detach takes it out.';
comment on column processing.queues.key_type is
    'Type of the key without its length and without domains: text of this type is cast to it wherever a key is named.';

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
    daily_limits jsonb not null default '{}',
    broadcast boolean not null default false,
    rerun boolean not null default false,
    paused boolean not null default false,
    attached_at timestamptz not null default processing.clock()
);

create index pipelines_table on processing.pipelines (table_id);

comment on table processing.pipelines is 'One row per attach: which rows are work, what may be read and written, and the limits.';
comment on column processing.pipelines.condition is 'SQL condition on the row (attach argument "when"); null means every row.';
comment on column processing.pipelines.daily_limits is
    'How much one owner may use within a day (UTC), by measure: rows, runs, calls, audio_seconds, input_tokens, output_tokens, cost_usd.';
comment on column processing.pipelines.broadcast is 'Whether changes of a row are sent to its owner, beside Postgres Changes.';
comment on column processing.pipelines.rerun is 'Whether a row whose input was edited while it ran runs again when it is done.';
comment on column processing.pipelines.lease is 'How long a worker may miss its heartbeats before its rows are taken back.';
comment on column processing.pipelines.timeout is 'How long one run may last; with grace it is the absolute deadline of a lease.';
comment on column processing.pipelines.providers is 'Outside services without which a row cannot be worked on; a closed one keeps its rows pending.';

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
);

create index leases_pipeline_owner on processing.leases (pipeline, owner);

comment on table processing.leases is 'The right of one worker to finish one run. Inserted at claim, deleted at the end; only its owner may be forgotten.';
comment on column processing.leases.nonce is
    'The fence: random, named by every write of the run. Unlike the number of a run it never comes back for the same key.';

create table processing.unwritten (
    nonce uuid primary key,
    worker uuid not null
);

comment on table processing.unwritten is
    'Runs that came to their end, while a lock or a broken table keeps their result from being written: the worker holds the lease and runs nothing. '
    'Counts only while that lease is there.';

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
    'Leases of rows that were deleted, cancelled or queued again while a worker still works on them. They allow no write any more, and count '
    'against the limits until the worker says that it has let go, within a second as a rule.';

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
);

create index checkpoints_shareable on processing.checkpoints (pipeline, step, version, input_hash) where shareable;

comment on table processing.checkpoints is 'Step ledger: the output of each finished step, so that no later run pays for it again.';
comment on column processing.checkpoints.keep is 'round: forgotten when a completed row is queued again; content: depends on its hashed input only.';

create table processing.paid_calls (
    table_id regclass not null,
    row_id text not null,
    step text not null,
    version text not null,
    input_hash text not null,
    call_key uuid not null default pg_catalog.gen_random_uuid(),
    nonce uuid not null,
    tries integer not null default 0,
    answered boolean not null default false,
    noted_at timestamptz not null,
    primary key (row_id, table_id, step, version, input_hash)
);

create unique index paid_calls_key on processing.paid_calls (call_key);

comment on table processing.paid_calls is
    'Calls of paid steps in this round that have no checkpoint yet: noted before the call, so that "maybe paid" is told from "never called".';
comment on column processing.paid_calls.call_key is 'The idempotency key: the same for every try of this call in this round.';
comment on column processing.paid_calls.nonce is 'The lease of the latest try.';
comment on column processing.paid_calls.answered is 'Whether the service has answered the latest try, with an error. Without an answer it may have been paid.';

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
);

create index events_at on processing.events using brin (at);

comment on table processing.events is 'History of the rows, one line each; bounded by prune.';
comment on column processing.events.nonce is 'The lease of the run that ended with this line; null for lines that end no run.';

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

comment on table processing.usage is 'What each paid call used, one line per call, written soon after its answer whatever becomes of the row. Outlives the row: it is accounting.';
comment on column processing.usage.entry is 'The line''s name, given by the worker: a line that is sent twice counts once.';
comment on column processing.usage.calls is 'How many calls the line stands for: one, or many where processing.forget_owner has summed up.';

create table processing.daily_use (
    pipeline text not null,
    owner text not null,
    day date not null,
    measure text not null,
    used numeric not null,
    primary key (pipeline, owner, day, measure)
) with (fillfactor = 70);  -- room, see …0590

comment on table processing.daily_use is
    'What each owner has used today of what daily_limits bounds. Counters of their own: a limit is exact only if whoever counts also locks.';

create table processing.crashes (
    table_id regclass not null,
    row_id text not null,
    crashes smallint not null,
    last_at timestamptz not null,
    primary key (table_id, row_id)
);

comment on table processing.crashes is 'Rows whose worker died under them. Such a row is next claimed alone.';

create table processing.edited_inputs (
    table_id regclass not null,
    row_id text not null,
    run bigint not null,
    inputs jsonb not null,
    edited_at timestamptz not null,
    reruns smallint not null default 0,
    primary key (table_id, row_id)
);

comment on table processing.edited_inputs is 'Rows of which a person edited an input while a run went on.';
comment on column processing.edited_inputs.inputs is 'The inputs as the run got them, so that an edit that is taken back leaves no mark.';
comment on column processing.edited_inputs.reruns is 'How often the row ran again by itself in this round, where attach was told to.';

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
) with (fillfactor = 50);  -- room, see …0590

comment on table processing.workers is 'One heartbeat row per worker process, not per job.';
comment on column processing.workers.lock_key is
    'Advisory lock of the session that listens, as the worker says; null without a proven session.';
comment on column processing.workers.lock_backend_start is 'Start of the backend that holds that lock; one older than the server''s own start proves nothing.';
comment on column processing.workers.work_lock_keys is 'Advisory locks of its other sessions, one each. A worker is dead only when all of its locks are free.';
comment on column processing.workers.locks_lost_at is 'When the worker last said that all of its sessions had ended at once, as when a pooler restarts.';
comment on column processing.workers.draining_at is 'Since when the worker takes no rows so as to run a suspect row alone.';

create table processing.lost_locks (
    worker uuid primary key,
    missed_at timestamptz not null,
    beat_at timestamptz not null
);

comment on table processing.lost_locks is
    'What peers saw: since when all locks of a worker are free, and its heartbeat at that moment. Apart from workers, so that no heartbeat waits for a peer that looks.';

create table processing.providers (
    provider text primary key,
    not_before timestamptz not null,
    reason text not null,
    closed_at timestamptz not null
);

comment on table processing.providers is 'Back-pressure shared by all workers: a provider is closed until not_before.';

create table processing.turns (
    pipeline text primary key,
    last_owner text
) with (fillfactor = 50);  -- room, see …0590

comment on table processing.turns is 'Whose turn was last, per pipeline: where the round over owners goes on.';
