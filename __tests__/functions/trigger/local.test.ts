import { randomUUID } from "node:crypto";
import { BatchClient } from "@aws-sdk/client-batch";
import { S3Client } from "@aws-sdk/client-s3";
import { awsBatch } from "../../../functions/runs-core/aws-batch";
import { jsonLog } from "../../../functions/runs-core/log";
import { s3Ledger } from "../../../functions/runs-core/s3-ledger";
import { s3CountFiles } from "../../../functions/trigger/count-files";
import { handle, type HandlerPorts } from "../../../functions/trigger/handler";
import { startBatch, type BatchServer } from "../../../local/batch";
import { startS3, type LocalS3 } from "../../../local/s3";
import type { TriggerAnswer } from "../../../modules/contract";
import { ON_DEMAND_QUEUE, SPEC, STANDARD_QUEUE, configOf } from "./support/fixtures";

const nameOf = (arn: string): string => arn.slice(arn.indexOf("/") + 1);
const LIMITS = { requestId: "r", remainingMs: 60_000 };

let s3: LocalS3;
let server: BatchServer;
let ports: HandlerPorts;
let clients: readonly { destroy(): void }[];
/** Calls of SubmitJob whose answers are lost. */
let dropped: number;
/** Milliseconds that the clock was put forward. */
let later: number;

const invoke = (event: unknown): Promise<TriggerAnswer> => handle(ports, event, LIMITS);
const submitted = (): string[] => server.batch.jobs().map(({ jobName }) => jobName ?? "");

beforeEach(async () => {
  dropped = 0;
  later = 0;
  const { account, region } = SPEC;
  s3 = await startS3({ region, account, buckets: [{ name: SPEC.ledgerBucket, versioned: true }] });
  server = await startBatch({
    account,
    region,
    runtime: {
      start: () =>
        Promise.resolve({ exited: Promise.resolve({ exitCode: 0 }), stop: () => undefined }),
    },
    hooks: {
      after: ({ action }) => (action === "SubmitJob" && dropped-- > 0 ? "drop" : undefined),
    },
  });
  for (const arn of [STANDARD_QUEUE, ON_DEMAND_QUEUE]) server.batch.addQueue({ name: nameOf(arn) });
  for (const { jobDefinition } of [...SPEC.chains.order, ...SPEC.chains.discovery])
    server.batch.registerJobDefinition({
      jobDefinitionName: nameOf(jobDefinition),
      type: "container",
      containerProperties: {
        image: `worker@sha256:${"0".repeat(64)}`,
        command: ["fetch"],
        resourceRequirements: [
          { type: "VCPU", value: "1" },
          { type: "MEMORY", value: "1024" },
        ],
      },
    });
  const common = {
    region,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const s3Client = new S3Client({ ...common, endpoint: s3.endpoint });
  const batchClient = new BatchClient({ ...common, endpoint: server.url });
  clients = [s3Client, batchClient];
  ports = {
    config: configOf(SPEC, { fetch: 1, publish: 1, list: 1 }),
    clock: {
      now: () => Date.now() + later,
      random: Math.random,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    ledger: s3Ledger(s3Client, SPEC.ledgerBucket),
    batch: awsBatch(batchClient),
    functions: { ask: () => Promise.reject(new Error("no function is asked here")) },
    countFiles: s3CountFiles(s3Client),
    log: jsonLog(() => undefined, Date.now),
    nonce: randomUUID,
  };
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await server.close();
  await s3.close();
});

it("starts one run of 100 copies at once, and Batch runs its jobs in their order", async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => invoke({ orderId: "../etc/'pass wd' 🎵" })),
  );
  expect(new Set(answers.map(({ orders }) => JSON.stringify(orders[0]?.jobs))).size).toBe(1);
  const [fetch, publish, ...more] = server.batch.jobs();
  expect(more).toEqual([]);
  expect(publish?.dependsOn).toEqual([{ jobId: fetch?.jobId }]);
  await server.batch.idle();
  expect(server.batch.jobs().map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(s3.keys(SPEC.ledgerBucket, "universal-music/runs/")).toHaveLength(5);
});

it("finds the job of a submission whose answer was lost", async () => {
  dropped = 1;
  const { orders } = await invoke({ orderId: "1" });
  expect(submitted()).toHaveLength(2);
  expect(orders[0]).toMatchObject({
    outcome: "started",
    jobs: { fetch: server.batch.jobs()[0]?.jobId, publish: server.batch.jobs()[1]?.jobId },
  });
});

it("completes what a dead invocation left, once its lease is over", async () => {
  await new Promise<void>((dead) => {
    const submit = (): Promise<never> => {
      dead();
      return new Promise<never>(() => undefined);
    };
    void handle({ ...ports, batch: { ...ports.batch, submit } }, { orderId: "1" }, LIMITS);
  });
  later = 121_000;
  const { orders } = await invoke({ orderId: "1" });
  expect(orders[0]?.outcome).toBe("started");
  expect(submitted()).toHaveLength(2);
});

it("tells what Batch refuses", async () => {
  ports = { ...ports, config: configOf(SPEC, { fetch: 9, publish: 1, list: 1 }) };
  await expect(invoke({ orderId: "1" })).rejects.toMatchObject({
    name: "PermanentError",
    message: expect.stringMatching(
      /^Batch refused to take step "fetch" of order key "1-[0-9a-f]{12}": ClientException: .+\. Mend the cause and send the event again$/u,
    ) as string,
  });
  expect(submitted()).toEqual([]);
});
