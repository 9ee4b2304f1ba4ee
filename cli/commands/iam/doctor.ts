import { readFileSync } from "node:fs";
import path from "node:path";
import { loadProject } from "../../../modules/app";
import { ConfigError } from "../../../modules/core/errors";
import {
  deployerPolicies,
  type DeniedMessage,
  type DeployerScope,
  type Diagnosis,
  diagnose,
  merge,
  needsBehind,
  parseDenied,
} from "../../../modules/iam/deployer";
import type { NamedPolicy } from "../../../modules/iam/evaluate";
import { parsePolicy } from "../../../modules/iam/evaluate/parse";
import { UnsupportedConstruct } from "../../../modules/iam/evaluate/unsupported";
import type { PolicyDocument, Statement } from "../../../modules/iam/policy-document";
import { type CommandContext, type CommandResult } from "../../command";
import { environmentOf } from "../../environments";
import { table } from "../../output/table";
import { count } from "../../output/words";
import { type DeployerOptions, phasesOf, scopeOf } from "./deployer";

/** Options of `iam doctor`. */
export interface DoctorOptions extends DeployerOptions {
  readonly have?: readonly string[];
  readonly denied?: string;
}

/** Says which requests of a deployment would be refused, by what, and what is missing at least. */
export function doctorCommand(
  context: CommandContext,
  options: DoctorOptions = {},
): Promise<CommandResult> {
  const root = context.projectRoot();
  const project = loadProject(root);
  const { environment } = environmentOf(project, options.env);
  const scopes: DeployerScope[] =
    options.stack !== undefined || options.partner !== undefined
      ? [scopeOf(project, options)]
      : [
          { environment, kind: "bootstrap", owner: "bootstrap" },
          { environment, kind: "platform", owner: "platform" },
          { environment, kind: "partner", owner: "*" },
        ];
  if (options.denied !== undefined) return Promise.resolve(explain(scopes, options));
  const organisation = environment.organizationPolicies.map((level) =>
    [level]
      .flat()
      .map((file) =>
        readPolicy(
          path.join(root, file),
          `organizationPolicies of ${environment.id}`,
          "organisation",
        ),
      ),
  );
  if (options.have === undefined && organisation.length === 0)
    throw new ConfigError(
      `there is nothing to look at; give --have <policy.json>, --denied "<what AWS answered>", or list service control policies in environments/${environment.id}.ts as organizationPolicies`,
    );
  const have = options.have?.map((file) => readPolicy(path.resolve(context.cwd, file), "--have"));
  const phases = phasesOf(options.phase);
  const found = scopes.map((scope) => diagnose(scope, have, organisation, phases));
  return Promise.resolve({
    data: found.map(({ scope, ...rest }) => ({ stack: scope.owner, ...rest })),
    text: found.map(describe).join("\n\n"),
    exit: found.every(({ refusals }) => refusals.length === 0) ? "ok" : "settings",
  });
}

function describe({ scope, tried, refusals, addition }: Diagnosis): string {
  const stack = `${scope.environment.id}--${scope.owner === "*" ? "partners" : scope.owner}`;
  if (refusals.length === 0) return `${stack}: all of ${count(tried, "request")} would be allowed`;
  const rows = refusals.map(({ need, request, phases, deniedBy, lacks }) => [
    need.action,
    request.resource,
    `${need.type}: ${phases.join(", ")}`,
    deniedBy.length > 0
      ? `denied by ${deniedBy.map(({ policy, statement }) => `${policy}, statement ${JSON.stringify(statement)}`).join(" and ")}`
      : lacks === "organisation"
        ? "no service control policy allows it"
        : "nothing allows it",
  ]);
  return [
    `${stack}: ${count(refusals.length, "request")} of ${count(tried, "request")} would be refused`,
    table(rows),
    ...(addition.length === 0 ? [] : ["smallest addition:", json(addition)]),
  ].join("\n");
}

function explain(scopes: readonly DeployerScope[], options: DoctorOptions): CommandResult {
  const message = parseDenied(options.denied ?? "");
  const phases = phasesOf(options.phase);
  const found = scopes.flatMap((scope) => {
    const needs = needsBehind(message, deployerPolicies({ ...scope, phases }).needs);
    return needs.length === 0 ? [] : [{ scope, needs, addition: merge(needs) }];
  });
  const what = `${message.action}${message.resource === undefined ? "" : ` on ${message.resource}`}`;
  const data = {
    message,
    stacks: found.map(({ scope, ...rest }) => ({ stack: scope.owner, ...rest })),
  };
  if (found.length === 0)
    return {
      data,
      exit: "settings",
      text: `${what} is nothing that the deployment of a stack needs; whatever asked for it is not this project's Terraform, or works on things of others`,
    };
  const lines = found.map(({ scope, needs, addition }) =>
    [
      `${scope.environment.id}--${scope.owner === "*" ? "partners" : scope.owner} needs ${what} for ${[...new Set(needs.map(({ type, step }) => `${type} (${step})`))].join(", ")}`,
      mend(message, addition),
    ].join("\n"),
  );
  return { data, exit: "settings", text: lines.join("\n\n") };
}

/** What helps against a refusal, by the kind of policy that AWS tells of. */
function mend({ explicit, lacks }: DeniedMessage, addition: readonly Statement[]): string {
  if (explicit !== undefined)
    return `it is denied by ${article(explicit)}; no permission mends that, ask whoever owns it for an exception`;
  switch (lacks) {
    case undefined:
    case "identity-based policy":
      return `smallest addition:\n${json(addition)}`;
    case "resource-based policy":
      return `no policy of the resource allows it either; in the resource's own account a permission is enough, smallest addition:\n${json(addition)}`;
    default:
      return `no ${lacks} allows it, so that a permission alone does not mend that; whoever owns it must let through at least:\n${json(addition)}`;
  }
}

const article = (words: string): string => `${/^[aeio]/iu.test(words) ? "an" : "a"} ${words}`;

const json = (Statement: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement }, undefined, 2);

/** Reads a policy, and refuses at once what it can not judge. */
function readPolicy(
  file: string,
  setting: string,
  layer: "identity" | "organisation" = "identity",
): NamedPolicy {
  const name = path.basename(file);
  try {
    const document = unwrapped(JSON.parse(readFileSync(file, "utf8")) as unknown);
    parsePolicy(document, { layer, policy: name });
    return { name, document: document as PolicyDocument };
  } catch (error) {
    if (error instanceof UnsupportedConstruct)
      throw new ConfigError(`${setting}: ${file} can not be judged: ${error.message}`);
    const reason = (error as Error).message;
    throw new ConfigError(
      `${setting}: ${file} can not be read as a policy: ${reason}; give a JSON policy document`,
      { cause: error },
    );
  }
}

/** What `aws iam get-policy-version` and `aws organizations describe-policy` print has the document inside. */
function unwrapped(value: unknown): unknown {
  const inner = value as {
    PolicyVersion?: { Document?: unknown };
    Policy?: { Content?: unknown };
  } | null;
  const content = inner?.Policy?.Content;
  if (typeof content === "string") return JSON.parse(content) as unknown;
  return inner?.PolicyVersion?.Document ?? value;
}
