import type { PartnerTrigger } from "../config";
import type { ExpectationsSpec, PartnerSpec, StepSpec, TriggerSpec } from "../contract";
import { shareIdentifier } from "../core";
import { stackTags } from "../stack";
import { arrayOf } from "./process-settings";
import { bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { functionOf } from "./unpack-function";

/** What the trigger of a partner must know; lies in its zip. */
export function partnerSpec(resolved: ResolvedPartner): PartnerSpec {
  const { partner, environment, facts } = resolved;
  return {
    schemaVersion: 1,
    partner: partner.id,
    environment: environment.id,
    account: environment.account,
    region: environment.region,
    ledgerBucket: facts.ledgerBucket,
    shareIdentifier: shareIdentifier(partner.id),
    jobTags: stackTags(environment, partner.id),
    triggers: Object.entries(partner.triggers)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, trigger]) => triggerSpec(resolved, name, trigger)),
    chains: {
      order: resolved.order.map((step) => stepSpec(resolved, step)),
      discovery: resolved.discovery.map((step) => stepSpec(resolved, step)),
    },
    limits: partner.limits,
    notifications: partner.notifications,
    expectations: expectationsSpec(partner.expectations),
  };
}

function expectationsSpec(
  expectations: ResolvedPartner["partner"]["expectations"],
): ExpectationsSpec | undefined {
  if (expectations === undefined) return undefined;
  return {
    orders: Object.entries(expectations.orders)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { by, ...order }]) => ({ name, cron: by, ...order })),
    deliveries: expectations.deliveries,
  };
}

function triggerSpec(
  resolved: ResolvedPartner,
  name: string,
  trigger: PartnerTrigger,
): TriggerSpec {
  switch (trigger.kind) {
    case "manual":
      return { name, kind: "manual", starts: "order" };
    case "schedule":
      return { name, kind: "schedule", starts: trigger.starts, timezone: trigger.timezone };
    case "s3Object":
      return {
        name,
        kind: "s3",
        starts: "order",
        bucket: bucketOf(resolved, trigger.bucket).name,
        prefix: trigger.prefix,
        suffix: trigger.suffix,
      };
  }
}

/** Kinds of steps that write a manifest. */
const DELIVERING: ReadonlySet<string> = new Set(["publish", "deliver", "unpack", "merge"]);

function stepSpec(resolved: ResolvedPartner, step: ResolvedStep): StepSpec {
  const { partner, naming } = resolved;
  return {
    name: step.name,
    after: [...step.settings.after].sort(),
    jobDefinition: naming.jobDefinitionArn(partner.id, step.name),
    queues: step.queues,
    schedulingPriority: step.compute.priority,
    ...(DELIVERING.has(step.settings.kind) ? { delivers: true as const } : {}),
    ...arrayOf(step.settings),
    ...functionOf(resolved, step),
  };
}
