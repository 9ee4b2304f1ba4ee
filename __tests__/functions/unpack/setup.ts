import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type InvocationResult, type LambdaServer, startLambda } from "../../../local/lambda";
import { type LocalS3, type S3Options, startS3 } from "../../../local/s3";
import {
  ENV,
  orderKey,
  type OrderSource,
  type StepRef,
  stepPrefix,
  type UnpackEvent,
  type UnpackSettings,
} from "../../../modules/contract";
import { packFunction } from "../../../modules/lambda";

const LEDGER = "ledger";
const NAME = "pi--test--ai-results--unpack";

const SETTINGS: UnpackSettings = {
  kind: "unpack",
  bucket: "processed",
  prefix: "deliveries/",
  files: "{orderId}/result/",
  ifTaken: "overwrite",
  nameEncoding: "auto",
  caseInsensitive: false,
  minFiles: 1,
  verifyFirst: true,
  maxEntries: 1000,
  maxEntryBytes: 1024 ** 3,
  maxTotalBytes: 1024 ** 3,
  maxRatio: 200,
};

/** An order as the lab knows it. */
export interface LabOrder {
  readonly ref: StepRef;
  readonly source: OrderSource;
  readonly event: UnpackEvent;
}

/** The function's real package in a Lambda on loopback, and an S3 with its buckets. */
export interface Lab {
  readonly s3: LocalS3;
  /** Puts an archive into the bucket, and tells what the trigger would send. */
  readonly drop: (user: string, archive: Buffer) => Promise<LabOrder>;
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
  /** What lies below the step's prefix in the ledger: names and bodies. */
  readonly facts: (order: LabOrder) => Promise<Record<string, Record<string, unknown>>>;
  readonly put: (bucket: string, key: string, body: string) => Promise<void>;
  readonly lambda: LambdaServer;
  /** Variables of the function. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Starts a lab. */
export async function startLab({
  timeoutSeconds = 60,
  ...options
}: S3Options & { timeoutSeconds?: number } = {}): Promise<Lab> {
  const directory = mkdtempSync(path.join(tmpdir(), "unpack-"));
  const s3 = await startS3({
    ...options,
    buckets: [{ name: "landing" }, { name: "processed" }, { name: LEDGER }],
  });
  const zipFile = path.join(directory, "unpack.zip");
  writeFileSync(zipFile, (await packFunction("unpack")).zip);
  const own = {
    [ENV.partner]: "ai-results",
    [ENV.ledgerBucket]: LEDGER,
    [ENV.stepSettings]: JSON.stringify(SETTINGS),
  };
  const host = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_S3: s3.endpoint,
  };
  const lambda = await startLambda({ directory: path.join(directory, "functions") });
  await lambda.lambda.addFunction({
    name: NAME,
    arn: `arn:aws:lambda:us-east-1:111122223333:function:${NAME}`,
    zipFile,
    handler: "index.handler",
    environment: own,
    hostEnvironment: host,
    timeoutSeconds,
    memoryMib: 1769,
  });
  const client = new S3Client({
    region: "us-east-1",
    endpoint: s3.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const put = async (Bucket: string, Key: string, Body: string | Buffer): Promise<void> => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body }));
  };
  return {
    s3,
    lambda,
    environment: { ...own, ...host },
    put,
    drop: async (user, archive) => {
      const key = `${user}/result.zip`;
      await put("landing", key, archive);
      return orderOf(user, { kind: "s3", bucket: "landing", key, sequencer: "1" });
    },
    invoke: (event) => lambda.lambda.invoke(NAME, JSON.stringify(event)),
    facts: async ({ ref }) => {
      const prefix = stepPrefix(ref);
      const found: Record<string, Record<string, unknown>> = {};
      for (const key of s3.keys(LEDGER, prefix))
        found[key.slice(prefix.length)] = JSON.parse(
          (await s3.read(LEDGER, key)).toString("utf8"),
        ) as Record<string, unknown>;
      return found;
    },
    close: async () => {
      client.destroy();
      await lambda.close();
      await s3.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function orderOf(user: string, source: OrderSource): LabOrder {
  const run = { partner: "ai-results", orderKey: orderKey(user, source), attempt: 1 };
  return {
    ref: { ...run, step: "unpack", generation: 1 },
    source,
    event: {
      schemaVersion: 1,
      ...run,
      environment: {
        [ENV.orderId]: user,
        [ENV.orderKey]: run.orderKey,
        [ENV.attempt]: "1",
        [ENV.step]: "unpack",
        [ENV.generation]: "1",
        [ENV.claimedDay]: "2026-03-01",
        [ENV.source]: JSON.stringify(source),
      },
    },
  };
}
