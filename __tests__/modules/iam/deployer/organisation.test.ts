import type { PolicyDocument, Statement } from "../../../../modules/iam";
import { type Diagnosis, diagnose } from "../../../../modules/iam/deployer";
import { testEnvironment } from "../../../support/environment";

const environment = testEnvironment({ tags: { "cost-center": "files" } });

const policy = (name: string, ...Statement: readonly Statement[]) => ({
  name,
  document: { Version: "2012-10-17", Statement } satisfies PolicyDocument,
});

const deny = (statement: Omit<Statement, "Effect">): Statement => ({
  Effect: "Deny",
  ...statement,
});
const allow = (Action: string | readonly string[]): Statement => ({
  Effect: "Allow",
  Action,
  Resource: "*",
});

type Levels = Parameters<typeof diagnose>[2];

const platform = (levels: Levels): Diagnosis =>
  diagnose({ environment, kind: "platform", owner: "platform" }, undefined, levels, ["apply"]);

const refused = (levels: Levels): string[] =>
  [...new Set(platform(levels).refusals.map(({ need }) => need.action))].sort();

describe("service control policies", () => {
  test("a denial is told by its policy and statement, and no permission mends it", () => {
    const scp = policy(
      "no-vpc.json",
      deny({ Sid: "NoVpc", Action: "ec2:CreateVpc", Resource: "*" }),
    );
    const { refusals, addition } = platform([[scp]]);
    expect(refusals.map(({ need, deniedBy }) => [need.action, deniedBy])).toEqual([
      ["ec2:CreateVpc", [{ layer: "organisation", policy: "no-vpc.json", statement: "NoVpc" }]],
    ]);
    expect(addition).toEqual([]);
  });

  test("a level that only denies has FullAWSAccess, too; one that allows has what it allows", () => {
    const none = policy("deny.json", deny({ Action: "glue:*", Resource: "*" }));
    expect(refused([[none]])).toEqual([]);
    const list = policy("allow.json", allow(["*"]));
    expect(refused([[list], [none]])).toEqual([]);
    const few = policy("few.json", allow(["ec2:*", "iam:*", "kms:*", "s3:*", "logs:*", "sns:*"]));
    const lacking = refused([[few]]);
    expect(lacking).toContain("batch:CreateJobQueue");
    expect(lacking.filter((action) => /^(?:ec2|iam|kms|s3|logs|sns):/u.test(action))).toEqual([]);
    expect(platform([[few]]).refusals.every(({ lacks }) => lacks === "organisation")).toBe(true);
  });

  test("each level must allow; the policies of one level add up", () => {
    const most = policy("most.json", allow(["a*", "b*", "c*", "d*", "e*", "i*", "k*", "l*"]));
    const rest = policy("rest.json", allow(["s*"]));
    expect(refused([[most, rest]])).toEqual([]);
    const apart = refused([[most], [rest]]);
    expect(apart).toContain("sqs:CreateQueue");
    expect(apart).toContain("ec2:CreateVpc");
  });

  test("what is not named is denied by NotAction", () => {
    const only = deny({ NotAction: ["iam:*", "s3:*"], Resource: "*" } as never);
    const told = refused([[policy("only.json", only)]]);
    expect(told).toContain("ec2:CreateVpc");
    expect(told.filter((action) => /^(?:iam|s3):/u.test(action))).toEqual([]);
  });

  test.each<[string, Statement["Condition"], boolean]>([
    ["another region", { StringNotEquals: { "aws:RequestedRegion": ["af-south-1"] } }, true],
    [
      "the regions that are used, IAM's among them",
      { StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "us-east-1"] } },
      false,
    ],
    [
      "all but an administrator",
      { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/admin" } },
      true,
    ],
  ])("a condition on %s", (_, Condition, some) => {
    const scp = policy("regions.json", deny({ Action: "*", Resource: "*", Condition } as never));
    expect(refused([[scp]]).length > 0).toBe(some);
  });

  test("IAM's requests are of one region for all", () => {
    const Condition = { StringNotEquals: { "aws:RequestedRegion": "eu-central-1" } };
    const scp = policy("home.json", deny({ Action: "*", Resource: "*", Condition }));
    const told = refused([[scp]]);
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((action) => !action.startsWith("iam:"))).toEqual([]);
  });

  test("a tag that must be given is given where it is a tag of the environment", () => {
    const without = (tag: string) =>
      policy(
        "tags.json",
        deny({
          Action: ["ec2:CreateVpc", "kms:CreateKey", "sqs:CreateQueue"],
          Resource: "*",
          Condition: { Null: { [`aws:RequestTag/${tag}`]: "true" } },
        }),
      );
    expect(refused([[without("cost-center")]])).toEqual([]);
    expect(refused([[without("owner")]])).toEqual([
      "ec2:CreateVpc",
      "kms:CreateKey",
      "sqs:CreateQueue",
    ]);
  });
});
