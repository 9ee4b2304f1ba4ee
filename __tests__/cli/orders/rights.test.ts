import { BatchClient } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { announceDecision } from "../../../cli/orders/announce-decision";
import { planBackfill, recordBackfill } from "../../../cli/orders/backfill";
import { cancelOrder } from "../../../cli/orders/cancel-order";
import { type OrdersPlace, type PartnerCloud } from "../../../cli/orders/cloud";
import {
  handOver,
  listDeadLetters,
  settleLetters,
  takeLetters,
} from "../../../cli/orders/dead-letters";
import { tellLines } from "../../../cli/orders/follow/follow-lines";
import { followOrder } from "../../../cli/orders/follow/follow-order";
import { listOrders } from "../../../cli/orders/list-orders";
import { cloudWatchLogs } from "../../../cli/orders/log-source";
import { orderLogs } from "../../../cli/orders/order-logs";
import { sayPause, waitingRuns } from "../../../cli/orders/pause";
import { listQuarantine, rejectOrder, releaseOrder } from "../../../cli/orders/quarantine";
import { invokeTrigger } from "../../../cli/orders/rerun-order";
import { showOrder } from "../../../cli/orders/show-order";
import { colorsFor } from "../../../cli/output/colors";
import environment from "../../../environments/local";
import { startChecksum } from "../../../local/s3/checksums/algorithms";
import { BootstrapStack } from "../../../modules/bootstrap";
import { quarantinedFileKey, quarantineReasonKey, type RunRef } from "../../../modules/contract";
import { evaluate, type IamRequest, type World } from "../../../modules/iam";
import { type Deployment, requestsOf, type SdkCall } from "../../../modules/iam/proof";
import { namingOf } from "../../../modules/stack";
import { Template } from "../../support/template";
import { recordCalls, type RecordedCall } from "./record-calls";
import { LEDGER, PARTNER, TARGET, type TestLedger, testLedger } from "./setup";

/*
 * The commands run on an S3 and an SQS of this machine, each call is recorded, and asked of the roles that the bootstrap
 * stack makes: what a command calls, its role may do. Batch, Lambda and CloudWatch Logs are answered by stand-ins.
 */

const naming = namingOf(environment);
const landing = naming.bucket(PARTNER, "landing");
const processed = naming.bucket(PARTNER, "processed");
const ledgerBucket = naming.bucket("platform", "ledger");
/** The S3 of the tests has short names; the policies are about the real ones. */
const REAL: Readonly<Record<string, string>> = { [LEDGER]: ledgerBucket, [TARGET]: processed };

const CONTENT = "as it was delivered";
const ann = { by: "ann", reason: "the label confirms it" };
const colors = colorsFor({}, {});
const local = { region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };

const { asked, deployment } = bootstrapped();

let ledger: TestLedger;
let cloud: PartnerCloud;
let place: OrdersPlace;
let calls: RecordedCall[];
/** Whether Batch knows the jobs as array jobs. */
let array: boolean;
let clients: readonly { destroy(): void }[];

beforeEach(async () => {
  ledger = await testLedger(landing);
  calls = [];
  const batch = new BatchClient(local);
  const logs = new CloudWatchLogsClient(local);
  const lambda = new LambdaClient(local);
  clients = [batch, logs, lambda];
  for (const client of [ledger.cloud.s3, ledger.sqs]) recordCalls(client, calls);
  array = false;
  recordCalls(batch, calls, ({ command, input }) => {
    if (command === "ListJobs") return { jobSummaryList: [{ arrayProperties: { index: 0 } }] };
    if (command !== "DescribeJobs") return {};
    const parent = array && !JSON.stringify(input).includes(":0");
    return {
      jobs: [
        parent
          ? { arrayProperties: { size: 2 } }
          : { attempts: [{ container: { logStreamName: "fetch/default/x" } }] },
      ],
    };
  });
  recordCalls(logs, calls, () => ({ events: [{ message: "a line" }] }));
  recordCalls(lambda, calls, () => ({
    Payload: Buffer.from(JSON.stringify({ orders: [], ignored: [] })),
  }));
  const group = naming.logGroup(PARTNER, "jobs");
  cloud = { ...ledger.cloud, batch, lambda, logs: cloudWatchLogs(batch, logs, group) };
  place = { ...ledger.place, local: false, open: () => Promise.resolve(cloud) };
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await ledger.close();
});

/** What of the calls a role may not do. */
const refused = (role: "viewer" | "on-call", made: readonly RecordedCall[]): string[] =>
  made.flatMap((call) =>
    asked(role, call)
      .filter((request) => evaluate(deployment.world, request).decision !== "Allowed")
      .map(({ action, resource }) => `${call.command}: ${action} on ${resource}`),
  );

const commands = (): string[] => [...new Set(calls.map(({ command }) => command))].sort();

const failed = (): Promise<RunRef> => ledger.run({}, { fetch: "SUCCEEDED", publish: "FAILED" });

test("viewers list, show and read logs", async () => {
  const run = await failed();
  await ledger.day("2026-03-01", run, "failed");
  const now = Date.parse("2026-03-02");
  await listOrders(place, { partners: [PARTNER], since: now - 1e8, now, failed: true }, colors);
  await showOrder(cloud, "ORDER-1", "", colors);
  await orderLogs(cloud, "ORDER-1", { tail: 10 }, colors);
  expect(commands()).toEqual(["DescribeJobs", "GetLogEvents", "GetObject", "ListObjectsV2"]);
  expect(refused("viewer", calls)).toEqual([]);
});

test("viewers follow an order, array jobs included", async () => {
  await ledger.run({}, { fetch: "RUNNING" });
  array = true;
  let looks = 0;
  const stop = new AbortController();
  await followOrder(
    {
      alive: () => Promise.resolve(true),
      cloud: () => {
        looks += 1;
        if (looks > 2) stop.abort();
        return Promise.resolve(cloud);
      },
      everyMs: 1,
      suffix: "",
    },
    "ORDER-1",
    { tail: 10 },
    tellLines({ write: () => undefined, signal: stop.signal }, colors),
    stop.signal,
  );
  expect(commands()).toEqual([
    "DescribeJobs",
    "GetLogEvents",
    "GetObject",
    "ListJobs",
    "ListObjectsV2",
  ]);
  expect(refused("viewer", calls)).toEqual([]);
  expect(refused("on-call", calls)).toEqual([]);
});

test("a re-run is the trigger's, which viewers may not invoke", async () => {
  await invokeTrigger(place, cloud, {});
  expect(refused("on-call", calls)).toEqual([]);
  expect(refused("viewer", calls)).toEqual([
    `Invoke: lambda:InvokeFunction on ${naming.functionArn(PARTNER, "trigger")}`,
  ]);
});

test("cancel ends jobs, and leaves who did it and what became of the order", async () => {
  await ledger.run({}, { fetch: "RUNNING" });
  await cancelOrder(cloud, "ORDER-1", ann);
  expect(commands()).toEqual(["GetObject", "ListObjectsV2", "PutObject", "TerminateJob"]);
  expect(calls.filter(({ command }) => command === "PutObject")).toHaveLength(2);
  expect(refused("on-call", calls)).toEqual([]);
  expect(new Set(refused("viewer", calls).map((one) => one.split(":")[0]))).toEqual(
    new Set(["TerminateJob", "PutObject"]),
  );
});

test("pause and resume are said in the ledger, and what has waited is read", async () => {
  await ledger.run({}, {});
  await sayPause(cloud, "paused", ann);
  await sayPause(cloud, "resumed", ann);
  await waitingRuns(cloud);
  expect(commands()).toEqual(["ListObjectsV2", "PutObject"]);
  expect(refused("on-call", calls)).toEqual([]);
  expect(refused("viewer", calls)).toHaveLength(4);
});

test("backfill looks at what came in, starts it and leaves who did it", async () => {
  await ledger.put(landing, "orders/LOST-1.order", "x");
  const now = Date.now();
  const wish = { ...ann, from: now - 1e6, to: now + 1e6, mode: "all" as const, max: 1 };
  const plan = await planBackfill(place, cloud, wish);
  const [order] = plan.orders;
  expect(order?.orderId).toBe("LOST-1");
  if (order === undefined) return;
  await invokeTrigger(place, cloud, order.event);
  const { orderKey, orderId } = order;
  const started = { partner: PARTNER, orderKey, orderId, chain: "order" as const, attempt: 1 };
  await recordBackfill(
    cloud,
    order,
    { orders: [{ ...started, outcome: "started", jobs: {} }] },
    wish,
  );
  expect(commands()).toContain("ListObjectVersions");
  expect(commands()).toContain("PutObject");
  expect(refused("on-call", calls)).toEqual([]);
});

describe("quarantine", () => {
  const heldBack = async (run: RunRef): Promise<void> => {
    const checksum = startChecksum("CRC32");
    checksum.update(Buffer.from(CONTENT));
    const crc32 = checksum.digest().toString("base64");
    await ledger.put(TARGET, quarantinedFileKey(run, "a/ü 1.txt"), CONTENT);
    await ledger.put(TARGET, quarantineReasonKey(run), {
      schemaVersion: 1,
      ...run,
      step: "publish",
      generation: 1,
      orderId: "ORDER-1",
      bucket: TARGET,
      prefix: "deliveries/",
      faults: ["a/ü 1.txt: wrong checksum"],
      files: [{ path: "a/ü 1.txt", size: CONTENT.length, crc32, contentType: "text/plain" }],
      quarantinedAt: "2026-03-01T21:02:00.000Z",
    });
  };

  test("what is undecided is listed: nothing is asked for that may not be there", async () => {
    await heldBack(await failed());
    await listQuarantine(cloud, [TARGET]);
    expect(calls.filter(({ missing }) => missing)).toEqual([]);
    expect(refused("on-call", calls)).toEqual([]);
    expect(refused("viewer", calls).length).toBeGreaterThan(0);
  });

  test("a release copies, compares, decides and tells the ledger", async () => {
    await heldBack(await failed());
    await releaseOrder(cloud, [landing, TARGET], "ORDER-1", ann);
    expect(commands()).toEqual([
      "CopyObject",
      "GetObject",
      "HeadObject",
      "ListObjectsV2",
      "PutObject",
    ]);
    expect(refused("on-call", calls)).toEqual([]);
  });

  test("a rejection decides, tells the ledger and the partner's channels", async () => {
    await heldBack(await failed());
    await rejectOrder(cloud, [landing, TARGET], "ORDER-1", {
      ...ann,
      announce: (decided) => announceDecision(place, cloud, decided),
    });
    expect(commands()).toContain("SendMessage");
    expect(refused("on-call", calls)).toEqual([]);
  });

  test("a read of what is not there would be forbidden, and is noticed here", () => {
    const input = { Bucket: TARGET, Key: "quarantine/x/reason.json" };
    const missing = { service: "S3", command: "GetObject", input, missing: true };
    expect(refused("on-call", [missing])).toEqual([
      `GetObject: s3:ListBucket on arn:aws:s3:::${processed}`,
    ]);
  });
});

test("dead letters are listed, handed over to all who take them, shown to others or deleted", async () => {
  const announcement = {
    schemaVersion: 1,
    kind: "failed",
    partner: PARTNER,
    orderKey: "a",
    attempt: 1,
  };
  ledger.queues.partner.send(JSON.stringify({ kind: "manual", orderId: "A" }));
  ledger.queues.platform.send(JSON.stringify(announcement));
  ledger.queues.platform.send(JSON.stringify({ source: "aws.batch", detail: {} }));
  const box = { cloud, owners: ["platform", PARTNER] };
  await listDeadLetters(place, [box]);
  const letters = await takeLetters(place, box, { max: 10 });
  for (const letter of letters)
    await settleLetters(
      place,
      cloud,
      [{ letter, runs: await handOver(place, cloud, letter) }],
      ann,
    );
  expect(commands()).toEqual([
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueUrl",
    "Invoke",
    "PutObject",
    "ReceiveMessage",
    "SendMessage",
  ]);
  expect(ledger.queues.announcements.all()).toHaveLength(1);
  expect(refused("on-call", calls)).toEqual([]);
  expect(refused("viewer", calls)).toHaveLength(asked("viewer", ...calls).length);
});

/** The roles of people as the bootstrap stack makes them, beside buckets and a queue that are encrypted. */
function bootstrapped(): {
  asked: (role: string, ...made: readonly RecordedCall[]) => IamRequest[];
  deployment: Deployment;
} {
  const template = Template.of((app) => new BootstrapStack(app, environment));
  const key = naming.arn("kms", "key/0b0a7d4e-0000-0000-0000-000000000000");
  const boundary = {
    name: "boundary",
    document: template.policy("aws_iam_policy", "people_boundary"),
  };
  const world: World = {
    partition: "aws",
    account: environment.account,
    region: environment.region,
    principals: ["viewer", "on-call"].map((thing) => ({
      arn: naming.roleArn("bootstrap", thing),
      name: thing,
      owner: "bootstrap",
      trust: { Version: "2012-10-17", Statement: [] },
      policies: [
        {
          name: "grants",
          document: template.policy("aws_iam_role_policy", thing.replace("-", "_")),
        },
      ],
      boundary,
    })),
    resources: [],
    resourcePolicies: {
      [key]: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: naming.globalArn("iam", "root") },
            Action: "kms:*",
            Resource: "*",
          },
        ],
      },
    },
  };
  const made: Deployment = {
    environment: environment.id,
    world,
    uses: [],
    specs: [],
    bucketKeys: new Map(
      [landing, processed, ledgerBucket].map((bucket) => [
        naming.bucketArn(bucket),
        { key, bucketKey: true },
      ]),
    ),
    messageKeys: new Map([[naming.queueArn("platform", "announcements"), key]]),
    unknownBoundaries: [],
    boundaryArns: new Map(),
    access: [],
    readers: [],
  };
  return {
    deployment: made,
    asked: (role, ...recorded) =>
      recorded.flatMap((call) => requestsFor(naming.roleArn("bootstrap", role), call, made)),
  };
}

function requestsFor(role: string, recorded: RecordedCall, made: Deployment): IamRequest[] {
  const { service, command, missing } = recorded;
  const input = realNames(recorded);
  const ask = (call: SdkCall | { action: string; resource: string }): IamRequest[] =>
    requestsOf({ role, say: command, known: "recorded", call }, made);
  if (service === "CloudWatchLogs")
    return ask({
      action: `logs:${command}`,
      resource: naming.arn(
        "logs",
        `log-group:${String(input["logGroupName"])}:log-stream:${String(input["logStreamName"])}`,
      ),
    });
  // S3 tells that there is no such object to those alone who may list the bucket, and such a read has no prefix.
  const list = { service, command: "ListObjectsV2", input: { Bucket: input["Bucket"] } };
  return [...ask({ service, command, input }), ...(missing ? ask(list) : [])];
}

function realNames({ service, command, input }: SdkCall): SdkCall["input"] {
  const bucket = String(input["Bucket"]);
  const source = String(input["CopySource"]);
  return {
    ...input,
    ...("Bucket" in input ? { Bucket: REAL[bucket] ?? bucket } : {}),
    ...("CopySource" in input ? { CopySource: source.replace(TARGET, processed) } : {}),
    // What the trigger gave the job, and decides.
    ...(service === "Batch" && command === "TerminateJob"
      ? { tags: { "partner-ingest:environment": environment.id } }
      : {}),
  };
}
