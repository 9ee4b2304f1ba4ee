import { Cron } from "croner";
import { ENV_PREFIX } from "../contract";
import { idFault } from "../core";
import type { Partner, PartnerStep } from "./partner-schema";

/** A fault at a setting of the user. */
export interface Fault {
  readonly path: readonly (string | number)[];
  /** Continues the path: `must be ...`. */
  readonly message: string;
  /** The value says nothing, or is large. */
  readonly hideValue?: boolean;
}

/** Everything that can be wrong within a partner file beyond the form of its values. */
export function partnerFaults(partner: Partner): Fault[] {
  return [
    ...idFaults(partner),
    ...chainFaults("steps", partner.steps),
    ...chainFaults("discovery", partner.discovery),
    ...stepFaults(partner),
    ...stagingFaults(partner),
    ...triggerFaults(partner),
  ];
}

function idFaults(partner: Partner): Fault[] {
  const fault = idFault("partner", partner.id);
  return fault === undefined ? [] : [{ path: ["id"], message: fault }];
}

function chainFaults(chain: "steps" | "discovery", steps: Record<string, PartnerStep>): Fault[] {
  const names = Object.keys(steps);
  const faults: Fault[] = [];
  for (const [name, step] of Object.entries(steps)) {
    const fault = idFault("step", name);
    if (fault !== undefined)
      faults.push({ path: [chain, name], message: `has a name that ${fault}`, hideValue: true });
    step.after.forEach((before, index) => {
      if (before === name)
        faults.push({
          path: [chain, name, "after", index],
          message: "must not be the step itself",
        });
      else if (!names.includes(before))
        faults.push({
          path: [chain, name, "after", index],
          message: `is not a step; known are ${names.map((n) => JSON.stringify(n)).join(", ")}`,
        });
    });
    // https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
    if (step.after.length > 20)
      faults.push({
        path: [chain, name, "after"],
        message: "must name at most 20 steps (Batch's limit)",
      });
  }
  const cycle = findCycle(steps);
  if (cycle)
    faults.push({
      path: [chain],
      message: `must not wait for itself: ${cycle.join(" -> ")}; remove one of these "after"`,
      hideValue: true,
    });
  return faults;
}

/** A cycle in `after`, as step names with the first repeated at the end. */
function findCycle(steps: Record<string, PartnerStep>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    const at = trail.indexOf(name);
    if (at >= 0) return trail.length - at === 1 ? undefined : [...trail.slice(at), name];
    if (done.has(name)) return undefined;
    for (const before of steps[name]?.after ?? []) {
      const cycle = visit(before, [...trail, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(steps)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function stepFaults(partner: Partner): Fault[] {
  return [
    ...Object.entries(partner.steps).map(([name, step]) => ["steps", name, step] as const),
    ...Object.entries(partner.discovery).map(([name, step]) => ["discovery", name, step] as const),
  ].flatMap(([chain, name, step]) => {
    const faults: Fault[] = [];
    const inBoth = chain === "discovery" && name in partner.steps;
    if (inBoth)
      faults.push({
        path: [chain, name],
        message: "has the name of a step of the order; rename one",
        hideValue: true,
      });
    const idOk = idFault("image", step.image);
    if (idOk !== undefined) faults.push({ path: [chain, name, "image"], message: idOk });
    for (const variable of [...Object.keys(step.environment), ...Object.keys(step.secrets)]) {
      const where = variable in step.environment ? "environment" : "secrets";
      if (variable.startsWith(ENV_PREFIX) || variable.startsWith("AWS_"))
        faults.push({
          path: [chain, name, where, variable],
          message: `must not begin with ${ENV_PREFIX} or AWS_, which the worker and Batch set`,
          hideValue: true,
        });
      else if (!/^[A-Za-z_][A-Za-z0-9_]*$/u.test(variable))
        faults.push({
          path: [chain, name, where, variable],
          message: "must have the name of an environment variable",
          hideValue: true,
        });
      if (variable in step.environment && variable in step.secrets)
        faults.push({
          path: [chain, name, where, variable],
          message: "is in both environment and secrets; remove one",
          hideValue: true,
        });
    }
    for (const [variable, arn] of Object.entries(step.secrets))
      if (
        !/^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:\d{12}:secret:.+|ssm:[a-z0-9-]+:\d{12}:parameter\/.+)$/u.test(
          arn,
        )
      )
        faults.push({
          path: [chain, name, "secrets", variable],
          message: "must be the ARN of a secret or SSM parameter, never the secret itself",
          hideValue: true,
        });
    if ("program" in step) {
      step.program.forEach((part, index) => {
        const unknown = [...part.matchAll(/\{([^{}]*)\}/gu)]
          .map((m) => m[1])
          .find((key) => key !== "orderId" && key !== "staging");
        if (unknown !== undefined)
          faults.push({
            path: [chain, name, "program", index],
            message: `holds the unknown placeholder {${unknown}}; known are {orderId} and {staging}`,
          });
      });
      if (step.program[0] === "")
        faults.push({ path: [chain, name, "program", 0], message: "must name a program" });
    }
    if (
      "prefix" in step &&
      step.prefix !== "" &&
      (!step.prefix.endsWith("/") || step.prefix.startsWith("/"))
    )
      faults.push({
        path: [chain, name, "prefix"],
        message: `must end with "/" and not begin with it`,
      });
    return faults;
  });
}

function stagingFaults(partner: Partner): Fault[] {
  const kinds = Object.values(partner.steps).map((step) => step.kind);
  const faults: Fault[] = [];
  if (partner.staging.kind === "scratch")
    Object.entries(partner.steps).forEach(([name, step]) => {
      if (step.kind !== "deliver")
        faults.push({
          path: ["steps", name, "kind"],
          message: `hands files to another job, but staging of kind "scratch" dies with the job; use one step of kind "deliver", or staging of kind "efs"`,
        });
    });
  else
    Object.entries(partner.steps).forEach(([name, step]) => {
      if (step.kind === "publish" && !reaches(partner, name, "fetch"))
        faults.push({
          path: ["steps", name, "after"],
          message: `must lead to a step of kind "fetch": there is nothing to publish otherwise`,
        });
    });
  if (kinds.length > 0 && !kinds.some((kind) => kind === "publish" || kind === "deliver"))
    faults.push({
      path: ["steps"],
      message: `must hold a step of kind "publish" or "deliver", else nothing is ever delivered`,
      hideValue: true,
    });
  return faults;
}

function reaches(partner: Partner, name: string, kind: string, seen = new Set<string>()): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return (partner.steps[name]?.after ?? []).some(
    (before) => partner.steps[before]?.kind === kind || reaches(partner, before, kind, seen),
  );
}

function triggerFaults(partner: Partner): Fault[] {
  return Object.entries(partner.triggers).flatMap(([name, trigger]) => {
    const faults: Fault[] = [];
    // The name becomes part of the schedule's and the rule's name.
    if (!/^[a-z][A-Za-z0-9]{0,19}$/u.test(name))
      faults.push({
        path: ["triggers", name],
        message: "must have a name of at most 20 letters and digits, beginning with a small letter",
        hideValue: true,
      });
    if (trigger.kind === "schedule") {
      const cron = cronFault(trigger.cron);
      if (cron !== undefined) faults.push({ path: ["triggers", name, "cron"], message: cron });
      if (!isTimeZone(trigger.timezone))
        faults.push({
          path: ["triggers", name, "timezone"],
          message: "must be an IANA time zone, e.g. Asia/Seoul",
        });
      if (trigger.starts === "discovery" && Object.keys(partner.discovery).length === 0)
        faults.push({
          path: ["triggers", name, "starts"],
          message: `needs steps below "discovery"; add a step of kind "list", or start "order"`,
        });
    }
    return faults;
  });
}

/**
 * Says what is wrong with a schedule expression of EventBridge Scheduler, or `undefined`.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function cronFault(expression: string): string | undefined {
  const rate = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/u.exec(expression);
  if (rate) return Number(rate[1]) > 0 ? undefined : "must have a rate above 0";
  const cron = /^cron\((.*)\)$/u.exec(expression);
  if (!cron)
    return "must be cron(minutes hours day-of-month month day-of-week year) or rate(value unit)";
  const fields = (cron[1] ?? "").trim().split(/\s+/u);
  if (fields.length !== 6)
    return `must have six fields in cron(...): minutes hours day-of-month month day-of-week year; it has ${String(fields.length)}`;
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayOfMonth === "?") === (dayOfWeek === "?"))
    return `must have "?" in exactly one of day-of-month and day-of-week`;
  if (!/^(\*|[\d,\-*/]+)$/u.test(year)) return "must have a year, or * in the last field";
  const awsDay = dayOfWeek.replace(/\d+/gu, (digit) => String(Number(digit) - 1));
  if (/(^|[^#\d])(0|[89]|\d{2,})($|[^\d])/u.test(dayOfWeek.replace(/#\d/gu, "")))
    return "must have days of the week from 1 (Sunday) to 7, or SUN to SAT";
  try {
    // croner checks ranges and lists; AWS's own letters L, W and # are kept out of it and checked by AWS.
    const plain = (field: string): string =>
      /[LW#]/u.test(field.replace(/JUL|WED/gu, "")) ? "*" : field === "?" ? "*" : field;
    new Cron(
      [minute, hour, plain(dayOfMonth), month, plain(awsDay.replace(/#-?\d+/gu, (m) => m))].join(
        " ",
      ),
      { paused: true },
    ).stop();
    return undefined;
  } catch (error) {
    return `must be a valid cron expression: ${error instanceof Error ? error.message.replace(/^CronPattern: /u, "") : String(error)}`;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^(UTC|[A-Za-z_]+\/.+)$/u.test(name);
  } catch {
    return false;
  }
}
