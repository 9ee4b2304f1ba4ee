import { isRecord } from "./json";

/** What AWS said, as far as an error of the SDK tells it. */
export interface AwsAnswer {
  /** Status of the HTTP answer; nothing when there was none: time-out, reset, no address, no credentials. */
  readonly status: number | undefined;
  /** AWS's name of the error, or that of the SDK's own. */
  readonly code: string;
}

/** Reads the answer out of an error of the SDK. */
export function answerOf(error: unknown): AwsAnswer {
  // The SDK's errors are told by their fields: classes do not survive a bundle that holds two copies of a package.
  const code = error instanceof Error ? error.name : "";
  const metadata = error instanceof Error && "$metadata" in error ? error.$metadata : undefined;
  const status = isRecord(metadata) ? metadata["httpStatusCode"] : undefined;
  return { status: typeof status === "number" ? status : undefined, code };
}

/** Codes that say "too fast"; most come with 429, the older ones with 400. */
export const THROTTLING: ReadonlySet<string> = new Set([
  "TooManyRequestsException",
  "ThrottlingException",
  "Throttling",
  "RequestLimitExceeded",
  "RequestThrottled",
]);
