import { evaluate, type IamRequest } from "../../evaluate";
import { intersects } from "../../glob";
import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";
import { patternsOf, type ReaderRole } from "./reader-role";
import { refusedTo } from "./refused";

/** Objects and their lists, and the key through S3. */
const READING = new Set(["kms:Decrypt", "s3:GetObject", "s3:ListBucket"]);
const QUARANTINE = "quarantine/*";

/**
 * Readers read what the partner's file names, and nothing else: asked request by request, and read off the statements, for
 * all keys there may be.
 */
export function readersLimitsClaim(deployment: Deployment): Claim {
  const { environment, world } = deployment;
  // Of one that is in no stack the claim about trust tells.
  const readers = deployment.readers.filter(({ arn }) =>
    world.principals.some((role) => role.arn === arn),
  );
  const asked = readers.flatMap((role) =>
    refusedTo(role, deployment).map((refused) => ({ role, ...refused })),
  );
  const answers = asked.flatMap(({ role, say, request }) => {
    const whole: IamRequest = { ...request, caller: { kind: "role", arn: role.arn } };
    return evaluate(world, whole).decision === "Allowed"
      ? [`${role.name} can ${say}: ${request.action} on ${request.resource}`]
      : [];
  });
  return {
    id: `${environment}/separation/readers`,
    environment,
    kind: "separation",
    say: "readers list and read what the partner's file names: nothing in quarantine or in the ledger, nothing of others, and they write nothing",
    known: "modelled",
    checked: asked.length + readers.length,
    faults: [...new Set([...answers, ...readers.flatMap((role) => beyond(deployment, role))])],
  };
}

/** What the statements of a reader's role say beyond its settings. */
function beyond({ world }: Deployment, role: ReaderRole): string[] {
  const bucket = `arn:${world.partition}:s3:::${role.bucket}`;
  const patterns = patternsOf(role);
  const objects = new Set(patterns.map((pattern) => `${bucket}/${pattern}`));
  const listed = new Set(patterns);
  const key = JSON.stringify({
    StringEquals: { "kms:ViaService": `s3.${world.region}.amazonaws.com` },
    StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucket, `${bucket}/*`] },
  });
  const statements = world.principals
    .filter(({ arn }) => arn === role.arn)
    .flatMap(({ policies }) => policies.flatMap(({ document }) => document.Statement))
    .filter(({ Effect }) => Effect === "Allow");
  return statements.flatMap(({ Action, Resource = "*", Condition = {} }) => {
    const actions = [Action].flat();
    const resources = [Resource].flat();
    const prefixes = [Condition["StringLike"]?.["s3:prefix"] ?? "*"].flat();
    return [
      ...actions
        .filter((action) => !READING.has(action))
        .map((action) => `${role.name} may ${action}: readers only read`),
      ...(actions.includes("s3:GetObject") ? resources : [])
        .filter((arn) => !objects.has(arn) || intersects(arn, `${bucket}/${QUARANTINE}`))
        .map((arn) => `${role.name} may read ${arn}, which its settings do not name`),
      ...(actions.includes("kms:Decrypt") && JSON.stringify(Condition) !== key
        ? [`${role.name} may decrypt more than what S3 holds in its bucket`]
        : []),
      ...(actions.includes("s3:ListBucket") ? prefixes : [])
        .filter((prefix) => !listed.has(prefix))
        .map((prefix) => `${role.name} may list ${prefix}, which its settings do not name`),
    ];
  });
}
