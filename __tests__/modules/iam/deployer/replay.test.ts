import path from "node:path";
import { loadProject } from "../../../../modules/app";
import type { Environment } from "../../../../modules/config";
import {
  deployerArn,
  deployerPolicies,
  DEPLOYER_PHASES,
  exampleRequests,
  type Recording,
} from "../../../../modules/iam/deployer";
import { requestsOf } from "../../../../modules/iam/deployer/replay";
import type { PolicyDocument } from "../../../../modules/iam/policy-document";
import { accessProject, freshAccessProject } from "../../../../scripts/iam-record-access";
import { SCENARIOS, TAKEN_BACK } from "../../../../scripts/iam-record-changes";
import { freshProject, variantsProject } from "../../../../scripts/iam-record-fresh";
import {
  readRecording,
  refused,
  replay,
  replayed,
  scopeOfStack,
} from "../../../support/deployer-replay";

const ROOT = path.resolve(__dirname, "../../../..");
const sources = loadProject(ROOT);

function environmentOf(project: typeof sources, id: string): Environment {
  const found = project.environments.find(({ environment }) => environment.id === id);
  if (found === undefined) throw new Error(`there is no environment ${id}`);
  return found.environment;
}

const RECORDINGS: readonly (readonly [string, Recording, Environment])[] = [
  ["local", readRecording("local"), environmentOf(sources, "local")],
  [
    "variants",
    readRecording("variants"),
    environmentOf(variantsProject(ROOT, sources), "variants"),
  ],
  ["access", readRecording("access"), environmentOf(accessProject(ROOT, sources), "access")],
  ["fresh", readRecording("fresh"), environmentOf(freshProject(ROOT, sources), "stage")],
  [
    "fresh-access",
    readRecording("fresh-access"),
    environmentOf(freshAccessProject(ROOT, sources), "doors"),
  ],
];

const STACKS = RECORDINGS.flatMap(([name, recording, environment]) =>
  recording.stacks.map(
    (stack) => [`${name}: ${stack.name}`, recording, stack, environment] as const,
  ),
);

/** A policy that was never changed has no older versions to delete: the bootstrap stack of the variants tells less. */
const MUTATED = STACKS.filter(
  ([name]) =>
    name.startsWith("local") ||
    name === "access: access--bootstrap" ||
    name === "variants: variants--platform" ||
    name === "variants: variants--weather",
);

/** The variants were the first whose changes were taken back: the others hold no tag that is taken away. */
const takesBack = ({ calls }: Recording["stacks"][0]): boolean =>
  calls.some(({ scenario }) => scenario === TAKEN_BACK[0]);
const isUntag = (action: string): boolean => /:(?:Untag\w+|DeleteTags)$/u.test(action);

describe("replaying what was recorded, request by request", () => {
  test.each(STACKS)(
    "%s is allowed by the policies of each phase alone",
    (_, recording, stack, environment) => {
      expect(stack.calls.length).toBeGreaterThan(10);
      expect(replay(environment, recording, stack)).toEqual([]);
    },
  );

  test.each(STACKS.filter(([, , { kind }]) => kind === "partner"))(
    "%s is allowed by the policies for all partners",
    (_, recording, stack, environment) => {
      expect(replay(environment, recording, stack, "*")).toEqual([]);
    },
  );

  test("the fresh recording shares no name, account or region with those of the table", () => {
    const told = JSON.stringify(["fresh", "fresh-access"].map(readRecording));
    for (const local of ["local", "variants", "access"].map(readRecording))
      for (const text of [local.account, local.region, `${local.prefix}--`])
        expect(told).not.toContain(text);
  });

  test("another environment's recording is refused, but for what has no resource", () => {
    const recording = readRecording("fresh");
    const environment = environmentOf(sources, "local");
    for (const stack of recording.stacks) {
      const scope = scopeOfStack(environment, stack);
      const { documents } = deployerPolicies({ ...scope, phases: DEPLOYER_PHASES });
      const requests = replayed(recording, stack, deployerArn(scope))
        .map(({ request }) => request)
        .filter(
          ({ resource, action }) =>
            resource !== "*" && !/service-role/u.test(resource) && !action.startsWith("kms:"),
        );
      expect(requests.length).toBeGreaterThan(5);
      expect(refused(scope, documents, requests)).toHaveLength(requests.length);
    }
  });
});

test.each(["platform", "partner"] as const)(
  "every group of attributes that change in place was changed in a %s stack, and taken back",
  (kind) => {
    const stack = readRecording("variants").stacks.find((one) => one.kind === kind);
    const scenarios = stack?.calls.flatMap(({ scenario }) => scenario ?? []);
    expect([...new Set(scenarios)]).toEqual([...Object.keys(SCENARIOS), TAKEN_BACK[0]]);
  },
);

describe("nothing more than is needed", () => {
  test.each(MUTATED)(
    "%s: the removal of any action is noticed",
    (_, recording, stack, environment) => {
      const scope = scopeOfStack(environment, stack);
      // Only the first recording also changes what it made.
      const phases = DEPLOYER_PHASES.filter(
        (phase) => phase !== "update" || stack.calls.some((call) => call.phase === "update"),
      );
      const { documents, needs } = deployerPolicies({ ...scope, phases, types: stack.types });
      const recorded = replayed(recording, stack, deployerArn(scope)).map(({ request }) => request);
      const curated = needs
        .filter(({ source }) => source !== "recorded")
        .flatMap((need) => exampleRequests(need, scope));
      const survivors = actionsOf(documents).filter((action) => {
        if (isUntag(action) && !takesBack(stack)) return false;
        const left = without(documents, action);
        const asked = [...recorded, ...curated].filter((request) => request.action === action);
        return refused(scope, left, asked).length === 0;
      });
      expect(survivors).toEqual([]);
    },
  );
});

test("a call that names nothing that is known is an error", () => {
  const [[, recording]] = RECORDINGS as [(typeof RECORDINGS)[0]];
  const [stack] = recording.stacks;
  if (stack === undefined) throw new Error("nothing was recorded");
  expect(() =>
    requestsOf(
      {
        phase: "apply",
        step: "create",
        type: "x",
        service: "SQS",
        operation: "DeleteQueue",
        parameters: {},
      },
      { recording, stack, caller: "arn:aws:iam::123456789012:role/x" },
    ),
  ).toThrow("SQS.DeleteQueue names no resource in {}");
});

/** Actions that documents allow. */
function actionsOf(documents: readonly PolicyDocument[]): string[] {
  const all = documents.flatMap(({ Statement }) =>
    Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action),
  );
  return [...new Set(all)];
}

function without(documents: readonly PolicyDocument[], action: string): PolicyDocument[] {
  return documents.map((document) => ({
    ...document,
    Statement: document.Statement.flatMap((statement) => {
      if (statement.Effect === "Deny") return [statement];
      const left = [statement.Action].flat().filter((one) => one !== action);
      return left.length === 0 ? [] : [{ ...statement, Action: left }];
    }),
  }));
}
