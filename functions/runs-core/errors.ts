/** Base of the errors of the trigger. `name` is what a caller of the function sees as its `errorType`. */
export abstract class TriggerError extends Error {
  /** True when the same event can succeed later without anybody mending anything. */
  abstract readonly retryable: boolean;
}

/** The event is wrong: nothing was written or submitted for it, and repeating it does not help. */
export class InputError extends TriggerError {
  override readonly name = "InputError";
  override readonly retryable = false;
}

/** The deployment is wrong: a variable of the environment or `spec.json`. Holds every fault at once. */
export class ConfigError extends TriggerError {
  override readonly name = "ConfigError";
  override readonly retryable = false;
  /** One text for each fault. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the trigger can not start: ${faults.join("; ")}`);
    this.faults = faults;
  }
}

/** Not done, nothing is wrong: another invocation is at it, or an AWS call gave no answer. The event must come again. */
export class RetryableError extends TriggerError {
  override readonly name = "RetryableError";
  override readonly retryable = true;
}

/** Not done, and somebody has to mend something: AWS refused, or the ledger holds what it should not. */
export class PermanentError extends TriggerError {
  override readonly name = "PermanentError";
  override readonly retryable = false;
}

/** Several parts of one event failed. Its message holds all of theirs, because Lambda passes on the message alone. */
export class OrdersFailedError extends TriggerError {
  override readonly name = "OrdersFailedError";
  override readonly retryable: boolean;
  readonly errors: readonly Error[];

  constructor(errors: readonly Error[]) {
    super(
      `${String(errors.length)} parts of the event failed: ${errors
        .map((error) => `${error.name}: ${error.message}`)
        .join("; ")}`,
    );
    this.errors = errors;
    this.retryable = errors.some((error) => error instanceof TriggerError && error.retryable);
  }
}

/**
 * The text of anything that was thrown.
 *
 * @param timeoutMs - after which the call was broken off, where it had a limit
 */
export function reasonOf(thrown: unknown, timeoutMs?: number): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { name, message } = thrown;
  // Network errors keep the words in `code`; the SDK gives a reset the name of a time-out, so the code comes first.
  if ("code" in thrown && typeof thrown.code === "string")
    return message === "" ? thrown.code : `${thrown.code}: ${message}`;
  if (timeoutMs !== undefined && (name === "AbortError" || name === "TimeoutError"))
    return `no answer within ${String(timeoutMs)} ms`;
  return message === "" ? name : `${name}: ${message}`;
}
