import { DELIMITER, type Naming } from "../../core";
import { type ArnSegments, arnIntersects, arnSegments, includes, intersects } from "../glob";
import type { Grant } from "../grant";
import type { GrantFault } from "../lint";
import { sayFault } from "../lint/fault";

/** What grants of a user's file may name: things of their owner, and of nobody in this project. */
export interface Territory {
  readonly naming: Naming;
  /**
   * Partner whose things they may name.
   * @default - all owners of the environment
   */
  readonly owner?: string | undefined;
  /** ARNs of what partners share and whose names say nothing: keys, file systems. @default [] */
  readonly shared?: readonly string[];
}

/** What is wrong with where the resources of a grant lie. */
export function reachFaults(role: string, grant: Grant, territory: Territory): GrantFault[] {
  if ("any" in grant.resources) return [];
  return grant.resources.flatMap((arn) => {
    const segments = arnSegments(arn);
    if (segments === undefined) return [];
    const wrong =
      placeFault(arn, segments, territory) ??
      nameFault(arn, segments, territory) ??
      sharedFault(arn, territory);
    return wrong === undefined ? [] : [sayFault(role, grant, "reach", wrong)];
  });
}

interface Wrong {
  readonly what: string;
  readonly todo: string;
}

/** Another account or region is another environment's. A wildcard there stands for all of them. */
function placeFault(
  arn: string,
  [, partition, , region, account]: ArnSegments,
  { naming }: Territory,
): Wrong | undefined {
  const { scope } = naming;
  const parts = [
    ["partition", partition, naming.partition],
    ["region", region, scope.region],
    ["account", account, scope.account],
  ] as const;
  const wrong = parts.find(([, given, own]) => given !== own && given !== "");
  if (wrong === undefined) return undefined;
  const [part, given, own] = wrong;
  return {
    what: `has the resource ${JSON.stringify(arn)} of the ${part} ${JSON.stringify(given)}, and environment ${JSON.stringify(scope.environment)} is in ${own}`,
    todo: `write {${part}}, which stands for the environment's own, or take it out`,
  };
}

/** Our names say whose a thing is. */
function nameFault(
  arn: string,
  [, , service, , , resource]: ArnSegments,
  { naming, owner }: Territory,
): Wrong | undefined {
  const { prefix, environment } = naming.scope;
  const own = [prefix, environment, ...(owner === undefined ? [] : [owner])];
  const met = (FORMS[service] ?? Object.values(FORMS).flat()).some(
    (form) =>
      intersects(resource, form([prefix])) && !(service in FORMS && includes(form(own), resource)),
  );
  if (!met) return undefined;
  const other = new RegExp(
    `(?:^|[/:])${prefix}(?:--|/)([a-z0-9]+(?:-[a-z0-9]+)*)(?:--|/)`,
    "u",
  ).exec(resource)?.[1];
  if (other !== undefined && other !== environment)
    return {
      what: `has the resource ${JSON.stringify(arn)} of the environment ${JSON.stringify(other)}, and this is ${JSON.stringify(environment)}`,
      todo: "write {environment} where each environment has its own, or take it out",
    };
  return {
    what: `has the resource ${JSON.stringify(arn)}, which is or can be a thing of ${owner === undefined ? "another environment" : "the platform or of another partner"}`,
    todo: `name one thing of your own, or what begins with ${JSON.stringify(`${own.join(DELIMITER)}${DELIMITER}`)}`,
  };
}

/** Keys and file systems are shared, and what opens them is no name. */
function sharedFault(arn: string, { shared = [] }: Territory): Wrong | undefined {
  const met = shared.find((one) => arnIntersects(arn, one));
  if (met === undefined) return undefined;
  return {
    what: `has the resource ${JSON.stringify(arn)}, which is or can be ${JSON.stringify(met)}, and that is shared by all partners`,
    todo: "name a key or file system of your own",
  };
}

type Form = (owner: readonly string[]) => string;

const named =
  (before = ""): Form =>
  (owner) =>
    `${before}${owner.join(DELIMITER)}${DELIMITER}*`;

const below =
  (before: string): Form =>
  (owner) =>
    `${before}${owner.join("/")}/*`;

/** How the resources of a service show whose they are. Services that are not here are held against all forms. */
const FORMS: Readonly<Record<string, readonly Form[]>> = {
  s3: [named()],
  sqs: [named()],
  sns: [named()],
  lambda: [named("function:")],
  batch: ["job-queue/", "job-definition/", "compute-environment/", "scheduling-policy/"].map(named),
  ecs: [named("cluster/"), named("container-instance/"), named("task/")],
  events: [named("rule/")],
  scheduler: [named("schedule/"), named("schedule-group/")],
  cloudwatch: [named("alarm:"), named("dashboard/")],
  ecr: [below("repository/")],
  logs: [below("log-group:/")],
  iam: [below("role/"), below("policy/")],
  secretsmanager: [below("secret:")],
  ssm: [below("parameter/")],
  // Ids that AWS makes up: see the shared ones.
  kms: [],
  elasticfilesystem: [],
  ec2: [],
};
