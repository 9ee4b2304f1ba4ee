import type { BucketRole, Environment, EnvironmentFacts, Partner, PartnerBucket } from "../config";
import type { Naming } from "../core";
import type { ResolvedBucket } from "./resolved-partner";

/**
 * The buckets that a partner uses: those that it declares, and those that a trigger or step names, which are created
 * where nothing else is said.
 */
export function resolveBuckets(
  partner: Partner,
  { naming, facts }: { naming: Naming; environment: Environment; facts: EnvironmentFacts },
): Partial<Record<BucketRole, ResolvedBucket>> {
  const buckets: Partial<Record<BucketRole, ResolvedBucket>> = {};
  for (const role of ["landing", "processed"] as const) {
    const setting = partner.buckets[role] ?? (isNamed(partner, role) ? CREATE : undefined);
    if (setting === undefined) continue;
    const name = setting.kind === "existing" ? setting.name : naming.bucket(partner.id, role);
    buckets[role] = {
      role,
      kind: setting.kind,
      name,
      arn: naming.bucketArn(name),
      kmsKeyArn: setting.kind === "existing" ? setting.kmsKeyArn : facts.keys.data,
    };
  }
  return buckets;
}

const CREATE: PartnerBucket = { kind: "create" };

function isNamed(partner: Partner, role: BucketRole): boolean {
  return (
    Object.values(partner.steps).some(
      (step) =>
        ("to" in step && step.to === role) ||
        (step.kind === "process" && step.input.from === "list" && step.input.bucket === role),
    ) ||
    Object.values(partner.triggers).some(
      (trigger) => trigger.kind === "s3Object" && trigger.bucket === role,
    )
  );
}
