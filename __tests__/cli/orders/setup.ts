import path from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type OrdersPlace, type PartnerCloud } from "../../../cli/orders/cloud";
import { type LogSource, NO_CHILDREN } from "../../../cli/orders/log-source";
import { sqsQueues } from "../../../cli/orders/message-queues";
import { s3LedgerReader } from "../../../cli/orders/s3-ledger-reader";
import { type LocalS3, startS3 } from "../../../local/s3";
import { LocalQueue, startSqs } from "../../../local/sqs";
import { loadProject } from "../../../modules/app";
import {
  claimKey,
  type ClaimRecord,
  dayKey,
  type DayFact,
  jobStatusKey,
  orderKey,
  type RunRef,
  submittedKey,
} from "../../../modules/contract";
import { Naming } from "../../../modules/core";

export const LEDGER = "ledger";
export const TARGET = "target";
export const PARTNER = "universal-music";

/** No job has written anything. */
export const NO_LOGS: LogSource = {
  streams: () => Promise.resolve([]),
  tail: () => Promise.resolve(undefined),
  read: () => Promise.resolve(undefined),
  runningChildren: () => Promise.resolve(NO_CHILDREN),
  settlesMs: 0,
};

/** A ledger in an S3 on loopback, and what looks at it. */
export interface TestLedger {
  readonly s3: LocalS3;
  readonly cloud: PartnerCloud;
  readonly sqs: SQSClient;
  /** Dead letters of the platform and of the partner, and what is announced. */
  readonly queues: Readonly<Record<"platform" | "partner" | "announcements", LocalQueue>>;
  readonly place: OrdersPlace;
  put(bucket: string, key: string, body: unknown): Promise<void>;
  /** Writes a claim, and a job of each step with its status. */
  run(claim: Partial<ClaimRecord>, statuses: Readonly<Record<string, string>>): Promise<RunRef>;
  day(day: string, run: RunRef, fact: DayFact): Promise<void>;
  read(key: string): Promise<unknown>;
  close(): Promise<void>;
}

const queueName = (owner: string, thing: string): string => `pi--local--${owner}--${thing}`;

/**
 * Starts a {@link TestLedger}.
 *
 * @param landing - a versioned bucket that is there, too
 */
export async function testLedger(landing?: string): Promise<TestLedger> {
  const s3 = await startS3({
    buckets: [
      { name: LEDGER },
      { name: TARGET },
      ...(landing === undefined ? [] : [{ name: landing, versioned: true }]),
    ],
  });
  const client = new S3Client({
    region: "us-east-1",
    endpoint: s3.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const platform = new LocalQueue({ name: queueName("platform", "dead-letters") });
  const partner = new LocalQueue({ name: queueName(PARTNER, "dead-letters") });
  const announcements = new LocalQueue({ name: queueName("platform", "announcements") });
  const sqsServer = await startSqs([platform, partner, announcements]);
  const sqs = new SQSClient({
    region: "us-east-1",
    endpoint: sqsServer.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const cloud: PartnerCloud = {
    partner: PARTNER,
    ledger: s3LedgerReader(client, LEDGER),
    ledgerBucket: LEDGER,
    s3: client,
    logs: NO_LOGS,
    queues: sqsQueues(sqs),
  };
  const put = async (bucket: string, key: string, body: unknown): Promise<void> => {
    const url = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(`${s3.endpoint}/${url}`, { method: "PUT", body: text });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const project = loadProject(path.resolve(__dirname, "../../.."));
  const environment = project.environments[0]?.environment;
  if (environment === undefined) throw new Error("the project has no environment");
  const { prefix, id, account, region } = environment;
  return {
    s3,
    cloud,
    sqs,
    queues: { platform, partner, announcements },
    put,
    place: {
      project,
      environment,
      naming: new Naming({ prefix, environment: id, account, region }),
      local: true,
      who: () => Promise.resolve("ann"),
      open: () => Promise.resolve(cloud),
      close: () => Promise.resolve(),
    },
    run: async (claim, statuses) => {
      const orderId = claim.orderId ?? "ORDER-1";
      const source = claim.source ?? { kind: "manual" as const, orderId };
      const key = orderKey(orderId, source);
      const run = { partner: PARTNER, orderKey: key, attempt: claim.attempt ?? 1 };
      await put(LEDGER, claimKey(run), {
        schemaVersion: 1,
        ...run,
        orderId,
        chain: "order",
        source,
        trigger: "by-hand",
        specDigest: "0",
        jobDefinitionRevisions: Object.fromEntries(Object.keys(statuses).map((s) => [s, 1])),
        nonce: "n",
        claimedAt: "2026-03-01T21:00:00.000Z",
        ...claim,
      });
      for (const [step, status] of Object.entries(statuses)) {
        const ref = { ...run, step, generation: 1 };
        const jobId = `job-${step}`;
        await put(LEDGER, submittedKey(ref), {
          ...ref,
          jobId,
          jobQueue: "arn:aws:batch:r:a:job-queue/pi--local--platform--label-standard",
          submittedAt: "2026-03-01T21:00:01.000Z",
        });
        await put(LEDGER, jobStatusKey(ref, jobId, status), {
          ...ref,
          attempts: [],
          statusReason: status === "FAILED" ? "Essential container in task exited" : undefined,
          at: "2026-03-01T21:01:01.000Z",
        });
      }
      return run;
    },
    day: (day, run, fact) => put(LEDGER, dayKey(day, run, fact), {}),
    read: async (key) => JSON.parse((await s3.read(LEDGER, key)).toString("utf8")) as unknown,
    close: async () => {
      client.destroy();
      sqs.destroy();
      await s3.close();
      await sqsServer.close();
    },
  };
}
