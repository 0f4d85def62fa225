/** One row. If the list was open before, its subscription is used; else this row alone is read. */
import { useRow } from "liverows/react";
import { Link, ProgressText } from "./progress-text.tsx";
import { type Position, POSITIONS, type Props, titleOf } from "./rows.ts";

export function PositionPage({ supabase, signedIn, id }: Props & { id: string }) {
  const { row, loaded, problem, link } = useRow<Position>(
    supabase,
    POSITIONS,
    signedIn ? id : null,
  );
  if (!row && problem) {
    return <p role="alert">The position cannot be read. Please try again later.</p>;
  }
  if (!row) return <p role="status">{loaded ? "There is no such position." : "Reading…"}</p>;
  return (
    <article data-row={row.id} data-status={row.processing_status}>
      <h1>{titleOf(row)}</h1>
      <p role="status">
        <ProgressText row={row} /> <Link link={link} />
      </p>
      <pre>{row.raw_job_description}</pre>
    </article>
  );
}
