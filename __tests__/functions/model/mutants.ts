/** A fault put into the functions, which the model has to find. */
export interface Mutant {
  readonly name: string;
  /** Below the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Found by one of the first hundred histories, and looked for with every test run. */
  readonly soon?: boolean;
}

const core = (file: string): string => `functions/runs-core/${file}`;

/** What the promises of the functions rest on, each taken away alone. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "an intent is taken for owned whoever wrote it",
    file: core("intent.ts"),
    find: "if (other.nonce === nonce) return owned(other);",
    replace: "return owned(other);",
  },
  {
    name: "a lease is over at once",
    file: core("lease.ts"),
    find: "now >= Date.parse(leaseUntil);",
    replace: "now >= 0 || leaseUntil === '';",
  },
  {
    name: "nobody looks for the job of a submitter that died",
    soon: true,
    file: core("intent.ts"),
    find: `if (found !== undefined) return { kind: "found", job: found };`,
    replace: "",
  },
  {
    name: "an intent is replaced whatever became of it since it was read",
    file: core("retry.ts"),
    find: "replace: (key, body, etag) => repeat(() => ledger.replace(key, body, etag)),",
    replace:
      "replace: (key, body) => repeat(async () => ledger.replace(key, body, (await ledger.read(key)).etag)),",
  },
  {
    name: "a submission without an answer is repeated",
    soon: true,
    file: core("submit.ts"),
    find: "return lookAfter(inv, ref, step, request, outcome.reason);",
    replace: "if (tries < 3) continue; return lookAfter(inv, ref, step, request, outcome.reason);",
  },
  {
    name: "a run is not in the index before it is claimed",
    soon: true,
    file: core("claims.ts"),
    find: `  await indexClaim(inv, claim);
  const key = claimKey(claim);`,
    replace: "  const key = claimKey(claim);",
  },
  {
    name: "a run is closed before its end is told",
    file: core("settle.ts"),
    find: `  await tellFailure(inv, state, claim, final);
  await end("failed");`,
    replace: `  await end("failed");
  await tellFailure(inv, state, claim, final);`,
  },
  {
    name: "the program's own failure is submitted anew",
    file: core("decide-failures.ts"),
    find: "if (takenOver || !failure.cause.infrastructure || before >= ESCALATIONS_MAX)",
    replace: "if (takenOver || before >= ESCALATIONS_MAX)",
  },
  {
    name: "a step is submitted anew without end",
    file: core("decide-failures.ts"),
    find: "if (takenOver || !failure.cause.infrastructure || before >= ESCALATIONS_MAX)",
    replace: "if (takenOver || !failure.cause.infrastructure)",
  },
  {
    name: "all children of an array are done again",
    soon: true,
    file: core("decision.ts"),
    find: `...(indexes === undefined ? {} : { arrayIndexes: indexes.join(",") }),`,
    replace: `...(indexes === undefined || indexes.length > 9 ? {} : {}),`,
  },
  {
    name: "what comes after a step that is submitted anew is not",
    file: core("chain.ts"),
    find: `return free ? { generation: generation + 1 } : "under-way";`,
    replace: `return "dead";`,
  },
  {
    name: "a dependant is submitted anew before the end of what it waits for is known",
    soon: true,
    file: core("chain.ts"),
    find: `return free ? { generation: generation + 1 } : "under-way";`,
    replace: `return { generation: generation + (free ? 1 : 1) };`,
  },
  {
    name: "a later attempt is planned and not promised",
    file: core("settle.ts"),
    find: "  await tellRetry(inv, claim, body);\n",
    replace: "  if (body.earlier < 0) await tellRetry(inv, claim, body);\n",
  },
  {
    name: "delayed attempts start whatever the limit",
    file: "functions/reconcile/start-retry.ts",
    find: "if (waits && !(await roomForAnother(inv, spec, claim))) return;",
    replace: "",
  },
  {
    name: "a re-run leaves to the platform what it may submit anew",
    file: "functions/trigger/rerun.ts",
    find: `if (state.status === "failed") await takeOver(inv, state, claim, event);`,
    replace: "",
  },
  {
    name: "the trigger starts what a pause holds",
    soon: true,
    file: "functions/trigger/run.ts",
    find: "if (waits && (await isPaused(inv, claim.partner))) {",
    replace: "if (waits && (await isPaused(inv, claim.partner)) && fresh !== fresh) {",
  },
  {
    name: "the reconciler starts what a pause holds",
    file: "functions/reconcile/reconcile.ts",
    find: "start && !paused",
    replace: "start && paused !== undefined",
  },
  {
    name: "a delayed attempt starts although a pause holds it",
    file: "functions/reconcile/start-retry.ts",
    find: "if (waits && (await isPaused(inv, claim.partner))) return;",
    replace: "",
  },
  {
    name: "a cancelled run's jobs are left alone",
    file: core("settle.ts"),
    find: `if (!(await endCancelled(inv, state, claim))) return "open";`,
    replace: "if (endCancelled.length > 9) return 'open';",
  },
  {
    name: "a cancelled run is taken for one like any other",
    file: "modules/ledger/fold.ts",
    find: `if (actions.some(({ action }) => action === "cancel")) return "cancelled";`,
    replace: "",
  },
  {
    name: "the reconciler does not ask Batch",
    file: "functions/reconcile/reconcile-run.ts",
    find: "  await askBatch(scoped, state, state.claim);\n",
    replace: "",
  },
  {
    name: "a run that nobody claimed is left alone",
    file: "functions/reconcile/reconcile-run.ts",
    find: "await writeClaim(inv, claim);",
    replace: `return "unclaimed";`,
  },
  {
    name: "jobs that Batch has forgotten are waited for",
    file: "functions/reconcile/reconcile-run.ts",
    find: "if (inv.clock.now() < since + KNOWN_AFTER_MS) continue;",
    replace: "if (since > 0) continue;",
  },
];
