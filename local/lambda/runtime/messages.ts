/** What the process of an invocation is told. */
export interface InvocationMessage {
  /** JSON of the event. */
  readonly event: string;
  readonly requestId: string;
  readonly functionArn: string;
  /** Milliseconds after which the invocation is ended. */
  readonly timeoutMs: number;
  /** Whether the process waits for another invocation after its answer, as a warm sandbox does. */
  readonly warm: boolean;
}

/** What the process answers: the JSON of the handler's result, or of its error. */
export interface AnswerMessage {
  readonly kind: "result" | "error";
  readonly json: string;
}
