import type { S3Client } from "@aws-sdk/client-s3";

/** Requests of a client so far. */
export interface RequestCounts {
  /** Calls, however often each was tried. */
  requests: number;
  /** Tries beyond the first: a network or a service in trouble shows here before anything fails. */
  retries: number;
}

interface Metadata {
  readonly $metadata?: { readonly attempts?: number };
}

const counted = new WeakMap<S3Client, RequestCounts>();

/** Counts a request that was sent past the SDK; one that failed is made again by the SDK, which counts it. */
export function countDirect(client: S3Client, done: boolean): void {
  const counts = counted.get(client);
  if (counts === undefined) return;
  if (done) counts.requests += 1;
  else counts.retries += 1;
}

/** Counts what the client sends from now on. */
export function countRequests(client: S3Client): RequestCounts {
  const counts: RequestCounts = { requests: 0, retries: 0 };
  counted.set(client, counts);
  const ended = (end: unknown): void => {
    const { $metadata } = (typeof end === "object" && end !== null ? end : {}) as Metadata;
    counts.retries += Math.max(0, ($metadata?.attempts ?? 1) - 1);
  };
  client.middlewareStack.add(
    (next) => async (args) => {
      counts.requests += 1;
      try {
        const result = await next(args);
        ended(result.output);
        return result;
      } catch (error) {
        ended(error);
        throw error;
      }
    },
    { step: "initialize", name: "countRequests" },
  );
  return counts;
}
