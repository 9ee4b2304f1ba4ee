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

/** Counts what the client sends from now on. */
export function countRequests(client: S3Client): RequestCounts {
  const counts: RequestCounts = { requests: 0, retries: 0 };
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
