/** The list. An insert is all that it takes to have a worker do something. */
import { type FormEvent, memo, useState } from "react";
import { useRows } from "liverows/react";
import type { SupabaseClient } from "@supabase/supabase-js";
import { Link, ProgressText } from "./progress-text.tsx";
import { newestFirst, type Position, POSITIONS, type Props, titleOf } from "./rows.ts";

/** More would make the page slow to draw; the rows themselves may be many more. */
const SHOWN = 100;

export function Positions({ supabase, signedIn }: Props) {
  const wanted = signedIn ? { ...POSITIONS, sort: newestFirst } : null;
  const { rows, complete, problem, link } = useRows<Position>(supabase, wanted);
  const [shown, setShown] = useState(SHOWN);
  return (
    <>
      <h1>Positions</h1>
      <AddPosition supabase={supabase} />
      <p role="status">
        {complete ? `${rows.length} positions` : "Reading…"} <Link link={link} />
      </p>
      {problem && <p role="alert">The positions cannot be read. Please try again later.</p>}
      <ul>
        {rows.slice(0, shown).map((row) => <Item key={row.id} row={row} />)}
      </ul>
      {rows.length > shown && (
        <button type="button" onClick={() => setShown(shown + SHOWN)}>Show more</button>
      )}
    </>
  );
}

/** A row that did not change is the same object as before, so its item is not drawn again. */
const Item = memo(function Item({ row }: { row: Position }) {
  return (
    <li data-row={row.id} data-status={row.processing_status}>
      <a href={`#/${row.id}`}>{titleOf(row)}</a>
      <ProgressText row={row} />
    </li>
  );
});

function AddPosition({ supabase }: { supabase: SupabaseClient }) {
  const [problem, setProblem] = useState("");
  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const row = { raw_job_description: String(new FormData(form).get("posting")) };
    const { error } = await supabase.from("job_positions").insert(row);
    // What the database says is for developers.
    if (error) console.error(error);
    else form.reset();
    setProblem(error ? "The position could not be added. Please try again later." : "");
  }
  return (
    <form onSubmit={add}>
      <label>
        Text of a job posting
        <textarea name="posting" required />
      </label>
      <button type="submit">Add</button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
