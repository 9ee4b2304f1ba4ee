import {
  type CreateJobQueueRequest,
  type JobStateTimeLimitAction,
  type RegisterJobDefinitionRequest,
} from "@aws-sdk/client-batch";
import {
  type ComputeEnvironment,
  computeEnvironment,
  type ComputeEnvironmentSettings,
} from "./compute-environment";
import { type JobDefinition, type Queue } from "./job";
import { demand, LIMITS, refuse, requireName, shown } from "./limits";
import {
  requireRetryStrategy,
  requireTags,
  requireTimeLimits,
  requireTimeout,
} from "./retry-limits";

/** Settings of a queue that is set up by the one who starts the Batch. */
export interface QueueSettings {
  readonly name: string;
  /** Whether a scheduling policy is attached: its jobs must name a share. @default true */
  readonly fairShare?: boolean;
  /** Containers that run at once. @default the Batch's own */
  readonly concurrency?: number;
  /** Higher is served first where queues share a compute environment. @default 1 */
  readonly priority?: number;
  /** Names of compute environments in the order in which they are tried. @default one without a limit */
  readonly computeEnvironments?: readonly string[];
  /** @default none */
  readonly timeLimits?: readonly JobStateTimeLimitAction[];
}

/** The compute environment of queues that name none. */
const DEFAULT_ENVIRONMENT = "local";

/** Queues and job definitions. */
export class Registry {
  private readonly queues = new Map<string, Queue>();
  private readonly definitions = new Map<string, JobDefinition[]>();
  private readonly environments = new Map<string, ComputeEnvironment>();

  constructor(
    private readonly arn: (resource: string) => string,
    private readonly concurrency: number,
  ) {}

  addQueue(settings: QueueSettings): Queue {
    return this.createQueue(
      {
        jobQueueName: settings.name,
        priority: settings.priority ?? 1,
        computeEnvironmentOrder: (settings.computeEnvironments ?? [DEFAULT_ENVIRONMENT]).map(
          (name, index) => ({ order: index + 1, computeEnvironment: name }),
        ),
        ...(settings.timeLimits === undefined
          ? {}
          : { jobStateTimeLimitActions: [...settings.timeLimits] }),
        ...((settings.fairShare ?? true) ? { schedulingPolicyArn: "local" } : {}),
      },
      settings.concurrency,
    );
  }

  createQueue(request: CreateJobQueueRequest, concurrency = this.concurrency): Queue {
    const { jobQueueName: name, priority, state, computeEnvironmentOrder: order = [] } = request;
    requireName("jobQueueName", name);
    demand(!this.queues.has(name), `the job queue ${shown(name)} exists already`);
    demand(
      priority !== undefined && priority >= 0 && priority <= 1000,
      `priority must be between 0 and 1000, got ${shown(priority)}`,
    );
    demand(
      order.length >= 1 && order.length <= LIMITS.computeEnvironmentsPerQueue,
      `computeEnvironmentOrder takes 1 to ${String(LIMITS.computeEnvironmentsPerQueue)} compute environments, got ${String(order.length)}`,
    );
    demand(
      new Set(order.map((entry) => entry.order)).size === order.length,
      "computeEnvironmentOrder holds the same order twice",
    );
    const queue: Queue = {
      name,
      arn: this.arn(`job-queue/${name}`),
      priority,
      state: state === "DISABLED" ? "DISABLED" : "ENABLED",
      fairShare: request.schedulingPolicyArn !== undefined,
      concurrency,
      environments: [...order]
        .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
        .map(({ computeEnvironment: reference }) => this.environment(reference)),
      timeLimits: requireTimeLimits(request.jobStateTimeLimitActions),
    };
    this.queues.set(name, queue);
    return queue;
  }

  addEnvironment(settings: ComputeEnvironmentSettings): ComputeEnvironment {
    demand(
      !this.environments.has(settings.name),
      `the compute environment ${shown(settings.name)} exists already`,
    );
    const environment = computeEnvironment(settings);
    this.environments.set(settings.name, environment);
    return environment;
  }

  /** Finds a compute environment by name or ARN; one that was not set up has no limit. */
  environment(nameOrArn: string | undefined): ComputeEnvironment {
    const name = nameOrArn?.split("/").pop() ?? DEFAULT_ENVIRONMENT;
    return this.environments.get(name) ?? this.addEnvironment({ name });
  }

  listQueues(): readonly Queue[] {
    return [...this.queues.values()];
  }

  /** Finds a queue by name or ARN. */
  queue(nameOrArn: string | undefined): Queue {
    const found = this.listQueues().find(
      ({ name, arn }) => nameOrArn === name || nameOrArn === arn,
    );
    return found ?? refuse(`the job queue ${shown(nameOrArn)} does not exist`);
  }

  register(request: RegisterJobDefinitionRequest): JobDefinition {
    const { jobDefinitionName: name, type, containerProperties: container } = request;
    requireName("jobDefinitionName", name);
    demand(
      type === "container" && container !== undefined,
      `job definitions of type ${shown(type)} without containerProperties can not be run on one machine; it runs containers of type "container"`,
    );
    demand(
      container.image !== undefined && container.image !== "",
      "containerProperties.image is missing",
    );
    requireEnvironment("containerProperties", container.environment);
    requireRetryStrategy(request.retryStrategy);
    requireTimeout(request.timeout);
    requireTags(request.tags);
    const bytes = Buffer.byteLength(JSON.stringify(request));
    demand(
      bytes <= LIMITS.definitionBytes,
      `the job definition takes ${String(bytes)} bytes, at most ${String(LIMITS.definitionBytes)} are allowed`,
    );
    const revisions = this.definitions.get(name) ?? [];
    const revision = revisions.length + 1;
    const definition = {
      name,
      revision,
      arn: this.arn(`job-definition/${name}:${String(revision)}`),
      request,
    };
    this.definitions.set(name, [...revisions, definition]);
    return definition;
  }

  listDefinitions(): readonly JobDefinition[] {
    return [...this.definitions.values()].flat();
  }

  /** Finds a revision by `name`, `name:revision` or ARN; without a revision the newest. */
  definition(reference: string | undefined): JobDefinition {
    const text = reference?.replace(/^arn:.*:job-definition\//u, "") ?? "";
    const [name = "", revision] = text.split(":");
    const revisions = this.definitions.get(name) ?? [];
    const found =
      revision === undefined
        ? revisions.at(-1)
        : revisions.find((candidate) => String(candidate.revision) === revision);
    const inAccount = reference?.startsWith("arn:") !== true || found?.arn.startsWith(reference);
    if (found === undefined || inAccount !== true)
      refuse(`the job definition ${shown(reference)} does not exist`);
    return found;
  }
}

/** Refuses variables that only Batch may set. @see https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html */
export function requireEnvironment(
  path: string,
  environment: readonly { name?: string | undefined }[] | undefined,
): void {
  for (const { name } of environment ?? [])
    demand(
      name !== undefined && name !== "" && !name.startsWith("AWS_BATCH"),
      `${path}.environment holds ${shown(name)}: names must not be empty nor begin with AWS_BATCH`,
    );
}
