import { parseDenied } from "../../../../modules/iam/deployer";

const WHO = "arn:aws:sts::123456789012:assumed-role/ci/run";
const KEY = "arn:aws:kms:eu-central-1:123456789012:key/0b0a7d4e-0000-0000-0000-000000000000";
const ROLE = "arn:aws:iam::123456789012:role/pi/local/acme/pi--local--acme--trigger";
const SCP = "arn:aws:organizations::999999999999:policy/o-a1b2/service_control_policy/p-c3d4";

const message = (rest: string, action = "iam:CreateRole", resource = ROLE): string =>
  `User: ${WHO} is not authorized to perform: ${action} on resource: ${resource} ${rest}`;

describe("the kind of policy that refuses", () => {
  test.each<[string, string]>([
    ["identity-based policy", "identity-based policy"],
    ["resource-based policy", "resource-based policy"],
    ["permissions boundary", "permissions boundary"],
    ["session policy", "session policy"],
    ["service control policy", "service control policy"],
    ["resource control policy", "resource control policy"],
    ["VPC endpoint policy", "VPC endpoint policy"],
  ])("%s", (kind, told) => {
    const base = { action: "iam:CreateRole", resource: ROLE };
    expect(parseDenied(message(`because no ${kind} allows the iam:CreateRole action`))).toEqual({
      ...base,
      explicit: undefined,
      lacks: told,
    });
    const article = kind.startsWith("identity") ? "an" : "a";
    for (const end of ["", ".", " (Service: AmazonIdentityManagement; Status Code: 403)"])
      expect(parseDenied(message(`with an explicit deny in ${article} ${kind}${end}`))).toEqual({
        ...base,
        explicit: told,
        lacks: undefined,
      });
  });

  test("with the ARN of the policy, where AWS tells it", () => {
    expect(
      parseDenied(message(`with an explicit deny in a service control policy: ${SCP}`)).explicit,
    ).toBe(`service control policy: ${SCP}`);
  });
});

describe("the words of services", () => {
  test.each<[string, string, { action: string; resource: string | undefined }]>([
    [
      "Terraform around EC2, with an encoded message after it",
      `Error: creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 403, RequestID: 1-2, api error UnauthorizedOperation: You are not authorized to perform this operation. User: ${WHO} is not authorized to perform: ec2:CreateVpc on resource: arn:aws:ec2:eu-central-1:123456789012:vpc/* because no identity-based policy allows the ec2:CreateVpc action. Encoded authorization failure message: aGVsbG8`,
      { action: "ec2:CreateVpc", resource: "arn:aws:ec2:eu-central-1:123456789012:vpc/*" },
    ],
    [
      "S3, with quotes",
      `api error AccessDenied: User: ${WHO} is not authorized to perform: s3:CreateBucket on resource: "arn:aws:s3:::pi--local--acme--in--0" because no identity-based policy allows the s3:CreateBucket action`,
      { action: "s3:CreateBucket", resource: "arn:aws:s3:::pi--local--acme--in--0" },
    ],
    [
      "S3 of old, which tells nothing, after Terraform's words",
      "Error: reading S3 Bucket policy: operation error S3: GetBucketPolicy, https response error StatusCode: 403, RequestID: A, HostID: B, api error AccessDenied: Access Denied",
      { action: "s3:GetBucketPolicy", resource: undefined },
    ],
    [
      "S3 of old, where the action has another name",
      "operation error S3: PutBucketEncryption, https response error StatusCode: 403, api error AccessDenied: Access Denied",
      { action: "s3:PutEncryptionConfiguration", resource: undefined },
    ],
    [
      "KMS, over several lines",
      `AccessDeniedException: User: ${WHO} is not authorized\nto perform: kms:CreateGrant on resource:\n${KEY} because no identity-based policy allows the kms:CreateGrant action`,
      { action: "kms:CreateGrant", resource: KEY },
    ],
    [
      "a call that takes no resource",
      `User: ${WHO} is not authorized to perform: batch:DescribeJobQueues on resource: * because no identity-based policy allows the batch:DescribeJobQueues action`,
      { action: "batch:DescribeJobQueues", resource: "*" },
    ],
    [
      "letters of another case",
      `User: ${WHO} is not authorized to perform: SQS:createqueue on resource: arn:aws:sqs:eu-central-1:123456789012:pi--local--x because no identity-based policy allows the sqs:createqueue action`,
      { action: "sqs:CreateQueue", resource: "arn:aws:sqs:eu-central-1:123456789012:pi--local--x" },
    ],
  ])("%s", (_, text, told) => {
    expect(parseDenied(text)).toMatchObject(told);
  });

  test("a decoded message, as the CLI prints it and alone", () => {
    const inner = {
      allowed: false,
      explicitDeny: true,
      matchedStatements: { items: [{ statementId: "Regions" }] },
      context: { action: "ec2:CreateVpc", resource: "arn:aws:ec2:eu-central-1:1:vpc/*" },
    };
    const told = {
      action: "ec2:CreateVpc",
      resource: "arn:aws:ec2:eu-central-1:1:vpc/*",
      explicit: "policy that the message names in matchedStatements",
      lacks: undefined,
    };
    expect(parseDenied(JSON.stringify({ DecodedMessage: JSON.stringify(inner) }))).toEqual(told);
    expect(parseDenied(JSON.stringify(inner))).toEqual(told);
    expect(parseDenied(JSON.stringify({ ...inner, explicitDeny: false })).explicit).toBeUndefined();
  });
});

test.each([
  [
    "You are not authorized to perform this operation. Encoded authorization failure message: aGVsbG8",
    '--denied must hold what AWS answers, "... is not authorized to perform: <service>:<action> ...", got "You are not authorized to perform this operation. Encoded authorization failure message: aGVsbG8"; the reason is encoded: give what this prints, aws sts decode-authorization-message --encoded-message <message>',
  ],
  [
    "{}",
    '--denied must hold what AWS answers, "... is not authorized to perform: <service>:<action> ...", got "{}"; give the whole message',
  ],
  [
    "operation error Glue: CreateJob, api error AccessDeniedException: Access Denied",
    '--denied must hold what AWS answers, "... is not authorized to perform: <service>:<action> ...", got "operation error Glue: CreateJob, api error AccessDeniedException: Access Denied"; give the whole message',
  ],
])("fails when given %j", (text, error) => {
  expect(() => parseDenied(text)).toThrow(error);
});
