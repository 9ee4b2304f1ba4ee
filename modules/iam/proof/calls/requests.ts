import { AssumptionError } from "../../../core";
import { findAction, hasConditionKey } from "../../catalog";
import type { IamRequest } from "../../evaluate";
import type { Deployment } from "../deployment";
import type { AwsCall, PlainCall, SdkCall } from "./call";
import { queueRequests, topicRequests } from "./message-requests";
import { s3Requests } from "./s3-requests";
import { secretRequests } from "./secret-requests";

/** A permission that a call needs, without who calls. */
export type Needed = PlainCall;

/** The requests that AWS makes of a call: each must be allowed. */
export function requestsOf({ role, call }: AwsCall, deployment: Deployment): IamRequest[] {
  const needed = "command" in call ? sdkRequests(call, deployment) : [call];
  const endpoint = "command" in call ? call.endpoint : undefined;
  return needed.map((one) => ({
    caller: { kind: "role", arn: role },
    action: one.action,
    resource: one.resource,
    context: checkedContext(one),
    // Keys are called by the service, not through the caller's network.
    ...(endpoint !== undefined && one.action.startsWith("s3:") ? { endpoint } : {}),
  }));
}

/** The permissions of an operation. Most are named as the operation; those that are not stand here. */
function sdkRequests(call: SdkCall, deployment: Deployment): Needed[] {
  const { service, command, input } = call;
  const { partition, region, account } = deployment.world;
  switch (`${service} ${command}`) {
    case "Batch SubmitJob":
      return submitJob(input, deployment);
    case "Batch ListJobs":
    case "Batch DescribeJobs":
      return [{ action: `batch:${command}`, resource: "*" }];
    case "Batch TerminateJob":
      return [terminateJob(input, deployment)];
    case "SecretsManager GetSecretValue":
      return secretRequests(String(input["SecretId"]), region);
    case "SSM GetParameters":
      return [input["Names"]].flat().flatMap((name) => secretRequests(String(name), region));
    case "SNS Publish":
      return topicRequests(call, deployment);
    case "Lambda Invoke": {
      const name = String(input["FunctionName"]);
      const arn = name.startsWith("arn:")
        ? name
        : `arn:${partition}:lambda:${region}:${account}:function:${name}`;
      return [{ action: "lambda:InvokeFunction", resource: arn }];
    }
    default:
      if (service === "S3") return s3Requests(call, deployment);
      if (service === "SQS") return queueRequests(call, deployment);
      throw new AssumptionError(
        `the permissions of ${service} ${command} are not known; write them into modules/iam/proof/calls`,
      );
  }
}

/**
 * Queue, job definition and, by the service's own reference, the job that comes into being; and its tags.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
function submitJob(input: SdkCall["input"], { world }: Deployment): Needed[] {
  const tags = Object.entries((input["tags"] ?? {}) as Readonly<Record<string, string>>);
  const job = `arn:${world.partition}:batch:${world.region}:${world.account}:job/0a1b2c3d-0000-4000-8000-000000000000`;
  const tagged: Record<string, string | readonly string[]> =
    tags.length === 0 ? {} : { "aws:TagKeys": tags.map(([key]) => key) };
  for (const [key, value] of tags) tagged[`aws:RequestTag/${key}`] = value;
  const context = { "batch:ShareIdentifier": String(input["shareIdentifier"]), ...tagged };
  return [
    ...[String(input["jobQueue"]), String(input["jobDefinition"]), job].map((resource) => ({
      action: "batch:SubmitJob",
      resource,
      context,
    })),
    ...(tags.length === 0 ? [] : [{ action: "batch:TagResource", resource: job, context: tagged }]),
  ];
}

/** A job is known by its tags: its id is Batch's own. */
function terminateJob(input: SdkCall["input"], { world }: Deployment): Needed {
  const tags = Object.entries((input["tags"] ?? {}) as Readonly<Record<string, string>>);
  return {
    action: "batch:TerminateJob",
    resource: `arn:${world.partition}:batch:${world.region}:${world.account}:job/${String(input["jobId"])}`,
    context: Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
  };
}

/** The condition keys of a request: those that every request has, and those given, which the action must know. */
function checkedContext({ action, context = {} }: Needed): NonNullable<IamRequest["context"]> {
  const info = findAction(action);
  if (info === undefined) throw new AssumptionError(`${action} is no action of the catalog`);
  for (const key of Object.keys(context))
    if (!hasConditionKey(info, key))
      throw new AssumptionError(
        `a request of ${action} never has the condition key ${JSON.stringify(key)}`,
      );
  return {
    "aws:SecureTransport": "true",
    ...(hasConditionKey(info, "s3:TlsVersion") ? { "s3:TlsVersion": "1.3" } : {}),
    ...context,
  };
}
