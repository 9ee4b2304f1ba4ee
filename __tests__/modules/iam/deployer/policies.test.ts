import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProject, synthesize } from "../../../../modules/app";
import { findAction, type IamRequest, policySize } from "../../../../modules/iam";
import {
  DEPLOYER_PHASES,
  deployerArn,
  type DeployerPhase,
  deployerPolicies,
  type DeployerScope,
  environmentPolicies,
  OPERATIONS,
} from "../../../../modules/iam/deployer";
import { actionOf } from "../../../../modules/iam/deployer/actions";
import { CURATED } from "../../../../modules/iam/deployer/curated";
import { namingOf } from "../../../../modules/stack";
import { readStack } from "../../../../terraform/run/working-directory";
import { refused } from "../../../support/deployer-replay";
import { testEnvironment } from "../../../support/environment";

const ROOT = path.resolve(__dirname, "../../../..");
const environment = testEnvironment();
const SCOPES: readonly DeployerScope[] = [
  { environment, kind: "bootstrap", owner: "bootstrap" },
  { environment, kind: "platform", owner: "platform" },
  { environment, kind: "partner", owner: "one" },
  { environment, kind: "partner", owner: "*" },
];

test("everything that the stacks of this repository hold is in the table", async () => {
  const outdir = mkdtempSync(path.join(tmpdir(), "deployer-table-"));
  try {
    const stacks = await synthesize(loadProject(ROOT), { outdir, missingFacts: "leave-out" });
    for (const { kind, owner, directory, environment: id } of stacks) {
      const types = Object.keys(readStack(directory)["resource"] as object);
      const scope = { environment: { ...environment, id }, kind, owner };
      expect(() => deployerPolicies({ ...scope, phases: DEPLOYER_PHASES, types })).not.toThrow();
      // What is asked for without types is what was recorded: nothing of the stack may be new.
      expect(types.filter((type) => !OPERATIONS.kinds[kind].includes(type))).toEqual([]);
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test("a type that was never recorded is an error", () => {
  const [scope] = SCOPES as [DeployerScope];
  expect(() => deployerPolicies({ ...scope, phases: ["plan"], types: ["aws_glue_job"] })).toThrow(
    'nothing was recorded of the resource type "aws_glue_job", so that the permissions to deploy it are not known; run: npm run iam:record',
  );
});

test("an operation that no action authorises is an error", () => {
  expect(() => actionOf("Lambda.Fly")).toThrow(
    "no action is known that authorises Lambda.Fly; lambda:Fly is not in the catalog",
  );
});

test.each(SCOPES.map((scope) => [scope.owner, scope] as const))(
  "policies for %s fit AWS's quotas and allow no wildcard in an action",
  (_, scope) => {
    const { documents } = deployerPolicies({ ...scope, phases: DEPLOYER_PHASES });
    expect(documents.length).toBeGreaterThan(0);
    expect(documents.length).toBeLessThanOrEqual(10);
    for (const document of documents) {
      expect(policySize(document)).toBeLessThanOrEqual(6144);
      for (const { Effect, Action, Resource, Condition } of document.Statement) {
        if (Effect === "Deny") continue;
        for (const action of [Action].flat()) {
          expect(findAction(action)?.name).toBe(action);
          if (Resource !== "*") continue;
          const typed = (findAction(action)?.resourceTypes.length ?? 0) > 0;
          expect([action, typed && Condition === undefined]).toEqual([action, false]);
        }
      }
    }
  },
);

test.each(SCOPES.map((scope) => [scope.owner, scope] as const))(
  "a plan of %s only looks",
  (_, scope) => {
    const { needs } = deployerPolicies({ ...scope, phases: ["plan"] });
    const levels = needs.map(({ action }) => [action, findAction(action)?.level]);
    expect(levels.filter(([, level]) => level !== "Read" && level !== "List")).toEqual([]);
  },
);

test.each([
  ["apply", "iam:CreateRole", true],
  ["apply", "iam:DeleteRole", false],
  ["update", "iam:UpdateAssumeRolePolicy", true],
  ["update", "iam:DeleteRole", false],
  ["destroy", "iam:DeleteRole", true],
  ["destroy", "iam:CreateRole", false],
] satisfies [DeployerPhase, string, boolean][])("%s has %s: %s", (phase, action, has) => {
  const { needs } = deployerPolicies({
    environment,
    kind: "partner",
    owner: "one",
    phases: [phase],
  });
  expect(needs.some((need) => need.action === action)).toBe(has);
});

describe("the state", () => {
  const bucket = namingOf(environment).bucket("bootstrap", "state");
  const ask = (
    scope: DeployerScope,
    phases: readonly DeployerPhase[],
    action: string,
    key: string,
  ) => {
    const request: IamRequest = {
      caller: { kind: "role", arn: deployerArn(scope) },
      action,
      resource: `arn:aws:s3:::${bucket}/${key}`,
      context: { "aws:ResourceAccount": environment.account },
    };
    return refused(scope, deployerPolicies({ ...scope, phases }).documents, [request]).length === 0;
  };
  const [, , one, all] = SCOPES as [unknown, unknown, DeployerScope, DeployerScope];

  test.each([
    ["one", one, "plan", "s3:GetObject", "test--one.tfstate", true],
    ["one", one, "plan", "s3:PutObject", "test--one.tfstate", false],
    ["one", one, "plan", "s3:PutObject", "test--one.tfstate.tflock", true],
    ["one", one, "apply", "s3:PutObject", "test--one.tfstate", true],
    ["one", one, "apply", "s3:DeleteObject", "test--one.tfstate", false],
    ["one", one, "apply", "s3:GetObject", "test--two.tfstate", false],
    ["all", all, "apply", "s3:PutObject", "test--two.tfstate", true],
    ["all", all, "plan", "s3:GetObject", "test--platform.tfstate", false],
    ["all", all, "apply", "s3:PutObject", "test--bootstrap.tfstate", false],
  ] as const)("%s: %s may %s on %s", (_, scope, phase, action, key, allowed) => {
    expect(ask(scope, [phase], action, key)).toBe(allowed);
  });

  test("a state on this machine needs nothing", () => {
    const local = testEnvironment({ backend: { kind: "local" } });
    const { documents } = deployerPolicies({
      environment: local,
      kind: "partner",
      owner: "one",
      phases: ["apply"],
    });
    expect(JSON.stringify(documents)).not.toContain("tfstate");
  });
});

test("a network that is not ours is named by its ids", () => {
  const existing = testEnvironment({
    network: {
      kind: "existing",
      vpcId: "vpc-0123456789abcdef0",
      subnetIds: ["subnet-0123456789abcdef0"],
    },
  });
  const { needs } = deployerPolicies({
    environment: existing,
    kind: "platform",
    owner: "platform",
    phases: ["apply"],
  });
  const targets = needs
    .filter(({ action }) => action === "ec2:CreateSecurityGroup")
    .flatMap(({ target }) => target.arns);
  expect(targets).toContain("arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-0123456789abcdef0");
});

test("everything curated names AWS's documentation and actions that exist", () => {
  for (const { actions, source, why } of CURATED) {
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//u);
    expect(why).not.toBe("");
    for (const action of actions) expect(findAction(action)?.name).toBe(action);
  }
});

test.each([["plan"], ["plan", "apply", "update"]] satisfies DeployerPhase[][])(
  "whoever deploys everything of an environment (%s) names each statement once in a policy",
  (...phases) => {
    const { documents } = environmentPolicies(environment, phases);
    for (const { Statement } of documents) {
      const names = Statement.flatMap(({ Sid }) => Sid ?? []);
      expect(names).toEqual([...new Set(names)]);
    }
  },
);
