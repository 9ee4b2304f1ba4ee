import path from "node:path";
import { loadProject } from "../../../../modules/app";
import { readDeployments } from "../../../../modules/app/read-deployments";
import { evaluate } from "../../../../modules/iam";
import { type Deployment, declaredCalls, requestsOf } from "../../../../modules/iam/proof";
import {
  coverageOf,
  markRecorded,
  RECORDING,
  reduceCalls,
} from "../../../../modules/iam/proof/recorded";
import { recordedProject } from "../../../../scripts/iam-calls-project";
import { askable, callsOfRoles, recordTry } from "../../../../scripts/iam-calls-session";
import { testDirectory } from "../../../support/project-directory";

const out = testDirectory();
const project = recordedProject(loadProject(path.resolve(__dirname, "../../../..")), out.path);
let deployment: Deployment;

beforeAll(async () => {
  const [only] = await readDeployments(project, { outdir: path.join(out.path, "all") });
  if (only === undefined) throw new Error("no environment");
  deployment = only;
});

afterAll(() => {
  out.remove();
});

test("all that was recorded is asked about, of partners that have every kind of step", () => {
  const covered = coverageOf(declaredCalls(deployment), deployment);
  expect(covered.filter(({ asked }) => !asked)).toEqual([]);
  expect(new Set(covered.map(({ work }) => work))).toEqual(new Set(Object.keys(RECORDING.calls)));
});

test("a recorded call that nobody asks about is told by its name", () => {
  const recording = {
    schemaVersion: 1,
    calls: { trigger: ["S3 DeleteObject {ledger}/{partner}/runs/{order}/{n}/claim.json"] },
  } as const;
  expect(
    coverageOf(declaredCalls(deployment), deployment, recording).map(({ shape, asked }) => ({
      shape,
      asked,
    })),
  ).toContainEqual({ shape: recording.calls.trigger[0], asked: false });
});

test("a call is known by a recording only where one holds it", () => {
  const marked = markRecorded(declaredCalls(deployment), deployment);
  const known = (say: string): readonly string[] =>
    [...new Set(marked.filter((call) => call.say === say).map((call) => call.known))].sort();
  expect(known("claim an order")).toEqual(["recorded"]);
  // The reconciler was seen to do it, triggers were not.
  expect(known("take an intent over")).toEqual(["modelled", "recorded"]);
  expect(known("mount staging")).toEqual(["modelled"]);
});

test("a run as it is now: every call of every role is allowed, and is among those asked about", async () => {
  const { result, calls } = await recordTry(project, { partner: "one-job" });
  expect(result.outcome).toBe("delivered");
  const own = callsOfRoles(calls, deployment);
  const refused = own.flatMap((one) =>
    requestsOf(askable(one, deployment), deployment).filter(
      (request) => evaluate(deployment.world, request).decision !== "Allowed",
    ),
  );
  expect(refused).toEqual([]);
  // What the platform's functions look at depends on what comes first; the committed recording is asked about above.
  const steady = own.filter(({ use }) => use.kind === "job" || use.owner === "one-job");
  const fresh = { schemaVersion: 1 as const, calls: reduceCalls(steady, deployment.specs) };
  expect(Object.keys(fresh.calls)).toEqual(["job deliver", "trigger"]);
  expect(
    coverageOf(declaredCalls(deployment), deployment, fresh).filter(({ asked }) => !asked),
  ).toEqual([]);
});
