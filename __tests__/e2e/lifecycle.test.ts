import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { demoOrders } from "../../images/teleport/stand-in/orders";
import { matchesPattern } from "../../local/try/event-pattern";
import type { SynthesizedStack } from "../../modules/app";
import {
  type Manifest,
  manifestKey,
  type TriggerAnswer,
  type TriggeredOrder,
} from "../../modules/contract";
import { namingOf } from "../../modules/stack";
import {
  acceptedDrifts,
  checkDrifts,
  differences,
  type PlanJson,
  type SavedPlan,
  UNDELETABLE,
  UNUSABLE,
  unknownPolicies,
  unusedOverrides,
} from "../../terraform";
import { LISTINGS, listEverything } from "./support/aws-listing";
import { Deployment } from "./support/deployment";
import { EmulatedPartner } from "./support/emulated-partner";
import { lookingAfterRuns } from "./support/looking-after-runs";
import { smallArchive } from "./support/small-archive";

/*
 * One partner from its file to delivered objects and away again, on the real Terraform, AWS provider and emulator.
 * The tests follow each other like the days of a deployment: each builds on what those before it left.
 */

const PARTNER = "universal-music";

let directory: string;
let deployment: Deployment;
let partner: EmulatedPartner;
const plans = new Map<string, SavedPlan>();
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "lifecycle-"));
  deployment = await Deployment.start(directory);
  closing.push(() => deployment.emulator.stop());
});

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
  rmSync(directory, { recursive: true, force: true });
});

async function apply(stacks: readonly SynthesizedStack[]): Promise<void> {
  for (const stack of stacks) plans.set(stack.name, await deployment.apply(stack));
}

describe("applying", () => {
  test("the emulator holds nothing at first", async () => {
    expect(await held()).toEqual([]);
  });

  test("bootstrap and platform, validated, planned and applied", async () => {
    await apply(await deployment.shared());
    expect([...plans.keys()]).toEqual(["local--bootstrap", "local--platform"]);
  });

  test("the partners, with the facts of the platform that was applied", async () => {
    const stacks = await deployment.partners();
    expect(stacks.map(({ name }) => name)).toContain(`local--${PARTNER}`);
    await apply(stacks);
  });

  test("a first plan only creates", () => {
    for (const { json } of plans.values()) {
      const actions = (json.resource_changes ?? []).map(({ change }) => change.actions.join());
      expect([...new Set(actions)]).toEqual(["create"]);
    }
  });

  test("no policy document is unknown before it is applied, but the grants on access points", () => {
    const unknown = [...plans.values()].flatMap(({ json }) => unknownPolicies(json));
    expect(unknown.map(({ address }) => address)).toEqual([
      "aws_iam_role_policy.job_fetch_mount_staging",
      "aws_iam_role_policy.job_publish_mount_staging",
    ]);
  });

  test("a second plan shows what is known of the emulator, and nothing else", async () => {
    const second: PlanJson[] = [];
    for (const runner of deployment.runners) second.push((await runner.plan()).json);
    const unpacking = deployment.project.partners.filter(({ steps }) =>
      Object.values(steps).some((step) => step.kind === "unpack" && step.lambda !== undefined),
    );
    const drifts = acceptedDrifts(
      deployment.environment,
      partnerIds(),
      unpacking.map(({ id }) => id),
    );
    expect(checkDrifts(second, drifts)).toEqual({ unlisted: [], unused: [] });
  });

  test("every override is needed, and touches what it says and nothing else", () => {
    const stacks = [...deployment.configurations.values()];
    const applied = stacks.flatMap((stack) => stack.applied);
    expect(unusedOverrides(deployment.overrides, applied)).toEqual([]);
    for (const stack of stacks)
      expect(differences(stack.before, stack.after).sort()).toEqual(
        stack.applied.map(({ at }) => at).sort(),
      );
  });
});

describe("ingesting", () => {
  let bucket: string;
  let landing: string;
  let queues: readonly string[];
  let answer: TriggerAnswer;

  beforeAll(async () => {
    const naming = namingOf(deployment.environment);
    bucket = naming.bucket(PARTNER, "processed");
    landing = naming.bucket(PARTNER, "landing");
    queues = Object.keys(deployment.environment.pools).flatMap((pool) =>
      ["standard", "on-demand"].map((kind) => naming.jobQueueArn("platform", `${pool}-${kind}`)),
    );
    partner = await EmulatedPartner.start({
      emulator: deployment.emulator,
      region: deployment.environment.region,
      runner: deployment.runner(`local--${PARTNER}`),
      functionName: naming.name("function", PARTNER, "trigger"),
      directory: path.join(directory, "partner"),
    });
    closing.push(() => partner.close());
    // What can not be used here stands in the list; the mapping is put to rest where functions of the platform run.
    expect(UNUSABLE.map(({ type }) => type)).toEqual([
      "aws_s3_bucket_policy",
      "aws_lambda_event_source_mapping",
    ]);
    await partner.dropBucketPolicies(
      [...plans.values()].flatMap(({ json }) =>
        (json.resource_changes ?? []).flatMap(({ type, change }) =>
          type === "aws_s3_bucket" ? String(change.after?.["bucket"]) : [],
        ),
      ),
    );
  });

  test("an order by hand becomes two jobs", async () => {
    answer = await partner.invoke({ kind: "manual", orderId: "TEST-ORDER-1" });
    const order = only(answer);
    expect(order).toMatchObject({ orderId: "TEST-ORDER-1", attempt: 1, outcome: "started" });
    expect(Object.keys(order.jobs)).toEqual(["fetch", "publish"]);
    expect(await jobs()).toEqual(Object.values(order.jobs).sort());
  });

  test("copies of it, side by side and one after the other, do nothing", async () => {
    const event = { kind: "manual", orderId: "TEST-ORDER-1" };
    const copies = await Promise.all([1, 2, 3, 4].map(() => partner.invoke(event)));
    for (const copy of [...copies, await partner.invoke(event)])
      expect(only(copy)).toEqual({ ...only(answer), outcome: "known" });
    expect(await jobs()).toEqual(Object.values(only(answer).jobs).sort());
  });

  test("the jobs that Batch holds deliver the order byte for byte, the manifest with it", async () => {
    const ended = await partner.run(Object.values(only(answer).jobs));
    expect(ended.map(({ name, exitCode }) => [name.split("--")[3], exitCode])).toEqual([
      ["fetch", 0],
      ["publish", 0],
    ]);
    await expectDelivered("TEST-ORDER-1", only(answer));
  });

  test("an object in the landing bucket is an order, as EventBridge tells of it", async () => {
    const event = await drop("orders/TEST-ORDER-2.order", "v1");
    expect(matchesPattern(JSON.parse(rulePattern()), event)).toBe(true);
    const dropped = only(await partner.invoke(event));
    expect(dropped).toMatchObject({ orderId: "TEST-ORDER-2", outcome: "started" });
    expect(only(await partner.invoke(event)).outcome).toBe("known");
    await partner.run(Object.values(dropped.jobs));
    await expectDelivered("TEST-ORDER-2", dropped);
  });

  test("the same key with new content is a new order", async () => {
    const before = await jobs();
    const again = only(await partner.invoke(await drop("orders/TEST-ORDER-2.order", "v2")));
    expect(again.outcome).toBe("started");
    expect((await jobs()).length).toBe(before.length + 2);
    await partner.run(Object.values(again.jobs));
    await expectDelivered("TEST-ORDER-2", again);
  });

  test("a bucket notification, with its url-encoded key, is the same order as EventBridge's event", async () => {
    const event = await drop("orders/TEST-ORDER-1/bonus.order", "v1");
    const { object } = event.detail;
    const record = {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      awsRegion: deployment.environment.region,
      s3: {
        bucket: { name: landing },
        object: {
          key: encodeURIComponent(object.key).replaceAll("%20", "+"),
          size: object.size,
          eTag: object.etag,
          versionId: object["version-id"],
          sequencer: object.sequencer,
        },
      },
    };
    const notified = only(await partner.invoke({ Records: [record] }));
    expect(notified).toMatchObject({ orderId: "TEST-ORDER-1/bonus", outcome: "started" });
    expect(only(await partner.invoke(event))).toEqual({ ...notified, outcome: "known" });
    await partner.run(Object.values(notified.jobs));
    await expectDelivered("TEST-ORDER-1/bonus", notified);
  });

  test("an object that is no order starts nothing", async () => {
    const before = await jobs();
    const event = await drop("elsewhere/TEST-ORDER-3.order", "v1");
    expect(matchesPattern(JSON.parse(rulePattern()), event)).toBe(false);
    const { orders, ignored } = await partner.invoke(event);
    expect({ orders, ignored: ignored.length }).toEqual({ orders: [], ignored: 1 });
    expect(await jobs()).toEqual(before);
  });

  test("the schedule looks for orders, and starts those that are new", async () => {
    const known = await jobs();
    const looked = only(await partner.invoke(scheduled("2026-03-02T21:00:00Z")));
    expect(looked).toMatchObject({ outcome: "started", chain: "discovery" });
    expect(Object.keys(looked.jobs)).toEqual(["look"]);
    expect(only(await partner.invoke(scheduled("2026-03-02T21:00:00Z"))).outcome).toBe("known");
    const [look] = await partner.run(Object.values(looked.jobs));
    expect(look).toMatchObject({ exitCode: 0 });
    // TEST-ORDER-1 was taken by hand; what came as an object has the object's identity, not the listed id's.
    const started = (await jobs()).filter(
      (id) => !known.includes(id) && !Object.values(looked.jobs).includes(id),
    );
    expect(started).toHaveLength(4);
    const ended = await partner.run(started);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  });

  test("the next look finds nothing new", async () => {
    const looked = only(await partner.invoke(scheduled("2026-03-02T21:10:00Z")));
    const before = await jobs();
    await partner.run(Object.values(looked.jobs));
    expect(await jobs()).toEqual(before);
  });

  async function jobs(): Promise<readonly string[]> {
    return [...(await partner.jobIds(queues))].sort();
  }

  async function expectDelivered(orderId: string, order: TriggeredOrder): Promise<void> {
    const run = { partner: PARTNER, orderKey: order.orderKey, attempt: order.attempt };
    const prefix = `deliveries/${order.orderKey}/${String(order.attempt)}/`;
    const delivered = await partner.objects(bucket, prefix);
    const source = demoOrders().find(({ id }) => id === orderId)?.files ?? [];
    expect(source.length).toBeGreaterThan(0);
    const key = manifestKey("deliveries/", run);
    for (const { path: name, content } of source)
      expect(delivered.get(`${prefix}files/${name}`)?.equals(content)).toBe(true);
    const manifest = JSON.parse(delivered.get(key)?.toString() ?? "{}") as Manifest;
    expect(manifest).toMatchObject({ ...run, orderId, bucket });
    // Whatever lies there is in the manifest, and whatever is in the manifest lies there.
    expect([...manifest.files.map((file) => file.key), key].sort()).toEqual(
      [...delivered.keys()].sort(),
    );
    expect(manifest.files.map((file) => file.path)).toEqual(
      expect.arrayContaining(source.map((file) => file.path)),
    );
  }

  /** Puts an object and returns the event that EventBridge would send. */
  async function drop(key: string, content: string) {
    const put = await partner.s3.send(
      new PutObjectCommand({ Bucket: landing, Key: key, Body: content }),
    );
    return {
      version: "0",
      id: "17793124-05d4-b198-2fde-7ededc63b103",
      "detail-type": "Object Created",
      source: "aws.s3",
      account: deployment.environment.account,
      time: "2026-03-01T10:00:00Z",
      region: deployment.environment.region,
      resources: [`arn:aws:s3:::${landing}`],
      detail: {
        version: "0",
        bucket: { name: landing },
        object: {
          key,
          size: content.length,
          etag: put.ETag?.replaceAll('"', "") ?? "",
          "version-id": put.VersionId ?? "",
          sequencer: "0062E99A88DC407460",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        requester: deployment.environment.account,
        reason: "PutObject",
      },
    };
  }
});

smallArchive("ai-results", () => ({ deployment, directory, closing }));

lookingAfterRuns(PARTNER, () => ({ deployment, plans, directory, closing }));

describe("destroying", () => {
  test("can be seen: every type that was applied can be listed", () => {
    const types = [...plans.values()].flatMap(({ json }) =>
      (json.resource_changes ?? []).flatMap(({ mode, type }) => (mode === "managed" ? [type] : [])),
    );
    expect([...new Set(types)].filter((type) => !(type in LISTINGS))).toEqual([]);
  });

  test("is complete: of everything that was there nothing is left", async () => {
    expect((await held()).length).toBeGreaterThan(50);
    const forgotten: string[] = [];
    for (const runner of deployment.runners.toReversed()) {
      const done = await deployment.destroy(runner);
      expect(done.left).toEqual([]);
      forgotten.push(...done.forgotten);
    }
    expect(await held()).toEqual([]);
    // Whatever the emulator learns to delete has no business in the list any more.
    expect(UNDELETABLE.filter(({ type }) => !forgotten.some((at) => at.startsWith(type)))).toEqual(
      [],
    );
  });
});

function held(): Promise<readonly string[]> {
  return listEverything(deployment.emulator.endpoint, deployment.environment.region);
}

function partnerIds(): readonly string[] {
  return deployment.project.partners.map(({ id }) => id);
}

function only(answer: TriggerAnswer): TriggeredOrder {
  const [order, ...more] = answer.orders;
  if (order === undefined || more.length > 0)
    throw new Error(`one order was expected, got ${JSON.stringify(answer)}`);
  return order;
}

/** An attribute of the one resource of a type in the partner's applied plan. */
function planned(type: string): Readonly<Record<string, unknown>> {
  const found = plans
    .get(`local--${PARTNER}`)
    ?.json.resource_changes?.filter((change) => change.type === type);
  const after = found?.[0]?.change.after;
  if (found?.length !== 1 || after == null) throw new Error(`one ${type} was expected`);
  return after;
}

function rulePattern(): string {
  return String(planned("aws_cloudwatch_event_rule")["event_pattern"]);
}

/** What Scheduler sends: the input of the applied schedule, with its placeholder filled in. */
function scheduled(time: string): unknown {
  const [target] = planned("aws_scheduler_schedule")["target"] as readonly { input: string }[];
  return JSON.parse(target?.input.replaceAll("<aws.scheduler.scheduled-time>", time) ?? "null");
}
