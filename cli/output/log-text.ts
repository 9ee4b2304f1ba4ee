import { type Colors } from "./colors";
import { safeText } from "./safe-text";

/** What every line of the worker repeats; whoever asks for an order's log knows it. */
const KNOWN = new Set([
  "_aws",
  "generation",
  "job",
  "jobAttempt",
  "level",
  "message",
  "order",
  "partner",
  "run",
  "step",
  "stream",
  "time",
]);

/**
 * A line of a log for people: of the worker's JSON the time, the message and what the line alone tells; any other line as
 * it is. Nothing of it steers the terminal.
 */
export function logText(line: string, colors: Colors): string {
  const entry = entryOf(line);
  if (entry === undefined) return safeText(line);
  const { time, level, message } = entry;
  const rest = Object.entries(entry).flatMap(([name, value]) =>
    KNOWN.has(name) || value === null ? [] : [safeText(`${name}=${valueText(value)}`)],
  );
  const clock = typeof time === "string" ? `${colors.dim(safeText(time.slice(11, 19)))} ` : "";
  const word = level === "error" || level === "warn" ? `${colors.red(level)} ` : "";
  return `${clock}${word}${safeText(String(message))}${rest.length === 0 ? "" : `  ${colors.dim(rest.join(" "))}`}`;
}

function entryOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof entry["message"] === "string" && typeof entry["level"] === "string"
      ? entry
      : undefined;
  } catch {
    return undefined;
  }
}

const valueText = (value: unknown): string =>
  typeof value === "string" && /^[^\s"=]+$/u.test(value) ? value : JSON.stringify(value);
