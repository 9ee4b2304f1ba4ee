import { RetryableError } from "../../../functions/runs-core/errors";
import type { PlatformPorts } from "../../../functions/runs-core/platform-ports";
import type { SubmitOutcome } from "../../../functions/runs-core/ports";
import type { Announcement } from "../../../modules/contract";
import { parseKey } from "../../../modules/ledger";
import type { ModelBatch } from "./model-batch";

/** How a port hands a call to the world: what the call does, and what an answer that says nothing is. */
export type Ask = <T>(what: string, effect: () => T, unanswered?: () => T) => Promise<T>;

/** Where calls have their effect. */
export interface Effects {
  readonly objects: Map<string, { body: string; etag: string }>;
  readonly batch: ModelBatch;
  readonly told: Announcement[];
  readonly now: () => number;
  readonly nextId: () => string;
  readonly met: (what: string) => void;
  /** Whether Batch answers a submission with too many requests. */
  readonly throttles: () => boolean;
  /** A job was accepted. */
  readonly accepted: () => void;
}

/** The ports of an invocation but its clock and its log: every call goes through `ask`. */
export function askedPorts(
  ask: Ask,
  { objects, batch, told, now, nextId, met, throttles, accepted }: Effects,
): Pick<PlatformPorts, "ledger" | "batch" | "control" | "announce"> {
  const kind = (key: string): string => parseKey(key)?.kind ?? "other";
  const put = (key: string, body: string): "written" => {
    objects.set(key, { body, etag: nextId() });
    return "written";
  };
  return {
    ledger: {
      create: (key, body) =>
        ask(`create ${kind(key)}`, () => (objects.has(key) ? "conflict" : put(key, body))),
      replace: (key, body, etag) =>
        ask(`replace ${kind(key)}`, () =>
          objects.get(key)?.etag === etag ? put(key, body) : "conflict",
        ),
      find: (key) => ask("find", () => objects.get(key)),
      read: (key) =>
        ask("read", () => {
          const stored = objects.get(key);
          if (stored === undefined) throw new Error(`read of a missing object: ${key}`);
          return stored;
        }),
      list: (prefix, after = "") =>
        ask("list", () => ({
          keys: [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort(),
        })),
    },
    batch: {
      submit: (request) =>
        ask<SubmitOutcome>(
          "submit",
          () => {
            if (throttles()) return { kind: "throttled", reason: "Too Many Requests" };
            const { jobId, jobArn } = batch.accept(request);
            accepted();
            return { kind: "accepted", jobId, jobArn };
          },
          () => ({ kind: "unknown", reason: "no answer" }),
        ),
      findByName: (name, queue) =>
        ask("findByName", () => {
          const named = batch.jobs.filter((job) => job.jobName === name && job.jobQueue === queue);
          const visible = named.filter(({ visibleAt }) => visibleAt <= now());
          if (visible.length < named.length) met("stale listing of jobs");
          return visible;
        }),
    },
    control: {
      describe: (ids) =>
        ask("describe", () => {
          const known = ids.map((id) => batch.describe(id));
          if (known.some((details) => details.length === 0)) met("job that Batch has forgotten");
          return known.flat();
        }),
      failedChildren: (id) => ask("failedChildren", () => batch.failedChildren(id)),
      terminate: (id, reason) =>
        ask("terminate", () => {
          batch.terminate(id, reason);
        }),
    },
    announce: (announcement) =>
      ask("announce", () => {
        if (!told.some(({ id }) => id === announcement.id)) told.push(announcement);
      }),
  };
}

/** What a call without an answer comes to. */
export const noAnswer = (): never => {
  throw new RetryableError("no answer");
};
