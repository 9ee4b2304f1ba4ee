import { request as http, type Agent, type IncomingHttpHeaders } from "node:http";
import { request as https } from "node:https";

/** Bodies are handed to a TLS socket in such pieces: it encrypts all that it is given at once. */
export const SLICE_BYTES = 256 * 1024;

/** A request with all its headers. */
export interface DirectRequest {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How a direct request is sent. */
export interface DirectOptions {
  readonly agent: Agent;
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** An answer other than 200. */
export class DirectRefusal extends Error {
  override readonly name = "DirectRefusal";

  constructor(readonly status: number) {
    super(`the answer's status was ${String(status)}`);
  }
}

/**
 * Sends a request once.
 *
 * @returns the headers of an answer with status 200
 * @throws when anything else comes of it; the connection is closed then, and no longer reads the body
 */
export function sendDirect(
  { secure, body, ...options }: DirectRequest,
  { agent, idleMs, signal }: DirectOptions,
): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const request = (secure ? https : http)({ ...options, agent, timeout: idleMs });
    const stop = (): void => {
      request.destroy(new Error("the request was stopped"));
    };
    signal.addEventListener("abort", stop);
    request.on("timeout", () => {
      request.destroy(new Error(`nothing moved for ${String(idleMs)} ms`));
    });
    request.on("error", (error) => {
      failure ??= error;
    });
    request.on("response", (answer) => {
      const { statusCode = 0, headers } = answer;
      if (statusCode !== 200) {
        failure = new DirectRefusal(statusCode);
        // The body may still be on its way: what is left of this connection is of no use.
        request.destroy();
        return;
      }
      answer.on("end", () => {
        signal.removeEventListener("abort", stop);
        resolve(headers);
      });
      answer.on("error", (error) => {
        failure ??= error;
      });
      answer.resume();
    });
    // Only now nothing reads the body any more. After a good end this changes nothing.
    request.on("close", () => {
      signal.removeEventListener("abort", stop);
      reject(failure ?? new Error("the connection ended before the answer"));
    });
    if (signal.aborted) stop();
    else if (secure && body.length > SLICE_BYTES) writeSlices(request, body);
    else request.end(body);
  });
}

interface Writable {
  write(piece: Buffer): boolean;
  end(piece: Buffer): unknown;
  once(event: "drain", listener: () => void): unknown;
}

function writeSlices(request: Writable, body: Buffer): void {
  let at = 0;
  const next = (): void => {
    while (at < body.length) {
      const piece = body.subarray(at, at + SLICE_BYTES);
      at += piece.length;
      if (at === body.length) request.end(piece);
      else if (!request.write(piece)) {
        request.once("drain", next);
        return;
      }
    }
  };
  next();
}
