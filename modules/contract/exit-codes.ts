/**
 * The one table of worker exit codes. Job definitions (retry strategy), the worker, the functions and the
 * documentation read it; nothing else says what a code means.
 *
 * `onExit` is what Batch does after the attempt: `retry` starts another attempt while attempts are left, `exit` ends the
 * job. The partner's program never decides a code: its own code is recorded in the step report and mapped to one of these.
 */
export const EXIT_CODES = {
  ok: { code: 0, onExit: "exit", meaning: "the step did its work" },
  internal: { code: 70, onExit: "exit", meaning: "a fault of the worker itself" },
  configuration: {
    code: 64,
    onExit: "exit",
    meaning: "settings, permissions or secrets are wrong; a retry can not help",
  },
  programFailed: {
    code: 65,
    onExit: "exit",
    meaning: "the partner's program ended with an error; its own code is in the step report",
  },
  badDelivery: {
    code: 66,
    onExit: "exit",
    meaning: "what was delivered does not hold: wrong checksum, missing or changing files",
  },
  conflict: {
    code: 67,
    onExit: "exit",
    meaning: "the target holds different bytes under the same key",
  },
  outOfSpace: { code: 68, onExit: "exit", meaning: "staging or scratch is full" },
  tryLater: {
    code: 69,
    onExit: "exit",
    meaning: "the partner's server is down or asks to wait; a new attempt is made later",
  },
  interrupted: {
    code: 75,
    onExit: "retry",
    meaning: "the worker was told to stop (Spot reclaim, scale-in) and saved its work",
  },
  transient: {
    code: 74,
    onExit: "retry",
    meaning: "an AWS call failed after its own retries (throttling, network)",
  },
  noProgress: {
    code: 76,
    onExit: "exit",
    meaning: "the program made no progress within its limit and was ended",
  },
  superseded: {
    code: 77,
    onExit: "exit",
    meaning: "another attempt of the same step took over; no success, no retry, no escalation",
  },
} as const satisfies Record<string, ExitCode>;

/** One row of {@link EXIT_CODES}. */
export interface ExitCode {
  readonly code: number;
  readonly onExit: "retry" | "exit";
  readonly meaning: string;
}

/** The name of an exit code. */
export type ExitCodeName = keyof typeof EXIT_CODES;

/**
 * Finds the name of a worker exit code.
 *
 * @returns the name, or `undefined` for a code that the worker never uses (a signal, a missing interpreter).
 */
export function exitCodeName(code: number): ExitCodeName | undefined {
  return (Object.keys(EXIT_CODES) as ExitCodeName[]).find((name) => EXIT_CODES[name].code === code);
}
