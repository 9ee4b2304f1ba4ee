import { request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import type { PostRequest, Told } from "./ports";

/** Settings of {@link poster}. */
export interface PosterSettings {
  /** From the first byte sent to the last one read. @default 8000 */
  readonly timeoutMs?: number;
  /** Certificates that are trusted besides none of the usual ones; for tests. */
  readonly ca?: string;
  /** Takes `http:` URLs; for tests. @default false */
  readonly allowPlain?: boolean;
}

/** Longest answer of Retry-After that is followed, in seconds. */
const MAX_RETRY_AFTER = 3600;

/**
 * Creates a function that posts once and tells how it ended. TLS is always verified, redirects are refused: a signed
 * body must not go where the settings do not say. What is told are status codes and the names of network errors, never
 * texts of the other side or of Node, which may repeat the URL.
 */
export function poster(settings: PosterSettings = {}): (post: PostRequest) => Promise<Told> {
  const { timeoutMs = 8000, ca, allowPlain = false } = settings;
  const agent = new Agent({
    // A connection that Lambda froze is often dead when it wakes up.
    keepAlive: false,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(ca === undefined ? {} : { ca }),
  });
  return (post) =>
    new Promise((resolve) => {
      let url: URL;
      try {
        url = new URL(post.url);
      } catch {
        resolve(failed("the URL is none"));
        return;
      }
      const plain = url.protocol === "http:";
      if (plain ? !allowPlain : url.protocol !== "https:") {
        resolve(failed("the URL does not begin with https://"));
        return;
      }
      const signal = AbortSignal.timeout(timeoutMs);
      const options = {
        method: "POST",
        headers: { ...post.headers, "content-length": String(Buffer.byteLength(post.body)) },
        signal,
      };
      const answered = (answer: {
        statusCode?: number | undefined;
        headers: NodeJS.Dict<string | string[]>;
        resume(): unknown;
        destroy(): unknown;
      }): void => {
        // The status is all that counts; a body without an end is not waited for.
        answer.destroy();
        resolve(toldBy(answer.statusCode ?? 0, answer.headers["retry-after"]));
      };
      const sent = plain
        ? plainRequest(url, options, answered)
        : request(url, { ...options, agent }, answered);
      sent.on("error", (error: NodeJS.ErrnoException) => {
        resolve(
          failed(
            signal.aborted
              ? `no answer within ${String(timeoutMs)} ms`
              : `the connection failed: ${error.code ?? error.name}`,
          ),
        );
      });
      sent.end(post.body);
    });
}

/** What an answer means. */
export function toldBy(status: number, retryAfter: string | string[] | undefined): Told {
  if (status >= 200 && status < 300) return { ok: true };
  const reason =
    status >= 300 && status < 400
      ? `redirects are refused, the answer was ${String(status)}`
      : `the answer was ${String(status)}`;
  const seconds = typeof retryAfter === "string" ? retryAfterSeconds(retryAfter) : undefined;
  return {
    ok: false,
    reason,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
}

function retryAfterSeconds(text: string, now = Date.now()): number | undefined {
  const seconds = /^\d+$/u.test(text.trim())
    ? Number(text)
    : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER) : undefined;
}

const failed = (reason: string): Told => ({ ok: false, reason });
