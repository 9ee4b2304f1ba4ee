import { createHash } from "node:crypto";
import { BatchJobDefinition } from "@cdktf/provider-aws/lib/batch-job-definition";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Pool } from "../config";
import { ENV } from "../contract";
import { type Naming, ValidationError, withLogicalId } from "../core";
import { containerProperties, type ContainerSettings } from "./container-properties";
import { retryRules } from "./retry-strategy";

/** Props of {@link JobDefinition}. */
export interface JobDefinitionProps {
  readonly naming: Naming;
  readonly owner: string;
  /** Name of the step: last part of the name. */
  readonly step: string;
  readonly poolKind: Pool["kind"];
  readonly container: ContainerSettings;
  /** How often Batch tries the job, the first included. 1 to 10. */
  readonly attempts: number;
  /** Batch ends an attempt after so long. */
  readonly timeoutSeconds: number;
  /** What must exist before the first job. */
  readonly dependsOn: ITerraformDependable[];
  readonly logicalId: string;
  /** The user's setting, for errors. */
  readonly path: string;
}

/** Bytes of a job definition. @see https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
export const JOB_DEFINITION_MAX_BYTES = 24 * 1024;

/** Batch counts its own form of the request; what is around the container properties takes less than this. */
const ALLOWANCE_BYTES = 1024;

/**
 * The job definition of a step. Creates `aws_batch_job_definition`.
 * A change registers a new revision and leaves the old ones: jobs that were submitted before, and runs that were claimed
 * with them, still need them.
 */
export class JobDefinition extends Construct {
  readonly definition: BatchJobDefinition;

  constructor(scope: Construct, id: string, props: JobDefinitionProps) {
    super(scope, id);
    const { naming, owner, step, poolKind } = props;
    const around = {
      platformCapabilities: [poolKind.startsWith("fargate") ? "FARGATE" : "EC2"],
      retryStrategy: { attempts: props.attempts, evaluateOnExit: retryRules(poolKind) },
      timeout: { attemptDurationSeconds: props.timeoutSeconds },
    };
    const properties = containerProperties(withDigest(props.container, around));
    const bytes = Buffer.byteLength(properties, "utf8") + ALLOWANCE_BYTES;
    if (bytes > JOB_DEFINITION_MAX_BYTES)
      throw new ValidationError(
        `${props.path} makes a job definition of about ${String(bytes)} bytes, Batch takes ${String(JOB_DEFINITION_MAX_BYTES)}; shorten its program or its environment`,
        this,
      );
    this.definition = withLogicalId(
      new BatchJobDefinition(this, "Definition", {
        name: naming.name("batch", owner, step),
        type: "container",
        ...around,
        propagateTags: true,
        containerProperties: properties,
        deregisterOnNewRevision: false,
        dependsOn: props.dependsOn,
      }),
      props.logicalId,
    );
  }
}

/**
 * Has the container's environment tell of what is around it. The provider registers a new revision for a change of the
 * timeout alone, and plans as if the revision stayed: whoever names the revision would be told with the apply after, or
 * the apply end with "inconsistent final plan". What changes the container is planned rightly.
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/39443
 */
function withDigest(container: ContainerSettings, around: unknown): ContainerSettings {
  const digest = createHash("sha256").update(JSON.stringify(around)).digest("hex").slice(0, 16);
  return {
    ...container,
    environment: { ...container.environment, [ENV.definitionDigest]: digest },
  };
}
