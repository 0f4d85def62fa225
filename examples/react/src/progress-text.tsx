/** The state of a row and of the connection, in words. */
import { type Progress, type ProgressRow, type RowView, useProgress } from "liverows/react";

export function ProgressText({ row }: { row: ProgressRow }) {
  const progress = useProgress(row);
  return (
    <span className={progress.status ?? ""}>
      {textOf(progress)}
      {progress.status === "processing" && <progress max={100} value={progress.percent ?? 0} />}
    </span>
  );
}

function textOf({ status, stage, waiting, error }: Progress): string {
  if (waiting?.until) {
    return `Runs ${when(waiting.until)}${waiting.reason ? `: ${waiting.reason}` : ""}`;
  }
  if (waiting) return "Waiting for a worker";
  if (status === "processing") return stage ?? "Starting";
  return error?.message ?? (status === "completed" ? "Done" : status ?? "");
}

/** "at 12:05", or with the day if it is not today. */
function when(until: Date): string {
  const time = until.toLocaleTimeString(undefined, { timeStyle: "short" });
  if (until.toDateString() === new Date().toDateString()) return `at ${time}`;
  return `on ${until.toLocaleDateString(undefined, { dateStyle: "medium" })} at ${time}`;
}

const LINKS = {
  connecting: "Connecting…",
  live: "Live",
  "catching up": "Catching up…",
  polling: "Read every half minute",
  reconnecting: "Offline; what you see may be old.",
};

export function Link({ link }: { link: RowView<unknown>["link"] }) {
  return <small data-link={link}>{LINKS[link]}</small>;
}
