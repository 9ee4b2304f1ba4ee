import type { Log } from "../log";

const TICK_MS = 2000;
/** The rate is that of the last half minute: a transfer that slows down says so, and one moment does not decide. */
const WINDOW_MS = 30_000;

/** What a transfer is to move. */
export interface TransferPlan {
  /** What it does, as its lines begin: "publishing". */
  readonly doing: string;
  /**
   * Files in all.
   *
   * @default - not known before the end
   */
  readonly files?: number;
  /**
   * Bytes in all; without them no time is told that is left.
   *
   * @default - not known before the end
   */
  readonly bytes?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** A transfer that is counted. */
export interface TransferProgress {
  /** Counts what has arrived since the last call. */
  readonly add: (bytes: number, files: number) => void;
  /** Ends the lines with a last one. */
  readonly stop: () => void;
}

/** Counts what has arrived, and every two seconds tells how much, how fast and how long it still takes. */
export function transferProgress(plan: TransferPlan, log: Log): TransferProgress {
  const now = plan.now ?? (() => performance.now());
  const samples: { readonly at: number; readonly bytes: number }[] = [{ at: now(), bytes: 0 }];
  let bytes = 0;
  let files = 0;
  const tell = (): void => {
    const at = now();
    samples.push({ at, bytes });
    while (samples.length > 2 && at - (samples[1]?.at ?? at) >= WINDOW_MS) samples.shift();
    const bytesPerSecond = rate(samples);
    const left = secondsLeft(plan.bytes, bytes, bytesPerSecond);
    log.info(
      `${plan.doing}: ${of(files, plan.files, "files")}, ${of(bytes, plan.bytes, "bytes")}` +
        (left === undefined || left === 0 ? "" : `, about ${duration(left)} left`),
      { files, bytes, bytesPerSecond, ...(left === undefined ? {} : { secondsLeft: left }) },
    );
  };
  const timer = setInterval(tell, TICK_MS);
  return {
    add: (moreBytes, moreFiles) => {
      bytes += moreBytes;
      files += moreFiles;
    },
    stop: () => {
      clearInterval(timer);
      tell();
    },
  };
}

function rate(samples: readonly { readonly at: number; readonly bytes: number }[]): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return 0;
  return Math.round(((last.bytes - first.bytes) * 1000) / (last.at - first.at));
}

function secondsLeft(
  all: number | undefined,
  bytes: number,
  bytesPerSecond: number,
): number | undefined {
  if (all === undefined) return undefined;
  if (bytes >= all) return 0;
  return bytesPerSecond === 0 ? undefined : Math.ceil((all - bytes) / bytesPerSecond);
}

function of(count: number, all: number | undefined, unit: string): string {
  return all === undefined
    ? `${String(count)} ${unit}`
    : `${String(count)} of ${String(all)} ${unit}`;
}

function duration(seconds: number): string {
  if (seconds < 100) return `${String(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${String(minutes)} min` : `${String(Math.round(minutes / 60))} h`;
}
