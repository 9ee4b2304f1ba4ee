import { BootstrapStack, boundaryPolicy } from "../../../modules/bootstrap";
import type { EnvironmentInput } from "../../../modules/config";
import { namingOf } from "../../../modules/stack";
import { testEnvironment } from "../../support/environment";
import { messageOf } from "../../support/partner";
import { Template } from "../../support/template";

type Boundary = Extract<NonNullable<EnvironmentInput["boundary"]>, { kind: "create" }>;
type Allow = NonNullable<Boundary["allow"]>;

const rates: Allow[string] = {
  actions: ["sqs:SendMessage"],
  resources: ["arn:{partition}:sqs:{region}:{account}:rates"],
  reason: "ask for the rates of today",
};

const of = (allow: Allow): Template =>
  Template.of(
    (app) => new BootstrapStack(app, testEnvironment({ boundary: { kind: "create", allow } })),
  );

const told = (changes: object): string => messageOf(() => of({ rates: { ...rates, ...changes } }));

const PATH = "environments/test.boundary.allow.rates";

test("what the environment adds is one statement more, with its own name", () => {
  const { Statement } = of({ rates }).policy("aws_iam_policy", "boundary");
  const plain = boundaryPolicy(namingOf(testEnvironment())).Statement;
  expect(Statement).toEqual([
    ...plain,
    {
      Sid: "ExtraRates",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: "arn:aws:sqs:eu-central-1:111122223333:rates",
    },
  ]);
});

test.each<[string, object, string]>([
  [
    "an unknown action",
    { actions: ["sqs:SendMessages"] },
    `${PATH} has the action "sqs:SendMessages", which does not exist; it may be meant for "sqs:SendMessage"`,
  ],
  [
    "things of another environment",
    {
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::acme--prod--acme--processed--0a1b2c3d/*"],
    },
    `${PATH} has the resource "arn:aws:s3:::acme--prod--acme--processed--0a1b2c3d/*" of the environment "prod", and this is "test"; write {environment} where each environment has its own, or take it out`,
  ],
  [
    "a pattern that reaches them",
    { resources: ["arn:aws:sqs:eu-central-1:111122223333:*"] },
    `${PATH} has the resource "arn:aws:sqs:eu-central-1:111122223333:*", which is or can be a thing of another environment; name one thing of your own, or what begins with "acme--test--"`,
  ],
  [
    "a way to more permissions",
    { actions: ["iam:PassRole"], resources: ["arn:aws:iam::111122223333:role/anything"] },
    `${PATH} allows "iam:PassRole", which gives permissions or identities; take it out: no workload gets more than it was given`,
  ],
])("tells %s", (_, changes, message) => {
  expect(told(changes)).toBe(message);
});

test("a boundary that AWS would not take", () => {
  const resources = Array.from(
    { length: 120 },
    (_, n) => `arn:aws:sqs:eu-central-1:111122223333:rates-${String(n)}`,
  );
  const text = told({ resources });
  const size = /(\d+) characters long/u.exec(text)?.[1] ?? "";
  expect(Number(size)).toBeGreaterThan(6144);
  expect(text).toBe(
    `environments/test.boundary.allow makes the permissions boundary ${size} characters long, and AWS takes 6144 in a managed policy, white space not counted; name fewer things, or patterns of things`,
  );
});
