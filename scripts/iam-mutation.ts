import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { format } from "prettier";
import { loadProject } from "../modules/app";
import { readDeployments } from "../modules/app/read-deployments";
import {
  boundaryMutants,
  denialMutants,
  Judge,
  type Mutant,
  roleMutants,
  type Verdict,
} from "../modules/iam/proof/mutation";

const ROOT = path.resolve(__dirname, "..");
const FILE = "docs/iam-mutations.md";
const VERDICTS = [
  "form",
  "trust",
  "liveness",
  "escalation",
  "separation",
  "closed world",
  "equivalent",
] as const;
/** How often the progress is told. */
const TOLD_EVERY = 100;

async function main(): Promise<void> {
  const outdir = mkdtempSync(path.join(tmpdir(), "partner-ingest-mutation-"));
  try {
    const [deployment] = await readDeployments(loadProject(ROOT), { outdir });
    if (deployment === undefined) throw new Error("there is no environment");
    const { world } = deployment;
    const mutants = [
      ...world.principals.flatMap((role) => roleMutants(world, role)),
      ...boundaryMutants(world),
      ...denialMutants(world),
    ];
    const judge = new Judge(deployment);
    const judged = mutants.map((mutant, index) => {
      if (index % TOLD_EVERY === 0)
        process.stderr.write(`${String(index)} of ${String(mutants.length)}\n`);
      return { mutant, verdict: judge.judge(mutant) };
    });
    writeFileSync(
      path.join(ROOT, FILE),
      await format(text(judged, world.principals.length), { parser: "markdown", printWidth: 100 }),
    );
    process.stderr.write(`written: ${FILE}\n`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function text(
  judged: readonly { readonly mutant: Mutant; readonly verdict: Verdict }[],
  roles: number,
): string {
  const operators = [...new Set(judged.map(({ mutant }) => mutant.operator))];
  const equivalent = judged.filter(({ verdict }) => verdict === "equivalent");
  const count = (operator: string, verdict: Verdict): number =>
    judged.filter((one) => one.mutant.operator === operator && one.verdict === verdict).length;
  return [
    "# Faults put into the policies of all roles",
    "",
    "Made by `npm run iam:mutation`; do not edit.",
    "",
    `One fault at a time is put into the synthesized policies of the ${String(roles)} roles of this repository's environment: those of workloads, of the platform's functions, of hosts, of people, of CI and of break-glass, with their boundaries, their trust, and the policies of buckets, keys, queues, topics and the file system. Of ${String(judged.length)} faults, ${String(judged.length - equivalent.length)} are noticed by a claim of \`iam prove\`. The others are equivalent, mostly because another statement or the boundary says the same: over all actions of the catalog and all things that are asked about, nothing is allowed or denied otherwise, under any conditions. The table tells the first claim that notices.`,
    "",
    `| fault | faults | ${VERDICTS.join(" | ")} |`,
    `|---|---|${VERDICTS.map(() => "---|").join("")}`,
    ...operators.map((operator) => {
      const counts = VERDICTS.map((verdict) => count(operator, verdict));
      return `| ${operator} | ${String(counts.reduce((a, b) => a + b, 0))} | ${counts.join(" | ")} |`;
    }),
    "",
    "## Equivalent",
    "",
    ...(equivalent.length === 0
      ? ["None."]
      : equivalent.map(({ mutant }) => `- ${mutant.operator}: \`${mutant.say}\``)),
    "",
  ].join("\n");
}

void main();
