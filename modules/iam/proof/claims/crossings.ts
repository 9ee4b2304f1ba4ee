import { claimKey, type PartnerSpec, runPrefix } from "../../../contract";
import { evaluate, type IamRequest, type Principal } from "../../evaluate";
import { sampleRun } from "../calls/job-calls";
import type { Deployment, JobUse } from "../deployment";

/** Something of a partner that another must not reach. */
interface Crossing {
  /** For people: `read the ledger`. */
  readonly say: string;
  readonly request: Omit<IamRequest, "caller">;
}

/**
 * The roles of one partner against what another has: its access point, its key with its buckets' context, its queues, its part of
 * the ledger, its buckets, its trigger and its job definitions. Whole requests as they would be made, so that a reviewer can read
 * them; that nothing else is reached is what patterns are compared for.
 *
 * @returns an answer for each request: what is wrong, or `undefined`
 */
export function crossings(
  deployment: Deployment,
  roles: readonly Principal[],
): (string | undefined)[] {
  return deployment.specs.flatMap((spec) => {
    const things = thingsOf(deployment, spec);
    return roles
      .filter(({ owner }) => owner !== spec.partner)
      .flatMap((role) =>
        things.map(({ say, request }) => {
          const caller = { kind: "role", arn: role.arn } as const;
          return evaluate(deployment.world, { ...request, caller }).decision === "Allowed"
            ? `${role.name} can ${say} of ${spec.partner}: ${request.action} on ${request.resource}`
            : undefined;
        }),
      );
  });
}

function thingsOf(deployment: Deployment, spec: PartnerSpec): Crossing[] {
  const { world, bucketKeys, uses } = deployment;
  const { partner } = spec;
  const run = sampleRun(partner);
  const own = (type: string): string[] =>
    world.resources.flatMap((one) => (one.owner === partner && one.type === type ? [one.arn] : []));
  const context = { "aws:SecureTransport": "true", "aws:ResourceAccount": world.account };
  const tls = { "aws:SecureTransport": "true" };
  const ask = (
    say: string,
    actions: readonly string[],
    resource: string,
    keys: IamRequest["context"],
  ): Crossing[] =>
    actions.map((action) => ({ say, request: { action, resource, context: { ...keys } } }));
  const ledger = `arn:${world.partition}:s3:::${spec.ledgerBucket}`;
  const read = ["s3:GetObject", "s3:PutObject"];
  const staged = uses.filter((use): use is JobUse => use.kind === "job" && use.owner === partner);
  return [
    ...staged.flatMap(({ staging }) =>
      staging === undefined
        ? []
        : ask(
            "mount the access point",
            ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            staging.fileSystem,
            {
              ...tls,
              "elasticfilesystem:AccessPointArn": staging.accessPoint,
              "elasticfilesystem:AccessedViaMountTarget": "true",
            },
          ),
    ),
    ...own("aws_s3_bucket").flatMap((bucket) => [
      ...ask("reach the files", read, `${bucket}/${runPrefix(run)}file`, context),
      ...ask("list the files", ["s3:ListBucket"], bucket, { ...context, "s3:prefix": "" }),
      ...ask(
        "use the key for the files",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        bucketKeys.get(bucket)?.key ?? "*",
        {
          ...tls,
          "kms:ViaService": `s3.${world.region}.amazonaws.com`,
          "kms:EncryptionContext:aws:s3:arn": bucket,
        },
      ),
    ]),
    ...ask("reach the ledger", read, `${ledger}/${claimKey(run)}`, context),
    ...ask("list the ledger", ["s3:ListBucket"], ledger, {
      ...context,
      "s3:prefix": runPrefix(run),
    }),
    ...own("aws_sqs_queue").flatMap((queue) =>
      ask("reach the queue", ["sqs:ReceiveMessage", "sqs:SendMessage"], queue, tls),
    ),
    ...own("aws_lambda_function").flatMap((fn) =>
      ask("call the function", ["lambda:InvokeFunction"], fn, tls),
    ),
    ...Object.values(spec.chains)
      .flat()
      .flatMap(({ jobDefinition }) =>
        ask(
          "submit the job",
          ["batch:SubmitJob"],
          `${definitionArn(deployment, jobDefinition)}:7`,
          {
            ...tls,
            "batch:ShareIdentifier": spec.shareIdentifier,
          },
        ),
      ),
  ].filter(({ request }) => request.resource !== "*");
}

const definitionArn = ({ world }: Deployment, name: string): string =>
  name.startsWith("arn:")
    ? name
    : `arn:${world.partition}:batch:${world.region}:${world.account}:job-definition/${name}`;
