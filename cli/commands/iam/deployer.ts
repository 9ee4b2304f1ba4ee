import path from "node:path";
import { loadProject, type Project } from "../../../modules/app";
import { ConfigError } from "../../../modules/core/errors";
import {
  DEPLOYER_PHASES,
  type DeployerPhase,
  deployerPolicies,
  type DeployerScope,
} from "../../../modules/iam/deployer";
import { policySize } from "../../../modules/iam/lint";
import { type CommandContext, type CommandResult } from "../../command";
import { environmentOf, requirePartner } from "../../environments";
import { table } from "../../output/table";
import { count } from "../../output/words";
import { writeOut } from "../../output/write-out";

/** Options of `iam deployer`. */
export interface DeployerOptions {
  readonly env?: string;
  readonly stack?: string;
  readonly partner?: string;
  readonly phase?: readonly string[];
  readonly out?: string;
}

const KINDS = ["bootstrap", "platform", "partner"] as const;

/** Writes the policies that a person or a CI role needs to deploy a stack. */
export function deployerCommand(
  context: CommandContext,
  options: DeployerOptions = {},
): Promise<CommandResult> {
  const project = loadProject(context.projectRoot());
  const scope = scopeOf(project, options);
  const phases = phasesOf(options.phase);
  const { documents, needs } = deployerPolicies({ ...scope, phases });
  const name = `${scope.environment.id}--${scope.owner === "*" ? "partners" : scope.owner}`;
  const files = documents.map((document, index) => ({
    file: `${name}--${phases.join("-")}-${String(index + 1)}.json`,
    document,
    size: policySize(document),
  }));
  if (options.out !== undefined)
    writeOut(
      path.resolve(context.cwd, options.out),
      files.map(({ file, document }) => ({
        name: file,
        content: `${JSON.stringify(document, undefined, 2)}\n`,
      })),
    );
  const actions = new Set(needs.map(({ action }) => action)).size;
  const text = [
    ...(options.out === undefined
      ? documents.map((document) => JSON.stringify(document, undefined, 2))
      : [table(files.map(({ file, size }) => [file, `${String(size)} of 6144 characters`]))]),
    `${count(actions, "action")} in ${count(documents.length, "managed policy", "managed policies")} to ${phases.join(", ")} ${name}`,
  ].join("\n");
  return Promise.resolve({ data: { stack: name, phases, policies: files, needs }, text });
}

/** The stack that options name. */
export function scopeOf(project: Project, { env, stack, partner }: DeployerOptions): DeployerScope {
  const { environment } = environmentOf(project, env);
  const kind = KINDS.find((one) => one === (stack ?? (partner === undefined ? "" : "partner")));
  if (kind === undefined)
    throw new ConfigError(
      `--stack must be one of ${KINDS.map((one) => JSON.stringify(one)).join(", ")}, got ${stack === undefined ? "nothing" : JSON.stringify(stack)}`,
    );
  if (kind !== "partner") {
    if (partner === undefined) return { environment, kind, owner: kind };
    throw new ConfigError(
      `--partner has no meaning for --stack ${kind}, got ${JSON.stringify(partner)}; leave it out or ask for --stack partner`,
    );
  }
  if (partner === undefined)
    throw new ConfigError(
      `--partner is missing; give a partner's id, or "*" for all partners of the environment`,
    );
  return { environment, kind, owner: partner === "*" ? "*" : requirePartner(project, partner) };
}

/** The phases that an option names; all without it. */
export function phasesOf(given: readonly string[] | undefined): readonly DeployerPhase[] {
  const unknown = given?.find((phase) => !(DEPLOYER_PHASES as readonly string[]).includes(phase));
  if (unknown !== undefined)
    throw new ConfigError(
      `--phase must be one of ${DEPLOYER_PHASES.map((one) => JSON.stringify(one)).join(", ")}, got ${JSON.stringify(unknown)}`,
    );
  return DEPLOYER_PHASES.filter((phase) => given === undefined || given.includes(phase));
}
