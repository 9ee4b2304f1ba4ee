import type { OperationName } from "../http/router";
import type { S3ErrorCode } from "../http/s3-error";

/** What goes wrong on purpose, and when. Plain data, so that it can be written down as JSON. */
export interface FaultPlan {
  /**
   * Start of the random numbers behind `probability`: the same requests in the same order meet the same faults.
   *
   * @default 1
   */
  readonly seed?: number;
  /** Of the rules that hit a request, all latencies add up, and of the rest the first is done. */
  readonly rules: readonly FaultRule[];
}

/** A fault and the requests that it hits. Without any condition: all. */
export interface FaultRule {
  readonly fault: Fault;
  /** @default - any operation */
  readonly operation?: OperationName | readonly OperationName[];
  /** @default - any bucket */
  readonly bucket?: string;
  /**
   * Key, in which `*` stands for any text.
   *
   * @default - any key
   */
  readonly key?: string;
  /** @default - any part */
  readonly partNumber?: number;
  /**
   * Which of the matching requests are hit, counted from 1.
   *
   * @default - all
   */
  readonly nth?: number | readonly number[];
  /**
   * Hits no more requests than this.
   *
   * @default - no limit
   */
  readonly times?: number;
  /**
   * Hits a matching request with this probability, 0 to 1.
   *
   * @default 1
   */
  readonly probability?: number;
}

/**
 * When in a request a connection breaks or stalls: `start`: before anything is done; `body`: in the middle of the body,
 * the request's for uploads, else the answer's; `answer`: when all is done, so that only the answer is lost.
 */
export type FaultMoment = "start" | "body" | "answer";

/** One way to go wrong. */
export type Fault =
  /** Answers an error and does nothing, e.g. `SlowDown`, `InternalError`, `ConditionalRequestConflict`. */
  | { readonly kind: "error"; readonly code: S3ErrorCode }
  /** Answers 200 whose body is an error, as S3 can for operations that take long; nothing is done. */
  | { readonly kind: "error-in-200"; readonly code: S3ErrorCode }
  /** Resets the connection. `afterBytes` of the body, by default half of it. */
  | { readonly kind: "reset"; readonly at: FaultMoment; readonly afterBytes?: number }
  /** Goes silent, for so long or until the client gives up. */
  | {
      readonly kind: "stall";
      readonly at: FaultMoment;
      readonly afterBytes?: number;
      readonly milliseconds?: number;
    }
  /** Waits before anything is done. */
  | { readonly kind: "latency"; readonly milliseconds: number }
  /** Sends one wrong byte in the content of an object, by default in the middle. */
  | { readonly kind: "corrupt"; readonly atByte?: number }
  /** Ends the connection in the middle of the content, as if it were complete. */
  | { readonly kind: "truncate"; readonly afterBytes?: number };

/** A fault that is more than latency. */
export type HardFault = Exclude<Fault, { kind: "latency" }>;
