import { schedule, type PartnerInput } from "../../../modules/config";
import { shareIdentifier } from "../../../modules/core";
import type { Statement } from "../../../modules/iam";
import { partnerInput } from "../../support/partner";
import { partnerTemplate } from "../../support/partner-template";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:acme/token-Ab3dE9";
const PARAMETER = "arn:aws:ssm:eu-central-1:111122223333:parameter/acme/user";

const settings: Partial<PartnerInput> = {
  triggers: {
    look: schedule({ cron: "rate(1 hour)", timezone: "UTC", starts: "discovery" }),
  },
  discovery: {
    look: {
      kind: "list",
      program: ["/opt/acme/list"],
      isolation: { sharedHost: "our own program" },
    },
  },
  steps: {
    fetch: {
      ...(partnerInput().steps["fetch"] as Extract<
        PartnerInput["steps"][string],
        { kind: "fetch" }
      >),
      secrets: { TOKEN: SECRET, TOKEN_USER: `${SECRET}:user::`, USER: PARAMETER },
    },
    publish: { kind: "publish", after: ["fetch"], prefix: "out/" },
  },
};
const template = partnerTemplate(settings);

const resources = (statement: Statement): string[] => [statement.Resource ?? []].flat();
const actions = (statement: Statement): string[] => [statement.Action].flat();

/** Statements of a role by their names, as pairs of actions and resources without what all ARNs share. */
function rights(role: string): Record<string, [string[], string[]]> {
  return Object.fromEntries(
    template.policy("aws_iam_role_policy", role).Statement.map((statement) => [
      statement.Sid ?? "",
      [
        actions(statement),
        resources(statement).map((arn) =>
          arn
            .replace(/^arn:aws:([a-z0-9]+):(eu-central-1)?:(111122223333)?:/u, "$1:")
            .replace(/--[0-9a-f]{8}(\/|$)/u, "$1")
            .replace(/key\/[0-9a-f-]{36}/u, "key/data"),
        ),
      ],
    ]),
  );
}

const LEDGER = "s3:acme--test--platform--ledger";
const PROCESSED = "s3:acme--test--acme--processed";
/** The right to the lock of a step. */
const lockOf = (step: string): Record<string, [string[], string[]]> => {
  const keys = [
    `${LEDGER}/acme/runs/*/locks/${step}.*.json`,
    `${LEDGER}/acme/runs/*/locks/${step}.json`,
  ];
  return {
    // To write the report, too: the ledger's key for the ledger's bucket is one right.
    LockEncrypt: BOTH,
    LockPut: [["s3:PutObject"], keys],
    LockRead: [["s3:GetObject"], keys],
  };
};
const BOTH: [string[], string[]] = [["kms:Decrypt", "kms:GenerateDataKey"], ["kms:key/data"]];

test("fetching may tell how it ended, and reach staging", () => {
  expect(rights("job_fetch")).toEqual({
    ...lockOf("fetch"),
    LedgerPut: [["s3:PutObject"], [`${LEDGER}/acme/runs/*/steps/fetch/*.report.json`]],
  });
  expect(template.policy("aws_iam_role_policy", "job_fetch_mount_staging").Statement).toEqual([
    {
      Sid: "MountStaging",
      Effect: "Allow",
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      Resource: expect.stringMatching(
        /^arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system\/fs-[0-9a-f]{17}$/u,
      ) as string,
      Condition: {
        StringEquals: {
          "elasticfilesystem:AccessPointArn": "${aws_efs_access_point.staging.arn}",
        },
        Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
      },
    },
  ]);
});

test("publishing may write below its prefix, compare, and tell that a run was delivered", () => {
  expect(rights("job_publish")).toEqual({
    ...lockOf("publish"),
    DeliveryEncrypt: BOTH,
    DeliveryList: [["s3:ListBucket"], [PROCESSED]],
    DeliveryRead: [["s3:GetObject"], [`${PROCESSED}/out/*`, `${PROCESSED}/quarantine/acme/*`]],
    DeliveryUploads: [["s3:ListBucketMultipartUploads"], [PROCESSED]],
    DeliveryWrite: [
      ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
      [`${PROCESSED}/out/*`, `${PROCESSED}/quarantine/acme/*`],
    ],
    LedgerPut: [
      ["s3:PutObject"],
      [`${LEDGER}/acme/days/*.delivered.json`, `${LEDGER}/acme/runs/*/steps/publish/*.report.json`],
    ],
  });
});

test("listing may invoke the partner's own trigger, and has no way into staging", () => {
  expect(rights("job_look")).toEqual({
    ...lockOf("look"),
    InvokeFunction: [["lambda:InvokeFunction"], ["lambda:function:acme--test--acme--trigger"]],
    LedgerPut: [["s3:PutObject"], [`${LEDGER}/acme/runs/*/steps/look/*.report.json`]],
  });
  expect(template.addresses()).not.toContain("aws_iam_role_policy.job_look_mount_staging");
});

test("starting a container takes its image, its log and its own secrets", () => {
  expect(rights("exec_publish")).toEqual({
    RegistryLogin: [["ecr:GetAuthorizationToken"], ["*"]],
    PullImage: [
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      ["ecr:repository/acme/test/platform/worker"],
    ],
    WriteLogs: [
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      ["logs:log-group:/acme/test/acme/jobs:*"],
    ],
  });
  expect(rights("exec_fetch")).toMatchObject({
    ReadSecrets: [["secretsmanager:GetSecretValue"], ["secretsmanager:secret:acme/token-Ab3dE9"]],
    ReadParameters: [["ssm:GetParameters"], ["ssm:parameter/acme/user"]],
  });
  const decrypt = template
    .policy("aws_iam_role_policy", "exec_fetch")
    .Statement.filter(({ Sid }) => Sid?.startsWith("Decrypt"));
  expect(decrypt.map(({ Condition }) => Condition)).toEqual([
    {
      StringEquals: {
        "kms:ViaService": "ssm.eu-central-1.amazonaws.com",
        "kms:EncryptionContext:PARAMETER_ARN": PARAMETER,
      },
    },
    {
      StringEquals: {
        "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
        "kms:EncryptionContext:SecretARN": SECRET,
      },
    },
  ]);
});

test("the trigger may submit this partner's steps under its own share, and keep its ledger", () => {
  const own = ["runs/*/actions/*.json", "runs/*/claim.json"];
  const read = [...own, "runs/*/retry.json", "runs/*/steps/*.json", "spec/*.json"];
  const put = [...own, "runs/*/intent.json", "runs/*/submitted.json", "spec/*.json"];
  expect(rights("trigger")).toEqual({
    SubmitJobs: [
      ["batch:SubmitJob"],
      [
        "batch:job-definition/acme--test--acme--fetch:*",
        "batch:job-definition/acme--test--acme--look:*",
        "batch:job-definition/acme--test--acme--publish:*",
        "batch:job-queue/acme--test--platform--general-on-demand",
        "batch:job-queue/acme--test--platform--general-standard",
        "batch:job/*",
      ],
    ],
    TagJobs: [["batch:TagResource"], ["batch:job/*"]],
    FindJobs: [["batch:ListJobs"], ["*"]],
    LedgerRead: [["s3:GetObject"], read.map((fact) => `${LEDGER}/acme/${fact}`)],
    LedgerEncrypt: BOTH,
    LedgerPut: [
      ["s3:PutObject"],
      ["days/*.claimed.json", ...put].map((fact) => `${LEDGER}/acme/${fact}`),
    ],
    LedgerList: [["s3:ListBucket"], [LEDGER]],
    SendDeadLetters: [["sqs:SendMessage"], ["sqs:acme--test--acme--dead-letters"]],
    WriteLogs: [
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      ["logs:log-group:/acme/test/acme/trigger:*"],
    ],
  });
  const conditions = Object.fromEntries(
    template
      .policy("aws_iam_role_policy", "trigger")
      .Statement.map(({ Sid = "", Condition }) => [Sid, Condition]),
  );
  expect(conditions).toMatchObject({
    SubmitJobs: { StringEquals: { "batch:ShareIdentifier": shareIdentifier("acme") } },
    TagJobs: { StringEquals: { "aws:RequestTag/partner": "acme" } },
    LedgerList: { StringLike: { "s3:prefix": ["acme/days/*", "acme/pauses/*", "acme/runs/*"] } },
  });
});

describe("every role of a partner", () => {
  const roles = Object.entries(template.resources("aws_iam_role"));
  const policies = Object.keys(template.resources("aws_iam_role_policy"));
  const statements = policies.flatMap((id) => template.policy("aws_iam_role_policy", id).Statement);

  it("has the partner's path and the boundary", () => {
    for (const [, role] of roles)
      expect(role).toMatchObject({
        path: "/acme/test/acme/",
        permissions_boundary:
          "arn:aws:iam::111122223333:policy/acme/test/bootstrap/acme--test--bootstrap--boundary",
      });
  });

  it("has exact actions, and all resources only where the action takes none", () => {
    for (const statement of statements) {
      for (const action of actions(statement)) expect(action).not.toContain("*");
      if (resources(statement).includes("*"))
        expect(["batch:ListJobs", "ecr:GetAuthorizationToken"]).toContain(statement.Action);
    }
  });

  it("names things of this account, and of S3 with the account as a condition", () => {
    for (const statement of statements)
      for (const arn of resources(statement).filter((text) => text !== "*"))
        if (arn.startsWith("arn:aws:s3:::"))
          expect(statement.Condition).toMatchObject({
            StringEquals: { "aws:ResourceAccount": "111122223333" },
          });
        else expect(arn).toMatch(/^arn:aws:[a-z0-9]+:eu-central-1:111122223333:/u);
  });

  it("is within the quota of inline policies", () => {
    for (const [id] of roles) {
      const own = policies.filter((policy) => policy === id || policy.startsWith(`${id}_`));
      const size = own
        .map((policy) => String(template.resource("aws_iam_role_policy", policy)["policy"]).length)
        .reduce((a, b) => a + b, 0);
      expect(size).toBeLessThan(10_240);
    }
  });
});

test("nothing of one partner's permissions is within another's, even where one name begins with the other", () => {
  const other = partnerTemplate({ ...settings, id: "acme-eu" });
  const named = (of: typeof template): string[] =>
    Object.keys(of.resources("aws_iam_role_policy"))
      .filter((id) => !id.endsWith("_mount_staging"))
      .flatMap((id) => of.policy("aws_iam_role_policy", id).Statement)
      .flatMap((statement) => resources(statement))
      // Shared by all, each with a condition that names the partner, or by what the grants on objects allow.
      .filter(
        (arn) =>
          /acme--test--acme|\/acme[-/]/u.test(arn) &&
          !/repository|secret:|parameter\/|job-queue/u.test(arn),
      );
  const pattern = (arn: string): RegExp =>
    new RegExp(`^${arn.replace(/[.+^${}()|[\]\\]/gu, "\\$&").replace(/\*/gu, ".*")}$`, "u");
  expect(named(template).length).toBeGreaterThan(10);
  for (const a of named(template))
    for (const b of named(other)) {
      expect(pattern(a).test(b) ? [a, b] : []).toEqual([]);
      expect(pattern(b).test(a) ? [b, a] : []).toEqual([]);
    }
});
