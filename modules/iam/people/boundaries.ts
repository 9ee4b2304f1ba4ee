import type { Naming } from "../../core";
import { policyDocument, type PolicyDocument, type Statement } from "../policy-document";
import { peopleGrants } from "./people-grants";
import type { Places } from "./places";

/** Services whose things bear names of ours, and what stands before the name in an ARN. */
const NAMED: readonly (readonly [service: string, befores: readonly string[]])[] = [
  ["batch", ["compute-environment/", "job-definition/", "job-queue/", "scheduling-policy/"]],
  ["cloudwatch", ["alarm:"]],
  ["events", ["rule/"]],
  ["lambda", ["function:"]],
  ["scheduler", ["schedule/", "schedule-group/"]],
  ["sns", [""]],
  ["sqs", [""]],
];

/** Services of which anything may be done with what is named so: their actions reach nothing but what they are called on. */
const NAMED_ACTIONS = ["batch", "cloudwatch", "ecr", "events", "lambda", "logs", "scheduler"].map(
  (service) => `${service}:*`,
);

/** What makes a thing whose id AWS makes up: the tags of the request decide. */
const MAKES = [
  "ec2:AllocateAddress",
  "ec2:AuthorizeSecurityGroup*",
  "ec2:CreateInternetGateway",
  "ec2:CreateLaunchTemplate",
  "ec2:CreateNatGateway",
  "ec2:CreateRouteTable",
  "ec2:CreateSecurityGroup",
  "ec2:CreateSubnet",
  "ec2:CreateVpc",
  "ec2:CreateVpcEndpoint",
  "elasticfilesystem:CreateFileSystem",
  "kms:CreateKey",
];

/** What takes no resource, or makes what has no name yet. */
const LOOKS = [
  "batch:Describe*",
  "batch:ListJobs",
  "cloudwatch:Describe*",
  "ec2:Describe*",
  "kms:ListAliases",
  "logs:*QueryDefinition*",
  "logs:DescribeLogGroups",
];

const tag = (of: "RequestTag" | "ResourceTag", key: "environment" | "owner"): string =>
  `aws:${of}/partner-ingest:${key}`;

/** What {@link deployerBoundary} names besides the environment. */
export interface DeployerBoundaryProps {
  /** ARN of the boundary that every role of a workload has. */
  readonly workloads: string;
  /** Bucket of the states, which may be the user's own. */
  readonly stateBucket: string;
}

/**
 * The most that whoever deploys, or breaks the glass, can ever do, whatever is attached to the role: the services of an
 * ingest, on the names, the paths and the tags of one environment, and roles only with the workloads' boundary. What a role
 * really may do is in its own policies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function deployerBoundary(
  naming: Naming,
  { workloads, stateBucket }: DeployerBoundaryProps,
): PolicyDocument {
  const { environment } = naming.scope;
  const buckets = [...new Set([bucketPattern(naming), naming.bucketArn(stateBucket)])];
  const ours = { StringEquals: { [tag("ResourceTag", "environment")]: environment } };
  const made = { StringEquals: { [tag("RequestTag", "environment")]: environment } };
  return {
    Version: "2012-10-17",
    Statement: [
      allow("Named", [...NAMED_ACTIONS, "sns:*", "sqs:*"], namedArns(naming)),
      allow("Buckets", ["s3:*"], [...buckets, ...buckets.map((bucket) => `${bucket}/*`)], {
        StringEquals: { "aws:ResourceAccount": naming.scope.account },
      }),
      // What is not there yet is in no account.
      allow("NewBuckets", ["s3:CreateBucket"], [bucketPattern(naming)]),
      allow("Tagged", ["ec2:*", "elasticfilesystem:*", "kms:*"], ["*"], ours),
      allow("Made", MAKES, ["*"], made),
      allow("Data", ["kms:Decrypt", "kms:GenerateDataKey"], [naming.arn("kms", "key/*")], {
        StringEquals: { "kms:ViaService": `s3.${naming.scope.region}.amazonaws.com` },
        StringLike: {
          "kms:EncryptionContext:aws:s3:arn": [
            ...buckets,
            ...buckets.map((bucket) => `${bucket}/*`),
          ],
        },
      }),
      // Short, for the longest names to fit: the queue's own context says whose messages, and no key of ours has a name.
      allow("Messages", ["kms:Decrypt", "kms:GenerateDataKey"], ["*"], {
        StringEquals: {
          "kms:EncryptionContext:aws:sqs:arn": naming.queueArn("platform", "announcements"),
        },
      }),
      // Tags may be set while a thing is made; on what others own they would make it ours.
      allow("TagsOfMade", ["ec2:CreateTags"], ["*"], {
        ...made,
        Null: { "ec2:CreateAction": "false" },
      }),
      // The default group of a new network is there before it has tags.
      allow("TagsOfDefault", ["ec2:CreateTags"], [naming.arn("ec2", "security-group/*")], {
        ...made,
        Null: { [tag("ResourceTag", "owner")]: "true" },
      }),
      allow("TagsOfNew", ["elasticfilesystem:TagResource", "kms:TagResource"], ["*"], {
        ...made,
        Null: { [tag("ResourceTag", "environment")]: "true" },
      }),
      allow("Looks", LOOKS, ["*"]),
      // EFS makes and removes interfaces in the caller's name, without tags of ours.
      allow(
        "Interfaces",
        ["ec2:*NetworkInterface", "ec2:DisassociateAddress"],
        [interfaces(naming)],
      ),
      allow("Sources", ["lambda:*EventSourceMapping*", "lambda:*Tag*"], ["*"]),
      allow(
        "Jobs",
        ["batch:CancelJob", "batch:TerminateJob"],
        [naming.arn("batch", "job/*")],
        ours,
      ),
      allow("Aliases", ["kms:*Alias"], aliases(naming)),
      ...iam(naming, workloads),
    ],
  };
}

const bucketPattern = (naming: Naming): string =>
  naming.bucketArn(`${naming.scope.prefix}--${naming.scope.environment}--*`);

const interfaces = (naming: Naming): string => naming.arn("ec2", "network-interface/*");

function aliases(naming: Naming): string[] {
  const { prefix, environment } = naming.scope;
  return [`${prefix}--${environment}--*`, `${prefix}/${environment}/*`].map((name) =>
    naming.arn("kms", `alias/${name}`),
  );
}

function namedArns(naming: Naming): string[] {
  const { prefix, environment } = naming.scope;
  const name = `${prefix}--${environment}--*`;
  const path = `${prefix}/${environment}/*`;
  return [
    ...NAMED.flatMap(([service, befores]) =>
      befores.map((before) => naming.arn(service, `${before}${name}`)),
    ),
    naming.globalArn("cloudwatch", `dashboard/${name}`),
    naming.arn("ecr", `repository/${path}`),
    naming.arn("logs", `log-group:/${path}`),
  ];
}

/** The most that a role of people can ever do: what is granted to who is on call. */
export function peopleBoundary(naming: Naming, places: Places): PolicyDocument {
  return policyDocument(peopleGrants(naming, "onCall", places));
}

/** Roles below the environment's path, with the workloads' boundary; the bootstrap's own are for looking at alone. */
function iam(naming: Naming, workloads: string): Statement[] {
  const { prefix, environment } = naming.scope;
  const below = (kind: string, owner = ""): string =>
    naming.globalArn("iam", `${kind}/${prefix}/${environment}/${owner}*`);
  const bounded = { StringEquals: { "iam:PermissionsBoundary": workloads } };
  return [
    allow("LookAtRoles", ["iam:Get*", "iam:List*"], [below("role"), below("instance-profile")]),
    allow(
      "BoundedRoles",
      [
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      [below("role")],
      bounded,
    ),
    allow(
      "PartsOfRoles",
      ["iam:*InstanceProfile", "iam:PassRole", "iam:TagRole", "iam:UntagRole"],
      [below("role"), below("instance-profile")],
    ),
    allow(
      "LinkedRoles",
      ["iam:CreateServiceLinkedRole"],
      [naming.globalArn("iam", "role/aws-service-role/*")],
    ),
    {
      Sid: "KeepBootstrap",
      Effect: "Deny",
      Action: [
        "iam:Attach*",
        "iam:Create*",
        "iam:Delete*",
        "iam:Detach*",
        "iam:PassRole",
        "iam:Put*",
        "iam:Tag*",
        "iam:Untag*",
        "iam:Update*",
      ],
      Resource: below("role", "bootstrap/"),
    },
  ];
}

function allow(
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: Statement["Condition"],
): Statement {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition ? { Condition } : {}) };
}
