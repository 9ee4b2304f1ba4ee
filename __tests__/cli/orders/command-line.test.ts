import localEnvironment from "../../../environments/local";
import { startS3 } from "../../../local/s3";
import { tryPaths } from "../../../local/try";
import { claimKey, dayKey, type DayFact, orderKey, type RunRef } from "../../../modules/contract";
import { Naming } from "../../../modules/core";
import { dayOf } from "../../../modules/ledger";
import { call, type Called, type ScratchProject, scratchProject } from "../scratch-project";

const PARTNER = "universal-music";
const TODAY = dayOf(Date.now());

let project: ScratchProject;
let failed: RunRef;
const terminal = process.stdin.isTTY;

beforeAll(async () => {
  // Nobody can be asked, wherever the tests run.
  process.stdin.isTTY = false;
  project = scratchProject();
  failed = await state(project.root);
});

afterAll(() => {
  process.stdin.isTTY = terminal;
  project.remove();
});

/** Leaves what a run of `try` that failed leaves in the ledger of this machine. */
async function state(root: string): Promise<RunRef> {
  const { prefix, id: environment, account, region } = localEnvironment;
  const naming = new Naming({ prefix, environment, account, region });
  const bucket = naming.bucket("platform", "ledger");
  const buckets = [
    bucket,
    naming.bucket(PARTNER, "landing"),
    naming.bucket(PARTNER, "processed"),
  ].map((name) => ({ name }));
  const directory = tryPaths(root, environment, PARTNER).s3;
  const s3 = await startS3({ directory, region, account, buckets });
  const put = async (key: string, body: unknown): Promise<void> => {
    const url = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
    const answer = await fetch(`${s3.endpoint}/${url}`, {
      method: "PUT",
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const orderId = "UM-2026-0001";
  const source = { kind: "manual", orderId } as const;
  const run = { partner: PARTNER, orderKey: orderKey(orderId, source), attempt: 1 };
  await put(claimKey(run), {
    schemaVersion: 1,
    ...run,
    orderId,
    chain: "order",
    source,
    trigger: "byHand",
    specDigest: "0",
    jobDefinitionRevisions: { fetch: 1, publish: 1 },
    nonce: "n",
    claimedAt: `${TODAY}T00:00:00.000Z`,
  });
  for (const fact of ["claimed", "failed"] satisfies DayFact[])
    await put(dayKey(TODAY, run, fact), {});
  await s3.close();
  return run;
}

const orders = (...args: string[]): Promise<Called> => call(["orders", ...args], project.root);

test("every command has help, with its options", async () => {
  for (const command of [
    ["list"],
    ["show"],
    ["logs"],
    ["rerun"],
    ["cancel"],
    ["pause"],
    ["resume"],
    ["backfill"],
    ["dlq", "list"],
    ["dlq", "redrive"],
    ["quarantine", "list"],
    ["quarantine", "release"],
    ["quarantine", "reject"],
  ]) {
    const { code, stdout } = await orders(...command, "--help");
    expect({ command, code }).toEqual({ command, code: 0 });
    for (const option of ["--env <id>", "--local", "--endpoint-url <url>", "--json"])
      expect(stdout).toContain(option);
  }
});

test("an offline environment's orders are those of this machine, with or without --local", async () => {
  const plain = await orders("list", "--json");
  expect(JSON.parse(plain.stdout)).toEqual({
    days: expect.any(Array) as unknown,
    orders: [{ ...failed, day: TODAY, fact: "failed", told: false }],
    paused: [],
  });
  expect((await orders("list", "--json", "--local")).stdout).toBe(plain.stdout);
  expect((await orders("list", "--failed")).stdout).toContain(
    `${TODAY}  universal-music  ${failed.orderKey}  attempt 1  failed\n`,
  );
});

test("an order that is not there: those that are called alike", async () => {
  expect(await orders("show", PARTNER, "UM-2026-0010")).toEqual({
    code: 2,
    stdout: "",
    stderr: `error: "UM-2026-0010" is no order of universal-music in the ledger; alike are ${failed.orderKey}; orders list --since 7d tells those of the last days\n`,
  });
  expect((await orders("show", PARTNER, "zzz")).stderr).toBe(
    'error: "zzz" is no order of universal-music in the ledger; orders list --since 7d tells those of the last days\n',
  );
});

test("the shapes of --json", async () => {
  const parse = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await orders(...args, "--json")).stdout);
  expect(await parse("show", PARTNER, "UM-2026-0001")).toMatchObject({
    orderKey: failed.orderKey,
    runs: [{ run: failed, steps: [{ step: "fetch" }, { step: "publish" }] }],
  });
  expect(await parse("logs", PARTNER, "UM-2026-0001")).toEqual({
    ...failed,
    functions: [],
    sections: [],
  });
  expect(await parse("dlq", "list")).toEqual({ letters: [], notApplied: [] });
  expect(await parse("quarantine", "list", PARTNER)).toEqual([]);
  expect(await parse("backfill", PARTNER, "--from", "1h", "--mode", "failed", "--dry-run")).toEqual(
    {
      dryRun: true,
      orders: [],
      left: 0,
      notes: [`${failed.orderKey} is under way and left alone`],
    },
  );
});

test.each([
  [
    ["rerun", PARTNER, "UM-2026-0001"],
    "--reason must say why in 1 to 1024 characters, got none; it is kept in the ledger",
  ],
  [
    ["cancel", PARTNER, "UM-2026-0001", "--reason", "r"],
    'to cancel "UM-2026-0001" of universal-music, --yes must be given where nobody can be asked',
  ],
  [
    ["quarantine", "release", PARTNER, "UM-2026-0001", "--reason", "r"],
    'to release "UM-2026-0001" of universal-music, --yes must be given where nobody can be asked',
  ],
  [
    ["dlq", "redrive", PARTNER, "--reason", "r"],
    "to take up the dead letters of universal-music again, --yes must be given where nobody can be asked",
  ],
  [
    ["backfill", PARTNER, "--from", "1d", "--reason", "r"],
    "to start up to 10 orders of universal-music, --yes must be given where nobody can be asked",
  ],
  [
    ["backfill", PARTNER, "--from", "1d", "--mode", "some"],
    '--mode must be one of missing, failed, all, got "some"',
  ],
  [
    ["backfill", PARTNER, "--from", "1d", "--max", "0"],
    '--max must be a whole number from 1 to 1000, got "0"',
  ],
  [
    ["backfill", PARTNER, "--from", "2026-03-02", "--to", "2026-03-01"],
    "--from must lie before --to and before now, got 2026-03-02T00:00:00.000Z and 2026-03-01T23:59:59.999Z",
  ],
  [
    ["logs", PARTNER, "UM-2026-0001", "--step", "fetsh"],
    '--step must be a step of the order, got "fetsh"; known are fetch, publish',
  ],
  [
    ["logs", PARTNER, "UM-2026-0001", "--attempt", "2"],
    "--attempt must be an attempt of the order, got 2; there is 1",
  ],
  [
    ["dlq", "redrive", "platform", "--reason", "r", "--yes"],
    "the platform's dead letters are with those of each partner here; name a partner in place of platform",
  ],
  [["show", "acme", "a"], '"acme" is no partner of this project; known are "universal-music"'],
  [
    ["rerun", PARTNER, "UM-2026-0001", "--from", "fetsh", "--reason", "r"],
    `attempt 1 of ${orderKey("UM-2026-0001", { kind: "manual", orderId: "UM-2026-0001" })} is under way; wait until it has ended, or end it: partner-ingest orders cancel universal-music ${orderKey("UM-2026-0001", { kind: "manual", orderId: "UM-2026-0001" })}`,
  ],
])("refused, with exit code 2: %j", async (args, text) => {
  expect(await orders(...args)).toEqual({ code: 2, stdout: "", stderr: `error: ${text}\n` });
});

test("nothing was run here: the command that does", async () => {
  const empty = scratchProject();
  try {
    const { code, stderr } = await call(["orders", "show", PARTNER, "x"], empty.root);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: ${PARTNER} has no runs on this machine; start one: partner-ingest try ${PARTNER}\n`,
    });
    expect((await call(["orders", "list"], empty.root)).stdout).toMatch(/^no orders since /u);
  } finally {
    empty.remove();
  }
});
