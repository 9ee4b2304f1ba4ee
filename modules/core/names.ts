import { createHash } from "node:crypto";
import { ConfigError } from "./errors";
import { NAME_LIMITS, type NamedKind } from "./limits";

/** Stands between the parts of a name; ids can not hold it, so no name is a prefix of another owner's. */
export const DELIMITER = "--";

/** What partner ids, environment ids, step names and pool names look like. */
export const ID_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u;

/** Longest ids. Together with the prefix they fit every name limit, so that nothing is ever shortened. */
export const ID_LIMITS = {
  prefix: 6,
  environment: 12,
  partner: 20,
  step: 15,
  reader: 13,
  pool: 20,
  image: 20,
} as const;

/** Owners of names that are not partners. */
export const RESERVED_OWNERS = ["platform", "bootstrap"] as const;

/** Says why a text can not be an id of this kind, or `undefined`. */
export function idFault(kind: keyof typeof ID_LIMITS, id: string): string | undefined {
  const max = ID_LIMITS[kind];
  if (!ID_PATTERN.test(id))
    return `must be lower-case letters and digits in words joined by single hyphens, beginning with a letter`;
  if (id.length > max)
    return `must have at most ${String(max)} characters, it has ${String(id.length)}`;
  if (kind === "partner" && (RESERVED_OWNERS as readonly string[]).includes(id))
    return `must not be one of ${RESERVED_OWNERS.join(", ")}`;
  return undefined;
}

/** Where names live. */
export interface NamingScope {
  /** User's prefix, at most 6 characters. */
  readonly prefix: string;
  /** Environment id. */
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/**
 * Names and ARNs of an environment. Every name is `<prefix>--<environment>--<owner>--<thing>`; an owner is a partner id,
 * `platform` or `bootstrap`. ARNs are built from names, so that policies are known before anything exists.
 */
export class Naming {
  readonly partition: string;
  /** First 8 hex digits of SHA-256 of account and region: bucket names are global. */
  readonly hash8: string;

  constructor(readonly scope: NamingScope) {
    this.partition = partitionOf(scope.region);
    this.hash8 = createHash("sha256")
      .update(`${scope.account}/${scope.region}`)
      .digest("hex")
      .slice(0, 8);
  }

  /** The name of a thing of an owner; an error when it is longer than AWS takes. */
  name(kind: NamedKind, owner: string, thing: string): string {
    return withinLimit(
      kind,
      [this.scope.prefix, this.scope.environment, owner, thing].join(DELIMITER),
    );
  }

  /** The name of a bucket: the common form with the account's hash at the end. */
  bucket(owner: string, thing: string): string {
    return withinLimit(
      "bucket",
      [this.scope.prefix, this.scope.environment, owner, thing, this.hash8].join(DELIMITER),
    );
  }

  /** `/<prefix>/<environment>/<owner>/`: path of roles and policies. */
  path(owner: string): string {
    return `/${this.scope.prefix}/${this.scope.environment}/${owner}/`;
  }

  /** Path form without slashes at the ends, for ECR, EFS, log groups and secrets. */
  pathName(owner: string, thing: string): string {
    return `${this.scope.prefix}/${this.scope.environment}/${owner}/${thing}`;
  }

  /** An ARN of this account and region. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.scope.region}:${this.scope.account}:${resource}`;
  }

  /** An ARN without a region: IAM. */
  globalArn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}::${this.scope.account}:${resource}`;
  }

  roleArn(owner: string, thing: string): string {
    return this.globalArn("iam", `role${this.path(owner)}${this.name("role", owner, thing)}`);
  }

  policyArn(owner: string, thing: string): string {
    return this.globalArn("iam", `policy${this.path(owner)}${this.name("policy", owner, thing)}`);
  }

  bucketArn(bucketName: string): string {
    return `arn:${this.partition}:s3:::${bucketName}`;
  }

  functionArn(owner: string, thing: string): string {
    return this.arn("lambda", `function:${this.name("function", owner, thing)}`);
  }

  jobQueueArn(owner: string, thing: string): string {
    return this.arn("batch", `job-queue/${this.name("batch", owner, thing)}`);
  }

  /** Without the revision. */
  jobDefinitionArn(owner: string, thing: string): string {
    return this.arn("batch", `job-definition/${this.name("batch", owner, thing)}`);
  }

  queueArn(owner: string, thing: string): string {
    return this.arn("sqs", this.name("queue", owner, thing));
  }

  topicArn(owner: string, thing: string): string {
    return this.arn("sns", this.name("topic", owner, thing));
  }

  /** Log group name below a service's part: `/<prefix>/<environment>/<owner>/<thing>`. */
  logGroup(owner: string, thing: string): string {
    return `/${this.pathName(owner, thing)}`;
  }

  logGroupArn(owner: string, thing: string): string {
    return this.arn("logs", `log-group:${this.logGroup(owner, thing)}`);
  }

  /** Repositories belong to the platform, below the prefix. */
  repository(image: string): string {
    return this.pathName("platform", image);
  }

  repositoryArn(image: string): string {
    return this.arn("ecr", `repository/${this.repository(image)}`);
  }

  /** Registry host and repository, without a tag or digest. */
  imageUri(image: string): string {
    const suffix = this.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    return `${this.scope.account}.dkr.ecr.${this.scope.region}.${suffix}/${this.repository(image)}`;
  }
}

/** Fair-share identifier of a partner: Batch takes only letters and digits. */
export function shareIdentifier(partner: string): string {
  return `p${createHash("sha256").update(partner).digest("hex").slice(0, 16)}`;
}

/** The partition of a region. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}

function withinLimit(kind: NamedKind, name: string): string {
  const max = NAME_LIMITS[kind];
  if (name.length > max)
    throw new ConfigError(
      `the ${kind} name ${JSON.stringify(name)} has ${String(name.length)} characters, AWS takes ${String(max)}; shorten the prefix, the environment id or the partner id`,
    );
  return name;
}
