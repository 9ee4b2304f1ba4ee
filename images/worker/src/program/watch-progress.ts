import type { Log } from "../log";
import { measureTree, type TreeMeasure } from "./measure-tree";
import type { OutputLog } from "./output-log";

/** Longest time between two progress lines, but for directories that take long to measure. */
const TICK_MS = 5000;
/** A tick waits this many times as long as the measuring took, so that measuring stays a small part of the work. */
const MEASURE_SHARE = 20;

/** What is watched. */
export interface Watched {
  readonly directory: string;
  readonly noProgressSeconds: number;
  readonly log: Log;
  readonly output: OutputLog;
  /** Called once, when neither output nor files have changed for so long. */
  readonly onStuck: () => void;
}

/** A running watch. */
export interface Watch {
  /** Tells that the program wrote something. */
  readonly sawOutput: () => void;
  readonly stop: () => void;
}

/** Logs how far a program is, and notices when it does not go on. */
export function watchProgress(watched: Watched): Watch {
  const { directory, noProgressSeconds, log, output } = watched;
  const limit = noProgressSeconds * 1000;
  const tick = Math.min(TICK_MS, limit / 4);
  let lastActivity = performance.now();
  let previous: { readonly tree: TreeMeasure; readonly at: number } | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const began = performance.now();
    const tree = await measureTree(directory);
    if (stopped) return;
    const now = performance.now();
    // The first look only tells where the program began: measuring what an earlier attempt left may take long.
    if (previous === undefined || changed(previous.tree, tree)) lastActivity = now;
    const seconds = (now - (previous?.at ?? began)) / 1000;
    const grown = tree.bytes - (previous?.tree.bytes ?? tree.bytes);
    output.tellLeftOut();
    log.info(`the program runs: ${String(tree.files)} files, ${String(tree.bytes)} bytes so far`, {
      files: tree.files,
      bytes: tree.bytes,
      bytesPerSecond: seconds > 0 ? Math.max(0, Math.round(grown / seconds)) : 0,
    });
    previous = { tree, at: now };
    if (now - lastActivity >= limit) watched.onStuck();
    schedule(Math.max(tick, (now - began) * MEASURE_SHARE));
  };
  const schedule = (wait: number): void => {
    timer = setTimeout(() => {
      // Measuring swallows what it can not read; a fault here must not end the program that it watches.
      void look().catch((error: unknown) => {
        log.warn(`progress could not be measured: ${String(error)}`);
        if (!stopped) schedule(tick);
      });
    }, wait);
  };
  schedule(0);
  return {
    sawOutput: () => {
      lastActivity = performance.now();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function changed(a: TreeMeasure, b: TreeMeasure): boolean {
  return a.files !== b.files || a.bytes !== b.bytes || a.newestNs !== b.newestNs;
}
