import { evaluate, type Principal, type World } from "../../evaluate";
import { compileWorld } from "../../evaluate/compiled-world";
import type { CompiledStatement } from "../../evaluate/parse";
import { intersects } from "../../glob";
import { both } from "../../scan/conditions";
import type { Deployment, JobUse } from "../deployment";
import type { Claim } from "./claim";
import { crossings } from "./crossings";

/**
 * What partners share although nothing parts them: actions that take no resource, and reading images of the platform.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
export const RESIDUAL: ReadonlyMap<string, string> = new Map([
  ["batch:DescribeJobs", "takes no resource: neither commands nor environment hold secrets"],
  ["batch:ListJobs", "takes no resource: names of jobs are not secret"],
  ["ecr:GetAuthorizationToken", "takes no resource: the token allows what its role is allowed"],
  ["ecr:BatchCheckLayerAvailability", "images of the platform are shared, and only read"],
  ["ecr:BatchGetImage", "images of the platform are shared, and only read"],
  ["ecr:GetDownloadUrlForLayer", "images of the platform are shared, and only read"],
]);

/** Keys that part what partners share. */
export const PARTING_KEYS: readonly RegExp[] = [
  /^kms:encryptioncontext:/iu,
  /^batch:shareidentifier$/iu,
  /^aws:requesttag\/partner$/iu,
  /^elasticfilesystem:accesspointarn$/iu,
  /^s3:prefix$/iu,
  /^cloudwatch:namespace$/iu,
];

/** What one partner's roles can reach, another's can not: for all resources there may be, not for examples. */
export function separationClaims(deployment: Deployment): Claim[] {
  const { environment, world, specs } = deployment;
  const partners = specs.map(({ partner }) => partner);
  // Whether partners are apart is no question where there is one.
  if (partners.length < 2) return [];
  const roles = world.principals.filter(({ owner }) => partners.includes(owner));
  const claim = (what: string, say: string, answers: readonly (string | undefined)[]): Claim => ({
    id: `${environment}/separation/${what}`,
    environment,
    kind: "separation",
    say,
    known: "modelled",
    checked: answers.length,
    faults: answers.filter((fault) => fault !== undefined),
  });
  return [
    claim(
      "owned",
      "no permission of a partner names what belongs to another",
      roles.flatMap((role) => foreignThings(world, role, partners)),
    ),
    claim(
      "shared",
      "where permissions of two partners meet, a condition parts them, or the action is on the list of what remains",
      roles.flatMap((one) =>
        roles
          .filter((other) => one.owner < other.owner)
          .flatMap((other) => meetings(world, one, other)),
      ),
    ),
    claim(
      "named",
      "no role of a partner reaches another's access point, files, key, queue, function, jobs or part of the ledger, request by request",
      crossings(deployment, roles),
    ),
    claim(
      "staging",
      "no role of a partner mounts another's access point",
      mounts(deployment, roles),
    ),
  ];
}

function foreignThings(
  world: World,
  role: Principal,
  partners: readonly string[],
): (string | undefined)[] {
  const foreign = world.resources.filter(
    ({ owner }) => owner !== role.owner && partners.includes(owner),
  );
  return allowing(world, role).flatMap((statement) =>
    foreign.map(({ arn }) => {
      const within = [arn, `${arn}/*`, `${arn}:*`];
      const met = statement.resources.find(
        (pattern) => pattern !== "*" && within.some((thing) => intersects(pattern, thing)),
      );
      if (met === undefined) return undefined;
      return `${role.name} may ${statement.actions.join(", ")} on ${met}, which is or holds ${arn}`;
    }),
  );
}

/** Pairs of statements of two roles: a text for each that lets both do the same with the same thing. */
function meetings(world: World, one: Principal, other: Principal): (string | undefined)[] {
  const theirs = allowing(world, other);
  return allowing(world, one).flatMap((a) =>
    theirs.map((b) => {
      const actions = a.actions.filter(
        (action) => b.actions.some((same) => intersects(action, same)) && !isResidual(action),
      );
      const thing = a.resources.find((pattern) =>
        b.resources.some((same) => intersects(pattern, same)),
      );
      if (actions.length === 0 || thing === undefined) return undefined;
      if (isParted(a) && isParted(b) && both(a.conditions, b.conditions) === undefined)
        return undefined;
      if (isThroughS3(a) && isThroughS3(b)) return undefined;
      return `${one.name} and ${other.name} both may ${actions.join(", ")} on ${thing}, and no condition parts them`;
    }),
  );
}

const residualNames = new Set([...RESIDUAL.keys()].map((name) => name.toLowerCase()));
const isResidual = (action: string): boolean => residualNames.has(action.toLowerCase());

const isParted = ({ conditions }: CompiledStatement): boolean =>
  conditions.some(({ key }) => PARTING_KEYS.some((parting) => parting.test(key)));

/**
 * A key that S3 alone uses for the objects of one bucket opens nothing that S3 does not hand out: there the objects'
 * names part the partners.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
 */
function isThroughS3({ actions, conditions }: CompiledStatement): boolean {
  const limitedTo = (key: string, begins: RegExp): boolean =>
    conditions.some(
      (one) =>
        one.key === key &&
        !one.operator.text.startsWith("StringNot") &&
        !one.operator.text.endsWith("IfExists") &&
        one.values.every((value) => begins.test(value)),
    );
  return (
    actions.every((action) => /^kms:(?:decrypt|generatedatakey)$/iu.test(action)) &&
    limitedTo("kms:viaservice", /^s3\./u) &&
    limitedTo("kms:encryptioncontext:aws:s3:arn", /^arn:[^*]+(?:\/\*)?$/u)
  );
}

function allowing(world: World, { arn }: Principal): readonly CompiledStatement[] {
  const statements = compileWorld(world).principals.get(arn)?.identity ?? [];
  return statements.filter(({ effect }) => effect === "Allow");
}

function mounts({ world, uses }: Deployment, roles: readonly Principal[]): (string | undefined)[] {
  const jobs = uses.filter((use): use is JobUse => use.kind === "job");
  return jobs.flatMap(({ owner, step, staging }) =>
    staging === undefined
      ? []
      : roles
          .filter((role) => role.owner !== owner)
          .map((role) => {
            const { decision } = evaluate(world, {
              caller: { kind: "role", arn: role.arn },
              action: "elasticfilesystem:ClientMount",
              resource: staging.fileSystem,
              context: {
                "aws:SecureTransport": "true",
                "elasticfilesystem:AccessPointArn": staging.accessPoint,
                "elasticfilesystem:AccessedViaMountTarget": "true",
              },
            });
            return decision === "Allowed"
              ? `${role.name} can mount the staging of step ${step} of ${owner}`
              : undefined;
          }),
  );
}
