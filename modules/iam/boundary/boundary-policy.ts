import type { ExtraGrants } from "../../config";
import type { Naming } from "../../core";
import { extraGrants } from "../extra/extra-grant";
import {
  conditionBlock,
  type PolicyDocument,
  type Statement,
  statementOf,
} from "../policy-document";

/**
 * The most that any role of an environment can ever do, whatever its own policies say: the verbs of an ingest, on things
 * of this environment. Nothing of IAM, no deletion but of handled messages, nothing of another environment or account. What a role really may do
 * is in its own policy. What partners' steps may be granted besides is what the environment's file adds.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function boundaryPolicy(naming: Naming, added: ExtraGrants = {}): PolicyDocument {
  const { prefix, environment } = naming.scope;
  const named = `${prefix}--${environment}--*`;
  const path = `${prefix}/${environment}/*`;
  return {
    Version: "2012-10-17",
    Statement: [
      ...storage(naming),
      ...compute(naming, named),
      allow(
        "Images",
        ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        [naming.arn("ecr", `repository/${path}`)],
      ),
      allow(
        "Logs",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [naming.arn("logs", `log-group:/${path}`)],
      ),
      allow("Invoke", ["lambda:InvokeFunction"], [naming.arn("lambda", `function:${named}`)]),
      allow(
        "Messages",
        [
          "sns:Publish",
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ],
        [naming.arn("sns", named), naming.arn("sqs", named)],
      ),
      // Secrets are the user's own, with the user's own names; which of them a role reads is in its policy.
      allow(
        "Secrets",
        ["secretsmanager:GetSecretValue", "ssm:GetParameters"],
        [naming.arn("secretsmanager", "secret:*"), naming.arn("ssm", "parameter/*")],
      ),
      // These take no resource.
      allow(
        "NoResources",
        [
          "batch:DescribeJobs",
          "batch:ListJobs",
          "ecr:GetAuthorizationToken",
          "ecs:DiscoverPollEndpoint",
        ],
        ["*"],
      ),
      ...extraGrants(naming, added, "boundary.allow").map(statementOf),
    ],
  };
}

function storage(naming: Naming): Statement[] {
  const { account, region } = naming.scope;
  return [
    allow(
      "Objects",
      [
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
      ],
      // Existing buckets have the names that their owners gave them.
      [`arn:${naming.partition}:s3:::*`],
      [{ op: "StringEquals", key: "aws:ResourceAccount", values: [account] }],
    ),
    allow(
      "Keys",
      ["kms:Decrypt", "kms:GenerateDataKey"],
      [naming.arn("kms", "key/*")],
      [
        {
          op: "StringEquals",
          key: "kms:ViaService",
          values: ["s3", "secretsmanager", "sns", "sqs", "ssm"].map(
            (service) => `${service}.${region}.amazonaws.com`,
          ),
        },
      ],
    ),
    allow(
      "Staging",
      ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      [naming.arn("elasticfilesystem", "file-system/*")],
      [{ op: "Bool", key: "elasticfilesystem:AccessedViaMountTarget", values: ["true"] }],
    ),
  ];
}

function compute(naming: Naming, named: string): Statement[] {
  const platform = `${naming.scope.prefix}--${naming.scope.environment}--platform--*`;
  return [
    allow(
      "Jobs",
      ["batch:SubmitJob", "batch:TagResource", "batch:TerminateJob"],
      [
        naming.arn("batch", `job-queue/${named}`),
        naming.arn("batch", `job-definition/${named}`),
        naming.arn("batch", "job/*"),
      ],
    ),
    allow(
      "Hosts",
      [
        "ecs:DeregisterContainerInstance",
        "ecs:Poll",
        "ecs:RegisterContainerInstance",
        "ecs:StartTelemetrySession",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
        "ecs:UpdateContainerInstancesState",
      ],
      ["AWSBatch*", platform].flatMap((cluster) => [
        naming.arn("ecs", `cluster/${cluster}`),
        naming.arn("ecs", `container-instance/${cluster}`),
      ]),
    ),
  ];
}

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions: Parameters<typeof conditionBlock>[0] = [],
): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(conditions.length > 0 ? { Condition: conditionBlock(conditions) } : {}),
  };
}
