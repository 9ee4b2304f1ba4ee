import { ENV_PREFIX } from "../contract";
import { idFault } from "../core";
import { type Fault, stepsOf } from "./fault";
import type { Partner, PartnerStep } from "./partner-schema";

/** The full ARN, with the six characters that AWS added to the name: a role's permission names it. */
const SECRET =
  /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}(:[^:]*:[^:]*:[^:]*)?$/u;
const PARAMETER = /^arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+$/u;

/** What is wrong within single steps. */
export function stepFaults(partner: Partner): Fault[] {
  return stepsOf(partner).flatMap(({ chain, name, step }) =>
    [
      ...imageFaults(step),
      ...variableFaults(step),
      ...secretFaults(step),
      ...programFaults(step),
      ...prefixFaults(step),
    ].map((fault) => ({ ...fault, path: [chain, name, ...fault.path] })),
  );
}

function imageFaults(step: PartnerStep): Fault[] {
  const fault = idFault("image", step.image);
  return fault === undefined ? [] : [{ path: ["image"], message: fault }];
}

function variableFaults(step: PartnerStep): Fault[] {
  const variables = [
    ...Object.keys(step.environment).map((name) => ["environment", name] as const),
    ...Object.keys(step.secrets).map((name) => ["secrets", name] as const),
  ];
  return variables.flatMap(([where, name]) => {
    const fault = variableFault(step, where, name);
    return fault === undefined ? [] : [{ path: [where, name], message: fault, hideValue: true }];
  });
}

function variableFault(step: PartnerStep, where: string, name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name))
    return "has a name that is none of an environment variable; use letters, digits and _";
  if (name.startsWith(ENV_PREFIX) || name.startsWith("AWS_"))
    return `has a name that begins with ${ENV_PREFIX} or AWS_, which the worker and Batch set; rename it`;
  if (where === "secrets" && name in step.environment)
    return "is in both environment and secrets; remove one";
  return undefined;
}

function secretFaults(step: PartnerStep): Fault[] {
  return Object.entries(step.secrets)
    .filter(([, arn]) => !SECRET.test(arn) && !PARAMETER.test(arn))
    .map(([name]) => ({
      path: ["secrets", name],
      message:
        "must be the full ARN of a secret (it ends in - and six characters) or of an SSM parameter, never the secret itself",
      hideValue: true,
    }));
}

function programFaults(step: PartnerStep): Fault[] {
  if (!("program" in step)) return [];
  const faults: Fault[] = [];
  if (step.program[0] === "") faults.push({ path: ["program", 0], message: "must name a program" });
  step.program.forEach((part, index) => {
    for (const [whole, key] of part.matchAll(/\{([A-Za-z]\w*)\}/gu))
      if (!placeholders(step).includes(key ?? ""))
        faults.push({
          path: ["program", index],
          message: `holds the unknown placeholder ${whole}`,
          hint: `known are ${placeholders(step)
            .map((known) => `{${known}}`)
            .join(step.kind === "process" ? ", " : " and ")}`,
        });
  });
  return faults;
}

/** A listing is of no order yet. */
const placeholders = (step: PartnerStep): readonly string[] =>
  step.kind === "list"
    ? ["staging"]
    : step.kind === "process"
      ? ["orderId", "input", "output"]
      : ["orderId", "staging"];

function prefixFaults(step: PartnerStep): Fault[] {
  if (!("prefix" in step) || step.prefix === "") return [];
  if (step.prefix.endsWith("/") && !step.prefix.startsWith("/")) return [];
  return [
    {
      path: ["prefix"],
      message: `must end with "/" and not begin with it`,
      hint: `for example ${JSON.stringify(`${step.prefix.replace(/^\/+|\/+$/gu, "")}/`)}`,
    },
  ];
}
