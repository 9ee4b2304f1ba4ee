import path from "node:path";
import { loadProject } from "../modules/app";
import type { Environment } from "../modules/config";
import { policySize } from "../modules/iam";
import {
  DEPLOYER_PHASES,
  type DeployerPhase,
  deployerPolicies,
  type DeployerScope,
  environmentPolicies,
  OPERATIONS,
} from "../modules/iam/deployer";
import { CURATED, type CuratedAction } from "../modules/iam/deployer/curated";
import { POLICY_LIMITS } from "../modules/iam/lint";
import { emulatorOverrides } from "../terraform/emulator";

type Scope = Omit<DeployerScope, "environment">;

const STACKS: readonly (readonly [string, Scope])[] = [
  ["`--stack bootstrap`", { kind: "bootstrap", owner: "bootstrap" }],
  ["`--stack platform`", { kind: "platform", owner: "platform" }],
  ["`--stack partner --partner universal-music`", { kind: "partner", owner: "universal-music" }],
  ["`--stack partner --partner '*'`", { kind: "partner", owner: "*" }],
];

/** Where each permission of a deployer is known from, and how much each stack takes of AWS's quotas. */
export function deployerPermissionsDoc(): string {
  const environment = loadProject(path.resolve(__dirname, "..")).environments.find(
    (one) => one.environment.id === "local",
  )?.environment;
  if (environment === undefined) throw new Error("the project has no environment local");
  return [
    "# The permissions of deployers, by where they are known from",
    "",
    "Made from the table of recorded operations, `modules/iam/deployer/curated.ts` and the environment `local` by",
    "`npm run docs`; do not edit. [deployer.md](deployer.md) tells how the table is made and what is shown of it.",
    "",
    "## How each part is known",
    "",
    "| known from | what | granted |",
    "|---|---|---|",
    ...known(),
    "",
    "## By stack and phase",
    "",
    `Actions known from a recording and from AWS's documentation; what is known from both counts as recorded.`,
    `Sizes are characters without whitespace, of each policy; AWS takes ${limit(POLICY_LIMITS.managed)} in one and ${String(POLICY_LIMITS.managedPerRole)} policies on a role.`,
    "",
    "| stack | phase | recorded | curated | policies | sizes |",
    "|---|---|---|---|---|---|",
    ...STACKS.flatMap(([name, scope]) =>
      [...DEPLOYER_PHASES.map((phase) => [phase]), [...DEPLOYER_PHASES]].map((phases) =>
        row(name, phases, deployerPolicies({ environment, ...scope, phases })),
      ),
    ),
    ...ofCi(environment),
    "",
    "## What the emulator is given otherwise",
    "",
    "The Terraform that is recorded differs from what is emitted in this alone. What is taken out is curated; what is put in",
    "gives nobody a permission.",
    "",
    "| where | why |",
    "|---|---|",
    ...emulatorOverrides(environment).map(
      ({ path: where, reason }) => `| \`${where}\` | ${reason} |`,
    ),
    "",
    "## What is curated",
    "",
    "| actions | types of resources | step | why | source |",
    "|---|---|---|---|---|",
    ...curated(),
    "",
  ].join("\n");
}

function known(): string[] {
  const types = Object.values(OPERATIONS.types);
  const operations = new Set(
    types.flatMap(({ read, create, update, delete: gone }) => [
      ...read,
      ...create,
      ...update,
      ...gone,
    ]),
  );
  const actions = new Set(CURATED.flatMap((entry) => entry.actions));
  return [
    `| recorded | ${String(operations.size)} operations of provider ${OPERATIONS.provider} on ${String(types.length)} types of resources, \`modules/iam/deployer/operations.json\` | the action of each |`,
    `| curated | ${String(CURATED.length)} rules with ${String(actions.size)} actions, each with its source, [below](#what-is-curated) | yes |`,
    "| Terraform's documentation | the state and its lock, where the backend is S3 | yes |",
    "| emulator only | the role of Batch that moto demands of a compute environment: AWS takes the service-linked one, so nobody passes it | no |",
  ];
}

type Written = ReturnType<typeof deployerPolicies>;

function row(
  name: string,
  phases: readonly DeployerPhase[],
  { documents, needs }: Written,
): string {
  const all = new Set(needs.map(({ action }) => action));
  const recorded = new Set(
    needs.filter(({ source }) => source === "recorded").map(({ action }) => action),
  );
  const told = phases.length === DEPLOYER_PHASES.length ? "all" : phases.join(", ");
  const sizes = documents.map((document) => limit(policySize(document))).join(" + ");
  return `| ${name} | ${told} | ${String(recorded.size)} | ${String(all.size - recorded.size)} | ${String(documents.length)} | ${sizes} |`;
}

function ofCi(environment: Environment): string[] {
  return ([["plan"], ["plan", "apply", "update"]] as const).map((phases) =>
    row(
      "a role of CI: platform and all partners",
      phases,
      environmentPolicies(environment, phases),
    ),
  );
}

/** Rules that are alike but for the type and the step stand in one row. */
function curated(): string[] {
  const rows = new Map<string, { entry: CuratedAction; types: Set<string>; steps: Set<string> }>();
  for (const entry of CURATED) {
    const key = JSON.stringify([entry.actions, entry.why, entry.source]);
    const found = rows.get(key) ?? { entry, types: new Set(), steps: new Set() };
    found.types.add(`\`${entry.type}\``);
    found.steps.add(entry.step);
    rows.set(key, found);
  }
  return [...rows.values()].map(
    ({ entry, types, steps }) =>
      `| ${entry.actions.map((action) => `\`${action}\``).join(", ")} | ${[...types].join(", ")} | ${[...steps].join(", ")} | ${entry.why} | <${entry.source}> |`,
  );
}

const limit = (characters: number): string => characters.toLocaleString("en-US");
