import type { PartnerSpec } from "../../../contract";
import { AssumptionError, partitionOf } from "../../../core";
import type { World, WorldResource } from "../../evaluate";
import type { AccessRole } from "../access/access-role";
import { extraKeys } from "../calls/extra-calls";
import { ownersKey, withOwnersKeys } from "../owners-key";
import type { ReaderRole } from "../readers/reader-role";
import { arnOf, isWorldType } from "./arns";
import { channelSecrets } from "./channel-secrets";
import { findPolicies, type PlacedResource } from "./policies";
import { referencesOf, resolved } from "./references";
import { type ParsedStack, parseStack, type StackTerraform, textOf, at } from "./terraform";
import { findUses, type RoleUse } from "./uses";

/** All stacks of an environment. */
export interface DeploymentInput {
  readonly environment: string;
  /** Bootstrap, platform and partners. */
  readonly stacks: readonly StackTerraform[];
  /** What was exported from the platform: ids that AWS made up. */
  readonly facts: unknown;
  /** What lies in the zips of the triggers. */
  readonly specs: readonly PartnerSpec[];
  /** Roles of people and CI that the settings ask for. @default [] */
  readonly access?: readonly AccessRole[];
  /** Roles of readers that the partners' files ask for. @default [] */
  readonly readers?: readonly ReaderRole[];
}

/** An environment as its Terraform describes it: all that decides about permissions, and what they are used for. */
export interface Deployment {
  readonly environment: string;
  readonly world: World;
  readonly uses: readonly RoleUse[];
  readonly specs: readonly PartnerSpec[];
  /** Key that a bucket is encrypted with, by the bucket's ARN; buckets that are not ours are not among them. */
  readonly bucketKeys: ReadonlyMap<string, BucketKey>;
  /** Key that a queue or topic is encrypted with, by its ARN; those that AWS encrypts with its own are not among them. */
  readonly messageKeys: ReadonlyMap<string, string>;
  /** ARNs of boundaries that others wrote: what they say is not known. */
  readonly unknownBoundaries: readonly string[];
  /** ARN of the boundary by the ARN of the role. */
  readonly boundaryArns: ReadonlyMap<string, string>;
  /** Roles of people and CI that the settings ask for. */
  readonly access: readonly AccessRole[];
  /** Roles of readers that the partners' files ask for. */
  readonly readers: readonly ReaderRole[];
}

/** How a bucket is encrypted. */
export interface BucketKey {
  readonly key: string;
  /** Whether S3 keeps a key of its own for the bucket, which changes the encryption context. */
  readonly bucketKey: boolean;
}

/** Reads an environment from its synthesized Terraform; nothing of the constructs that wrote it. */
export function readDeployment(input: DeploymentInput): Deployment {
  const stacks = input.stacks.map(parseStack);
  const [first] = stacks;
  if (first === undefined) throw new AssumptionError("a deployment has at least one stack");
  const resources = stacks.flatMap((stack) => placed(stack, input.facts));
  const { unknownBoundaries, boundaryArns, ...policies } = findPolicies(resources);
  const uses = findUses(resources);
  const secrets = [
    ...uses.flatMap((use) => (use.kind === "start" ? use.secrets : [])),
    ...input.specs.flatMap(channelSecrets),
  ];
  const world: World = {
    partition: partitionOf(first.region),
    account: first.account,
    region: first.region,
    ...policies,
    resources: resources.flatMap(worldResource),
  };
  return {
    environment: input.environment,
    world: withOwnersKeys(world, [...secrets.map(ownersKey), ...extraKeys(world)]),
    uses,
    specs: input.specs,
    bucketKeys: bucketKeys(resources),
    messageKeys: messageKeys(resources),
    unknownBoundaries,
    boundaryArns,
    access: input.access ?? [],
    readers: input.readers ?? [],
  };
}

function placed(stack: ParsedStack, facts: unknown): PlacedResource[] {
  const references = referencesOf(stack, facts);
  return stack.resources.map((resource) => {
    const known = resolved(resource, references);
    const name = references.get(`${resource.address}.name`);
    const arn = references.get(`${resource.address}.arn`);
    return {
      ...known,
      name,
      arn: arn ?? (name === undefined ? undefined : arnOf(known, stack, name)),
    };
  });
}

const worldResource = ({ arn, type, owner }: PlacedResource): WorldResource[] =>
  arn !== undefined && isWorldType(type) ? [{ arn, type, owner }] : [];

function messageKeys(resources: readonly PlacedResource[]): ReadonlyMap<string, string> {
  return new Map(
    resources.flatMap(({ arn, attributes, type }) => {
      if (type !== "aws_sqs_queue" && type !== "aws_sns_topic") return [];
      const key = textOf(attributes["kms_master_key_id"]);
      return arn === undefined || key === undefined ? [] : [[arn, key] as const];
    }),
  );
}

function bucketKeys(resources: readonly PlacedResource[]): ReadonlyMap<string, BucketKey> {
  const buckets = resources.filter(({ type }) => type === "aws_s3_bucket");
  return new Map(
    resources.flatMap(({ type, attributes }) => {
      if (type !== "aws_s3_bucket_server_side_encryption_configuration") return [];
      const bucket = buckets.find(({ name }) => name === attributes["bucket"])?.arn;
      const rule = at(attributes, "rule", 0);
      const key = textOf(at(rule, "apply_server_side_encryption_by_default", "kms_master_key_id"));
      if (bucket === undefined || key === undefined) return [];
      return [[bucket, { key, bucketKey: at(rule, "bucket_key_enabled") === true }] as const];
    }),
  );
}
