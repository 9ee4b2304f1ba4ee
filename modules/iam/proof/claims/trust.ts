import { type Caller, evaluate, type IamRequest, type World } from "../../evaluate";
import type { Deployment, RoleUse } from "../deployment";
import type { Claim } from "./claim";

const OTHER_ACCOUNT = "999999999999";

/** Services that people let take roles on. */
const SERVICES = [
  "apigateway",
  "batch",
  "cloudformation",
  "codebuild",
  "ec2",
  "ecs",
  "ecs-tasks",
  "events",
  "glue",
  "lambda",
  "s3",
  "sagemaker",
  "scheduler",
  "ssm",
  "states",
] as const;

type Service = (typeof SERVICES)[number];

/**
 * Services that say whose account and which resource they work for when they take a role on.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
const TELLS_SOURCE: readonly Service[] = ["ecs-tasks", "scheduler"];

const SERVICE_OF: Readonly<Record<RoleUse["kind"], Service>> = {
  job: "ecs-tasks",
  start: "ecs-tasks",
  function: "lambda",
  schedule: "scheduler",
  host: "ec2",
};

/** Each role is taken on by the service that its work runs on, for this account, and by nobody else. */
export function trustClaim({ environment, world, uses }: Deployment): Claim {
  const asked = world.principals.flatMap(({ arn, name }) =>
    uses.some(({ role }) => role === arn)
      ? questions(world, arn, uses).map((question) => ({ ...question, arn, name }))
      : [],
  );
  return {
    id: `${environment}/trust/assumed-by`,
    environment,
    kind: "trust",
    say: "each role of a workload is taken on by the service that its work runs on, for this account, and by nobody else",
    known: "modelled",
    checked: asked.length,
    faults: asked.flatMap(({ arn, name, caller, context, expected, say }) => {
      const request: IamRequest = { caller, action: "sts:AssumeRole", resource: arn, context };
      const allowed = evaluate(world, request).decision === "Allowed";
      if (allowed === expected) return [];
      return [`${name} ${allowed ? "can" : "can not"} be taken on by ${say}`];
    }),
  };
}

interface Question {
  readonly caller: Caller;
  readonly context: Readonly<Record<string, string>>;
  readonly expected: boolean;
  readonly say: string;
}

function questions(world: World, role: string, uses: readonly RoleUse[]): Question[] {
  const own = uses.filter((use) => use.role === role);
  const services = new Set(own.map(({ kind }) => SERVICE_OF[kind]));
  return [
    ...SERVICES.flatMap((service) => byService(world, service, services.has(service), own)),
    ...strangers(world, role),
  ];
}

function byService(
  { partition, region, account }: World,
  service: Service,
  expected: boolean,
  uses: readonly RoleUse[],
): Question[] {
  const source = sourceOf(service, uses) ?? `arn:${partition}:ecs:${region}:${account}:task/any`;
  const caller: Caller = { kind: "service", service: `${service}.amazonaws.com` };
  const from = (who: string, arn: string, allowed: boolean, words: string): Question => ({
    caller,
    context: { "aws:SourceAccount": who, "aws:SourceArn": arn },
    expected: allowed,
    say: `${service}.amazonaws.com for ${words}`,
  });
  if (!TELLS_SOURCE.includes(service))
    return [{ caller, context: {}, expected, say: `${service}.amazonaws.com` }];
  return [
    from(account, source, expected, "this account"),
    from(OTHER_ACCOUNT, source.replace(account, OTHER_ACCOUNT), false, "another account"),
    { caller, context: {}, expected: false, say: `${service}.amazonaws.com for nobody named` },
  ];
}

function sourceOf(service: Service, uses: readonly RoleUse[]): string | undefined {
  const schedule = uses.find((use) => use.kind === "schedule");
  return service === "scheduler" ? schedule?.group : undefined;
}

function strangers({ partition, account, principals }: World, role: string): Question[] {
  const roleOf = (owner: string): Caller => ({
    kind: "outsider",
    arn: `arn:${partition}:iam::${owner}:role/anybody`,
  });
  const nobody = (caller: Caller, say: string): Question => ({
    caller,
    context: {},
    expected: false,
    say,
  });
  return [
    nobody(roleOf(account), "any role of this account"),
    nobody(roleOf(OTHER_ACCOUNT), "a role of another account"),
    nobody({ kind: "anonymous" }, "everybody"),
    nobody(
      {
        kind: "federated",
        provider: `arn:${partition}:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      },
      "an identity provider",
    ),
    ...principals
      .filter(({ arn }) => arn !== role)
      .map(({ arn, name }) => nobody({ kind: "role", arn }, `role ${name}`)),
  ];
}
