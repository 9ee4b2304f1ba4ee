import { readFileSync } from "node:fs";
import path from "node:path";
import { loadProject } from "../../../../modules/app";
import { readDeployments } from "../../../../modules/app/read-deployments";
import { shareIdentifier } from "../../../../modules/core";
import { CATALOG_VERSION } from "../../../../modules/iam/catalog";
import { evaluate, type IamRequest } from "../../../../modules/iam/evaluate";
import {
  type AwsCall,
  callName,
  declaredCalls,
  type Deployment,
  diffLocks,
  lockOf,
  parseLock,
  requestsOf,
  sayLockChange,
} from "../../../../modules/iam/proof";
import { type TestDirectory, testDirectory } from "../../../support/project-directory";

const ROOT = path.resolve(__dirname, "../../../..");
const FUNCTIONS = ["reconcile", "escalate", "notify"] as const;

let out: TestDirectory;
let deployment: Deployment;

beforeAll(async () => {
  out = testDirectory();
  const [only] = await readDeployments(loadProject(ROOT), { outdir: out.path });
  if (only === undefined) throw new Error("no environment");
  deployment = only;
});

afterAll(() => {
  out.remove();
});

const callsOf = (thing: string): AwsCall[] =>
  declaredCalls(deployment).filter(({ role }) => role.endsWith(`--platform--${thing}`));

const decide = (request: IamRequest): string => evaluate(deployment.world, request).decision;

test("the committed lock is what the roles can do now", () => {
  const lock = parseLock(readFileSync(path.join(ROOT, "iam.lock.json"), "utf8"), "iam.lock.json");
  // To renew it: partner-ingest iam prove --write
  expect(diffLocks(lock, lockOf([deployment])).map(sayLockChange)).toEqual([]);
  expect(lock.catalog.version).toBe(CATALOG_VERSION.version);
});

test.each(FUNCTIONS)("every call of %s is declared, and allowed", (thing) => {
  const calls = callsOf(thing);
  const commands = new Set(calls.map(({ call }) => callName(call)));
  expect([...commands].sort()).toEqual(CALLS[thing]);
  for (const call of calls)
    for (const request of requestsOf(call, deployment))
      expect([call.say, request.action, request.resource, decide(request)]).toEqual([
        call.say,
        request.action,
        request.resource,
        "Allowed",
      ]);
});

const RUNS = [
  "Batch DescribeJobs",
  "Batch ListJobs",
  "Batch SubmitJob",
  "Batch TerminateJob",
  "S3 GetObject",
  "S3 ListObjectsV2",
  "S3 PutObject",
  "SQS SendMessage",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "sqs:SendMessage",
];

const CALLS: Readonly<Record<string, readonly string[]>> = {
  reconcile: RUNS,
  escalate: RUNS,
  notify: [
    "S3 GetObject",
    "S3 ListObjectsV2",
    "S3 PutObject",
    "SNS Publish",
    "SQS ChangeMessageVisibility",
    "SQS DeleteMessage",
    "SQS GetQueueAttributes",
    "SQS ReceiveMessage",
    "SecretsManager GetSecretValue",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
  ],
};

const HERE = "ap-northeast-2:123456789012";
const BATCH = `arn:aws:batch:${HERE}`;
const SHARE = { "batch:ShareIdentifier": shareIdentifier("universal-music") };
const TAGS = { "aws:RequestTag/partner": "universal-music", "aws:TagKeys": ["partner"] };
const OWN = { "aws:ResourceAccount": "123456789012" };

type Refused = readonly [
  say: string,
  action: string,
  resource: string,
  context?: Readonly<Record<string, string | readonly string[]>>,
];

/** What they must not be able to do, each told in the way that would be allowed if only that were otherwise. */
const REFUSED_RUNS: readonly Refused[] = [
  [
    "submit to another environment's queue",
    "batch:SubmitJob",
    `${BATCH}:job-queue/pi--prod--platform--general-standard`,
    SHARE,
  ],
  [
    "submit another environment's job definition",
    "batch:SubmitJob",
    `${BATCH}:job-definition/pi--prod--universal-music--fetch:1`,
    SHARE,
  ],
  ["submit to a queue of somebody else", "batch:SubmitJob", `${BATCH}:job-queue/reports`, SHARE],
  [
    "submit without a share of the queue",
    "batch:SubmitJob",
    `${BATCH}:job-queue/pi--local--platform--general-standard`,
  ],
  [
    "submit under a share that is no partner's",
    "batch:SubmitJob",
    `${BATCH}:job-queue/pi--local--platform--general-standard`,
    { "batch:ShareIdentifier": "fast" },
  ],
  ["tag a job with no partner", "batch:TagResource", `${BATCH}:job/1`, { "aws:TagKeys": ["a"] }],
  ["end a job of somebody else", "batch:TerminateJob", `${BATCH}:job/1`, {}],
  ["register a job definition", "batch:RegisterJobDefinition", `${BATCH}:job-definition/x`, TAGS],
  ["write a spec", "s3:PutObject", "LEDGER/universal-music/spec/current.json", OWN],
  ["write that something was told", "s3:PutObject", "LEDGER/universal-music/announced/a.json", OWN],
  ["write beside partners' keys", "s3:PutObject", "LEDGER/current.json", OWN],
  ["delete a fact", "s3:DeleteObject", "LEDGER/universal-music/runs/a/1/claim.json", OWN],
  [
    "write to the ledger of another environment",
    "s3:PutObject",
    "arn:aws:s3:::pi--prod--platform--ledger--0a1b2c3d/universal-music/runs/a/1/claim.json",
    OWN,
  ],
  [
    "read what was delivered",
    "s3:GetObject",
    "arn:aws:s3:::pi--local--universal-music--processed--0a1b2c3d/deliveries/a",
    OWN,
  ],
  [
    "announce in another environment",
    "sqs:SendMessage",
    `arn:aws:sqs:${HERE}:pi--prod--platform--announcements`,
  ],
  [
    "read a channel's secret",
    "secretsmanager:GetSecretValue",
    `arn:aws:secretsmanager:${HERE}:secret:pi/local/universal-music/notify/slack-Qm4xT2`,
  ],
];

const REFUSED_NOTIFY: readonly Refused[] = [
  [
    "read a secret of a partner's program",
    "secretsmanager:GetSecretValue",
    `arn:aws:secretsmanager:${HERE}:secret:universal-music/teleport-Ab3dE9`,
  ],
  [
    "read a secret of another environment",
    "secretsmanager:GetSecretValue",
    `arn:aws:secretsmanager:${HERE}:secret:pi/prod/universal-music/notify/slack-Qm4xT2`,
  ],
  [
    "read a secret that no partner names for it",
    "secretsmanager:GetSecretValue",
    `arn:aws:secretsmanager:${HERE}:secret:pi/local/universal-music/other-Qm4xT2`,
  ],
  [
    "read a parameter of the platform",
    "ssm:GetParameters",
    `arn:aws:ssm:${HERE}:parameter/pi/local/platform/password`,
  ],
  ["read a claim", "s3:GetObject", "LEDGER/universal-music/runs/a/1/claim.json", OWN],
  ["write to a run", "s3:PutObject", "LEDGER/universal-music/runs/a/1/actions/a.json", OWN],
  [
    "invoke a trigger",
    "lambda:InvokeFunction",
    `arn:aws:lambda:${HERE}:function:pi--local--universal-music--trigger`,
  ],
  [
    "publish to a topic of somebody else",
    "sns:Publish",
    `arn:aws:sns:${HERE}:pi--local--universal-music--other`,
  ],
  [
    "submit a job",
    "batch:SubmitJob",
    `${BATCH}:job-queue/pi--local--platform--general-standard`,
    SHARE,
  ],
  [
    "empty the dead letters",
    "sqs:ReceiveMessage",
    `arn:aws:sqs:${HERE}:pi--local--platform--dead-letters`,
  ],
];

const REFUSED: readonly (readonly [thing: string, say: string, refused: Refused])[] = [
  ...REFUSED_RUNS.flatMap((refused) =>
    ["reconcile", "escalate"].map((thing) => [thing, refused[0], refused] as const),
  ),
  ...REFUSED_NOTIFY.map((refused) => ["notify", refused[0], refused] as const),
];

test.each(REFUSED)("%s can not %s", (thing, _, [, action, resource, context]) => {
  const use = deployment.uses.find(({ role }) => role.endsWith(`--platform--${thing}`));
  const ledger = deployment.specs[0]?.ledgerBucket ?? "";
  expect(
    decide({
      caller: { kind: "role", arn: use?.role ?? "" },
      action,
      resource: resource.replace("LEDGER", `arn:aws:s3:::${ledger}`),
      context: { "aws:SecureTransport": "true", ...context },
    }),
  ).not.toBe("Allowed");
});

test("what is refused would be allowed in the right form", () => {
  const role = deployment.uses.find(({ role: arn }) => arn.endsWith("--platform--reconcile"));
  const base = { caller: { kind: "role", arn: role?.role ?? "" } } as const;
  expect(
    decide({
      ...base,
      action: "batch:SubmitJob",
      resource: `${BATCH}:job-queue/pi--local--platform--general-standard`,
      context: SHARE,
    }),
  ).toBe("Allowed");
  expect(
    decide({
      ...base,
      action: "s3:PutObject",
      resource: `arn:aws:s3:::${deployment.specs[0]?.ledgerBucket ?? ""}/universal-music/runs/a/1/claim.json`,
      context: { ...OWN, "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" },
    }),
  ).toBe("Allowed");
});
