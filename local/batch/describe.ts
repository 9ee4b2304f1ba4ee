import {
  type DescribeJobDefinitionsRequest,
  type DescribeJobDefinitionsResponse,
  type DescribeJobQueuesRequest,
  type DescribeJobQueuesResponse,
} from "@aws-sdk/client-batch";
import { type Registry } from "./registry";

/** Queues as DescribeJobQueues tells them. */
export function queueDetails(
  registry: Registry,
  { jobQueues: wanted }: DescribeJobQueuesRequest,
): DescribeJobQueuesResponse {
  return {
    jobQueues: registry
      .listQueues()
      .filter(({ name, arn }) => wanted?.some((entry) => entry === name || entry === arn) ?? true)
      .map((queue) => ({
        jobQueueName: queue.name,
        jobQueueArn: queue.arn,
        state: queue.state,
        status: "VALID",
        statusReason: "JobQueue Healthy",
        priority: queue.priority,
        ...(queue.fairShare ? { schedulingPolicyArn: "local" } : {}),
        computeEnvironmentOrder: queue.environments.map(({ name }, index) => ({
          order: index + 1,
          computeEnvironment: name,
        })),
        ...(queue.timeLimits.length === 0
          ? {}
          : { jobStateTimeLimitActions: [...queue.timeLimits] }),
      })),
  };
}

/** Revisions as DescribeJobDefinitions tells them, newest first. */
export function definitionDetails(
  registry: Registry,
  { jobDefinitions: wanted, jobDefinitionName: name }: DescribeJobDefinitionsRequest,
): DescribeJobDefinitionsResponse {
  return {
    jobDefinitions: registry
      .listDefinitions()
      .filter(
        (definition) =>
          (name === undefined || definition.name === name) &&
          (wanted?.some(
            (entry) =>
              entry === definition.arn ||
              entry === `${definition.name}:${String(definition.revision)}`,
          ) ??
            true),
      )
      .sort((a, b) => b.revision - a.revision)
      .map(({ request, arn, revision }) => ({
        ...request,
        jobDefinitionName: request.jobDefinitionName,
        jobDefinitionArn: arn,
        revision,
        status: "ACTIVE",
        type: "container",
      })),
  };
}
