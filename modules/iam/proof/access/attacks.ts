import type { IamRequest } from "../../evaluate";
import type { Deployment } from "../deployment";
import type { Ability, AccessRole } from "./access-role";

/** Something that a role must not be able to do. */
export interface Attack {
  readonly say: string;
  readonly request: Omit<IamRequest, "caller">;
}

const ADMINISTRATOR = "policy/AdministratorAccess";
const OTHER_ACCOUNT = "999999999999";

/** What nobody of people and CI can do, and what one of them can not do besides. */
export function attacksBy({ arn, ability }: AccessRole, deployment: Deployment): Attack[] {
  const attacks = new Attacks(deployment);
  return [
    ...attacks.onIam(arn),
    ...attacks.elsewhere(),
    ...attacks.onWhatIsKept(),
    ...(DEPLOYS.has(ability) ? [] : attacks.onInfrastructure()),
    ...(ability === "plan" ? attacks.onInfrastructure() : []),
    ...(ability === "onCall" || ability === "breakGlass" ? [] : attacks.onRuns()),
    ...(ability === "breakGlass" ? attacks.onItsAlert() : attacks.onFiles()),
  ];
}

const DEPLOYS: ReadonlySet<Ability> = new Set(["apply", "breakGlass", "plan"]);

class Attacks {
  constructor(private readonly deployment: Deployment) {}

  /** Ways to more than one was given. */
  onIam(self: string): Attack[] {
    const { world, environment } = this.deployment;
    const workloads = world.principals.filter(({ owner }) => owner !== "bootstrap");
    const workload = workloads[0]?.arn ?? this.iam(`role/${environment}/any/any`);
    const own = world.principals.find(({ arn }) => arn === workload)?.boundary;
    const boundary = this.deployment.boundaryArns.get(workload) ?? own?.name ?? "";
    const bounded = { "iam:PermissionsBoundary": boundary };
    const ownBoundary = this.deployment.boundaryArns.get(self) ?? "";
    const ask = this.ask;
    return [
      ask("remove the boundary of its own role", "iam:DeleteRolePermissionsBoundary", self),
      ask(
        "remove the boundary of a workload",
        "iam:DeleteRolePermissionsBoundary",
        workload,
        bounded,
      ),
      ask("exchange its own boundary", "iam:PutRolePermissionsBoundary", self, {
        "iam:PermissionsBoundary": this.iam(ADMINISTRATOR),
      }),
      ...["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"].flatMap(
        (action) => [
          ask("change the boundary of workloads", action, boundary),
          ask("change its own boundary", action, ownBoundary),
        ],
      ),
      ...["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRolePolicy"].flatMap(
        (action) => [
          ask("change its own role", action, self, bounded),
          ask("change a role that has no boundary", action, workload),
          ask("change a role with another boundary", action, workload, {
            "iam:PermissionsBoundary": this.iam(ADMINISTRATOR),
          }),
        ],
      ),
      ask("attach AdministratorAccess", "iam:AttachRolePolicy", workload, {
        ...bounded,
        "iam:PolicyARN": `arn:${world.partition}:iam::aws:${ADMINISTRATOR}`,
      }),
      ask("make a role without a boundary", "iam:CreateRole", workload),
      ask("make a role outside the environment", "iam:CreateRole", this.iam("role/any"), bounded),
      ask("make a user", "iam:CreateUser", this.iam("user/any")),
      ask("make keys of a user", "iam:CreateAccessKey", this.iam("user/any")),
      ask("take a workload's role on", "sts:AssumeRole", workload),
      ask("pass a role to a service that runs no workload", "iam:PassRole", workload, {
        "iam:PassedToService": "glue.amazonaws.com",
      }),
      ask("pass its own role", "iam:PassRole", self, {
        "iam:PassedToService": "lambda.amazonaws.com",
      }),
      ask("pass an administrator's role", "iam:PassRole", this.iam("role/administrator"), {
        "iam:PassedToService": "lambda.amazonaws.com",
      }),
    ];
  }

  /** The same things in another environment, region and account. */
  elsewhere(): Attack[] {
    const { world, environment } = this.deployment;
    const trigger = this.found("aws_lambda_function", /--trigger$/u);
    const moved = [
      [
        "another environment",
        (arn: string) => arn.replace(`--${environment}--`, `--${environment}x--`),
      ],
      ["another region", (arn: string) => arn.replace(`:${world.region}:`, ":af-south-1:")],
      ["another account", (arn: string) => arn.replace(world.account, OTHER_ACCOUNT)],
    ] as const;
    const tagged = { "aws:ResourceTag/partner-ingest:environment": `${environment}x` };
    const regional = (rest: string): string =>
      `arn:${world.partition}:${rest.replace(":", `:${world.region}:${world.account}:`)}`;
    return [
      ...moved.flatMap(([where, move]) =>
        trigger.flatMap((arn) =>
          ["lambda:InvokeFunction", "lambda:UpdateFunctionCode"].map((action) =>
            this.ask(`work in ${where}`, action, move(arn)),
          ),
        ),
      ),
      this.ask(
        "end a job of another environment",
        "batch:TerminateJob",
        regional("batch:job/x"),
        tagged,
      ),
      this.ask("end a job that has no tags", "batch:TerminateJob", regional("batch:job/x")),
      this.ask("delete a network of others", "ec2:DeleteVpc", regional("ec2:vpc/vpc-1")),
      this.ask(
        "delete another environment's network",
        "ec2:DeleteVpc",
        regional("ec2:vpc/vpc-1"),
        tagged,
      ),
      this.ask(
        "take a network of others by its tags",
        "ec2:CreateTags",
        regional("ec2:vpc/vpc-1"),
        {
          "aws:RequestTag/partner-ingest:environment": environment,
          "aws:RequestTag/partner-ingest:owner": "platform",
        },
      ),
    ];
  }

  /** What is written once and never changed or deleted by a person. */
  onWhatIsKept(): Attack[] {
    return this.deployment.specs.flatMap(({ ledgerBucket, partner }) => {
      const claim = this.object(ledgerBucket, `${partner}/runs/x/1/claim.json`);
      return [
        this.data("delete from the ledger", "s3:DeleteObject", claim),
        this.data("delete a version from the ledger", "s3:DeleteObjectVersion", claim),
        this.data("change a claim", "s3:PutObject", claim),
      ];
    });
  }

  onInfrastructure(): Attack[] {
    const trigger = this.found("aws_lambda_function", /--trigger$/u);
    const queue = this.found("aws_batch_job_queue", /./u);
    return [
      ...trigger.flatMap((arn) =>
        [
          "lambda:UpdateFunctionCode",
          "lambda:UpdateFunctionConfiguration",
          "lambda:DeleteFunction",
        ].map((action) => this.ask("change a function", action, arn)),
      ),
      ...queue.flatMap((arn) =>
        ["batch:UpdateJobQueue", "batch:DeleteJobQueue", "batch:SubmitJob"].map((action) =>
          this.ask("change a queue or start a job of its own", action, arn),
        ),
      ),
      ...this.found("aws_s3_bucket", /./u).flatMap((arn) =>
        ["s3:PutBucketPolicy", "s3:DeleteBucket"].map((action) =>
          this.data("change a bucket", action, arn),
        ),
      ),
    ];
  }

  /** What who is on call may do, and who only looks or deploys may not. */
  onRuns(): Attack[] {
    const environment = {
      "aws:ResourceTag/partner-ingest:environment": this.deployment.environment,
    };
    const { world } = this.deployment;
    const job = `arn:${world.partition}:batch:${world.region}:${world.account}:job/x`;
    return [
      ...this.found("aws_lambda_function", /--trigger$/u).map((arn) =>
        this.ask("run an order again", "lambda:InvokeFunction", arn),
      ),
      this.ask("end a job", "batch:TerminateJob", job, environment),
      ...this.found("aws_sqs_queue", /./u).flatMap((arn) =>
        ["sqs:ReceiveMessage", "sqs:PurgeQueue"].map((action) =>
          this.ask("take messages", action, arn),
        ),
      ),
    ];
  }

  /** What tells of the role's use. */
  onItsAlert(): Attack[] {
    const rules = this.found("aws_cloudwatch_event_rule", /--platform--break-glass$/u);
    const topics = this.found("aws_sns_topic", /--platform--alerts$/u);
    return [
      ...rules.flatMap((arn) =>
        [
          "events:DeleteRule",
          "events:DisableRule",
          "events:EnableRule",
          "events:PutRule",
          "events:PutTargets",
          "events:RemoveTargets",
        ].map((action) => this.ask("silence what tells of its use", action, arn)),
      ),
      ...topics.flatMap((arn) =>
        [
          "sns:DeleteTopic",
          "sns:SetSubscriptionAttributes",
          "sns:SetTopicAttributes",
          "sns:Unsubscribe",
        ].map((action) => this.ask("silence what tells of its use", action, arn)),
      ),
    ];
  }

  /** Files of partners, and their secrets. */
  onFiles(): Attack[] {
    const { world } = this.deployment;
    const buckets = this.found("aws_s3_bucket", /--(?!ledger--)(?!state--)[^/]*$/u).filter(
      (arn) => !/--(?:ledger|state)--/u.test(arn),
    );
    return [
      ...buckets.flatMap((arn) =>
        ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].map((action) =>
          this.data("read, change or delete a partner's file", action, `${arn}/files/a.xml`),
        ),
      ),
      this.ask(
        "read a secret",
        "secretsmanager:GetSecretValue",
        `arn:${world.partition}:secretsmanager:${world.region}:${world.account}:secret:any-AbCdEf`,
      ),
    ];
  }

  private readonly ask = (
    say: string,
    action: string,
    resource: string,
    context: Readonly<Record<string, string>> = {},
  ): Attack => ({ say, request: { action, resource, context } });

  private data(say: string, action: string, resource: string): Attack {
    return this.ask(say, action, resource, {
      "aws:ResourceAccount": this.deployment.world.account,
    });
  }

  private object(bucket: string, key: string): string {
    return `arn:${this.deployment.world.partition}:s3:::${bucket}/${key}`;
  }

  private iam(rest: string): string {
    const { partition, account } = this.deployment.world;
    return `arn:${partition}:iam::${account}:${rest}`;
  }

  private found(type: string, name: RegExp): string[] {
    return this.deployment.world.resources
      .filter((one) => one.type === type && name.test(one.arn))
      .map(({ arn }) => arn);
  }
}
