import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type LabelOrder } from "../../../images/teleport/stand-in/orders";
import { startS3 } from "../../../local/s3";
import {
  InterruptedError,
  tryPartner,
  tryPaths,
  type TryEvent,
  type TryOptions,
} from "../../../local/try";
import { fileKey } from "../../../modules/contract";
import { label, ORDERS, projectIn, temporary } from "./setup";

const place = temporary();

afterAll(() => {
  place.remove();
});

const run = (options: Partial<TryOptions> = {}): ReturnType<typeof tryPartner> => {
  const standIn = label();
  return tryPartner({
    project: projectIn(place.directory),
    environment: "local",
    partner: "universal-music",
    findStandIn: (image) => (image === "teleport" ? standIn : undefined),
    ...options,
  });
};

/** Content of delivered objects by the file's path, as they lie in the bucket after everything has stopped. */
async function delivered(
  result: Awaited<ReturnType<typeof tryPartner>>,
  orderId: string,
): Promise<Map<string, Buffer>> {
  const order = result.orders.find((candidate) => candidate.orderId === orderId);
  const [delivery] = order?.deliveries ?? [];
  if (order === undefined || delivery === undefined) throw new Error(`no delivery of ${orderId}`);
  const s3 = await startS3({ directory: path.join(result.directory, "s3") });
  try {
    const files = new Map<string, Buffer>();
    for (const { path: name, key } of delivery.files) {
      expect(key).toBe(fileKey("deliveries/", { ...order, partner: result.partner }, name));
      files.set(name, await s3.read(delivery.bucket, key));
    }
    return files;
  } finally {
    await s3.close();
  }
}

function expectBytes(files: ReadonlyMap<string, Buffer>, order: LabelOrder): void {
  for (const { path: name, content } of order.files)
    expect(files.get(name)?.equals(content)).toBe(true);
  expect([...files.keys()].sort()).toEqual(
    [...order.files.map(({ path: name }) => name), "SHA256SUMS", "delivery.md5"].sort(),
  );
}

test("an order by hand is delivered byte for byte; the second time it is known; fresh delivers it anew", async () => {
  const events: TryEvent[] = [];
  const first = await run({ onEvent: (event) => void events.push(event) });
  expect(first).toMatchObject({
    partner: "universal-music",
    environment: "local",
    trigger: { name: "byHand", kind: "manual" },
    outcome: "delivered",
    reasons: [],
    orders: [
      {
        orderId: "ORDER-1",
        chain: "order",
        outcome: "delivered",
        jobs: [
          { step: "fetch", status: "SUCCEEDED", attempts: [{ exitCode: 0, exitName: "ok" }] },
          { step: "publish", status: "SUCCEEDED", attempts: [{ exitCode: 0, exitName: "ok" }] },
        ],
      },
    ],
  });
  const order = ORDERS[0] as LabelOrder;
  expectBytes(await delivered(first, "ORDER-1"), order);
  expect(first.orders[0]?.deliveries[0]?.differences).toEqual([]);
  expect(first.orders[0]?.ledgerKeys.map((key) => key.replace(/[0-9a-f-]{36}/u, "<job>"))).toEqual(
    [
      "claim.json",
      ...["fetch", "publish"].map((step) => `locks/${step}.json`),
      ...["fetch", "publish"].flatMap((step) =>
        [
          "<job>.1.report.json",
          ...(step === "publish" ? ["<job>.PENDING.json"] : []),
          ...["RUNNABLE", "RUNNING", "STARTING", "SUBMITTED", "SUCCEEDED"].map(
            (status) => `<job>.${status}.json`,
          ),
          "intent.json",
          "submitted.json",
        ].map((name) => `steps/${step}/1/${name}`),
      ),
    ].map((name) => `universal-music/runs/${first.orders[0]?.orderKey ?? ""}/1/${name}`),
  );
  const statuses = events.flatMap((event) =>
    event.kind === "job" ? [`${event.step} ${event.status}`] : [],
  );
  expect(statuses.filter((text) => text.startsWith("fetch"))).toEqual(
    ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"].map(
      (status) => `fetch ${status}`,
    ),
  );
  const log = first.orders[0]?.jobs[0]?.logFile ?? "";
  expect(readFileSync(log, "utf8")).toContain("order has 3 files, 305001 bytes");

  const second = await run();
  expect(second).toMatchObject({
    outcome: "known",
    orders: [{ orderId: "ORDER-1", outcome: "known", jobs: [], deliveries: [{ differences: [] }] }],
  });
  const third = await run({ fresh: true });
  expect(third).toMatchObject({ outcome: "delivered", orders: [{ jobs: [{}, {}] }] });
});

test("a schedule looks for new orders, and each of them is delivered", async () => {
  const result = await run({ fresh: true, trigger: "schedule" });
  expect(result).toMatchObject({ outcome: "delivered", trigger: { kind: "schedule" } });
  expect(result.orders.map(({ orderId, outcome }) => `${outcome} ${orderId}`).sort()).toEqual([
    "delivered ORDER-1",
    "delivered ORDER-2/b",
    expect.stringMatching(/^listed \d{4}-\d{2}-\d{2}$/u) as string,
  ]);
  for (const order of ORDERS) expectBytes(await delivered(result, order.id), order);
});

test("a schedule that finds nothing new delivers nothing", async () => {
  const result = await run({ trigger: "newOrders" });
  expect(result.outcome).toBe("known");
  expect(result.orders.map(({ orderId, outcome }) => `${outcome} ${orderId}`)).toEqual([
    expect.stringMatching(/^(?:listed|known) \d{4}-\d{2}-\d{2}$/u),
    "known ORDER-1",
    "known ORDER-2/b",
  ]);
});

test("an object in the landing bucket starts its order; the key is not an id by chance", async () => {
  const result = await run({ fresh: true, trigger: "s3Object", order: "ORDER-2/b" });
  expect(result).toMatchObject({
    outcome: "delivered",
    trigger: { name: "dropped", kind: "s3" },
    orders: [{ orderId: "ORDER-2/b", outcome: "delivered" }],
  });
  expectBytes(await delivered(result, "ORDER-2/b"), ORDERS[1] as LabelOrder);
});

test.each([`../../etc/passwd`, `a'; rm -rf "$HOME"; '`, "emoji 😀 and 한국어", "x".repeat(1000)])(
  "an order with the odd id %j arrives whole",
  async (orderId) => {
    const order = { ...(ORDERS[1] as LabelOrder), id: orderId };
    const standIn = label({ orders: [order] });
    const result = await run({
      fresh: true,
      order: orderId,
      findStandIn: (image) => (image === "teleport" ? standIn : undefined),
    });
    expect(result).toMatchObject({ outcome: "delivered", orders: [{ orderId }] });
    expectBytes(await delivered(result, orderId), order);
  },
);

describe("refuses, before anything is started,", () => {
  test("a trigger that is not there", async () => {
    await expect(run({ trigger: "sqs" })).rejects.toThrow(
      '--trigger must be the name or the kind of a trigger of partners/universal-music, got "sqs"; known are "byHand" (manual), "dropped" (s3), "newOrders" (schedule)',
    );
  });

  test("an order id with a line break", async () => {
    await expect(run({ order: "a\nb" })).rejects.toThrow(
      '--order holds control characters, got "a\\nb"; an order\'s id is one line of text of at most 1,024 bytes',
    );
  });

  test("an order for a schedule", async () => {
    await expect(run({ order: "a", trigger: "schedule" })).rejects.toThrow(
      '--order has no meaning for the schedule "newOrders", which is the order or finds orders itself; leave it out',
    );
  });

  test("a program that no stand-in brings", async () => {
    await expect(run({ findStandIn: () => undefined })).rejects.toThrow(
      'partners/universal-music: the fetch step runs "/opt/teleport/bin/teleport", which is not on this machine; to run it here add images/teleport/stand-in/index.ts that exports standIn (images/stand-in.ts says what it is, images/teleport/stand-in is an example)',
    );
  });
});

test("a secret without a value fails the start of the job with the secret's ARN", async () => {
  const standIn = label();
  const result = await run({
    fresh: true,
    findStandIn: (image) =>
      image !== "teleport"
        ? undefined
        : {
            start: async () => {
              const running = await standIn.start();
              return {
                ...running,
                environment: { TELEPORT_URL: running.environment["TELEPORT_URL"] ?? "" },
              };
            },
          },
  });
  expect(result.outcome).toBe("failed");
  expect(result.reasons).toEqual([
    expect.stringMatching(
      /^order "ORDER-1": step fetch: ResourceInitializationError: unable to pull secrets: the secret "arn:aws:secretsmanager:\S+" of variable TELEPORT_TOKEN has no value on this machine$/u,
    ),
  ]);
});

test("two runs of a partner do not meet, and one that was killed does not block the next", async () => {
  const first = run({ fresh: true });
  await expect(run({ fresh: true })).rejects.toThrow(
    `another run of universal-music is under way on this machine (process ${String(process.pid)}); wait until it has ended, or stop it`,
  );
  expect((await first).outcome).toBe("delivered");
  const { root } = tryPaths(place.directory, "local", "universal-music");
  writeFileSync(`${root}.lock`, "4194305");
  expect((await run()).outcome).toBe("known");
  expect(existsSync(`${root}.lock`)).toBe(false);
});

test("stopping leaves nothing behind, and the order that was broken off is not started twice", async () => {
  const controller = new AbortController();
  const standIn = label({ faults: [{ kind: "hang", path: "release.xml" }] });
  const stopped = run({
    fresh: true,
    signal: controller.signal,
    findStandIn: (image) => (image === "teleport" ? standIn : undefined),
    onEvent: (event) => {
      if (event.kind === "log" && event.line.includes("order has")) controller.abort();
    },
  });
  await expect(stopped).rejects.toBeInstanceOf(InterruptedError);
  expect(marked(place.directory)).toEqual([]);
  const again = await run();
  expect(again.outcome).toBe("failed");
  expect(again.reasons).toEqual([
    'order "ORDER-1": was started by an earlier run that failed or was broken off, and is not started twice; begin anew with --fresh, or take another order',
  ]);
});

/** Processes that know a directory of this test from their environment. */
function marked(directory: string): string[] {
  return existsSync("/proc")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/u.test(name))
        .filter((pid) => {
          try {
            return (
              pid !== String(process.pid) &&
              readFileSync(`/proc/${pid}/environ`, "utf8").includes(directory)
            );
          } catch {
            return false;
          }
        })
    : [];
}
