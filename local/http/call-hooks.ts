/** A call of an API, as hooks see it. */
export interface ApiCall {
  /** e.g. `SubmitJob`. */
  readonly action: string;
  readonly input: unknown;
}

/**
 * Lets tests step between a request, its effect and its answer: to kill the caller at an exact moment, to lose an
 * answer, to make a call fail.
 */
export interface CallHooks {
  /** Before the call has an effect. Throw an `AwsError` to answer with it. */
  readonly before?: (call: ApiCall) => Promise<void> | void;
  /** After its effect, before the answer. `drop` loses the answer. */
  readonly after?: (call: ApiCall) => Promise<"drop" | undefined> | "drop" | undefined;
}
