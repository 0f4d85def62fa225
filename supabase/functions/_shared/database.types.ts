// Written by `python -m devstack.types`; change the migrations instead.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  "processing": {
    Tables: {
      "alerts": {
        Row: {
          "alert": string;
          "kind": string;
          "looked_at": string | null;
          "paused_until": string | null;
          "pipeline": string | null;
          "problem": string | null;
          "settings": NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          "alert": string;
          "kind": string;
          "looked_at"?: string | null;
          "paused_until"?: string | null;
          "pipeline"?: string | null;
          "problem"?: string | null;
          "settings"?: NonNullable<Json>;
        };
        Update: {
          "alert"?: string;
          "kind"?: string;
          "looked_at"?: string | null;
          "paused_until"?: string | null;
          "pipeline"?: string | null;
          "problem"?: string | null;
          "settings"?: NonNullable<Json>;
        };
        Relationships: [];
      };
      "awaited": {
        Row: {
          "child_id": string;
          "child_table": unknown;
          "id": number;
          "row_id": string;
          "table_id": unknown;
        };
        ComputedFields: never;
        Insert: {
          "child_id": string;
          "child_table": unknown;
          "id"?: never;
          "row_id": string;
          "table_id": unknown;
        };
        Update: {
          "child_id"?: string;
          "child_table"?: unknown;
          "id"?: never;
          "row_id"?: string;
          "table_id"?: unknown;
        };
        Relationships: [];
      };
      "broken": {
        Row: {
          "look_again_at": string;
          "message": string;
          "pipeline": string;
          "since": string;
          "sqlstate": string;
          "tries": number;
        };
        ComputedFields: never;
        Insert: {
          "look_again_at": string;
          "message": string;
          "pipeline": string;
          "since": string;
          "sqlstate": string;
          "tries": number;
        };
        Update: {
          "look_again_at"?: string;
          "message"?: string;
          "pipeline"?: string;
          "since"?: string;
          "sqlstate"?: string;
          "tries"?: number;
        };
        Relationships: [];
      };
      "budget_use": {
        Row: {
          "budget": number;
          "for_limit": number;
          "level": number | null;
          "owner": string;
          "refused_at": string | null;
          "reserved": number;
          "room": number;
          "shard": number;
          "spent": number;
          "starts_on": string;
        };
        ComputedFields: never;
        Insert: {
          "budget": number;
          "for_limit": number;
          "level"?: never;
          "owner": string;
          "refused_at"?: string | null;
          "reserved"?: number;
          "room": number;
          "shard": number;
          "spent"?: number;
          "starts_on": string;
        };
        Update: {
          "budget"?: number;
          "for_limit"?: number;
          "level"?: never;
          "owner"?: string;
          "refused_at"?: string | null;
          "reserved"?: number;
          "room"?: number;
          "shard"?: number;
          "spent"?: number;
          "starts_on"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "budget_use_budget_fkey";
            columns: ["budget"];
            isOneToOne: false;
            referencedRelation: "budgets";
            referencedColumns: ["budget"];
          },
        ];
      };
      "budgets": {
        Row: {
          "budget": number;
          "changed_at": string;
          "chosen": number | null;
          "declared": number | null;
          "measure": string;
          "most": number;
          "operator": string | null;
          "owner": string | null;
          "per": string;
          "period": string;
          "pipeline": string | null;
        };
        ComputedFields: never;
        Insert: {
          "budget"?: never;
          "changed_at"?: string;
          "chosen"?: number | null;
          "declared"?: number | null;
          "measure": string;
          "most"?: never;
          "operator"?: string | null;
          "owner"?: string | null;
          "per": string;
          "period": string;
          "pipeline"?: string | null;
        };
        Update: {
          "budget"?: never;
          "changed_at"?: string;
          "chosen"?: number | null;
          "declared"?: number | null;
          "measure"?: string;
          "most"?: never;
          "operator"?: string | null;
          "owner"?: string | null;
          "per"?: string;
          "period"?: string;
          "pipeline"?: string | null;
        };
        Relationships: [];
      };
      "careful": {
        Row: {
          "table_id": unknown;
          "until": string;
        };
        ComputedFields: never;
        Insert: {
          "table_id": unknown;
          "until": string;
        };
        Update: {
          "table_id"?: unknown;
          "until"?: string;
        };
        Relationships: [];
      };
      "checkpoints": {
        Row: {
          "created_at": string;
          "expires_at": string | null;
          "input_hash": string;
          "keep": string;
          "output": Json | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "shareable": boolean;
          "step": string;
          "table_id": unknown;
          "version": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at": string;
          "expires_at"?: string | null;
          "input_hash": string;
          "keep": string;
          "output"?: Json | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "shareable": boolean;
          "step": string;
          "table_id": unknown;
          "version": string;
        };
        Update: {
          "created_at"?: string;
          "expires_at"?: string | null;
          "input_hash"?: string;
          "keep"?: string;
          "output"?: Json | null;
          "pipeline"?: string;
          "row_id"?: string;
          "run"?: number;
          "shareable"?: boolean;
          "step"?: string;
          "table_id"?: unknown;
          "version"?: string;
        };
        Relationships: [];
      };
      "contract_mark": {
        Row: {
          "only_row": boolean;
          "secret": string;
        };
        ComputedFields: never;
        Insert: {
          "only_row"?: boolean;
          "secret"?: string;
        };
        Update: {
          "only_row"?: boolean;
          "secret"?: string;
        };
        Relationships: [];
      };
      "crashes": {
        Row: {
          "crashes": number;
          "last_at": string;
          "row_id": string;
          "table_id": unknown;
        };
        ComputedFields: never;
        Insert: {
          "crashes": number;
          "last_at": string;
          "row_id": string;
          "table_id": unknown;
        };
        Update: {
          "crashes"?: number;
          "last_at"?: string;
          "row_id"?: string;
          "table_id"?: unknown;
        };
        Relationships: [];
      };
      "edited_inputs": {
        Row: {
          "edited_at": string;
          "inputs": NonNullable<Json>;
          "reruns": number;
          "row_id": string;
          "run": number;
          "table_id": unknown;
        };
        ComputedFields: never;
        Insert: {
          "edited_at": string;
          "inputs": NonNullable<Json>;
          "reruns"?: number;
          "row_id": string;
          "run": number;
          "table_id": unknown;
        };
        Update: {
          "edited_at"?: string;
          "inputs"?: NonNullable<Json>;
          "reruns"?: number;
          "row_id"?: string;
          "run"?: number;
          "table_id"?: unknown;
        };
        Relationships: [];
      };
      "events": {
        Row: {
          "at": string;
          "data": NonNullable<Json>;
          "id": number;
          "kind": string;
          "nonce": string | null;
          "row_id": string;
          "run": number;
          "table_id": unknown;
        };
        ComputedFields: never;
        Insert: {
          "at": string;
          "data"?: NonNullable<Json>;
          "id"?: never;
          "kind": string;
          "nonce"?: string | null;
          "row_id": string;
          "run": number;
          "table_id": unknown;
        };
        Update: {
          "at"?: string;
          "data"?: NonNullable<Json>;
          "id"?: never;
          "kind"?: string;
          "nonce"?: string | null;
          "row_id"?: string;
          "run"?: number;
          "table_id"?: unknown;
        };
        Relationships: [];
      };
      "failed_rows": {
        Row: {
          "at": string;
          "code": string | null;
          "pipeline": string;
          "row_id": string;
          "signature": string;
          "step": string | null;
          "table_id": unknown;
          "text": string;
        };
        ComputedFields: never;
        Insert: {
          "at": string;
          "code"?: string | null;
          "pipeline": string;
          "row_id": string;
          "signature": string;
          "step"?: string | null;
          "table_id": unknown;
          "text": string;
        };
        Update: {
          "at"?: string;
          "code"?: string | null;
          "pipeline"?: string;
          "row_id"?: string;
          "signature"?: string;
          "step"?: string | null;
          "table_id"?: unknown;
          "text"?: string;
        };
        Relationships: [];
      };
      "firing": {
        Row: {
          "alert": string;
          "details": NonNullable<Json>;
          "due_at": string | null;
          "message": string;
          "problem": string | null;
          "seen_at": string;
          "since": string;
          "state": string;
          "subject": string;
          "told_at": string | null;
          "tries": number;
        };
        ComputedFields: never;
        Insert: {
          "alert": string;
          "details": NonNullable<Json>;
          "due_at"?: string | null;
          "message": string;
          "problem"?: string | null;
          "seen_at": string;
          "since": string;
          "state": string;
          "subject": string;
          "told_at"?: string | null;
          "tries"?: number;
        };
        Update: {
          "alert"?: string;
          "details"?: NonNullable<Json>;
          "due_at"?: string | null;
          "message"?: string;
          "problem"?: string | null;
          "seen_at"?: string;
          "since"?: string;
          "state"?: string;
          "subject"?: string;
          "told_at"?: string | null;
          "tries"?: number;
        };
        Relationships: [
          {
            foreignKeyName: "firing_alert_fkey";
            columns: ["alert"];
            isOneToOne: false;
            referencedRelation: "alerts";
            referencedColumns: ["alert"];
          },
        ];
      };
      "fronts": {
        Row: {
          "not_before": string;
          "owner_key": string;
          "pipeline": string;
          "priority": number;
          "walked_at": string;
        };
        ComputedFields: never;
        Insert: {
          "not_before": string;
          "owner_key": string;
          "pipeline": string;
          "priority": number;
          "walked_at": string;
        };
        Update: {
          "not_before"?: string;
          "owner_key"?: string;
          "pipeline"?: string;
          "priority"?: number;
          "walked_at"?: string;
        };
        Relationships: [];
      };
      "history": {
        Row: {
          "at": string;
          "counts": NonNullable<Json>;
          "hourly": boolean;
          "pipeline": string;
          "run_bins": (number)[];
          "run_counts": (number)[];
          "wait_bins": (number)[];
          "wait_counts": (number)[];
        };
        ComputedFields: never;
        Insert: {
          "at": string;
          "counts": NonNullable<Json>;
          "hourly"?: boolean;
          "pipeline": string;
          "run_bins": (number)[];
          "run_counts": (number)[];
          "wait_bins": (number)[];
          "wait_counts": (number)[];
        };
        Update: {
          "at"?: string;
          "counts"?: NonNullable<Json>;
          "hourly"?: boolean;
          "pipeline"?: string;
          "run_bins"?: (number)[];
          "run_counts"?: (number)[];
          "wait_bins"?: (number)[];
          "wait_counts"?: (number)[];
        };
        Relationships: [];
      };
      "history_end": {
        Row: {
          "only_row": boolean;
          "summed_until": string;
        };
        ComputedFields: never;
        Insert: {
          "only_row"?: boolean;
          "summed_until": string;
        };
        Update: {
          "only_row"?: boolean;
          "summed_until"?: string;
        };
        Relationships: [];
      };
      "leases": {
        Row: {
          "claimed_at": string;
          "deadline": string;
          "late_ms": number;
          "nonce": string;
          "owner": string | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "table_id": unknown;
          "woken_by": string;
          "worker": string;
        };
        ComputedFields: never;
        Insert: {
          "claimed_at": string;
          "deadline": string;
          "late_ms": number;
          "nonce": string;
          "owner"?: string | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "table_id": unknown;
          "woken_by": string;
          "worker": string;
        };
        Update: {
          "claimed_at"?: string;
          "deadline"?: string;
          "late_ms"?: number;
          "nonce"?: string;
          "owner"?: string | null;
          "pipeline"?: string;
          "row_id"?: string;
          "run"?: number;
          "table_id"?: unknown;
          "woken_by"?: string;
          "worker"?: string;
        };
        Relationships: [];
      };
      "library_migrations": {
        Row: {
          "applied_at": string;
          "version": string;
        };
        ComputedFields: never;
        Insert: {
          "applied_at"?: string;
          "version": string;
        };
        Update: {
          "applied_at"?: string;
          "version"?: string;
        };
        Relationships: [];
      };
      "looks": {
        Row: {
          "next_at": string;
          "pipeline": string;
        };
        ComputedFields: never;
        Insert: {
          "next_at": string;
          "pipeline": string;
        };
        Update: {
          "next_at"?: string;
          "pipeline"?: string;
        };
        Relationships: [];
      };
      "lost_locks": {
        Row: {
          "beat_at": string;
          "missed_at": string;
          "worker": string;
        };
        ComputedFields: never;
        Insert: {
          "beat_at": string;
          "missed_at": string;
          "worker": string;
        };
        Update: {
          "beat_at"?: string;
          "missed_at"?: string;
          "worker"?: string;
        };
        Relationships: [];
      };
      "many_waiting": {
        Row: {
          "counted_at": string;
          "counts": NonNullable<Json>;
          "pipeline": string;
        };
        ComputedFields: never;
        Insert: {
          "counted_at": string;
          "counts": NonNullable<Json>;
          "pipeline": string;
        };
        Update: {
          "counted_at"?: string;
          "counts"?: NonNullable<Json>;
          "pipeline"?: string;
        };
        Relationships: [];
      };
      "operator_actions": {
        Row: {
          "action": string;
          "arguments": NonNullable<Json>;
          "at": string;
          "id": number;
          "operator": string;
          "pipeline": string | null;
          "rows": number | null;
        };
        ComputedFields: never;
        Insert: {
          "action": string;
          "arguments": NonNullable<Json>;
          "at": string;
          "id"?: never;
          "operator": string;
          "pipeline"?: string | null;
          "rows"?: number | null;
        };
        Update: {
          "action"?: string;
          "arguments"?: NonNullable<Json>;
          "at"?: string;
          "id"?: never;
          "operator"?: string;
          "pipeline"?: string | null;
          "rows"?: number | null;
        };
        Relationships: [];
      };
      "paid_calls": {
        Row: {
          "answered": boolean;
          "call_key": string;
          "input_hash": string;
          "maybe_paid": boolean;
          "nonce": string;
          "noted_at": string;
          "row_id": string;
          "step": string;
          "table_id": unknown;
          "tries": number;
          "try_key": string | null;
          "version": string;
        };
        ComputedFields: never;
        Insert: {
          "answered"?: boolean;
          "call_key"?: string;
          "input_hash": string;
          "maybe_paid"?: boolean;
          "nonce": string;
          "noted_at": string;
          "row_id": string;
          "step": string;
          "table_id": unknown;
          "tries"?: number;
          "try_key"?: string | null;
          "version": string;
        };
        Update: {
          "answered"?: boolean;
          "call_key"?: string;
          "input_hash"?: string;
          "maybe_paid"?: boolean;
          "nonce"?: string;
          "noted_at"?: string;
          "row_id"?: string;
          "step"?: string;
          "table_id"?: unknown;
          "tries"?: number;
          "try_key"?: string | null;
          "version"?: string;
        };
        Relationships: [];
      };
      "pipelines": {
        Row: {
          "attached_at": string;
          "broadcast": boolean;
          "concurrency": number | null;
          "concurrency_per_owner": number | null;
          "condition": string | null;
          "delay": boolean;
          "editable": (string)[];
          "grace": string;
          "inputs": (string)[];
          "lease": string;
          "max_attempts": number;
          "max_crashes": number;
          "max_open_per_owner": number | null;
          "outputs": (string)[];
          "over_budget": string;
          "owner_column": string | null;
          "owner_type": string | null;
          "paused": boolean;
          "pipeline": string;
          "providers": (string)[];
          "rerun": boolean;
          "retry_base": string;
          "retry_cap": string;
          "store_function": string | null;
          "table_id": unknown;
          "timeout": string;
          "assignments": string | null;
          "inputs_sql": Record<string, unknown> | null;
          "json_inputs": (string)[] | null;
          "misfit": Json | null;
          "oldest_waiting": string | null;
          "size_of_inputs": string | null;
          "waiting_in": string | null;
        };
        ComputedFields:
          | "assignments"
          | "inputs_sql"
          | "json_inputs"
          | "misfit"
          | "oldest_waiting"
          | "size_of_inputs"
          | "waiting_in";
        Insert: {
          "attached_at"?: string;
          "broadcast"?: boolean;
          "concurrency"?: number | null;
          "concurrency_per_owner"?: number | null;
          "condition"?: string | null;
          "delay"?: boolean;
          "editable"?: (string)[];
          "grace": string;
          "inputs": (string)[];
          "lease": string;
          "max_attempts": number;
          "max_crashes": number;
          "max_open_per_owner"?: number | null;
          "outputs": (string)[];
          "over_budget"?: string;
          "owner_column"?: string | null;
          "owner_type"?: string | null;
          "paused"?: boolean;
          "pipeline": string;
          "providers"?: (string)[];
          "rerun"?: boolean;
          "retry_base": string;
          "retry_cap": string;
          "store_function"?: string | null;
          "table_id": unknown;
          "timeout": string;
        };
        Update: {
          "attached_at"?: string;
          "broadcast"?: boolean;
          "concurrency"?: number | null;
          "concurrency_per_owner"?: number | null;
          "condition"?: string | null;
          "delay"?: boolean;
          "editable"?: (string)[];
          "grace"?: string;
          "inputs"?: (string)[];
          "lease"?: string;
          "max_attempts"?: number;
          "max_crashes"?: number;
          "max_open_per_owner"?: number | null;
          "outputs"?: (string)[];
          "over_budget"?: string;
          "owner_column"?: string | null;
          "owner_type"?: string | null;
          "paused"?: boolean;
          "pipeline"?: string;
          "providers"?: (string)[];
          "rerun"?: boolean;
          "retry_base"?: string;
          "retry_cap"?: string;
          "store_function"?: string | null;
          "table_id"?: unknown;
          "timeout"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "pipelines_table_id_fkey";
            columns: ["table_id"];
            isOneToOne: false;
            referencedRelation: "queues";
            referencedColumns: ["table_id"];
          },
        ];
      };
      "providers": {
        Row: {
          "closed_at": string;
          "not_before": string;
          "provider": string;
          "reason": string;
        };
        ComputedFields: never;
        Insert: {
          "closed_at": string;
          "not_before": string;
          "provider": string;
          "reason": string;
        };
        Update: {
          "closed_at"?: string;
          "not_before"?: string;
          "provider"?: string;
          "reason"?: string;
        };
        Relationships: [];
      };
      "queues": {
        Row: {
          "doorbell": boolean;
          "key_column": string;
          "key_type": string;
          "published": boolean;
          "table_id": unknown;
        };
        ComputedFields: never;
        Insert: {
          "doorbell"?: boolean;
          "key_column": string;
          "key_type": string;
          "published"?: boolean;
          "table_id": unknown;
        };
        Update: {
          "doorbell"?: boolean;
          "key_column"?: string;
          "key_type"?: string;
          "published"?: boolean;
          "table_id"?: unknown;
        };
        Relationships: [];
      };
      "reservations": {
        Row: {
          "holds": (Database["processing"]["CompositeTypes"]["held_amount"])[];
          "lost_at": string | null;
          "made_at": string;
          "nonce": string | null;
          "owner": string | null;
          "pipeline": string | null;
          "reservation": string;
          "row_id": string | null;
          "table_id": unknown;
          "until": string | null;
        };
        ComputedFields: never;
        Insert: {
          "holds": (Database["processing"]["CompositeTypes"]["held_amount"])[];
          "lost_at"?: string | null;
          "made_at": string;
          "nonce"?: string | null;
          "owner"?: string | null;
          "pipeline"?: string | null;
          "reservation": string;
          "row_id"?: string | null;
          "table_id"?: unknown;
          "until"?: string | null;
        };
        Update: {
          "holds"?: (Database["processing"]["CompositeTypes"]["held_amount"])[];
          "lost_at"?: string | null;
          "made_at"?: string;
          "nonce"?: string | null;
          "owner"?: string | null;
          "pipeline"?: string | null;
          "reservation"?: string;
          "row_id"?: string | null;
          "table_id"?: unknown;
          "until"?: string | null;
        };
        Relationships: [];
      };
      "schedules": {
        Row: {
          "cron": string;
          "last_due": string | null;
          "last_error": Json | null;
          "last_rows": number | null;
          "last_run_at": string | null;
          "look_at": string;
          "missed": string;
          "name": string;
          "next_due": string;
          "paused": boolean;
          "runs": number;
          "skipped": number;
          "statement": string;
          "time_zone": string;
          "tries": number;
        };
        ComputedFields: never;
        Insert: {
          "cron": string;
          "last_due"?: string | null;
          "last_error"?: Json | null;
          "last_rows"?: number | null;
          "last_run_at"?: string | null;
          "look_at": string;
          "missed": string;
          "name": string;
          "next_due": string;
          "paused"?: boolean;
          "runs"?: number;
          "skipped"?: number;
          "statement": string;
          "time_zone": string;
          "tries"?: number;
        };
        Update: {
          "cron"?: string;
          "last_due"?: string | null;
          "last_error"?: Json | null;
          "last_rows"?: number | null;
          "last_run_at"?: string | null;
          "look_at"?: string;
          "missed"?: string;
          "name"?: string;
          "next_due"?: string;
          "paused"?: boolean;
          "runs"?: number;
          "skipped"?: number;
          "statement"?: string;
          "time_zone"?: string;
          "tries"?: number;
        };
        Relationships: [];
      };
      "set_aside": {
        Row: {
          "behind_front": boolean;
          "column_name": string | null;
          "constraint_name": string | null;
          "due_at": string | null;
          "kind": string;
          "look_again_at": string;
          "message": string;
          "owner_key": string;
          "pipeline": string;
          "priority": number;
          "row_id": string;
          "since": string;
          "sqlstate": string;
          "table_id": unknown;
          "tries": number;
        };
        ComputedFields: never;
        Insert: {
          "behind_front"?: boolean;
          "column_name"?: string | null;
          "constraint_name"?: string | null;
          "due_at"?: string | null;
          "kind": string;
          "look_again_at": string;
          "message": string;
          "owner_key": string;
          "pipeline": string;
          "priority": number;
          "row_id": string;
          "since": string;
          "sqlstate": string;
          "table_id": unknown;
          "tries": number;
        };
        Update: {
          "behind_front"?: boolean;
          "column_name"?: string | null;
          "constraint_name"?: string | null;
          "due_at"?: string | null;
          "kind"?: string;
          "look_again_at"?: string;
          "message"?: string;
          "owner_key"?: string;
          "pipeline"?: string;
          "priority"?: number;
          "row_id"?: string;
          "since"?: string;
          "sqlstate"?: string;
          "table_id"?: unknown;
          "tries"?: number;
        };
        Relationships: [];
      };
      "stopping_leases": {
        Row: {
          "claimed_at": string;
          "deadline": string;
          "nonce": string;
          "owner": string | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "table_id": unknown;
          "worker": string;
        };
        ComputedFields: never;
        Insert: {
          "claimed_at": string;
          "deadline": string;
          "nonce": string;
          "owner"?: string | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "table_id": unknown;
          "worker": string;
        };
        Update: {
          "claimed_at"?: string;
          "deadline"?: string;
          "nonce"?: string;
          "owner"?: string | null;
          "pipeline"?: string;
          "row_id"?: string;
          "run"?: number;
          "table_id"?: unknown;
          "worker"?: string;
        };
        Relationships: [];
      };
      "tidied": {
        Row: {
          "at": string;
          "days_until": string;
          "id": number;
          "only_row": boolean;
        };
        ComputedFields: never;
        Insert: {
          "at": string;
          "days_until": string;
          "id": number;
          "only_row"?: boolean;
        };
        Update: {
          "at"?: string;
          "days_until"?: string;
          "id"?: number;
          "only_row"?: boolean;
        };
        Relationships: [];
      };
      "traces": {
        Row: {
          "earlier": string | null;
          "noted_at": string;
          "row_id": string;
          "table_id": unknown;
          "traceparent": string | null;
        };
        ComputedFields: never;
        Insert: {
          "earlier"?: string | null;
          "noted_at": string;
          "row_id": string;
          "table_id": unknown;
          "traceparent"?: string | null;
        };
        Update: {
          "earlier"?: string | null;
          "noted_at"?: string;
          "row_id"?: string;
          "table_id"?: unknown;
          "traceparent"?: string | null;
        };
        Relationships: [];
      };
      "turns": {
        Row: {
          "last_owner": string | null;
          "pipeline": string;
        };
        ComputedFields: never;
        Insert: {
          "last_owner"?: string | null;
          "pipeline": string;
        };
        Update: {
          "last_owner"?: string | null;
          "pipeline"?: string;
        };
        Relationships: [];
      };
      "unwritten": {
        Row: {
          "nonce": string;
          "worker": string;
        };
        ComputedFields: never;
        Insert: {
          "nonce": string;
          "worker": string;
        };
        Update: {
          "nonce"?: string;
          "worker"?: string;
        };
        Relationships: [];
      };
      "usage": {
        Row: {
          "at": string;
          "audio_seconds": number;
          "calls": number;
          "cost_usd": number;
          "entry": string;
          "id": number;
          "input_tokens": number;
          "model": string | null;
          "output_tokens": number;
          "owner": string | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "step": string;
          "table_id": unknown;
          "worker": string | null;
        };
        ComputedFields: never;
        Insert: {
          "at": string;
          "audio_seconds"?: number;
          "calls"?: number;
          "cost_usd"?: number;
          "entry"?: string;
          "id"?: never;
          "input_tokens"?: number;
          "model"?: string | null;
          "output_tokens"?: number;
          "owner"?: string | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "step": string;
          "table_id": unknown;
          "worker"?: string | null;
        };
        Update: {
          "at"?: string;
          "audio_seconds"?: number;
          "calls"?: number;
          "cost_usd"?: number;
          "entry"?: string;
          "id"?: never;
          "input_tokens"?: number;
          "model"?: string | null;
          "output_tokens"?: number;
          "owner"?: string | null;
          "pipeline"?: string;
          "row_id"?: string;
          "run"?: number;
          "step"?: string;
          "table_id"?: unknown;
          "worker"?: string | null;
        };
        Relationships: [];
      };
      "wait_looks": {
        Row: {
          "due_at": string;
          "id": number;
          "row_id": string;
          "table_id": unknown;
          "tries": number;
          "xact": unknown;
        };
        ComputedFields: never;
        Insert: {
          "due_at": string;
          "id"?: never;
          "row_id": string;
          "table_id": unknown;
          "tries"?: number;
          "xact"?: unknown;
        };
        Update: {
          "due_at"?: string;
          "id"?: never;
          "row_id"?: string;
          "table_id"?: unknown;
          "tries"?: number;
          "xact"?: unknown;
        };
        Relationships: [];
      };
      "waits": {
        Row: {
          "asked_at": string;
          "child_table": unknown;
          "children": number;
          "row_id": string;
          "since": string;
          "table_id": unknown;
          "until": string | null;
          "wait": string;
        };
        ComputedFields: never;
        Insert: {
          "asked_at": string;
          "child_table": unknown;
          "children": number;
          "row_id": string;
          "since": string;
          "table_id": unknown;
          "until"?: string | null;
          "wait": string;
        };
        Update: {
          "asked_at"?: string;
          "child_table"?: unknown;
          "children"?: number;
          "row_id"?: string;
          "since"?: string;
          "table_id"?: unknown;
          "until"?: string | null;
          "wait"?: string;
        };
        Relationships: [];
      };
      "workers": {
        Row: {
          "beat_at": string;
          "draining_at": string | null;
          "info": NonNullable<Json>;
          "lock_backend_start": string | null;
          "lock_key": number | null;
          "locks_lost_at": string | null;
          "name": string;
          "pipelines": (string)[];
          "started_at": string;
          "version": string;
          "work_lock_keys": (number)[];
          "worker": string;
        };
        ComputedFields: never;
        Insert: {
          "beat_at": string;
          "draining_at"?: string | null;
          "info"?: NonNullable<Json>;
          "lock_backend_start"?: string | null;
          "lock_key"?: number | null;
          "locks_lost_at"?: string | null;
          "name"?: string;
          "pipelines"?: (string)[];
          "started_at": string;
          "version"?: string;
          "work_lock_keys"?: (number)[];
          "worker": string;
        };
        Update: {
          "beat_at"?: string;
          "draining_at"?: string | null;
          "info"?: NonNullable<Json>;
          "lock_backend_start"?: string | null;
          "lock_key"?: number | null;
          "locks_lost_at"?: string | null;
          "name"?: string;
          "pipelines"?: (string)[];
          "started_at"?: string;
          "version"?: string;
          "work_lock_keys"?: (number)[];
          "worker"?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      "cost_by_owner": {
        Row: {
          "audio_seconds": number | null;
          "calls": number | null;
          "cost_usd": number | null;
          "day": string | null;
          "input_tokens": number | null;
          "output_tokens": number | null;
          "owner": string | null;
          "pipeline": string;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "failures": {
        Row: {
          "code": string | null;
          "example_id": string | null;
          "example_table": string | null;
          "first_at": string | null;
          "last_at": string | null;
          "pipeline": string | null;
          "rows": number | null;
          "signature": string | null;
          "step": string | null;
          "text": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "overview": {
        Row: {
          "completed_last_hour": number | null;
          "cure": string | null;
          "due": number | null;
          "failed_last_hour": number | null;
          "oldest_due": string | null;
          "paused": boolean | null;
          "pending": number | null;
          "pipeline": string | null;
          "processing": number | null;
          "set_aside": number | null;
          "table": string | null;
          "trouble": string | null;
          "workers": number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "set_aside_rows": {
        Row: {
          "column": string | null;
          "constraint": string | null;
          "id": string;
          "kind": string;
          "look_again_at": string;
          "message": string;
          "pipeline": string;
          "since": string;
          "sqlstate": string;
          "table": string | null;
          "tries": number;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "slow_steps": {
        Row: {
          "p50_seconds": number | null;
          "p95_seconds": number | null;
          "retries": number | null;
          "runs": number | null;
          "slowest_seconds": number | null;
          "step": string | null;
          "table": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
    };
    Functions: {
      "add_broadcast": { Args: { "queue": unknown }; Returns: undefined };
      "add_columns": {
        Args: { "backfill": Database["public"]["Enums"]["processing_status"]; "queue": unknown };
        Returns: undefined;
      };
      "add_guards": { Args: { "queue": unknown }; Returns: undefined };
      "add_indexes": {
        Args: { "owner_column": string; "pipeline": string; "queue": unknown };
        Returns: undefined;
      };
      "add_trigger": {
        Args: {
          "action": string;
          "arguments"?: (string)[];
          "condition": string;
          "moment": string;
          "name": string;
          "queue": unknown;
        };
        Returns: undefined;
      };
      "add_triggers": { Args: { "queue": unknown }; Returns: undefined };
      "add_up_usage": {
        Args: {
          "keep_owner": boolean;
          "lines": (Database["processing"]["Tables"]["usage"]["Row"])[];
          "unit"?: string;
        };
        Returns: undefined;
      };
      "added": {
        Args: {
          "lines": (Database["processing"]["Tables"]["history"]["Row"])[];
          "of_runs": boolean;
        };
        Returns: Record<string, unknown>;
      };
      "admitted_pipeline": {
        Args: {
          "candidate": unknown;
          "queue": unknown;
          "status": Database["public"]["Enums"]["processing_status"];
        };
        Returns: string;
      };
      "advance_fronts": {
        Args: {
          "moment": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      "alert_defaults": { Args: { "kind": string }; Returns: Json };
      "alert_told": { Args: { "message": string; "problem"?: string }; Returns: Json };
      "alerts": { Args: Record<PropertyKey, never>; Returns: Json };
      "answer": { Args: { "outcome": string; "problem"?: Json; "result": Json }; Returns: Json };
      "any_gone": {
        Args: { "asking": string; "dead": (string)[]; "holders": (string)[]; "moment": string };
        Returns: boolean;
      };
      "are_free": { Args: { "lock_keys": (number)[] }; Returns: boolean };
      "arrange_listeners": { Args: Record<PropertyKey, never>; Returns: undefined };
      "as_pending": { Args: { "chosen": string; "not_before": string }; Returns: Json };
      "assignments": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "attach": {
        Args: {
          "backfill"?: Database["public"]["Enums"]["processing_status"];
          "broadcast"?: boolean;
          "concurrency"?: number;
          "concurrency_per_owner"?: number;
          "daily_limits"?: Json;
          "delay"?: boolean;
          "doorbell"?: boolean;
          "editable"?: (string)[];
          "grace"?: string;
          "inputs": (string)[];
          "lease"?: string;
          "max_attempts"?: number;
          "max_crashes"?: number;
          "max_open_per_owner"?: number;
          "outputs": (string)[];
          "over_budget"?: string;
          "owner"?: string;
          "pipeline": string;
          "providers"?: (string)[];
          "rerun"?: boolean;
          "retry_base"?: string;
          "retry_cap"?: string;
          "store"?: string;
          "table": unknown;
          "timeout"?: string;
          "when"?: string;
        };
        Returns: undefined;
      };
      "attach_refused": { Args: { "cure": string; "reason": string }; Returns: undefined };
      "attempts_of": { Args: { "key": string; "queue": unknown }; Returns: number };
      "await_rows": {
        Args: {
          "child_ids": (string)[];
          "child_table": string;
          "nonce": string;
          "row_id": string;
          "run": number;
          "stage"?: string;
          "table_name": string;
          "timeout_seconds"?: number;
          "wait": string;
          "worker": string;
        };
        Returns: Json;
      };
      "backfill": { Args: { "chosen": string; "queue": unknown }; Returns: undefined };
      "base_type": { Args: { "column_name": string; "queue": unknown }; Returns: unknown };
      "be_careful": { Args: { "duration"?: string; "queue": unknown }; Returns: undefined };
      "beat": { Args: { "info": Json; "worker": string }; Returns: undefined };
      "becomes_work": {
        Args: { "after": unknown; "before": unknown; "queue": unknown };
        Returns: boolean;
      };
      "begin_call": {
        Args: {
          "after_answer"?: boolean;
          "input_hash": string;
          "nonce": string;
          "row_id": string;
          "run": number;
          "step": string;
          "table_name": string;
          "tries"?: number;
          "try_key"?: string;
          "version": string;
          "worker": string;
        };
        Returns: Json;
      };
      "bin_of": { Args: { "seconds": number }; Returns: number };
      "blocked_by": {
        Args: {
          "owner_id": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "state": Json;
        };
        Returns: Json;
      };
      "book": {
        Args: { "bookings": (Database["processing"]["CompositeTypes"]["booking"])[] };
        Returns: undefined;
      };
      "both": {
        Args: {
          "a": Database["processing"]["CompositeTypes"]["claimed"];
          "b": Database["processing"]["CompositeTypes"]["claimed"];
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "break_pipeline": { Args: { "of_pipeline": string; "problem": Json }; Returns: undefined };
      "broadcast": {
        Args: { "event": string; "payload": Json; "topic"?: string };
        Returns: undefined;
      };
      "budget_line": {
        Args: {
          "b": Omit<
            Database["processing"]["Tables"]["budgets"]["Row"],
            Database["processing"]["Tables"]["budgets"]["ComputedFields"]
          >;
          "counter": string;
          "moment": string;
        };
        Returns: Json;
      };
      "budget_lines": {
        Args: { "moment": string; "of_owner": string; "of_pipeline": string };
        Returns: Json;
      };
      "budget_lock": { Args: Record<PropertyKey, never>; Returns: number };
      "budget_reached": {
        Args: {
          "measures": (string)[];
          "moment": string;
          "of_owner": string;
          "of_pipeline": string;
        };
        Returns: Json;
      };
      "budget_refusal": {
        Args: {
          "amount": number;
          "b": Omit<
            Database["processing"]["Tables"]["budgets"]["Row"],
            Database["processing"]["Tables"]["budgets"]["ComputedFields"]
          >;
          "counter": string;
          "moment": string;
          "of_pipeline": string;
        };
        Returns: Json;
      };
      "budget_text": { Args: { "line": Json }; Returns: string };
      "budget_wait": {
        Args: { "nonce": string; "row_id": string; "wait": string };
        Returns: string;
      };
      "budgets": { Args: { "most_owners"?: number; "pipeline"?: string }; Returns: Json };
      "budgets_for": {
        Args: { "measures": (string)[]; "of_owner": string; "of_pipeline": string };
        Returns: {
          "budget": number;
          "changed_at": string;
          "chosen": number | null;
          "declared": number | null;
          "measure": string;
          "most": number;
          "operator": string | null;
          "owner": string | null;
          "per": string;
          "period": string;
          "pipeline": string | null;
        }[];
        SetofOptions: {
          from: "*";
          to: "budgets";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "build_look": { Args: Record<PropertyKey, never>; Returns: undefined };
      "build_statement": {
        Args: {
          "answer": string;
          "arguments": string;
          "body": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "verb": string;
        };
        Returns: undefined;
      };
      "build_statements": { Args: { "pipeline": string }; Returns: undefined };
      "build_switch": {
        Args: {
          "answer": string;
          "arguments": string;
          "call": string;
          "otherwise": string;
          "verb": string;
        };
        Returns: undefined;
      };
      "build_switches": { Args: Record<PropertyKey, never>; Returns: undefined };
      "by_person": { Args: { "queue": unknown }; Returns: boolean };
      "by_user": { Args: { "queue": unknown }; Returns: boolean };
      "can_complete": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "worker": string;
        };
        Returns: boolean;
      };
      "cancel": {
        Args: {
          "operator"?: string;
          "requested_by"?: string;
          "row_id": string;
          "table_name": string;
        };
        Returns: Json;
      };
      "capabilities": { Args: Record<PropertyKey, never>; Returns: Json };
      "change_page": {
        Args: {
          "action": string;
          "arguments": Json;
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "operator": string;
          "page": Json;
        };
        Returns: Json;
      };
      "change_row": {
        Args: {
          "action": string;
          "arguments": Json;
          "completed": boolean;
          "key": string;
          "queue": unknown;
        };
        Returns: boolean;
      };
      "change_rows": {
        Args: {
          "action": string;
          "after"?: string;
          "arguments"?: Json;
          "filter": Json;
          "max_rows"?: number;
          "operator": string;
        };
        Returns: Json;
      };
      "change_together": {
        Args: {
          "action": string;
          "arguments": Json;
          "completed": boolean;
          "keys": (string)[];
          "operator": string;
          "queue": unknown;
        };
        Returns: number;
      };
      "check_action": {
        Args: {
          "action": string;
          "arguments": Json;
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
        };
        Returns: undefined;
      };
      "check_amounts": { Args: { "amounts": Json }; Returns: undefined };
      "check_broadcast": {
        Args: { "broadcast": boolean; "owner_column": string };
        Returns: undefined;
      };
      "check_budget": {
        Args: {
          "measure": string;
          "most": number;
          "operator": string;
          "owner": string;
          "per": string;
          "period": string;
          "pipeline": string;
        };
        Returns: undefined;
      };
      "check_circle": {
        Args: {
          "children": unknown;
          "held": Omit<
            Database["processing"]["Tables"]["leases"]["Row"],
            Database["processing"]["Tables"]["leases"]["ComputedFields"]
          >;
          "keys": (string)[];
        };
        Returns: undefined;
      };
      "check_columns": {
        Args: { "columns": (string)[]; "queue": unknown; "role": string };
        Returns: undefined;
      };
      "check_condition": { Args: { "condition": string; "queue": unknown }; Returns: undefined };
      "check_daily_limits": { Args: { "daily_limits": Json; "owner": string }; Returns: undefined };
      "check_deferred": { Args: { "queue": unknown }; Returns: undefined };
      "check_filter": { Args: { "filter": Json }; Returns: undefined };
      "check_key": {
        Args: {
          "becomes": string;
          "status": Database["public"]["Enums"]["processing_status"];
          "was": string;
        };
        Returns: undefined;
      };
      "check_limits": { Args: { "limits": Json }; Returns: undefined };
      "check_most": {
        Args: { "asked": number; "most": number; "name": string };
        Returns: undefined;
      };
      "check_names": { Args: { "pipeline": string; "queue": unknown }; Returns: undefined };
      "check_not_before": { Args: { "moment": string }; Returns: undefined };
      "check_open_rows": {
        Args: {
          "owner_id": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      "check_operator": { Args: { "operator": string }; Returns: undefined };
      "check_outputs": {
        Args: { "open_to_users": (string)[]; "outputs": (string)[]; "queue": unknown };
        Returns: undefined;
      };
      "check_own_columns": { Args: { "queue": unknown }; Returns: undefined };
      "check_owner": {
        Args: { "requested_by": string; "row_id": string; "table_name": string };
        Returns: Json;
      };
      "check_rights": { Args: { "queue": unknown }; Returns: undefined };
      "check_set_off": {
        Args: { "depth": number; "key": string; "queue": unknown };
        Returns: undefined;
      };
      "check_statement": { Args: { "statement": string }; Returns: undefined };
      "check_store": {
        Args: { "key_column": string; "key_type": string; "queue": unknown; "store": string };
        Returns: string;
      };
      "check_table": { Args: { "queue": unknown }; Returns: undefined };
      "checkpoint": {
        Args: {
          "details"?: Json;
          "input_hash": string;
          "keep"?: string;
          "max_age_seconds"?: number;
          "nonce": string;
          "output": Json;
          "row_id": string;
          "run": number;
          "shareable"?: boolean;
          "spent"?: Json;
          "step": string;
          "table_name": string;
          "version": string;
          "worker": string;
        };
        Returns: string;
      };
      "checkpoints_of": { Args: { "key": string; "queue": unknown }; Returns: Json };
      "checks_now": { Args: Record<PropertyKey, never>; Returns: string };
      "children_named": { Args: { "ids": (string)[]; "table_name": string }; Returns: unknown };
      "claim": {
        Args: {
          "busy"?: (string)[];
          "kept"?: number;
          "pipelines": (string)[];
          "slots": number;
          "slow"?: boolean;
          "sweep"?: boolean;
          "woken_by"?: string;
          "worker": string;
        };
        Returns: Json;
      };
      "claim_around": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "places": number;
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_due_again": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "places": number;
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_each": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "keys": (string)[];
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_fairly": {
        Args: {
          "alone": boolean;
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "crashed": boolean;
          "open": (Database["processing"]["Tables"]["pipelines"]["Row"])[];
          "slots": number;
          "troubled": boolean;
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_now": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "finished": (Json)[];
          "pipelines": (string)[];
          "seen": Database["processing"]["CompositeTypes"]["outlook"];
          "slots": number;
          "sweep": boolean;
        };
        Returns: Json;
      };
      "claim_of": {
        Args: {
          "alone": boolean;
          "for_worker": string;
          "moment": string;
          "of_pipeline": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
          "woken": string;
        };
        Returns: Database["processing"]["CompositeTypes"]["batch"];
        SetofOptions: {
          from: "*";
          to: "batch";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_rest": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "got": Database["processing"]["CompositeTypes"]["batch"];
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "places": number;
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_set_aside": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "keys": (string)[];
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_singly": {
        Args: {
          "around": boolean;
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "places": number;
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "claim_slowly": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "open": (Database["processing"]["Tables"]["pipelines"]["Row"])[];
        };
        Returns: Database["processing"]["CompositeTypes"]["claimed"];
        SetofOptions: {
          from: "*";
          to: "claimed";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "clock": { Args: Record<PropertyKey, never>; Returns: string };
      "clock_moment": { Args: { "local_time": string; "time_zone": string }; Returns: string };
      "close_function": { Args: { "of_function": unknown }; Returns: undefined };
      "close_provider": {
        Args: { "not_before": string; "provider": string; "reason": string };
        Returns: undefined;
      };
      "closed_providers": { Args: { "moment": string }; Returns: Json };
      "code_of": { Args: { "body": string }; Returns: string };
      "column_specs": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "default_text": string;
          "name": string;
          "needed": boolean;
          "type": string;
        }[];
      };
      "complete__analyse_interview": {
        Args: { "for_worker": string; "moment": string; "results": Json };
        Returns: (string)[];
      };
      "complete__company_research": {
        Args: { "for_worker": string; "moment": string; "results": Json };
        Returns: (string)[];
      };
      "complete__delete_stored_objects": {
        Args: { "for_worker": string; "moment": string; "results": Json };
        Returns: (string)[];
      };
      "complete__enrich_job_position": {
        Args: { "for_worker": string; "moment": string; "results": Json };
        Returns: (string)[];
      };
      "complete_of": {
        Args: { "for_worker": string; "moment": string; "of_pipeline": string; "results": Json };
        Returns: (string)[];
      };
      "complete_sql": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "completed_after": {
        Args: {
          "most": number;
          "place": Omit<
            Database["processing"]["Tables"]["tidied"]["Row"],
            Database["processing"]["Tables"]["tidied"]["ComputedFields"]
          >;
          "until": string;
        };
        Returns: (Database["processing"]["CompositeTypes"]["completion"])[];
      };
      "completed_rows": {
        Args: {
          "counting": boolean;
          "deadline": string;
          "enough_at": string;
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "max_rows": number;
          "place": Json;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: Json;
      };
      "completes_now": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "result": Json;
          "worker": string;
        };
        Returns: boolean;
      };
      "completions": {
        Args: {
          "first_at": string;
          "last_at": string;
          "last_id": number;
          "most": number;
          "queues": (unknown)[];
        };
        Returns: (Database["processing"]["CompositeTypes"]["completion"])[];
      };
      "condition_problem": { Args: { "condition": string; "queue": unknown }; Returns: Json };
      "conflicts": { Args: { "candidate": unknown; "queue": unknown }; Returns: boolean };
      "contract_owner": { Args: Record<PropertyKey, never>; Returns: unknown };
      "contract_version": { Args: Record<PropertyKey, never>; Returns: number };
      "cost_of": { Args: { "usage": Json }; Returns: number };
      "count_action": {
        Args: {
          "action": string;
          "arguments": Json;
          "changed": number;
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "filter": Json;
          "operator": string;
          "place": Json;
        };
        Returns: number;
      };
      "count_crashes": { Args: { "ended": Json; "queue": unknown }; Returns: undefined };
      "count_over_budget": {
        Args: {
          "moment": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      "count_query": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "most": number;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: string;
      };
      "count_request": {
        Args: { "measures": (string)[]; "of_owner": string; "of_pipeline": string };
        Returns: undefined;
      };
      "count_rows": { Args: { "filter"?: Json; "most"?: number }; Returns: Json };
      "count_stream": {
        Args: {
          "deadline": string;
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "most": number;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: Json;
      };
      "count_waiting": {
        Args: {
          "moment": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "counter_of": {
        Args: {
          "b": Omit<
            Database["processing"]["Tables"]["budgets"]["Row"],
            Database["processing"]["Tables"]["budgets"]["ComputedFields"]
          >;
          "of_owner": string;
        };
        Returns: string;
      };
      "counters_of": {
        Args: {
          "b": Omit<
            Database["processing"]["Tables"]["budgets"]["Row"],
            Database["processing"]["Tables"]["budgets"]["ComputedFields"]
          >;
          "moment": string;
          "most_owners": number;
        };
        Returns: string[];
      };
      "counts_of": {
        Args: {
          "budget": boolean;
          "moment": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "crashes_aside": { Args: { "ended": Json; "queue": unknown; "runs": Json }; Returns: Json };
      "cron_field": { Args: { "field": string; "place": number }; Returns: (number)[] };
      "cron_latest": {
        Args: { "cron": string; "due": string; "time_zone": string; "until": string };
        Returns: string;
      };
      "cron_moments": {
        Args: {
          "c": Database["processing"]["CompositeTypes"]["cron"];
          "later_than": string;
          "on_day": string;
          "time_zone": string;
          "until": string;
        };
        Returns: string[];
      };
      "cron_next": {
        Args: { "after"?: string; "cron": string; "time_zone"?: string };
        Returns: string;
      };
      "cron_number": { Args: { "place": number; "word": string }; Returns: number };
      "cron_on": {
        Args: { "c": Database["processing"]["CompositeTypes"]["cron"]; "on_day": string };
        Returns: boolean;
      };
      "cursor_of": { Args: { "place": Json }; Returns: string };
      "database_id": { Args: Record<PropertyKey, never>; Returns: string };
      "dead_workers": { Args: { "asking": string; "holders": (string)[] }; Returns: string[] };
      "declare_budgets": {
        Args: { "daily_limits": Json; "of_pipeline": string };
        Returns: undefined;
      };
      "declared_budgets": { Args: { "of_pipeline": string }; Returns: Json };
      "default_of": { Args: { "column_name": string; "queue": unknown }; Returns: Json };
      "defer_again": { Args: Record<PropertyKey, never>; Returns: undefined };
      "detach": { Args: { "pipeline": string; "table": unknown }; Returns: undefined };
      "diagnose": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "result": Json;
          "worker": string;
        };
        Returns: Json;
      };
      "drop_indexes": {
        Args: { "kept_for": string; "pipeline": string; "queue": unknown };
        Returns: undefined;
      };
      "drop_statements": { Args: { "pipeline": string }; Returns: undefined };
      "drop_triggers": { Args: { "queue": unknown }; Returns: undefined };
      "due_alerts": { Args: { "max_messages"?: number }; Returns: Json };
      "edited_outputs": {
        Args: { "after": Json; "already": (string)[]; "before": Json; "outputs": (string)[] };
        Returns: (string)[];
      };
      "end_orphans": {
        Args: { "of_pipeline": string; "queue": unknown; "runs": Json };
        Returns: Json;
      };
      "end_rows": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "results": Json;
          "worker": string;
        };
        Returns: (string)[];
      };
      "end_runs": { Args: { "queue": unknown; "runs": Json }; Returns: Json };
      "end_runs_apart": {
        Args: { "of_pipeline": string; "queue": unknown; "runs": Json };
        Returns: Json;
      };
      "end_stopping": {
        Args: { "asking": string; "dead": (string)[]; "moment": string };
        Returns: undefined;
      };
      "end_waiting": {
        Args: {
          "children": unknown;
          "due": string;
          "held": Omit<
            Database["processing"]["Tables"]["leases"]["Row"],
            Database["processing"]["Tables"]["leases"]["ComputedFields"]
          >;
          "stage": string;
          "states": Json;
        };
        Returns: undefined;
      };
      "ending": {
        Args: {
          "attempts": number;
          "moment": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "result": Json;
          "worker": string;
        };
        Returns: Json;
      };
      "ends_wait": {
        Args: {
          "after": unknown;
          "before": unknown;
          "key": string;
          "of_pipeline": string;
          "queue": unknown;
        };
        Returns: boolean;
      };
      "enter_contract": { Args: { "part"?: string; "queue": unknown }; Returns: boolean };
      "equals_sql": {
        Args: { "column_name": string; "kept"?: string; "queue": unknown; "value": string };
        Returns: string;
      };
      "explain": { Args: { "row_id": string; "table_name": string }; Returns: Json };
      "export_owner": {
        Args: { "after"?: string; "max_rows"?: number; "operator": string; "owner": string };
        Returns: Json;
      };
      "export_place": { Args: { "after": string }; Returns: Json };
      "exported_objects": {
        Args: { "after": string; "max_rows": number; "owner": string };
        Returns: Json;
      };
      "exported_part": {
        Args: { "after": string; "max_rows": number; "owner": string; "source": string };
        Returns: Json;
      };
      "exported_rows": {
        Args: { "after": string; "max_rows": number; "owner": string; "queue": unknown };
        Returns: Json;
      };
      "exported_use": { Args: { "owner": string }; Returns: Json };
      "failure_groups": {
        Args: { "f": Database["processing"]["CompositeTypes"]["row_filter"]; "max_groups": number };
        Returns: {
          "first_at": string;
          "last_at": string;
          "pipeline": string;
          "rows": number;
          "signature": string;
        }[];
      };
      "failures": { Args: { "filter"?: Json; "max_groups"?: number }; Returns: Json };
      "fair_shares": {
        Args: { "held": (number)[]; "places": number; "slots": number };
        Returns: (number)[];
      };
      "filled": { Args: { "places": Json; "template": string }; Returns: string };
      "filled_for": {
        Args: {
          "more"?: Json;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
          "template": string;
        };
        Returns: string;
      };
      "find_store": {
        Args: { "key_column": string; "key_type": string; "queue": unknown; "store": string };
        Returns: unknown;
      };
      "finish": { Args: { "results": Json; "worker": string }; Returns: Json };
      "finish_and_claim": {
        Args: {
          "busy"?: (string)[];
          "kept"?: number;
          "pipelines": (string)[];
          "results": Json;
          "slots": number;
          "slow"?: boolean;
          "sweep"?: boolean;
          "woken_by"?: string;
          "worker": string;
        };
        Returns: Json;
      };
      "finish_group": {
        Args: {
          "completes": boolean;
          "crashed": boolean;
          "pipeline": string;
          "results": Json;
          "worker": string;
        };
        Returns: (Json)[];
      };
      "finish_now": {
        Args: { "crashed": boolean; "results": Json; "worker": string };
        Returns: (Json)[];
      };
      "finish_rest": {
        Args: {
          "completes": boolean;
          "crashed": boolean;
          "free": (string)[];
          "pipeline": string;
          "results": Json;
          "worker": string;
        };
        Returns: (Json)[];
      };
      "first_day": { Args: { "at": string; "period": string }; Returns: string };
      "first_live": {
        Args: {
          "level": number;
          "lower_end": string;
          "moment": string;
          "of_owner": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "fits": {
        Args: {
          "asked": Database["processing"]["CompositeTypes"]["asked"];
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      "forget_broadcasts": { Args: { "owner": string }; Returns: undefined };
      "forget_budgets": { Args: { "of_owner": string }; Returns: undefined };
      "forget_examples": { Args: { "keys": (string)[]; "queue": unknown }; Returns: undefined };
      "forget_from": {
        Args: { "first_step": string; "key": string; "queue": unknown };
        Returns: undefined;
      };
      "forget_in_operations": { Args: { "owner": string }; Returns: undefined };
      "forget_keys": { Args: { "keys": (string)[]; "queue": unknown }; Returns: undefined };
      "forget_owner": { Args: { "owner": string }; Returns: Json };
      "forget_run": {
        Args: {
          "becomes": Database["public"]["Enums"]["processing_status"];
          "key": string;
          "next_run": number;
          "queue": unknown;
          "was": Database["public"]["Enums"]["processing_status"];
        };
        Returns: undefined;
      };
      "forget_waits": { Args: { "keys": (string)[]; "queue": unknown }; Returns: undefined };
      "found_budgets": {
        Args: {
          "a": Omit<
            Database["processing"]["Tables"]["alerts"]["Row"],
            Database["processing"]["Tables"]["alerts"]["ComputedFields"]
          >;
          "moment": string;
          "s": Json;
        };
        Returns: Database["processing"]["CompositeTypes"]["alert_subject"][];
        SetofOptions: {
          from: "*";
          to: "alert_subject";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "found_elsewhere": {
        Args: {
          "a": Omit<
            Database["processing"]["Tables"]["alerts"]["Row"],
            Database["processing"]["Tables"]["alerts"]["ComputedFields"]
          >;
          "moment": string;
          "s": Json;
        };
        Returns: Database["processing"]["CompositeTypes"]["alert_subject"][];
        SetofOptions: {
          from: "*";
          to: "alert_subject";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "found_failures": {
        Args: {
          "a": Omit<
            Database["processing"]["Tables"]["alerts"]["Row"],
            Database["processing"]["Tables"]["alerts"]["ComputedFields"]
          >;
          "moment": string;
          "s": Json;
        };
        Returns: Database["processing"]["CompositeTypes"]["alert_subject"][];
        SetofOptions: {
          from: "*";
          to: "alert_subject";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "found_in_queue": {
        Args: {
          "a": Omit<
            Database["processing"]["Tables"]["alerts"]["Row"],
            Database["processing"]["Tables"]["alerts"]["ComputedFields"]
          >;
          "moment": string;
          "s": Json;
        };
        Returns: Database["processing"]["CompositeTypes"]["alert_subject"][];
        SetofOptions: {
          from: "*";
          to: "alert_subject";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "fragments_for": {
        Args: {
          "fragments": Json;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "free_rows": { Args: { "queue": unknown; "results": Json }; Returns: (string)[] };
      "front_of": {
        Args: { "level": number; "of_owner": string; "of_pipeline": string };
        Returns: string;
      };
      "front_of_all": { Args: { "level": number; "of_pipeline": string }; Returns: string };
      "has_rows": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: boolean;
      };
      "heartbeat": {
        Args: {
          "claim_timeout_seconds"?: number;
          "ended"?: (string)[];
          "held": Json;
          "info": Json;
          "worker": string;
        };
        Returns: Json;
      };
      "held_after": {
        Args: { "got_of": (number)[]; "held": (number)[]; "places": number; "shares": (number)[] };
        Returns: (number)[];
      };
      "held_back": { Args: Record<PropertyKey, never>; Returns: Json };
      "held_by": { Args: { "holders": (string)[]; "owners": (string)[] }; Returns: (number)[] };
      "history": {
        Args: { "bucket_seconds"?: number; "pipeline"?: string; "since"?: string };
        Returns: Json;
      };
      "history_lines": {
        Args: { "of_pipeline"?: string; "since": string };
        Returns: {
          "at": string;
          "counts": NonNullable<Json>;
          "hourly": boolean;
          "pipeline": string;
          "run_bins": (number)[];
          "run_counts": (number)[];
          "wait_bins": (number)[];
          "wait_counts": (number)[];
        }[];
        SetofOptions: {
          from: "*";
          to: "history";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "history_of": {
        Args: { "bucket": string; "of_pipeline": string; "since": string };
        Returns: Json;
      };
      "holders": { Args: Record<PropertyKey, never>; Returns: Record<string, unknown> };
      "holds_suspect": { Args: { "worker": string }; Returns: boolean };
      "hurry": { Args: { "row_id": string; "table_name": string }; Returns: undefined };
      "hurry_all": { Args: { "keys": (string)[]; "queue": unknown }; Returns: (string)[] };
      "in_store": { Args: { "depth": number }; Returns: boolean };
      "index_name": { Args: { "kind": string; "pipeline": string }; Returns: string };
      "input_sql": {
        Args: {
          "input": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "inputs_sql": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Record<string, unknown>;
      };
      "inside_contract": { Args: { "depth": number; "queue": unknown }; Returns: boolean };
      "inspect": {
        Args: { "contents"?: boolean; "row_id": string; "table_name": string };
        Returns: Json;
      };
      "installation": { Args: Record<PropertyKey, never>; Returns: Json };
      "is_careful": { Args: { "queue": unknown }; Returns: boolean };
      "is_hidden": { Args: { "queue": unknown }; Returns: boolean };
      "is_locked": { Args: { "queue": unknown; "runs": Json }; Returns: boolean };
      "is_steady": { Args: Record<PropertyKey, never>; Returns: boolean };
      "is_traced": { Args: Record<PropertyKey, never>; Returns: boolean };
      "is_value": { Args: { "said": string; "type_name": string }; Returns: boolean };
      "json_inputs": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: (string)[];
      };
      "kept_edits": { Args: { "edited": (string)[]; "outputs": Json }; Returns: Json };
      "kept_json": {
        Args: {
          "after": unknown;
          "before": unknown;
          "is_new": boolean;
          "names": (string)[];
          "queue": unknown;
        };
        Returns: unknown;
      };
      "key_column": { Args: { "known": string; "queue": unknown }; Returns: string };
      "key_in": { Args: { "known": string; "queue": unknown; "stored": Json }; Returns: string };
      "key_of": { Args: { "queue": unknown; "row_id": string }; Returns: string };
      "known_state": { Args: { "row_id": string; "table_name": string }; Returns: Json };
      "known_zone": { Args: { "time_zone": string }; Returns: string };
      "last_of_most": { Args: { "shares": (number)[] }; Returns: number };
      "last_place": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "place": Json;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: Database["processing"]["CompositeTypes"]["completion"];
        SetofOptions: {
          from: "*";
          to: "completion";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "late_rows": {
        Args: {
          "longest": number;
          "moment": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "lease__analyse_interview": {
        Args: { "for_worker": string; "moment": string; "picked": (string)[]; "woken": string };
        Returns: Database["processing"]["CompositeTypes"]["batch"];
        SetofOptions: {
          from: "*";
          to: "batch";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "lease__company_research": {
        Args: { "for_worker": string; "moment": string; "picked": (string)[]; "woken": string };
        Returns: Database["processing"]["CompositeTypes"]["batch"];
        SetofOptions: {
          from: "*";
          to: "batch";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "lease__delete_stored_objects": {
        Args: { "for_worker": string; "moment": string; "picked": (string)[]; "woken": string };
        Returns: Database["processing"]["CompositeTypes"]["batch"];
        SetofOptions: {
          from: "*";
          to: "batch";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "lease__enrich_job_position": {
        Args: { "for_worker": string; "moment": string; "picked": (string)[]; "woken": string };
        Returns: Database["processing"]["CompositeTypes"]["batch"];
        SetofOptions: {
          from: "*";
          to: "batch";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "lease_of": {
        Args: {
          "for_worker": string;
          "moment": string;
          "of_pipeline": string;
          "picked": (string)[];
          "woken": string;
        };
        Returns: Database["processing"]["CompositeTypes"]["batch"];
        SetofOptions: {
          from: "*";
          to: "batch";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "lease_sql": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "leave_contract": { Args: Record<PropertyKey, never>; Returns: boolean };
      "ledger_of": { Args: { "key": string; "queue": unknown }; Returns: Json };
      "let_go": {
        Args: {
          "ended": (string)[];
          "forgotten_before": string;
          "held": Json;
          "of_worker": string;
        };
        Returns: undefined;
      };
      "level_of_all": { Args: { "of_pipeline": string }; Returns: number };
      "limit_runs": { Args: { "queue": unknown; "row_id": string }; Returns: undefined };
      "limits_rows": { Args: { "queue": unknown }; Returns: boolean };
      "list_pipelines": { Args: Record<PropertyKey, never>; Returns: Json };
      "list_rows": {
        Args: { "after"?: string; "filter"?: Json; "max_rows"?: number };
        Returns: Json;
      };
      "list_schedules": { Args: Record<PropertyKey, never>; Returns: Json };
      "live__analyse_interview": {
        Args: {
          "alone": boolean;
          "moment": string;
          "of_owner": string;
          "passed": (string)[];
          "picked": (string)[];
          "share": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "live__company_research": {
        Args: {
          "alone": boolean;
          "moment": string;
          "of_owner": string;
          "passed": (string)[];
          "picked": (string)[];
          "share": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "live__delete_stored_objects": {
        Args: {
          "alone": boolean;
          "moment": string;
          "of_owner": string;
          "passed": (string)[];
          "picked": (string)[];
          "share": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "live__enrich_job_position": {
        Args: {
          "alone": boolean;
          "moment": string;
          "of_owner": string;
          "passed": (string)[];
          "picked": (string)[];
          "share": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "live_sql": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "lock_attach": { Args: Record<PropertyKey, never>; Returns: undefined };
      "lock_capped": { Args: { "wanted": (string)[] }; Returns: (string)[] };
      "lock_free": { Args: { "keys": (string)[]; "queue": unknown }; Returns: (string)[] };
      "lock_rows": { Args: { "results": Json }; Returns: (unknown)[] };
      "lock_unfinished": { Args: { "keys": (string)[]; "queue": unknown }; Returns: (string)[] };
      "look_again": { Args: { "key": string; "queue": unknown }; Returns: undefined };
      "look_again_after": { Args: { "tries": number }; Returns: string };
      "look_and_lock": {
        Args: { "wanted": (string)[]; "worker": string };
        Returns: Database["processing"]["CompositeTypes"]["outlook"];
        SetofOptions: {
          from: "*";
          to: "outlook";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "look_at_waits": { Args: Record<PropertyKey, never>; Returns: undefined };
      "look_for_alert": {
        Args: {
          "a": Omit<
            Database["processing"]["Tables"]["alerts"]["Row"],
            Database["processing"]["Tables"]["alerts"]["ComputedFields"]
          >;
          "moment": string;
        };
        Returns: undefined;
      };
      "look_out": {
        Args: { "wanted": (string)[]; "worker": string };
        Returns: Database["processing"]["CompositeTypes"]["outlook"];
        SetofOptions: {
          from: "*";
          to: "outlook";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "looked_query": {
        Args: {
          "counting": boolean;
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "looks": number;
          "max_rows": number;
          "place": Json;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: string;
      };
      "loose_functions": { Args: { "queue": unknown; "store": unknown }; Returns: (string)[] };
      "lost_among": { Args: { "held": Json }; Returns: Json };
      "make_room": {
        Args: {
          "amounts": Json;
          "held": Omit<
            Database["processing"]["Tables"]["leases"]["Row"],
            Database["processing"]["Tables"]["leases"]["ComputedFields"]
          >;
          "moment": string;
        };
        Returns: undefined;
      };
      "matching_pipeline": { Args: { "candidate": unknown; "queue": unknown }; Returns: string };
      "meets": {
        Args: { "candidate": unknown; "condition": string; "pipeline": string; "queue": unknown };
        Returns: boolean;
      };
      "merge_history": { Args: { "before": string; "most": number }; Returns: undefined };
      "merged": { Args: { "max_rows": number; "shown": Json; "until": Json }; Returns: Json };
      "minds_alone": { Args: { "what": string }; Returns: boolean };
      "misfit": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "misplaced_triggers": { Args: { "queue": unknown }; Returns: (string)[] };
      "moment_in": { Args: { "filter": Json; "name": string }; Returns: string };
      "move_ledger": {
        Args: { "new_key": string; "old_key": string; "queue": unknown };
        Returns: undefined;
      };
      "move_waits": {
        Args: { "new_key": string; "old_key": string; "queue": unknown };
        Returns: undefined;
      };
      "next_due": {
        Args: {
          "moment": string;
          "open": (Database["processing"]["Tables"]["pipelines"]["Row"])[];
          "wanted": (string)[];
        };
        Returns: string;
      };
      "next_due__analyse_interview": { Args: { "moment": string }; Returns: string };
      "next_due__company_research": { Args: { "moment": string }; Returns: string };
      "next_due__delete_stored_objects": { Args: { "moment": string }; Returns: string };
      "next_due__enrich_job_position": { Args: { "moment": string }; Returns: string };
      "next_due_of": { Args: { "moment": string; "of_pipeline": string }; Returns: string };
      "next_due_sql": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "next_look": { Args: { "moment": string; "wanted": (string)[] }; Returns: string };
      "next_wait_look": { Args: { "moment": string }; Returns: string };
      "normalised": { Args: { "said": string }; Returns: string };
      "note_action": {
        Args: { "action": string; "arguments": Json; "operator": string; "pipeline": string };
        Returns: undefined;
      };
      "note_answer": {
        Args: {
          "held": Omit<
            Database["processing"]["Tables"]["leases"]["Row"],
            Database["processing"]["Tables"]["leases"]["ComputedFields"]
          >;
          "named": string;
          "states": Json;
        };
        Returns: undefined;
      };
      "note_changes": {
        Args: { "data": Json; "keys": (string)[]; "queue": unknown };
        Returns: undefined;
      };
      "note_duration": { Args: { "queue": unknown; "started": string }; Returns: undefined };
      "note_ends": { Args: { "keys": (string)[]; "queue": unknown }; Returns: undefined };
      "note_failures": {
        Args: { "ended": Json; "queue": unknown; "runs": Json };
        Returns: undefined;
      };
      "note_operator": {
        Args: { "action": string; "operator": string; "row_id": string; "table_name": string };
        Returns: undefined;
      };
      "note_unwritten": { Args: { "answers": (Json)[]; "worker": string }; Returns: (Json)[] };
      "note_wait": {
        Args: {
          "children": unknown;
          "held": Omit<
            Database["processing"]["Tables"]["leases"]["Row"],
            Database["processing"]["Tables"]["leases"]["ComputedFields"]
          >;
          "named": string;
          "states": Json;
          "until": string;
        };
        Returns: undefined;
      };
      "oldest_waiting": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "open_pipelines": {
        Args: { "moment": string; "wanted": (string)[] };
        Returns: (Database["processing"]["Tables"]["pipelines"]["Row"])[];
      };
      "operator_log": {
        Args: {
          "action"?: string;
          "before"?: number;
          "max_rows"?: number;
          "operator"?: string;
          "pipeline"?: string;
          "since"?: string;
          "until"?: string;
        };
        Returns: Json;
      };
      "outdated_inputs": {
        Args: {
          "already": (string)[];
          "becomes": Json;
          "key": string;
          "names": (string)[];
          "of_run": number;
          "queue": unknown;
          "was": Json;
        };
        Returns: (string)[];
      };
      "outside_line": {
        Args: {
          "moment": string;
          "r": Omit<
            Database["processing"]["Tables"]["reservations"]["Row"],
            Database["processing"]["Tables"]["reservations"]["ComputedFields"]
          >;
          "used": Json;
        };
        Returns: {
          "at": string;
          "audio_seconds": number;
          "calls": number;
          "cost_usd": number;
          "entry": string;
          "id": number;
          "input_tokens": number;
          "model": string | null;
          "output_tokens": number;
          "owner": string | null;
          "pipeline": string;
          "row_id": string;
          "run": number;
          "step": string;
          "table_id": unknown;
          "worker": string | null;
        };
        SetofOptions: {
          from: "*";
          to: "usage";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "overview": { Args: { "pipeline"?: string }; Returns: Json };
      "owner_as": { Args: { "of_pipeline": string; "owner": string }; Returns: string };
      "owner_columns": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "column_name": string;
          "table_id": unknown;
          "type_name": string;
        }[];
      };
      "owner_in_row": { Args: { "of_pipeline": string; "row_id": string }; Returns: string };
      "owner_lock": { Args: { "owner": string }; Returns: number };
      "owner_text": { Args: { "queue": unknown }; Returns: string };
      "owner_type_of": { Args: { "owner": string; "queue": unknown }; Returns: string };
      "owners_kept": { Args: Record<PropertyKey, never>; Returns: string[] };
      "page_of": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "max_rows": number;
          "place": Json;
        };
        Returns: Json;
      };
      "paid_measures": { Args: Record<PropertyKey, never>; Returns: (string)[] };
      "part_of": {
        Args: {
          "moment": string;
          "open": (Database["processing"]["Tables"]["pipelines"]["Row"])[];
          "slow": boolean;
        };
        Returns: (Database["processing"]["Tables"]["pipelines"]["Row"])[];
      };
      "passed_over": { Args: { "of_pipeline": string }; Returns: (string)[] };
      "pause": {
        Args: { "operator"?: string; "paused"?: boolean; "pipeline": string };
        Returns: Json;
      };
      "pause_alert": {
        Args: { "alert": string; "operator": string; "until": string };
        Returns: Json;
      };
      "pause_schedule": { Args: { "name": string; "paused"?: boolean }; Returns: string };
      "period_end": { Args: { "at": string; "period": string }; Returns: string };
      "pick__analyse_interview": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick__company_research": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick__delete_stored_objects": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick__enrich_job_position": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick_around__analyse_interview": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick_around__company_research": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick_around__delete_stored_objects": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick_around__enrich_job_position": {
        Args: {
          "alone": boolean;
          "moment": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick_around_of": {
        Args: {
          "alone": boolean;
          "moment": string;
          "of_pipeline": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick_by_owner_sql": {
        Args: {
          "around": boolean;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "pick_of": {
        Args: {
          "alone": boolean;
          "moment": string;
          "of_pipeline": string;
          "owner_places": number;
          "slots": number;
          "suspects": (string)[];
        };
        Returns: (string)[];
      };
      "pick_sql": {
        Args: {
          "around": boolean;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "ping_doorbell": { Args: { "channel"?: string; "nonce": string }; Returns: Json };
      "place_condition": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "place": Json;
          "s": Database["processing"]["CompositeTypes"]["stream"];
          "tie_type": string;
        };
        Returns: string;
      };
      "place_in": { Args: { "queue": unknown }; Returns: string };
      "place_of": {
        Args: { "key": string; "of_pipeline": string; "queue": unknown };
        Returns: Record<string, unknown>;
      };
      "places_in": { Args: { "template": string }; Returns: (string)[] };
      "plain_type": { Args: { "column_name": string; "queue": unknown }; Returns: string };
      "plans_again": { Args: { "problem": string }; Returns: boolean };
      "primary_key": { Args: { "queue": unknown }; Returns: Record<string, unknown> };
      "progress": {
        Args: {
          "nonce": string;
          "outputs"?: Json;
          "percent"?: number;
          "row_id": string;
          "run": number;
          "stage"?: string;
          "table_name": string;
          "worker": string;
        };
        Returns: string;
      };
      "prune": {
        Args: {
          "answers_older_than"?: string;
          "events_older_than"?: string;
          "max_rows"?: number;
          "usage_older_than"?: string;
          "workers_older_than"?: string;
        };
        Returns: Json;
      };
      "prune_answers": {
        Args: { "answers_before": string; "expired_before": string; "max_rows": number };
        Returns: number;
      };
      "prune_budgets": { Args: { "max_rows": number; "moment": string }; Returns: number };
      "prune_completed": {
        Args: { "max_rows": number; "moment": string };
        Returns: Record<string, unknown>;
      };
      "prune_days": { Args: { "max_rows": number; "moment": string }; Returns: number };
      "prune_events": {
        Args: { "before": string; "max_rows": number };
        Returns: Record<string, unknown>;
      };
      "prune_present": { Args: { "max_rows": number; "moment": string }; Returns: undefined };
      "prune_rounds": {
        Args: {
          "before": string;
          "done": (Database["processing"]["CompositeTypes"]["completion"])[];
          "queue": unknown;
        };
        Returns: number;
      };
      "prune_traces": { Args: { "before": string; "max_rows": number }; Returns: undefined };
      "prune_turns": { Args: Record<PropertyKey, never>; Returns: undefined };
      "prune_usage": { Args: { "before": string; "max_rows": number }; Returns: number };
      "publish_table": { Args: { "queue": unknown }; Returns: undefined };
      "quarantine": {
        Args: {
          "asking": string;
          "moment": string;
          "open": (Database["processing"]["Tables"]["pipelines"]["Row"])[];
          "wanted": (string)[];
        };
        Returns: string;
      };
      "reached_budgets": { Args: { "of_pipeline": string }; Returns: Json };
      "reached_counters": {
        Args: {
          "b": Omit<
            Database["processing"]["Tables"]["budgets"]["Row"],
            Database["processing"]["Tables"]["budgets"]["ComputedFields"]
          >;
          "moment": string;
          "most_owners": number;
          "share": number;
        };
        Returns: string[];
      };
      "read_cron": {
        Args: { "cron": string };
        Returns: Database["processing"]["CompositeTypes"]["cron"];
        SetofOptions: {
          from: "*";
          to: "cron";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "read_filter": {
        Args: { "filter": Json };
        Returns: Database["processing"]["CompositeTypes"]["row_filter"];
        SetofOptions: {
          from: "*";
          to: "row_filter";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "read_outputs": {
        Args: {
          "given": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: Record<string, unknown>;
      };
      "read_place": { Args: { "after": string }; Returns: Json };
      "redrive": {
        Args: {
          "error_code"?: string;
          "failed_since"?: string;
          "fresh"?: boolean;
          "max_rows"?: number;
          "pipeline": string;
        };
        Returns: Json;
      };
      "refit": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "problem": string;
        };
        Returns: Record<string, unknown>;
      };
      "refuse": {
        Args: { "row_id": string; "run": number; "table_name": string };
        Returns: undefined;
      };
      "refuse_argument": { Args: { "problem": string }; Returns: undefined };
      "refuse_claim": {
        Args: {
          "key": string;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "problem": Json;
        };
        Returns: Json;
      };
      "refuse_outputs": { Args: { "of_pipeline": string; "outputs": Json }; Returns: string };
      "refused": {
        Args: {
          "completes": boolean;
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "problem": Json;
          "result": Json;
          "worker": string;
        };
        Returns: Json;
      };
      "refused_outputs": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "result": Json;
          "worker": string;
        };
        Returns: (string)[];
      };
      "remember_turn": { Args: { "owner": string; "pipeline": string }; Returns: undefined };
      "remove_alert": { Args: { "alert": string; "operator": string }; Returns: Json };
      "reserve": {
        Args: {
          "amounts": Json;
          "entries"?: Json;
          "nonce": string;
          "replaces"?: string;
          "reservation": string;
          "row_id": string;
          "run": number;
          "settled"?: Json;
          "table_name": string;
          "worker": string;
        };
        Returns: Json;
      };
      "reserve_amounts": {
        Args: {
          "amounts": Json;
          "held": Omit<
            Database["processing"]["Tables"]["leases"]["Row"],
            Database["processing"]["Tables"]["leases"]["ComputedFields"]
          >;
          "moment": string;
          "of_reservation": string;
          "until"?: string;
        };
        Returns: Json;
      };
      "reserve_outside": {
        Args: {
          "amounts": Json;
          "owner": string;
          "pipeline": string;
          "reservation": string;
          "seconds"?: number;
        };
        Returns: Json;
      };
      "reset_edited": {
        Args: {
          "columns"?: (string)[];
          "requested_by"?: string;
          "row_id": string;
          "table_name": string;
        };
        Returns: Json;
      };
      "reset_vacuum": { Args: { "queue": unknown }; Returns: undefined };
      "retry": {
        Args: {
          "fresh"?: boolean;
          "operator"?: string;
          "requested_by"?: string;
          "row_id": string;
          "table_name": string;
        };
        Returns: Json;
      };
      "retry_delay": {
        Args: { "attempt": number; "base": string; "cap": string };
        Returns: string;
      };
      "retry_row": {
        Args: {
          "action": string;
          "completed": boolean;
          "first_step": string;
          "key": string;
          "queue": unknown;
        };
        Returns: boolean;
      };
      "ring_doorbells": { Args: Record<PropertyKey, never>; Returns: undefined };
      "row_columns": { Args: Record<PropertyKey, never>; Returns: (string)[] };
      "row_condition": {
        Args: { "f": Database["processing"]["CompositeTypes"]["row_filter"]; "queue": unknown };
        Returns: string;
      };
      "row_set": {
        Args: {
          "becomes": Database["public"]["Enums"]["processing_status"];
          "key": string;
          "queue": unknown;
        };
        Returns: undefined;
      };
      "row_state": { Args: { "row_id": string; "table_name": string }; Returns: Json };
      "row_values": { Args: { "candidate": unknown; "names": (string)[] }; Returns: Json };
      "rows_ended": { Args: { "keys": (string)[]; "queue": unknown }; Returns: undefined };
      "rows_index": { Args: { "kind": string; "queue": unknown }; Returns: string };
      "rows_to_tell": {
        Args: { "key_column": string; "operation": string; "owner_column": string };
        Returns: string;
      };
      "run_of": {
        Args: { "nonce": string; "of_pipeline": string; "row_id": string; "table_name": string };
        Returns: Database["processing"]["CompositeTypes"]["spent_run"];
        SetofOptions: {
          from: "*";
          to: "spent_run";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "run_schedule": {
        Args: {
          "moment": string;
          "s": Omit<
            Database["processing"]["Tables"]["schedules"]["Row"],
            Database["processing"]["Tables"]["schedules"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "run_schedules": { Args: { "max_schedules"?: number }; Returns: Json };
      "run_statement": {
        Args: { "due": string; "statement": string; "time_zone": string };
        Returns: number;
      };
      "runs_of": { Args: { "key": string; "queue": unknown }; Returns: Json };
      "schedule": {
        Args: {
          "cron": string;
          "missed"?: string;
          "name": string;
          "statement"?: string;
          "time_zone"?: string;
        };
        Returns: string;
      };
      "schedule_failed": {
        Args: {
          "message": string;
          "moment": string;
          "s": Omit<
            Database["processing"]["Tables"]["schedules"]["Row"],
            Database["processing"]["Tables"]["schedules"]["ComputedFields"]
          >;
          "state": string;
        };
        Returns: Json;
      };
      "schedule_refused": { Args: { "cure": string; "reason": string }; Returns: undefined };
      "seconds_of": { Args: { "bin": number }; Returns: number };
      "sent_traceparent": { Args: Record<PropertyKey, never>; Returns: string };
      "set_alert": {
        Args: {
          "alert": string;
          "kind": string;
          "operator": string;
          "pipeline"?: string;
          "settings"?: Json;
        };
        Returns: Json;
      };
      "set_budget": {
        Args: {
          "measure": string;
          "most": number;
          "operator": string;
          "owner"?: string;
          "per"?: string;
          "period"?: string;
          "pipeline"?: string;
        };
        Returns: Json;
      };
      "set_limits": {
        Args: { "limits": Json; "operator": string; "pipeline": string };
        Returns: Json;
      };
      "set_priority": {
        Args: { "keys": (string)[]; "queue": unknown; "wanted": number };
        Returns: (string)[];
      };
      "set_row_aside": {
        Args: {
          "key": string;
          "of_kind": string;
          "of_pipeline": string;
          "problem": Json;
          "queue": unknown;
        };
        Returns: undefined;
      };
      "set_run_aside": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "problem": Json;
          "result": Json;
        };
        Returns: Json;
      };
      "set_status": {
        Args: {
          "old_statuses": (string)[];
          "row_id": string;
          "status": Database["public"]["Enums"]["processing_status"];
          "table_name": string;
        };
        Returns: boolean;
      };
      "set_statuses": {
        Args: {
          "keys": (string)[];
          "old_statuses": (string)[];
          "queue": unknown;
          "status": Database["public"]["Enums"]["processing_status"];
        };
        Returns: (string)[];
      };
      "set_vacuum": { Args: { "queue": unknown }; Returns: undefined };
      "settle": {
        Args: { "amounts": Json; "of_reservation": string };
        Returns: (Database["processing"]["CompositeTypes"]["booking"])[];
      };
      "settle_all": { Args: { "settled": Json }; Returns: undefined };
      "settle_lost": { Args: { "moment": string }; Returns: undefined };
      "settle_outside": {
        Args: { "billed"?: boolean; "reservation": string; "used"?: Json };
        Returns: Json;
      };
      "share_out": {
        Args: {
          "amount": number;
          "b": Omit<
            Database["processing"]["Tables"]["budgets"]["Row"],
            Database["processing"]["Tables"]["budgets"]["ComputedFields"]
          >;
          "counter": string;
          "first_day": string;
          "forced": boolean;
          "own": number;
          "shards": number;
        };
        Returns: boolean;
      };
      "shared_checkpoint": {
        Args: { "input_hash": string; "pipeline": string; "step": string; "version": string };
        Returns: Json;
      };
      "shown_columns": {
        Args: { "contents": boolean; "key": string; "names": (string)[]; "queue": unknown };
        Returns: Json;
      };
      "shown_row": { Args: { "key": string; "queue": unknown }; Returns: string };
      "shown_rows": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "max_rows": number;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
          "s": Database["processing"]["CompositeTypes"]["stream"];
          "source": string;
        };
        Returns: string;
      };
      "sign_off": { Args: { "worker": string }; Returns: Json };
      "signature_of": {
        Args: { "code": string; "normalised": string; "step": string };
        Returns: string;
      };
      "size_of_inputs": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "spellings_of": { Args: { "owner": string }; Returns: (string)[] };
      "spend": {
        Args: { "answered"?: Json; "entries": Json; "settled"?: Json; "worker": string };
        Returns: Json;
      };
      "spending": { Args: { "owner"?: string; "since"?: string }; Returns: Json };
      "state_now": { Args: { "key": string; "queue": unknown }; Returns: string };
      "state_of": { Args: { "key": string; "queue": unknown }; Returns: Json };
      "statement_name": { Args: { "pipeline": string; "verb": string }; Returns: string };
      "states_of": { Args: { "ids": (string)[]; "queue": unknown }; Returns: Json };
      "status_condition": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "key": string;
          "queue": unknown;
        };
        Returns: string;
      };
      "steady_json": { Args: { "stored": unknown }; Returns: Json };
      "steps_of": {
        Args: { "key": string; "queue": unknown };
        Returns: {
          "details": Json;
          "ended_at": string;
          "nth": number;
          "run": number;
          "started_at": string;
          "step": string;
        }[];
      };
      "still_waits": { Args: { "key": string; "queue": unknown }; Returns: boolean };
      "stop_runs": {
        Args: { "keys": (string)[]; "of_pipeline"?: string; "queue": unknown };
        Returns: undefined;
      };
      "storage": { Args: Record<PropertyKey, never>; Returns: Json };
      "store_handovers": {
        Args: {
          "done": (string)[];
          "key_type": string;
          "queue": unknown;
          "results": Json;
          "store_function": string;
        };
        Returns: undefined;
      };
      "stored_row": { Args: { "queue": unknown }; Returns: string };
      "stored_values": {
        Args: { "candidate": unknown; "names": (string)[]; "queue": unknown };
        Returns: Json;
      };
      "stream_part": {
        Args: {
          "counting": boolean;
          "deadline": string;
          "enough_at": string;
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "max_rows": number;
          "place": Json;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: Json;
      };
      "stream_rows": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: string;
      };
      "streams": {
        Args: { "f": Database["processing"]["CompositeTypes"]["row_filter"] };
        Returns: Database["processing"]["CompositeTypes"]["stream"][];
        SetofOptions: {
          from: "processing.row_filter";
          to: "stream";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "sum_up": { Args: { "after_quiet": string }; Returns: undefined };
      "summed": {
        Args: { "since": string; "until": string };
        Returns: {
          "at": string;
          "counts": NonNullable<Json>;
          "hourly": boolean;
          "pipeline": string;
          "run_bins": (number)[];
          "run_counts": (number)[];
          "wait_bins": (number)[];
          "wait_counts": (number)[];
        }[];
        SetofOptions: {
          from: "*";
          to: "history";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "suspects_wait": {
        Args: {
          "moment": string;
          "open": (Database["processing"]["Tables"]["pipelines"]["Row"])[];
        };
        Returns: boolean;
      };
      "table_emptied": { Args: { "queue": unknown }; Returns: undefined };
      "table_page": {
        Args: {
          "counting": boolean;
          "done": (Database["processing"]["CompositeTypes"]["completion"])[];
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "max_rows": number;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: Json;
      };
      "take_back": { Args: { "worker": string }; Returns: Json };
      "take_back_leases": {
        Args: { "asking": string; "dead": (string)[]; "moment": string };
        Returns: number;
      };
      "take_back_orphans": { Args: Record<PropertyKey, never>; Returns: number };
      "take_room": {
        Args: {
          "amount": number;
          "b": Omit<
            Database["processing"]["Tables"]["budgets"]["Row"],
            Database["processing"]["Tables"]["budgets"]["ComputedFields"]
          >;
          "counter": string;
          "first_day": string;
          "forced"?: boolean;
          "held": boolean;
        };
        Returns: number;
      };
      "taken_back_error": { Args: { "reason": string }; Returns: Json };
      "tell_of_schedules": { Args: Record<PropertyKey, never>; Returns: undefined };
      "tell_to_stop": { Args: { "of_worker": string }; Returns: undefined };
      "tie_type": {
        Args: {
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: string;
      };
      "trace_again": { Args: { "key": string; "queue": unknown }; Returns: undefined };
      "traces_of": { Args: { "keys": (string)[]; "queue": unknown }; Returns: Json };
      "travels_as_text": { Args: { "of_type": unknown }; Returns: boolean };
      "troubles": { Args: { "wanted"?: (string)[] }; Returns: Json };
      "try_change": {
        Args: {
          "action": string;
          "arguments": Json;
          "completed": boolean;
          "key": string;
          "operator": string;
          "queue": unknown;
        };
        Returns: Json;
      };
      "unfinished": { Args: { "states": Json }; Returns: (string)[] };
      "unschedule": { Args: { "name": string }; Returns: boolean };
      "usage_bookings": {
        Args: {
          "amounts": Json;
          "at": string;
          "of_owner": string;
          "of_pipeline": string;
          "reservation": string;
        };
        Returns: (Database["processing"]["CompositeTypes"]["booking"])[];
      };
      "usual_path": { Args: { "queue": unknown }; Returns: string };
      "vacuum_settings": { Args: Record<PropertyKey, never>; Returns: (string)[] };
      "value_of":
        | {
          Args: { "stored": unknown };
          Returns:
            & { error: true }
            & "Could not choose the best candidate function between: processing.value_of(stored => bytea), processing.value_of(stored => anyelement). Try renaming the parameters or the function itself in the database so function overloading can be resolved";
        }
        | {
          Args: { "stored": string };
          Returns:
            & { error: true }
            & "Could not choose the best candidate function between: processing.value_of(stored => bytea), processing.value_of(stored => anyelement). Try renaming the parameters or the function itself in the database so function overloading can be resolved";
        };
      "varies_by_session": { Args: { "of_type": unknown }; Returns: boolean };
      "wait_less": { Args: Record<PropertyKey, never>; Returns: undefined };
      "wait_of": { Args: { "seconds": number }; Returns: string };
      "waiting": { Args: { "wanted": (string)[] }; Returns: (string)[] };
      "waiting_for": { Args: { "key": string; "queue": unknown }; Returns: Json };
      "waiting_in": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "waiting_rows": {
        Args: {
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "s": Database["processing"]["CompositeTypes"]["stream"];
          "shown": string;
        };
        Returns: string;
      };
      "wake": { Args: { "key": string; "queue": unknown }; Returns: boolean };
      "wake_apart": { Args: { "keys": (string)[]; "queue": unknown }; Returns: undefined };
      "wake_over_budget": { Args: { "of_pipeline": string }; Returns: undefined };
      "wake_rows": { Args: { "keys": (string)[]; "queue": unknown }; Returns: boolean };
      "wanted_queues": {
        Args: { "f": Database["processing"]["CompositeTypes"]["row_filter"] };
        Returns: (unknown)[];
      };
      "wants": {
        Args: { "f": Database["processing"]["CompositeTypes"]["row_filter"]; "status": string };
        Returns: boolean;
      };
      "window_rows": {
        Args: {
          "counting": boolean;
          "done": (Database["processing"]["CompositeTypes"]["completion"])[];
          "f": Database["processing"]["CompositeTypes"]["row_filter"];
          "max_rows": number;
          "s": Database["processing"]["CompositeTypes"]["stream"];
        };
        Returns: Json;
      };
      "without_aside": {
        Args: { "f": Database["processing"]["CompositeTypes"]["row_filter"] };
        Returns: Database["processing"]["CompositeTypes"]["row_filter"];
        SetofOptions: {
          from: "processing.row_filter";
          to: "row_filter";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "words_of": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "q": Omit<
            Database["processing"]["Tables"]["queues"]["Row"],
            Database["processing"]["Tables"]["queues"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "write_problem": {
        Args: {
          "p": Omit<
            Database["processing"]["Tables"]["pipelines"]["Row"],
            Database["processing"]["Tables"]["pipelines"]["ComputedFields"]
          >;
          "worker": string;
        };
        Returns: Json;
      };
      "write_usage": { Args: { "entries": Json; "of_worker": string }; Returns: number };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      "alert_subject": {
        "subject": string | null;
        "details": Json | null;
      };
      "asked": {
        "worker": string | null;
        "woken_by": string | null;
        "busy": (string)[] | null;
        "kept": number | null;
        "idle": (string)[] | null;
        "held_up": (string)[] | null;
        "moment": string | null;
        "suspects": (string)[] | null;
        "alone": boolean | null;
        "slow": boolean | null;
      };
      "batch": {
        "rows": number | null;
        "claimed": Json | null;
        "held_back": (string)[] | null;
      };
      "booking": {
        "budget": number | null;
        "owner": string | null;
        "starts_on": string | null;
        "shard": number | null;
        "spent": number | null;
        "reserved": number | null;
      };
      "claimed": {
        "rows": number | null;
        "batches": (Json)[] | null;
        "set_aside": (Json)[] | null;
        "again": boolean | null;
      };
      "completion": {
        "table_id": unknown;
        "row_id": string | null;
        "run": number | null;
        "at": string | null;
        "id": number | null;
      };
      "cron": {
        "minutes": (number)[] | null;
        "hours": (number)[] | null;
        "days": (number)[] | null;
        "months": (number)[] | null;
        "weekdays": (number)[] | null;
        "either": boolean | null;
        "fixed": boolean | null;
      };
      "held_amount": {
        "budget": number | null;
        "owner": string | null;
        "starts_on": string | null;
        "shard": number | null;
        "measure": string | null;
        "amount": number | null;
      };
      "outlook": {
        "capped": boolean | null;
        "known": boolean | null;
        "crashed": boolean | null;
        "troubled": boolean | null;
        "awaited": boolean | null;
        "looked_at": string | null;
        "held_up": (string)[] | null;
        "locked": (string)[] | null;
      };
      "row_filter": {
        "pipeline": string | null;
        "statuses": (string)[] | null;
        "owner": string | null;
        "code": string | null;
        "words": string | null;
        "signature": string | null;
        "step": string | null;
        "row_id": string | null;
        "queue": unknown;
        "since": string | null;
        "until": string | null;
      };
      "spent_run": {
        "table_id": unknown;
        "owner": string | null;
      };
      "stream": {
        "label": string | null;
        "queue": unknown;
        "kind": string | null;
        "pipeline": string | null;
      };
    };
  };
  "public": {
    Tables: {
      "accounts_to_forget": {
        Row: {
          "account_id": string;
          "deleted_at": string;
        };
        ComputedFields: never;
        Insert: {
          "account_id": string;
          "deleted_at"?: string;
        };
        Update: {
          "account_id"?: string;
          "deleted_at"?: string;
        };
        Relationships: [];
      };
      "batch_jobs": {
        Row: {
          "account_id": string;
          "companies": NonNullable<Json>;
          "completed": number;
          "created_at": string;
          "deep_mode": boolean;
          "failed": number;
          "id": string;
          "results": NonNullable<Json>;
          "role": string | null;
          "status": string;
          "total": number;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "account_id"?: string;
          "companies": NonNullable<Json>;
          "completed"?: number;
          "created_at"?: string;
          "deep_mode"?: boolean;
          "failed"?: number;
          "id"?: string;
          "results"?: NonNullable<Json>;
          "role"?: string | null;
          "status"?: string;
          "total"?: number;
          "updated_at"?: string;
        };
        Update: {
          "account_id"?: string;
          "companies"?: NonNullable<Json>;
          "completed"?: number;
          "created_at"?: string;
          "deep_mode"?: boolean;
          "failed"?: number;
          "id"?: string;
          "results"?: NonNullable<Json>;
          "role"?: string | null;
          "status"?: string;
          "total"?: number;
          "updated_at"?: string;
        };
        Relationships: [];
      };
      "companies": {
        Row: {
          "created_at": string;
          "deep": boolean;
          "domain": string | null;
          "expires_at": string;
          "github_org": string | null;
          "github_verified": boolean;
          "id": string;
          "key": string;
          "known_names": (string)[];
          "logo": string | null;
          "name": string | null;
          "profile": NonNullable<Json>;
          "researched_at": string;
          "updated_at": string;
          "website": string | null;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "deep"?: boolean;
          "domain"?: string | null;
          "expires_at": string;
          "github_org"?: string | null;
          "github_verified"?: boolean;
          "id": string;
          "key": string;
          "known_names"?: (string)[];
          "logo"?: string | null;
          "name"?: string | null;
          "profile": NonNullable<Json>;
          "researched_at": string;
          "updated_at"?: string;
          "website"?: string | null;
        };
        Update: {
          "created_at"?: string;
          "deep"?: boolean;
          "domain"?: string | null;
          "expires_at"?: string;
          "github_org"?: string | null;
          "github_verified"?: boolean;
          "id"?: string;
          "key"?: string;
          "known_names"?: (string)[];
          "logo"?: string | null;
          "name"?: string | null;
          "profile"?: NonNullable<Json>;
          "researched_at"?: string;
          "updated_at"?: string;
          "website"?: string | null;
        };
        Relationships: [];
      };
      "company_flights": {
        Row: {
          "key": string;
          "research_id": string;
        };
        ComputedFields: never;
        Insert: {
          "key": string;
          "research_id": string;
        };
        Update: {
          "key"?: string;
          "research_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "company_flights_research_id_fkey";
            columns: ["research_id"];
            isOneToOne: false;
            referencedRelation: "company_research";
            referencedColumns: ["id"];
          },
        ];
      };
      "company_research": {
        Row: {
          "account_id": string;
          "batch_id": string | null;
          "company_id": string | null;
          "company_name": string;
          "company_url": string | null;
          "coverage": Json | null;
          "created_at": string;
          "deep_mode": boolean;
          "id": string;
          "job_position_id": string | null;
          "posting": Json | null;
          "prep_checklist": Json | null;
          "processing_attempts": number;
          "processing_edited": (string)[];
          "processing_error": Json | null;
          "processing_finished_at": string | null;
          "processing_not_before": string | null;
          "processing_outdated": (string)[];
          "processing_pipeline": string | null;
          "processing_priority": number;
          "processing_progress": number;
          "processing_run": number;
          "processing_stage": string | null;
          "processing_started_at": string | null;
          "processing_status": Database["public"]["Enums"]["processing_status"] | null;
          "result": Json | null;
          "role": string | null;
          "updated_at": string;
          "warnings": Json | null;
        };
        ComputedFields: never;
        Insert: {
          "account_id"?: string;
          "batch_id"?: string | null;
          "company_id"?: string | null;
          "company_name": string;
          "company_url"?: string | null;
          "coverage"?: Json | null;
          "created_at"?: string;
          "deep_mode"?: boolean;
          "id"?: string;
          "job_position_id"?: string | null;
          "posting"?: Json | null;
          "prep_checklist"?: Json | null;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
          "result"?: Json | null;
          "role"?: string | null;
          "updated_at"?: string;
          "warnings"?: Json | null;
        };
        Update: {
          "account_id"?: string;
          "batch_id"?: string | null;
          "company_id"?: string | null;
          "company_name"?: string;
          "company_url"?: string | null;
          "coverage"?: Json | null;
          "created_at"?: string;
          "deep_mode"?: boolean;
          "id"?: string;
          "job_position_id"?: string | null;
          "posting"?: Json | null;
          "prep_checklist"?: Json | null;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
          "result"?: Json | null;
          "role"?: string | null;
          "updated_at"?: string;
          "warnings"?: Json | null;
        };
        Relationships: [
          {
            foreignKeyName: "company_research_batch_id_fkey";
            columns: ["batch_id"];
            isOneToOne: false;
            referencedRelation: "batch_jobs";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "company_research_job_position_id_fkey";
            columns: ["job_position_id"];
            isOneToOne: false;
            referencedRelation: "job_positions";
            referencedColumns: ["id"];
          },
        ];
      };
      "company_research_history": {
        Row: {
          "company_id": string;
          "created_at": string;
          "id": string;
          "profile": NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          "company_id": string;
          "created_at"?: string;
          "id"?: string;
          "profile": NonNullable<Json>;
        };
        Update: {
          "company_id"?: string;
          "created_at"?: string;
          "id"?: string;
          "profile"?: NonNullable<Json>;
        };
        Relationships: [
          {
            foreignKeyName: "company_research_history_company_id_fkey";
            columns: ["company_id"];
            isOneToOne: false;
            referencedRelation: "companies";
            referencedColumns: ["id"];
          },
        ];
      };
      "interview_questions": {
        Row: {
          "account_id": string;
          "actions_contribution": number | null;
          "answer_end_second": number | null;
          "answer_start_second": number | null;
          "answer_text": string | null;
          "asked_by": number;
          "asked_by_role": string;
          "clarity_conciseness": number | null;
          "competency_demonstration": number | null;
          "created_at": string;
          "evidence": Json | null;
          "feedback": string | null;
          "first_utterance": number;
          "id": string;
          "improvements": Json | null;
          "last_utterance": number;
          "metrics": Json | null;
          "notes": string | null;
          "question_end_second": number | null;
          "question_json": NonNullable<Json>;
          "question_number": number;
          "question_start_second": number | null;
          "question_text": string;
          "question_title": string | null;
          "question_type": Database["public"]["Enums"]["interview_question_type"] | null;
          "relevance": number | null;
          "results_impact": number | null;
          "score": number | null;
          "scoring_reason": string | null;
          "scoring_status": string;
          "specificity_detail": number | null;
          "structure": number | null;
          "timeline_item_id": string;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "account_id": string;
          "actions_contribution"?: number | null;
          "answer_end_second"?: number | null;
          "answer_start_second"?: number | null;
          "answer_text"?: string | null;
          "asked_by": number;
          "asked_by_role": string;
          "clarity_conciseness"?: number | null;
          "competency_demonstration"?: number | null;
          "created_at"?: string;
          "evidence"?: Json | null;
          "feedback"?: string | null;
          "first_utterance": number;
          "id"?: string;
          "improvements"?: Json | null;
          "last_utterance": number;
          "metrics"?: Json | null;
          "notes"?: string | null;
          "question_end_second"?: number | null;
          "question_json": NonNullable<Json>;
          "question_number": number;
          "question_start_second"?: number | null;
          "question_text": string;
          "question_title"?: string | null;
          "question_type"?: Database["public"]["Enums"]["interview_question_type"] | null;
          "relevance"?: number | null;
          "results_impact"?: number | null;
          "score"?: number | null;
          "scoring_reason"?: string | null;
          "scoring_status": string;
          "specificity_detail"?: number | null;
          "structure"?: number | null;
          "timeline_item_id": string;
          "updated_at"?: string;
        };
        Update: {
          "account_id"?: string;
          "actions_contribution"?: number | null;
          "answer_end_second"?: number | null;
          "answer_start_second"?: number | null;
          "answer_text"?: string | null;
          "asked_by"?: number;
          "asked_by_role"?: string;
          "clarity_conciseness"?: number | null;
          "competency_demonstration"?: number | null;
          "created_at"?: string;
          "evidence"?: Json | null;
          "feedback"?: string | null;
          "first_utterance"?: number;
          "id"?: string;
          "improvements"?: Json | null;
          "last_utterance"?: number;
          "metrics"?: Json | null;
          "notes"?: string | null;
          "question_end_second"?: number | null;
          "question_json"?: NonNullable<Json>;
          "question_number"?: number;
          "question_start_second"?: number | null;
          "question_text"?: string;
          "question_title"?: string | null;
          "question_type"?: Database["public"]["Enums"]["interview_question_type"] | null;
          "relevance"?: number | null;
          "results_impact"?: number | null;
          "score"?: number | null;
          "scoring_reason"?: string | null;
          "scoring_status"?: string;
          "specificity_detail"?: number | null;
          "structure"?: number | null;
          "timeline_item_id"?: string;
          "updated_at"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "interview_questions_timeline_item_id_fkey";
            columns: ["timeline_item_id"];
            isOneToOne: false;
            referencedRelation: "timeline_items";
            referencedColumns: ["id"];
          },
        ];
      };
      "job_positions": {
        Row: {
          "account_id": string;
          "apply_url": string | null;
          "archived": boolean;
          "company_logo": string | null;
          "company_name": string | null;
          "company_website": string | null;
          "content_sha256": string | null;
          "created_at": string;
          "employment_type": string | null;
          "expected_salary": string | null;
          "extraction": Json | null;
          "id": string;
          "job_description": string | null;
          "job_title": string | null;
          "job_url": string | null;
          "location": string | null;
          "locations": Json | null;
          "notes": string | null;
          "offer_received": boolean;
          "posted_at": string | null;
          "processing_attempts": number;
          "processing_edited": (string)[];
          "processing_error": Json | null;
          "processing_finished_at": string | null;
          "processing_not_before": string | null;
          "processing_outdated": (string)[];
          "processing_pipeline": string | null;
          "processing_priority": number;
          "processing_progress": number;
          "processing_run": number;
          "processing_stage": string | null;
          "processing_started_at": string | null;
          "processing_status": Database["public"]["Enums"]["processing_status"] | null;
          "quick_look": Json | null;
          "raw_job_description": string | null;
          "salary_currency": string | null;
          "salary_interval": string | null;
          "salary_max": number | null;
          "salary_min": number | null;
          "salary_range": string | null;
          "source_job_id": string | null;
          "source_platform": string | null;
          "updated_at": string;
          "valid_through": string | null;
          "workplace_type": string | null;
        };
        ComputedFields: never;
        Insert: {
          "account_id"?: string;
          "apply_url"?: string | null;
          "archived"?: boolean;
          "company_logo"?: string | null;
          "company_name"?: string | null;
          "company_website"?: string | null;
          "content_sha256"?: string | null;
          "created_at"?: string;
          "employment_type"?: string | null;
          "expected_salary"?: string | null;
          "extraction"?: Json | null;
          "id"?: string;
          "job_description"?: string | null;
          "job_title"?: string | null;
          "job_url"?: string | null;
          "location"?: string | null;
          "locations"?: Json | null;
          "notes"?: string | null;
          "offer_received"?: boolean;
          "posted_at"?: string | null;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
          "quick_look"?: Json | null;
          "raw_job_description"?: string | null;
          "salary_currency"?: string | null;
          "salary_interval"?: string | null;
          "salary_max"?: number | null;
          "salary_min"?: number | null;
          "salary_range"?: string | null;
          "source_job_id"?: string | null;
          "source_platform"?: string | null;
          "updated_at"?: string;
          "valid_through"?: string | null;
          "workplace_type"?: string | null;
        };
        Update: {
          "account_id"?: string;
          "apply_url"?: string | null;
          "archived"?: boolean;
          "company_logo"?: string | null;
          "company_name"?: string | null;
          "company_website"?: string | null;
          "content_sha256"?: string | null;
          "created_at"?: string;
          "employment_type"?: string | null;
          "expected_salary"?: string | null;
          "extraction"?: Json | null;
          "id"?: string;
          "job_description"?: string | null;
          "job_title"?: string | null;
          "job_url"?: string | null;
          "location"?: string | null;
          "locations"?: Json | null;
          "notes"?: string | null;
          "offer_received"?: boolean;
          "posted_at"?: string | null;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
          "quick_look"?: Json | null;
          "raw_job_description"?: string | null;
          "salary_currency"?: string | null;
          "salary_interval"?: string | null;
          "salary_max"?: number | null;
          "salary_min"?: number | null;
          "salary_range"?: string | null;
          "source_job_id"?: string | null;
          "source_platform"?: string | null;
          "updated_at"?: string;
          "valid_through"?: string | null;
          "workplace_type"?: string | null;
        };
        Relationships: [];
      };
      "recording_payments": {
        Row: {
          "account_id": string;
          "item_id": string;
          "paid": number;
          "paid_on": string;
          "sha256": string;
        };
        ComputedFields: never;
        Insert: {
          "account_id": string;
          "item_id": string;
          "paid": number;
          "paid_on": string;
          "sha256": string;
        };
        Update: {
          "account_id"?: string;
          "item_id"?: string;
          "paid"?: number;
          "paid_on"?: string;
          "sha256"?: string;
        };
        Relationships: [];
      };
      "recording_uses": {
        Row: {
          "account_id": string;
          "item_id": string;
          "sha256": string;
        };
        ComputedFields: never;
        Insert: {
          "account_id": string;
          "item_id": string;
          "sha256": string;
        };
        Update: {
          "account_id"?: string;
          "item_id"?: string;
          "sha256"?: string;
        };
        Relationships: [];
      };
      "storage_deletions": {
        Row: {
          "account_id": string | null;
          "bucket_id": string;
          "created_at": string;
          "deleted_count": number | null;
          "id": string;
          "paths": NonNullable<Json>;
          "processing_attempts": number;
          "processing_edited": (string)[];
          "processing_error": Json | null;
          "processing_finished_at": string | null;
          "processing_not_before": string | null;
          "processing_outdated": (string)[];
          "processing_pipeline": string | null;
          "processing_priority": number;
          "processing_progress": number;
          "processing_run": number;
          "processing_stage": string | null;
          "processing_started_at": string | null;
          "processing_status": Database["public"]["Enums"]["processing_status"] | null;
        };
        ComputedFields: never;
        Insert: {
          "account_id"?: string | null;
          "bucket_id": string;
          "created_at"?: string;
          "deleted_count"?: number | null;
          "id"?: string;
          "paths": NonNullable<Json>;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
        };
        Update: {
          "account_id"?: string | null;
          "bucket_id"?: string;
          "created_at"?: string;
          "deleted_count"?: number | null;
          "id"?: string;
          "paths"?: NonNullable<Json>;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
        };
        Relationships: [];
      };
      "timeline_items": {
        Row: {
          "account_id": string;
          "created_at": string;
          "custom_instructions": string | null;
          "id": string;
          "interview_candidate_speaker": number | null;
          "interview_duration_seconds": number | null;
          "interview_instructions": string | null;
          "interview_interviewer_name": string | null;
          "interview_language": string | null;
          "interview_language_given": string | null;
          "interview_metrics": Json | null;
          "interview_original_audio_path": string | null;
          "interview_position": Json | null;
          "interview_questions_preview": Json | null;
          "interview_scheduled_date": string | null;
          "interview_score": number | null;
          "interview_speech_to_text_path": string | null;
          "interview_summary": Json | null;
          "interview_transcript": Json | null;
          "interview_transcript_given": Json | null;
          "notes": string | null;
          "position_id": string | null;
          "processing_attempts": number;
          "processing_edited": (string)[];
          "processing_error": Json | null;
          "processing_finished_at": string | null;
          "processing_not_before": string | null;
          "processing_outdated": (string)[];
          "processing_pipeline": string | null;
          "processing_priority": number;
          "processing_progress": number;
          "processing_run": number;
          "processing_stage": string | null;
          "processing_started_at": string | null;
          "processing_status": Database["public"]["Enums"]["processing_status"] | null;
          "text": string | null;
          "title": string | null;
          "type": Database["public"]["Enums"]["timeline_type"];
          "updated_at": string;
          "warnings": Json | null;
        };
        ComputedFields: never;
        Insert: {
          "account_id"?: string;
          "created_at"?: string;
          "custom_instructions"?: string | null;
          "id"?: string;
          "interview_candidate_speaker"?: number | null;
          "interview_duration_seconds"?: number | null;
          "interview_instructions"?: string | null;
          "interview_interviewer_name"?: string | null;
          "interview_language"?: string | null;
          "interview_language_given"?: string | null;
          "interview_metrics"?: Json | null;
          "interview_original_audio_path"?: string | null;
          "interview_position"?: Json | null;
          "interview_questions_preview"?: Json | null;
          "interview_scheduled_date"?: string | null;
          "interview_score"?: number | null;
          "interview_speech_to_text_path"?: string | null;
          "interview_summary"?: Json | null;
          "interview_transcript"?: Json | null;
          "interview_transcript_given"?: Json | null;
          "notes"?: string | null;
          "position_id"?: string | null;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
          "text"?: string | null;
          "title"?: string | null;
          "type": Database["public"]["Enums"]["timeline_type"];
          "updated_at"?: string;
          "warnings"?: Json | null;
        };
        Update: {
          "account_id"?: string;
          "created_at"?: string;
          "custom_instructions"?: string | null;
          "id"?: string;
          "interview_candidate_speaker"?: number | null;
          "interview_duration_seconds"?: number | null;
          "interview_instructions"?: string | null;
          "interview_interviewer_name"?: string | null;
          "interview_language"?: string | null;
          "interview_language_given"?: string | null;
          "interview_metrics"?: Json | null;
          "interview_original_audio_path"?: string | null;
          "interview_position"?: Json | null;
          "interview_questions_preview"?: Json | null;
          "interview_scheduled_date"?: string | null;
          "interview_score"?: number | null;
          "interview_speech_to_text_path"?: string | null;
          "interview_summary"?: Json | null;
          "interview_transcript"?: Json | null;
          "interview_transcript_given"?: Json | null;
          "notes"?: string | null;
          "position_id"?: string | null;
          "processing_attempts"?: number;
          "processing_edited"?: (string)[];
          "processing_error"?: Json | null;
          "processing_finished_at"?: string | null;
          "processing_not_before"?: string | null;
          "processing_outdated"?: (string)[];
          "processing_pipeline"?: string | null;
          "processing_priority"?: number;
          "processing_progress"?: number;
          "processing_run"?: number;
          "processing_stage"?: string | null;
          "processing_started_at"?: string | null;
          "processing_status"?: Database["public"]["Enums"]["processing_status"] | null;
          "text"?: string | null;
          "title"?: string | null;
          "type"?: Database["public"]["Enums"]["timeline_type"];
          "updated_at"?: string;
          "warnings"?: Json | null;
        };
        Relationships: [
          {
            foreignKeyName: "timeline_items_position_id_fkey";
            columns: ["position_id"];
            isOneToOne: false;
            referencedRelation: "job_positions";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      "add_to_batch": {
        Args: {
          "batch": string;
          "changed": Json;
          "less": number;
          "more_completed": number;
          "more_failed": number;
        };
        Returns: undefined;
      };
      "domain_of_company": { Args: { "known_name": string }; Returns: string };
      "forget_accounts": { Args: { "max_accounts"?: number }; Returns: number };
      "forget_companies": { Args: { "max_companies"?: number }; Returns: number };
      "forget_storage_deletions": {
        Args: { "max_rows"?: number; "older_than"?: string };
        Returns: number;
      };
      "give_back_recording": { Args: { "item": string; "sha256": string }; Returns: undefined };
      "json_within_limits": { Args: { "most_bytes": number; "value": Json }; Returns: boolean };
      "refresh_due_companies": { Args: { "max_companies"?: number }; Returns: number };
      "reserve_quick_look": {
        Args: { "account": string; "amounts": Json; "reservation": string; "seconds"?: number };
        Returns: Json;
      };
      "store_company_research": {
        Args: { "handover": Json; "research_id": string };
        Returns: undefined;
      };
      "store_interview_questions": {
        Args: { "handover": Json; "item": string };
        Returns: undefined;
      };
      "take_company": {
        Args: {
          "deep"?: boolean;
          "key": string;
          "profile_version"?: number;
          "research_id": string;
          "with_model"?: boolean;
        };
        Returns: Json;
      };
      "take_recording": {
        Args: { "item": string; "most": number; "sha256": string };
        Returns: string;
      };
      "transcript_folder": { Args: { "account_id": string; "sha256": string }; Returns: string };
      "use_recording": { Args: { "item": string; "sha256": string }; Returns: string };
    };
    Enums: {
      "interview_question_type":
        | "BEHAVIORAL"
        | "TECHNICAL"
        | "BACKGROUND_EXPERIENCE"
        | "GREETING_OR_CHIT_CHAT";
      "processing_status": "pending" | "processing" | "completed" | "failed" | "cancelled";
      "timeline_type":
        | "COVER_LETTER"
        | "LINKEDIN_INTRO"
        | "NOTE"
        | "REPLY_EMAIL"
        | "CV_ANALYSE"
        | "INTERVIEW_STEP"
        | "INTERVIEW_ANALYSE"
        | "MOCK_ANALYSE";
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Insert: infer I;
    } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Update: infer U;
    } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][
    CompositeTypeName
  ]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  "processing": {
    Enums: {},
  },
  "public": {
    Enums: {
      "interview_question_type": [
        "BEHAVIORAL",
        "TECHNICAL",
        "BACKGROUND_EXPERIENCE",
        "GREETING_OR_CHIT_CHAT",
      ],
      "processing_status": ["pending", "processing", "completed", "failed", "cancelled"],
      "timeline_type": [
        "COVER_LETTER",
        "LINKEDIN_INTRO",
        "NOTE",
        "REPLY_EMAIL",
        "CV_ANALYSE",
        "INTERVIEW_STEP",
        "INTERVIEW_ANALYSE",
        "MOCK_ANALYSE",
      ],
    },
  },
} as const;
