import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
} from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type LambdaServer, startLambda } from "../../local/lambda";
import { startChecksum } from "../../local/s3/checksums/algorithms";
import { type DeclaredPartner, readPartnerStack } from "../../local/terraform-json";
import { readSpec } from "../../local/try/function-spec";
import { loadProject, synthesize } from "../../modules/app";
import { type PartnerSpec, quarantinedFileKey, quarantineReasonKey } from "../../modules/contract";
import { Naming } from "../../modules/core";
import { type Emulator, startMoto } from "../../terraform";
import { call, type Called, REPOSITORY } from "../cli/scratch-project";

/*
 * The operator's commands against an emulator of AWS, with the trigger's real zip: buckets, queues and job definitions
 * are those that the partner's stack declares, made by the SDK. The tests follow each other like a night on call.
 */

const PARTNER = "universal-music";
const CONTENT = "as it was delivered";

let directory: string;
let emulator: Emulator;
let lambda: LambdaServer;
let declared: DeclaredPartner;
let spec: PartnerSpec;
let naming: Naming;
let s3: S3Client;
let sqs: SQSClient;
const before = { ...process.env };
const queueUrls = new Map<string, string>();

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "orders-moto-"));
  const project = loadProject(REPOSITORY);
  const environment = project.environments.find(({ environment: { id } }) => id === "local");
  if (environment === undefined) throw new Error("the repository has no local environment");
  const { account, region, prefix, id } = environment.environment;
  naming = new Naming({ prefix, environment: id, account, region });
  emulator = await startMoto({ account, region });
  const [stack] = (
    await synthesize(project, { outdir: directory, environments: [id], partners: [PARTNER] })
  ).filter(({ owner }) => owner === PARTNER);
  declared = readPartnerStack(stack?.directory ?? "", () => 1);
  spec = await readSpec(declared.trigger.zipFile);
  lambda = await startLambda({ directory: path.join(directory, "lambda") });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "emulator",
    AWS_SECRET_ACCESS_KEY: "emulator",
    AWS_REGION: region,
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
  });
  s3 = new S3Client({ region, forcePathStyle: true });
  sqs = new SQSClient({ region });
  await createAll(region);
  await lambda.lambda.addFunction({
    ...declared.trigger,
    arn: naming.functionArn(PARTNER, "trigger"),
    environment: declared.trigger.environment(),
    hostEnvironment: {
      AWS_ACCESS_KEY_ID: "emulator",
      AWS_SECRET_ACCESS_KEY: "emulator",
      AWS_REGION: region,
      AWS_ENDPOINT_URL: emulator.endpoint,
    },
  });
});

afterAll(async () => {
  process.env = before;
  s3.destroy();
  sqs.destroy();
  await lambda.close();
  await emulator.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function createAll(region: string): Promise<void> {
  const names = [spec.ledgerBucket, ...declared.buckets.map(({ name }) => name)];
  for (const Bucket of names) {
    await s3.send(
      new CreateBucketCommand({
        Bucket,
        CreateBucketConfiguration: { LocationConstraint: region as "ap-northeast-2" },
      }),
    );
    await s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
  }
  for (const [owner, thing] of [
    [PARTNER, "dead-letters"],
    ["platform", "dead-letters"],
    ["platform", "announcements"],
  ] as const) {
    const QueueName = naming.name("queue", owner, thing);
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
    queueUrls.set(`${owner} ${thing}`, QueueUrl);
  }
  const logs = new CloudWatchLogsClient({ region });
  await logs.send(new CreateLogGroupCommand({ logGroupName: naming.logGroup(PARTNER, "jobs") }));
  logs.destroy();
  const batch = new BatchClient({ region });
  const computeEnvironmentName = "unmanaged";
  await batch.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName,
      type: "UNMANAGED",
      serviceRole: await createRole("batch"),
    }),
  );
  const queues = Object.values(spec.chains).flatMap((chain) =>
    chain.flatMap(({ queues: { standard, onDemand } }) => [standard, onDemand]),
  );
  for (const arn of new Set(queues))
    await batch.send(
      new CreateJobQueueCommand({
        jobQueueName: arn.split("/").pop() ?? "",
        state: "ENABLED",
        priority: 1,
        computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentName }],
      }),
    );
  for (const definition of Object.values(declared.jobDefinitions))
    await batch.send(new RegisterJobDefinitionCommand(definition));
  batch.destroy();
}

/** The emulator wants a role that is there; in AWS the service-linked one is. */
async function createRole(RoleName: string): Promise<string> {
  const answer = await fetch(emulator.endpoint, {
    method: "POST",
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=emulator/20260301/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none",
    },
    body: new URLSearchParams({
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
    }),
  });
  const text = await answer.text();
  const [, arn] = /<Arn>([^<]+)<\/Arn>/u.exec(text) ?? [];
  if (arn === undefined) throw new Error(text);
  return arn;
}

const orders = (...args: string[]): Promise<Called> =>
  call(["orders", ...args, "--env", "local"], REPOSITORY);

const ok = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await orders(...args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
  return stdout;
};

const why = ["--reason", "the e2e asks for it"];

test("a file that no event told of is found and started by backfill", async () => {
  const Bucket = naming.bucket(PARTNER, "landing");
  await s3.send(new PutObjectCommand({ Bucket, Key: "orders/LOST-1.order", Body: "x" }));
  const period = ["backfill", PARTNER, "--from", "1h"];
  const dry = await ok(...period, "--dry-run");
  expect(dry).toMatch(/"LOST-1" {2}lost-1-[0-9a-f]{12} {2}missing/u);
  expect(dry).toContain("\n1 order would be started");
  expect(await ok("list")).toMatch(/^no orders since /u);
  expect(await ok(...period, ...why, "--yes")).toMatch(
    /missing {2}started\n[^]*\n1 order handed over\n$/u,
  );
  expect(await ok("list")).toMatch(/ {2}lost-1-[0-9a-f]{12} {2}attempt 1 {2}under way\n/u);
  expect(await ok(...period, "--dry-run")).toContain("\n0 orders would be started");
});

test("what happened is shown, with who did it; a log that is not there is said to be so", async () => {
  const shown = await ok("show", PARTNER, "LOST-1");
  expect(shown).toContain("claimed through dropped");
  expect(shown).toMatch(/backfill by arn:aws:\S+: the e2e asks for it\n/u);
  expect(await ok("logs", PARTNER, "LOST-1", "--step", "fetch")).toMatch(
    /^fetch g1(?: \(job \S+\) left no log|, attempt 1 of job \S+: the log is gone)/u,
  );
});

test("a run under way is not done again before it is cancelled", async () => {
  const refused = await orders("rerun", PARTNER, "LOST-1", ...why);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("is under way; wait until it has ended, or end it: ");
  expect(await ok("cancel", PARTNER, "LOST-1", ...why, "--yes")).toMatch(
    /^cancelled attempt 1 of lost-1-[0-9a-f]{12}; 2 jobs under way\n$/u,
  );
  expect(await ok("rerun", PARTNER, "LOST-1", ...why)).toMatch(
    /^attempt 2 of lost-1-[0-9a-f]{12} is started: partner-ingest orders show /u,
  );
});

test("dead letters are listed, and taken up again", async () => {
  const event = JSON.stringify({ kind: "manual", orderId: "LETTER-1" });
  const QueueUrl = queueUrls.get(`${PARTNER} dead-letters`);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: event }));
  expect(await ok("dlq", "list")).toMatch(/ {2}order "LETTER-1" by hand[^]*\n1 dead letter\n/u);
  expect(await ok("dlq", "redrive", PARTNER, ...why, "--yes")).toContain(
    "1 dead letter taken up again, 0 kept",
  );
  expect(await ok("dlq", "list", "--partner", PARTNER)).toBe("no dead letters\n");
  expect(await ok("show", PARTNER, "LETTER-1")).toMatch(/redrive by arn:aws:\S+: the e2e/u);
});

test("a delivery in quarantine is listed and released", async () => {
  const [shown] = (
    JSON.parse(await ok("show", PARTNER, "LETTER-1", "--json")) as {
      runs: { run: { orderKey: string } }[];
    }
  ).runs;
  const run = { partner: PARTNER, orderKey: shown?.run.orderKey ?? "", attempt: 1 };
  const Bucket = naming.bucket(PARTNER, "processed");
  const checksum = startChecksum("CRC32");
  checksum.update(Buffer.from(CONTENT));
  const crc32 = checksum.digest().toString("base64");
  const reason = {
    schemaVersion: 1,
    ...run,
    step: "publish",
    generation: 1,
    orderId: "LETTER-1",
    bucket: Bucket,
    prefix: "deliveries/",
    faults: ["a.txt: wrong checksum"],
    files: [{ path: "a.txt", size: CONTENT.length, crc32, contentType: "text/plain" }],
    quarantinedAt: new Date().toISOString(),
  };
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: quarantinedFileKey(run, "a.txt"),
      Body: CONTENT,
      ChecksumAlgorithm: "CRC32",
    }),
  );
  const Key = quarantineReasonKey(run);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(reason) }));
  expect(await ok("quarantine", "list", PARTNER)).toContain("fault: a.txt: wrong checksum");
  expect(await ok("quarantine", "release", PARTNER, "LETTER-1", ...why, "--yes")).toMatch(
    /^released 1 file, 19 bytes, to /u,
  );
  expect(await ok("list")).toMatch(/ {2}letter-1-[0-9a-f]{12} {2}attempt 1 {2}delivered\n/u);
  const late = await orders("quarantine", "reject", PARTNER, "LETTER-1", ...why, "--yes");
  expect(late.stderr).toContain("a decision is final");
});

test("a paused partner's orders are recorded and wait; resume names them", async () => {
  expect(await ok("pause", PARTNER, ...why)).toMatch(
    new RegExp(`^${PARTNER} is paused since \\S+ by arn:aws:\\S+: the e2e asks for it\n`, "u"),
  );
  const twice = await orders("pause", PARTNER, ...why);
  expect({ code: twice.code, told: twice.stderr }).toEqual({
    code: 2,
    told: expect.stringContaining(
      `to let it go on: partner-ingest orders resume ${PARTNER}`,
    ) as string,
  });
  const Bucket = naming.bucket(PARTNER, "landing");
  await s3.send(new PutObjectCommand({ Bucket, Key: "orders/HELD-1.order", Body: "x" }));
  await ok("backfill", PARTNER, "--from", "1h", ...why, "--yes");
  const held = JSON.parse(await ok("show", PARTNER, "HELD-1", "--json")) as {
    runs: { status: string }[];
  };
  expect(held.runs.map(({ status }) => status)).toEqual(["waiting"]);
  expect(await ok("list")).toContain(`${PARTNER} is paused since `);
  expect(await ok("resume", PARTNER, ...why)).toMatch(/held-1-[0-9a-f]{12}/u);
  expect(await ok("list")).not.toContain("is paused");
});
