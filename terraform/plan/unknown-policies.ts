import type { PlanJson } from "./plan-json";

/**
 * Attributes that hold a policy document, by resource type. A document that is unknown at plan can not be reviewed:
 * policies are to be made of names, not of references.
 */
export const POLICY_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_event_bus_policy: ["policy"],
  aws_cloudwatch_log_resource_policy: ["policy_document"],
  aws_ecr_registry_policy: ["policy"],
  aws_ecr_repository_policy: ["policy"],
  aws_efs_file_system_policy: ["policy"],
  aws_iam_group_policy: ["policy"],
  aws_iam_policy: ["policy"],
  aws_iam_role: ["assume_role_policy"],
  aws_iam_role_policy: ["policy"],
  aws_iam_user_policy: ["policy"],
  aws_kms_key: ["policy"],
  aws_kms_key_policy: ["policy"],
  aws_kms_replica_key: ["policy"],
  aws_s3_access_point: ["policy"],
  aws_s3_bucket_policy: ["policy"],
  aws_secretsmanager_secret: ["policy"],
  aws_secretsmanager_secret_policy: ["policy"],
  aws_sns_topic: ["policy"],
  aws_sns_topic_policy: ["policy"],
  aws_sqs_queue: ["policy"],
  aws_sqs_queue_policy: ["policy"],
  aws_vpc_endpoint: ["policy"],
  aws_vpc_endpoint_policy: ["policy"],
};

/** A policy document of a plan. */
export interface PlannedPolicy {
  readonly address: string;
  readonly type: string;
  readonly attribute: string;
  /** The document as text; `undefined` when it is only known after apply. */
  readonly document: string | undefined;
}

/** Every policy document that the configuration sets on a resource of the plan. */
export function plannedPolicies(plan: PlanJson): readonly PlannedPolicy[] {
  const configured = new Map(
    (plan.configuration?.root_module?.resources ?? []).map(
      (resource) => [resource.address, resource.expressions ?? {}] as const,
    ),
  );
  return (plan.resource_changes ?? [])
    .filter(({ mode, change }) => mode === "managed" && change.after !== null)
    .flatMap(({ address, type, change }) =>
      (POLICY_ATTRIBUTES[type] ?? [])
        // Where nothing is set the provider fills in AWS's default, which is no document of ours.
        .filter((attribute) => attribute in (configured.get(withoutIndex(address)) ?? {}))
        .map((attribute) => {
          const value = change.after?.[attribute];
          return {
            address,
            type,
            attribute,
            document: typeof value === "string" ? value : undefined,
          };
        }),
    )
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The policy documents that nobody can read before apply. */
export function unknownPolicies(plan: PlanJson): readonly PlannedPolicy[] {
  return plannedPolicies(plan).filter(({ document }) => document === undefined);
}

function withoutIndex(address: string): string {
  return address.replace(/\[[^\]]*\]$/u, "");
}
