import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProject } from "../../../modules/app";
import { readDeployments } from "../../../modules/app/read-deployments";
import {
  type Claim,
  type Deployment,
  diffLocks,
  holds,
  type IamLock,
  lockJson,
  lockOf,
  parseLock,
  prove,
  sayLockChange,
} from "../../../modules/iam/proof";
import { type CommandContext, type CommandResult } from "../../command";
import { table } from "../../output/table";
import { count } from "../../output/words";

/** Options of `iam prove`. */
export interface IamProveOptions {
  readonly env?: readonly string[];
  readonly write?: boolean;
}

/** File that holds what roles can do, in the root of a project. */
export const IAM_LOCK_FILE = "iam.lock.json";

/** Checks every claim about the permissions of a project's roles. */
export async function iamProveCommand(
  context: CommandContext,
  { env, write = false }: IamProveOptions = {},
): Promise<CommandResult> {
  const root = context.projectRoot();
  const file = path.join(root, IAM_LOCK_FILE);
  const before = existsSync(file)
    ? parseLock(readFileSync(file, "utf8"), IAM_LOCK_FILE)
    : undefined;
  context.progress.phase("reading the permissions back from the Terraform of all stacks");
  const deployments = await deploymentsOf(root, env);
  context.progress.phase("asking about every action of the catalog");
  const lock = write ? written(file, before, deployments) : before;
  const changes =
    write && before !== undefined && lock !== undefined ? diffLocks(before, lock) : [];
  const { ok, claims } = prove(deployments, lock);
  return {
    data: { ok, claims: claims.map((claim) => ({ ...claim, holds: holds(claim) })), changes },
    text: [
      ...changes.map(sayLockChange),
      claimTable(context, claims),
      ...claims.flatMap(({ id, faults }) => faults.map((fault) => `${id}: ${fault}`)),
      summary(claims),
    ].join("\n"),
    exit: ok ? "ok" : "claimFailed",
  };
}

async function deploymentsOf(
  root: string,
  environments: readonly string[] | undefined,
): Promise<readonly Deployment[]> {
  const outdir = mkdtempSync(path.join(tmpdir(), "partner-ingest-iam-"));
  try {
    return await readDeployments(loadProject(root), { outdir, environments });
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Writes the lock; environments that were not asked about keep what they had. */
function written(
  file: string,
  before: IamLock | undefined,
  deployments: readonly Deployment[],
): IamLock {
  const now = lockOf(deployments);
  const lock = { ...now, environments: { ...before?.environments, ...now.environments } };
  writeFileSync(file, lockJson(lock));
  return lock;
}

function claimTable({ colors }: CommandContext, claims: readonly Claim[]): string {
  return table(
    claims.map((claim) => [
      holds(claim) ? colors.green("holds") : colors.red("fails"),
      claim.known,
      claim.id,
      claim.say,
      count(claim.checked, "question"),
    ]),
  );
}

function summary(claims: readonly Claim[]): string {
  const failed = claims.filter((claim) => !holds(claim)).length;
  return failed === 0
    ? `${count(claims.length, "claim")} hold, none of them checked in an account`
    : `${count(failed, "claim")} of ${String(claims.length)} failed; if a change of permissions is meant, renew ${IAM_LOCK_FILE} by: partner-ingest iam prove --write`;
}
