import path from "node:path";
import { loadProject } from "../../../../modules/app";
import { readDeployments } from "../../../../modules/app/read-deployments";
import type { PolicyDocument, Principal, Statement } from "../../../../modules/iam";
import { accessClaims, type Deployment, formClaims, holds } from "../../../../modules/iam/proof";
import { type TestDirectory, testDirectory } from "../../../support/project-directory";

const ROOT = path.resolve(__dirname, "../../../..");
let out: TestDirectory;
let deployment: Deployment;

beforeAll(async () => {
  out = testDirectory();
  const [only] = await readDeployments(loadProject(ROOT), {
    outdir: out.path,
    environments: ["local"],
  });
  if (only === undefined) throw new Error("no environment");
  deployment = only;
});

afterAll(() => {
  out.remove();
});

const faults = (changed: Deployment): readonly string[] =>
  [...accessClaims(changed), ...formClaims(changed)].flatMap((claim) => claim.faults);

const named = (thing: string): string => `pi--local--bootstrap--${thing}`;

function roleOf(thing: string): Principal {
  const found = deployment.world.principals.find(({ name }) => name === named(thing));
  if (found === undefined) throw new Error(`there is no role ${thing}`);
  return found;
}

/** The deployment with one role changed. */
function withRole(thing: string, change: (role: Principal) => Principal): Deployment {
  const principals = deployment.world.principals.map((role) =>
    role.name === named(thing) ? change(role) : role,
  );
  return { ...deployment, world: { ...deployment.world, principals } };
}

const withTrust = (thing: string, change: (text: string) => string): Deployment =>
  withRole(thing, (role) => ({
    ...role,
    trust: JSON.parse(change(JSON.stringify(role.trust))) as PolicyDocument,
  }));

const withStatements = (
  thing: string,
  change: (statements: readonly Statement[]) => readonly Statement[],
): Deployment =>
  withRole(thing, (role) => ({
    ...role,
    policies: role.policies.map(({ name, document }) => ({
      name,
      document: { ...document, Statement: change(document.Statement) },
    })),
  }));

test("the claims about people and CI hold", () => {
  const claims = accessClaims(deployment);
  expect(claims.map(({ id }) => id)).toEqual([
    "local/trust/known-roles",
    "local/trust/people-and-ci",
    "local/liveness/people-and-ci",
    "local/escalation/people-and-ci",
    "local/form/ci-policies",
  ]);
  expect(claims.filter((claim) => !holds(claim))).toEqual([]);
});

describe("what is taken from a role of people is missed", () => {
  /** What only helps people look around, or is asked for in other ways, with the reason. */
  const NOT_OF_A_COMMAND: readonly string[] = [
    // Consoles and the CLI of AWS.
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "logs:DescribeLogStreams",
    // A job that has not begun is cancelled by hand; the command terminates.
    "batch:CancelJob",
    // Of the viewer; its commands ask for no queue.
    "sqs:GetQueueAttributes",
  ];

  test.each(["viewer", "on-call"])("%s", (thing) => {
    const actions = roleOf(thing).policies.flatMap(({ document }) =>
      document.Statement.flatMap(({ Action }) => Action),
    );
    const survivors = [...new Set(actions)].filter((action) => {
      const changed = withStatements(thing, (statements) =>
        statements.flatMap((statement) => {
          const left = [statement.Action].flat().filter((one) => one !== action);
          return left.length === 0 ? [] : [{ ...statement, Action: left }];
        }),
      );
      return faults(changed).length === 0;
    });
    expect(survivors.filter((action) => !NOT_OF_A_COMMAND.includes(action))).toEqual([]);
  });

  test("a deployer without one of its policies", () => {
    const changed = withRole("github-apply", (role) => ({
      ...role,
      policies: role.policies.slice(1),
    }));
    expect(faults(changed).length).toBeGreaterThan(0);
  });
});

describe("what is added to a role is noticed", () => {
  test.each(["github-plan", "github-apply"])(
    "%s with one read more than the deployer's policies",
    (thing) => {
      const changed = withRole(thing, (role) => ({
        ...role,
        policies: [
          ...role.policies,
          {
            name: "more",
            document: {
              Version: "2012-10-17",
              Statement: [
                { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::x/y" },
              ],
            },
          },
        ],
      }));
      expect(faults(changed)).toContain(
        `${named(thing)} has Allow s3:GetObject on arn:aws:s3:::x/y, which no deployment asks for`,
      );
    },
  );

  test.each(["viewer", "on-call", "break-glass", "github-plan", "github-apply"])(
    "%s with all permissions is still held by its boundary",
    (thing) => {
      const changed = withRole(thing, (role) => ({
        ...role,
        policies: [
          {
            name: "everything",
            document: {
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
            },
          },
        ],
      }));
      const kept = faults(changed).filter((fault) =>
        /boundary of|another environment|another region|another account|of others/u.test(fault),
      );
      expect(kept).toEqual([]);
    },
  );

  test("a role without boundary", () => {
    for (const thing of ["viewer", "on-call", "break-glass", "github-plan", "github-apply"]) {
      const changed = withRole(thing, (role) => {
        const bare = { ...role };
        Reflect.deleteProperty(bare, "boundary");
        return bare;
      });
      expect(faults(changed)).toContainEqual(expect.stringContaining(`${named(thing)} (`));
    }
  });

  test("a role that no setting asks for", () => {
    const changed = { ...deployment, access: deployment.access.slice(1) };
    expect(faults(changed)).toContain(
      `${named("viewer")} is used by no workload, and no setting asks for it`,
    );
  });
});

describe("a trust that is opened is noticed", () => {
  const mfa = '"aws:MultiFactorAuthPresent":"true"';
  test.each<[string, string, (text: string) => string]>([
    ["viewer", "without MFA", (text) => text.replace(/,"Condition":\{[^}]*\}\}/u, "")],
    ["viewer", "of another account", (text) => text.replaceAll("123456789012", "999999999999")],
    ["viewer", "of everybody", (text) => text.replace(/"arn:[^"]*:root"/u, '"*"')],
    ["on-call", "of the whole account", (text) => text.replace(/:role\/[^"]*"/u, ':root"')],
    ["on-call", "of another role", (text) => text.replace('on-call"', 'on-call-2"')],
    ["break-glass", "without MFA", (text) => text.replace(mfa, '"aws:SecureTransport":"true"')],
    ["break-glass", "with old MFA", (text) => text.replace('"900"', '"90000"')],
    ["break-glass", "in any region", (text) => text.replace(/,"StringEquals":\{[^}]*\}/u, "")],
    ["break-glass", "of the account", (text) => text.replace(/:user\/[^"]*"/u, ':root"')],
    [
      "github-plan",
      "of any branch",
      (text) => text.replace(/StringEquals/u, "StringLike").replace("heads/main", "heads/*"),
    ],
    [
      "github-apply",
      "of a branch",
      (text) => text.replace("environment:local", "ref:refs/heads/main"),
    ],
    [
      "github-apply",
      "of another repository",
      (text) => text.replace("example/deliveries", "other/deliveries"),
    ],
    ["github-apply", "of any audience", (text) => text.replace(/"[^"]*:aud":"[^"]*",/u, "")],
    ["github-apply", "of any subject", (text) => text.replace(/,"[^"]*:sub":"[^"]*"/u, "")],
    [
      "github-apply",
      "of a service besides",
      (text) =>
        text.replace(
          /"Statement":\[/u,
          '"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},',
        ),
    ],
    [
      "github-apply",
      "of a stranger besides",
      (text) =>
        text.replace(
          /"Statement":\[/u,
          '"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::888888888888:role/x"},"Action":"sts:AssumeRole"},',
        ),
    ],
  ])("%s %s", (thing, _, change) => {
    const changed = withTrust(thing, change);
    expect(changed.world.principals).not.toEqual(deployment.world.principals);
    expect(faults(changed).length).toBeGreaterThan(0);
  });
});
