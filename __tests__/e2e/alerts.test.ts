import path from "node:path";
import localEnvironment from "../../environments/local";
import { startS3 } from "../../local/s3";
import { tryPaths } from "../../local/try";
import { fileKey, orderKey } from "../../modules/contract";
import { Naming } from "../../modules/core";
import { type LabelTrouble, labelProject, playLabel, toldCommand } from "../cli/label-project";
import { call, type Called, REPOSITORY, type ScratchProject } from "../cli/scratch-project";

/*
 * Failures of every class: an order fails, its cause is mended, and the order is delivered by typing what the alert tells,
 * word for word. Failures of the platform and deliveries that do not hold are in cli/orders/night.test.ts.
 */

const PARTNER = "universal-music";

let project: ScratchProject;

beforeEach(() => {
  project = labelProject();
});

afterEach(() => {
  project.remove();
});

const tryIt = (): Promise<Called> => call(["try", PARTNER], project.root);
const type = (text: string, label: string): Promise<Called> =>
  call(toldCommand(text, label), project.root);
const trouble = (what: LabelTrouble): void => {
  playLabel(project, what);
};

/** Puts other bytes where the first attempt of the order will publish a file. */
async function occupy(): Promise<void> {
  const { prefix, id: environment, account, region } = localEnvironment;
  const naming = new Naming({ prefix, environment, account, region });
  const bucket = naming.bucket(PARTNER, "processed");
  const { s3: directory } = tryPaths(project.root, "local", PARTNER);
  const s3 = await startS3({ directory, region, account, buckets: [{ name: bucket }] });
  const key = orderKey("ORDER-1", { kind: "manual", orderId: "ORDER-1" });
  const run = { partner: PARTNER, orderKey: key, attempt: 1 };
  const url = [bucket, ...fileKey("deliveries/", run, "release.xml").split("/")].join("/");
  const answer = await fetch(`${s3.endpoint}/${url}`, { method: "PUT", body: "somebody else's" });
  expect(answer.status).toBe(200);
  await s3.close();
}

test.each<[which: string, breaks: () => Promise<void> | void, told: RegExp, step: string]>([
  [
    "the partner's: its program ends with an error",
    () => {
      trouble({ faults: [{ kind: "truncate", path: "release.xml" }] });
    },
    /\(partner, program-failed\)/u,
    "fetch",
  ],
  [
    "configuration: a secret has no value",
    () => {
      trouble({ without: ["TELEPORT_TOKEN"] });
    },
    /\(configuration, secret-missing\)/u,
    "fetch",
  ],
  ["ours: something else lies where a file is published", occupy, /\(ours, conflict\)/u, "publish"],
])("%s", async (_, breaks, told, step) => {
  await breaks();
  const failed = await tryIt();
  expect(failed.code).toBe(4);
  expect(failed.stdout).toMatch(told);
  expect(toldCommand(failed.stdout, "Next:")).toContain(step);
  const logs = await type(failed.stdout, "Logs:");
  expect({ code: logs.code, stderr: logs.stderr }).toEqual({ code: 0, stderr: "" });
  trouble({});
  const rerun = await type(failed.stdout, "Next:");
  expect(rerun.stdout).toMatch(/^"ORDER-1" {2}delivered {2}order-1-[0-9a-f]{12}\/2\n/u);
  expect(rerun.code).toBe(0);
});

test("the partner's server is down: what is planned is told, and what does it at once", async () => {
  trouble({ faults: [{ kind: "unavailable" }] });
  const failed = await tryIt();
  expect(failed.stdout).toMatch(/\(partner, try-later\)/u);
  expect(failed.stdout).toContain("waits for the partner's server, a new attempt is planned");
  const shown = await type(failed.stdout, "Next:");
  expect(shown.stdout).toContain("next attempt not before ");
  trouble({});
  const rerun = await type(shown.stdout, "to do it now:");
  expect(rerun.stdout).toMatch(/^"ORDER-1" {2}delivered {2}order-1-[0-9a-f]{12}\/2\n/u);
});

test("a delivery that does not hold is rejected, and stays so", async () => {
  trouble({ faults: [{ kind: "corrupt", path: "release.xml" }] });
  // A program that does not look at checksums itself; the worker does.
  const whole = JSON.stringify(path.join(REPOSITORY, "partners/universal-music"));
  project.write(
    "partners/universal-music.ts",
    `import whole from ${whole};
     const { fetch } = whole.steps;
     export default { ...whole, steps: { ...whole.steps, fetch: { ...fetch, program: [...fetch.program, "--no-verify"] } } };`,
  );
  const listed = await type((await tryIt()).stdout, "Next:");
  const rejected = await type(listed.stdout, "or:");
  expect(rejected.stdout).toMatch(
    /^rejected attempt 1 of order-1-[0-9a-f]{12}\nno channel is told of it: it is on this machine\nwhen it was delivered anew: /u,
  );
  const late = await type(listed.stdout, "next:");
  expect({ code: late.code, told: late.stderr }).toEqual({
    code: 2,
    told: expect.stringContaining("a decision is final") as string,
  });
  // The partner delivers anew: the order is fetched again, as an attempt of its own.
  trouble({});
  const why = ["--reason", "they delivered anew", "--yes"];
  const period = ["--from", "1h", "--mode", "failed"];
  const dry = await call(["orders", "backfill", PARTNER, ...period, "--dry-run"], project.root);
  expect(dry.stdout).toMatch(/"ORDER-1" {2}order-1-[0-9a-f]{12} {2}failed\n/u);
  const again = await call(["orders", "backfill", PARTNER, ...period, ...why], project.root);
  expect(again.stdout).toMatch(/"ORDER-1" {2}order-1-[0-9a-f]{12} {2}failed {2}delivered\n/u);
});
