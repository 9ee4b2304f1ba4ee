/** What the process of an invocation is told. */
export interface InvocationMessage {
  /** JSON of the event. */
  readonly event: string;
  readonly requestId: string;
  readonly functionArn: string;
  /** Milliseconds since the epoch at which the invocation is ended. */
  readonly deadline: number;
}

/** What the process answers: the JSON of the handler's result, or of its error. */
export interface AnswerMessage {
  readonly kind: "result" | "error";
  readonly json: string;
}
