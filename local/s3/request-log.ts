import type { OperationName } from "./http/router";

/** One request as the server saw it. */
export interface LoggedRequest {
  /** `Unknown` for requests that are no S3 operation. */
  readonly operation: OperationName | "Unknown";
  readonly method: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly partNumber: number | undefined;
  readonly uploadId: string | undefined;
  /** Status of the answer; 0 when none was sent because the connection ended. */
  readonly status: number;
  /** Code of the S3 error, if one was answered. */
  readonly errorCode: string | undefined;
  /** Bytes of content that the request brought, without framing. */
  readonly bytesReceived: number;
  /** Bytes of the answer's body. */
  readonly bytesSent: number;
  /** The `Range` header. */
  readonly range: string | undefined;
  /** What went wrong on purpose. */
  readonly fault: string | undefined;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly milliseconds: number;
}

/** So many requests are remembered; the oldest are forgotten first. */
const LIMIT = 100_000;

/** Remembers requests in the order in which they ended. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    if (this.entries.length >= LIMIT) this.entries.splice(0, LIMIT / 10);
    this.entries.push(entry);
  }

  clear(): void {
    this.entries.length = 0;
  }
}
