import type {
  BucketRole,
  Environment,
  EnvironmentFacts,
  Partner,
  PartnerStep,
  Pool,
  StepCompute,
} from "../config";
import type { Naming } from "../core";

/** What a partner is resolved against. */
export interface PartnerContext {
  readonly environment: Environment;
  readonly facts: EnvironmentFacts;
  readonly naming: Naming;
}

/** A step with all that its environment says about it. */
export interface ResolvedStep {
  readonly name: string;
  /** The user's setting, e.g. `steps.fetch`: where the step's permissions come from. */
  readonly from: string;
  readonly settings: PartnerStep;
  readonly compute: StepCompute;
  readonly pool: Pool;
  readonly queues: { readonly standard: string; readonly onDemand: string };
  /** Repository and digest. */
  readonly image: string;
}

/** A bucket that the partner uses. */
export interface ResolvedBucket {
  readonly role: BucketRole;
  readonly kind: "create" | "existing";
  readonly name: string;
  readonly arn: string;
  /** Key that its objects are encrypted with, where it is known. */
  readonly kmsKeyArn?: string | undefined;
}

/** A partner in an environment, after all checks. */
export interface ResolvedPartner extends PartnerContext {
  readonly partner: Partner;
  /** The steps of an order, in the order of submission. */
  readonly order: readonly ResolvedStep[];
  /** The steps that look for new orders, in the order of submission. */
  readonly discovery: readonly ResolvedStep[];
  readonly buckets: Readonly<Partial<Record<BucketRole, ResolvedBucket>>>;
}

/** All steps of a partner. */
export const allSteps = ({ order, discovery }: ResolvedPartner): readonly ResolvedStep[] => [
  ...order,
  ...discovery,
];

/** The bucket that a step or trigger of the partner names. */
export function bucketOf(resolved: ResolvedPartner, role: BucketRole): ResolvedBucket {
  const bucket = resolved.buckets[role];
  // resolveBuckets makes an entry for every bucket that is named.
  if (bucket === undefined) throw new Error(`partner ${resolved.partner.id} has no ${role} bucket`);
  return bucket;
}
