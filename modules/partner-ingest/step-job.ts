import type { BatchJobDefinition } from "@cdktf/provider-aws/lib/batch-job-definition";
import { Construct } from "constructs";
import { JobDefinition } from "../batch/job-definition";
import { ENV, SCRATCH_MOUNT } from "../contract";
import { snakeCase } from "../core";
import { type AccessPoint, mountStaging } from "../efs";
import { WorkloadRole } from "../iam";
import type { LogGroup } from "../logs";
import type { ResolvedPartner, ResolvedStep } from "./resolved-partner";
import { executionGrants, jobGrants } from "./step-grants";
import { stepSettings } from "./step-settings";

/** Props of {@link StepJob}. */
export interface StepJobProps {
  readonly resolved: ResolvedPartner;
  readonly step: ResolvedStep;
  readonly log: LogGroup;
  /** Where the files of an order rest; missing for steps that have none, and where staging dies with the job. */
  readonly staging: AccessPoint | undefined;
  readonly boundaryArn: string;
}

/** A step: its two roles and its job definition. Other steps and other partners have roles of their own. */
export class StepJob extends Construct {
  readonly definition: BatchJobDefinition;

  constructor(scope: Construct, id: string, props: StepJobProps) {
    super(scope, id);
    const jobRole = this.createJobRole(props);
    const executionRole = this.createExecutionRole(props);
    this.definition = this.createDefinition(props, jobRole, executionRole);
  }

  private createJobRole({ resolved, step, staging, boundaryArn }: StepJobProps): WorkloadRole {
    const { naming, partner, facts } = resolved;
    return new WorkloadRole(this, "JobRole", {
      naming,
      owner: partner.id,
      thing: `job-${step.name}`,
      trust: { service: "ecs-tasks" },
      grants: jobGrants(resolved, step),
      opaqueGrants:
        staging === undefined
          ? []
          : [
              mountStaging({
                fileSystemArn: naming.arn("elasticfilesystem", `file-system/${facts.fileSystemId}`),
                accessPointArn: staging.arn,
                why: "read and write the partner's own files in staging",
                from: step.from,
              }),
            ],
      boundaryArn,
      description: `What the container of step ${step.name} of ${partner.id} may do`,
      logicalId: `job_${snakeCase(step.name)}`,
    });
  }

  private createExecutionRole({ resolved, step, log, boundaryArn }: StepJobProps): WorkloadRole {
    const { naming, partner } = resolved;
    return new WorkloadRole(this, "ExecutionRole", {
      naming,
      owner: partner.id,
      thing: `exec-${step.name}`,
      trust: { service: "ecs-tasks" },
      grants: executionGrants(resolved, step, log.arn),
      boundaryArn,
      description: `What ECS may do to start step ${step.name} of ${partner.id}`,
      logicalId: `exec_${snakeCase(step.name)}`,
    });
  }

  private createDefinition(
    { resolved, step, log, staging }: StepJobProps,
    jobRole: WorkloadRole,
    executionRole: WorkloadRole,
  ): BatchJobDefinition {
    const { naming, partner, facts, environment } = resolved;
    const { settings, pool, compute } = step;
    return new JobDefinition(this, "Definition", {
      naming,
      owner: partner.id,
      step: step.name,
      poolKind: pool.kind,
      container: {
        image: step.image,
        command: [settings.kind],
        vcpus: compute.vcpus,
        memoryMib: compute.memoryMib,
        jobRoleArn: jobRole.arn,
        executionRoleArn: executionRole.arn,
        environment: environmentOf(resolved, step),
        secrets: settings.secrets,
        log: { group: log.groupName, streamPrefix: step.name, region: environment.region },
        staging: staging && { fileSystemId: facts.fileSystemId, accessPointId: staging.id },
        scratch: "program" in settings,
        fargate: fargateOf(resolved, step),
      },
      attempts: settings.attempts,
      timeoutSeconds: settings.timeoutSeconds,
      dependsOn: [
        log.group,
        ...[jobRole, executionRole].flatMap(({ role, policies }) => [role, ...policies]),
      ],
      logicalId: snakeCase(step.name),
      path: `partners/${partner.id}.${step.from}`,
    }).definition;
  }
}

function environmentOf(resolved: ResolvedPartner, step: ResolvedStep): Record<string, string> {
  const { partner, facts, environment } = resolved;
  return {
    // Names of ours and of AWS were refused when the partner was defined.
    ...step.settings.environment,
    // ECS sets it on Fargate only.
    AWS_REGION: environment.region,
    [ENV.partner]: partner.id,
    [ENV.ledgerBucket]: facts.ledgerBucket,
    [ENV.stepSettings]: JSON.stringify(stepSettings(resolved, step)),
    ...(step.settings.kind === "deliver" && partner.staging.kind === "scratch"
      ? { [ENV.stagingDirectory]: `${SCRATCH_MOUNT}/staging` }
      : {}),
  };
}

function fargateOf(
  { partner }: ResolvedPartner,
  { pool, settings }: ResolvedStep,
): { architecture: "x86_64" | "arm64"; ephemeralGib?: number | undefined } | undefined {
  if (!pool.kind.startsWith("fargate")) return undefined;
  const own = settings.kind === "deliver" || settings.kind === "process";
  return {
    architecture: pool.architecture,
    ...(own && partner.staging.kind === "scratch" ? { ephemeralGib: partner.staging.gib } : {}),
  };
}
