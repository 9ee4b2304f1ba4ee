const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** What tells a step to stop. */
export interface Stop {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** The signal that came, if one did. */
  readonly seen: () => string | undefined;
}

/**
 * Listens for the signals with which Batch, ECS and people stop a job. Nothing that is correct depends on them: a Spot
 * reclaim may end the process without any. They only save time.
 */
export function listenForStop(target: NodeJS.Process): Stop {
  const controller = new AbortController();
  let seen: string | undefined;
  for (const name of SIGNALS) {
    target.on(name, () => {
      seen ??= name;
      controller.abort(new Error(`told to stop by ${name}`));
    });
  }
  return { signal: controller.signal, seen: () => seen };
}
