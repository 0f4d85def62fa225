-- Tables that only the worker sees. Leases and heartbeats are not stored on the row itself, because every heartbeat
-- would then change a published table and be sent to every subscriber.

create table processing.queues (
    table_id regclass primary key,
    key_column text not null,
    key_type text not null,
    doorbell boolean not null default true,
    published boolean not null default false
);

comment on table processing.queues is 'One row per attached table.';
comment on column processing.queues.doorbell is 'Whether a row that becomes pending rings the doorbell, which tells workers to look now. Switched off for tables with very many writers.';
comment on column processing.queues.published is 'Whether attach added the table to the Realtime publication; only then does detach take it out again.';
comment on column processing.queues.key_type is
    'Type of the key, without its length and without domains. The contract passes keys as text, and its statements cast them to this type.';

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

comment on table processing.pipelines is 'One row per attached pipeline: which rows are work, which columns it reads and writes, and the limits.';
comment on column processing.pipelines.condition is 'SQL condition on the row (attach argument "when"); null means every row.';
comment on column processing.pipelines.daily_limits is
    'How much one owner may use within a day (UTC), by measure: rows, runs, calls, audio_seconds, input_tokens, output_tokens, cost_usd.';
comment on column processing.pipelines.broadcast is 'Whether changes of a row are also sent to its owner as a Broadcast, in addition to Postgres Changes.';
comment on column processing.pipelines.rerun is 'Whether a row is run again when it is completed, if an input was edited while it ran.';
comment on column processing.pipelines.lease is 'How long a worker may miss its heartbeats before its rows are taken back.';
comment on column processing.pipelines.timeout is 'How long one run may last. The deadline of a lease is timeout plus grace after the claim.';
comment on column processing.pipelines.providers is 'Outside services that the pipeline needs. While one of them is closed, rows stay pending.';

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

comment on table processing.leases is 'The right of one worker to finish one run. Inserted at claim, deleted at the end. Its owner is the only value that may change: forget_owner empties it.';
comment on column processing.leases.nonce is
    'The fence: a random value that every write of the run must send. Unlike the number of a run, it is never used again for the same key.';

create table processing.unwritten (
    nonce uuid primary key,
    worker uuid not null
);

comment on table processing.unwritten is
    'Runs that have ended but whose result cannot be written yet, because of a lock or a broken table: the worker still holds the lease, but runs nothing. '
    'An entry counts only while its lease exists.';

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
    'Leases of rows that were deleted, cancelled or queued again while a worker still works on them. They no longer allow any write. They count '
    'against the limits until the worker reports that it has stopped, usually within a second.';

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
comment on column processing.checkpoints.keep is 'round: deleted when a completed row is queued again. content: kept then, because the output depends only on the hashed input.';

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
    'Calls of paid steps in this round that have no checkpoint yet. A call is noted before it is made: without a note the service was never called, with one the call may have been paid.';
comment on column processing.paid_calls.call_key is 'The idempotency key: the same for every try of this call in this round.';
comment on column processing.paid_calls.nonce is 'The lease of the latest try.';
comment on column processing.paid_calls.answered is 'Whether the service answered the latest try with an error. A try without an answer may have been paid.';

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
comment on column processing.events.nonce is 'The lease of the run that ended with this event; null if the event did not end a run.';

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

comment on table processing.usage is 'What each paid call used: one line per call, written soon after the answer, whatever happens to the row. Lines are accounting, so they stay when the row is deleted.';
comment on column processing.usage.entry is 'A name for the line, given by the worker, so that a line that is sent twice is counted once.';
comment on column processing.usage.calls is 'How many calls the line stands for: one, or many if processing.forget_owner has added lines up.';

create table processing.daily_use (
    pipeline text not null,
    owner text not null,
    day date not null,
    measure text not null,
    used numeric not null,
    primary key (pipeline, owner, day, measure)
) with (fillfactor = 70);  -- see "room" in …0590

comment on table processing.daily_use is
    'How much each owner has used today of the measures in daily_limits. These are stored counters and not sums over usage, because a limit is exact only if its counter is locked while it grows.';

create table processing.crashes (
    table_id regclass not null,
    row_id text not null,
    crashes smallint not null,
    last_at timestamptz not null,
    primary key (table_id, row_id)
);

comment on table processing.crashes is 'Rows whose worker died while it ran them. Such a row next runs alone in its process.';

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
comment on column processing.edited_inputs.inputs is 'The inputs as the run got them. If the person undoes the edit, the row is no longer outdated.';
comment on column processing.edited_inputs.reruns is 'How often the row was run again automatically in this round, if attach was called with rerun => true.';

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
) with (fillfactor = 50);  -- see "room" in …0590

comment on table processing.workers is 'One heartbeat row per worker process, not per job.';
comment on column processing.workers.lock_key is
    'Key of the advisory lock that the worker''s listening session holds, as the worker reported it; null without a proven session.';
comment on column processing.workers.lock_backend_start is 'When the backend that holds that lock started. If that is before the start of the server, a free lock proves nothing.';
comment on column processing.workers.work_lock_keys is 'Keys of the advisory locks of the worker''s other sessions, one each. A worker is dead only when all of its locks are free.';
comment on column processing.workers.locks_lost_at is 'When a heartbeat last showed that all sessions of the worker had ended at once, as after the restart of a pooler.';
comment on column processing.workers.draining_at is 'Since when the worker claims no rows, because it wants to become empty and then run a suspect row alone.';

create table processing.lost_locks (
    worker uuid primary key,
    missed_at timestamptz not null,
    beat_at timestamptz not null
);

comment on table processing.lost_locks is
    'What other workers saw: since when all locks of a worker are free, and its latest heartbeat at that moment. Not part of the table workers, so that no heartbeat waits for a worker that looks.';

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
) with (fillfactor = 50);  -- see "room" in …0590

comment on table processing.turns is 'The owner whose turn was last, per pipeline. The next claim starts with the owner after this one.';
