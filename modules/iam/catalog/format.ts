/** The catalog as it lies in `catalog.json`: compact, one line for each action, so that a change of it can be read. */
export interface CatalogFile {
  /** npm package that it is made of. */
  readonly source: string;
  readonly version: string;
  /** Day of the data. */
  readonly date: string;
  /** Condition keys that requests of all services have. */
  readonly globalKeys: readonly string[];
  readonly services: Readonly<Record<string, CatalogFileService>>;
}

/** A service, by the prefix of its actions. */
export interface CatalogFileService {
  readonly name: string;
  /** Sets of condition keys; actions and resource types name one by its place. `*` stands for the user's part of a key. */
  readonly keySets: readonly (readonly string[])[];
  /** Resource types: format of the ARN, and key set. */
  readonly resources: Readonly<Record<string, readonly [arn: string, keySet: number]>>;
  readonly actions: Readonly<Record<string, CatalogFileAction>>;
}

/** An action: access level, resource types that a request must name, those that it may name, and key set. */
export type CatalogFileAction = readonly [
  level: AccessLevel,
  required: readonly string[],
  optional: readonly string[],
  keySet: number,
];

/** What an action does, as AWS puts it. */
export type AccessLevel = "List" | "Read" | "Write" | "Tagging" | "Permissions management";

/** Services that our stacks hold things of, call, or need for their deployment. */
export const CATALOG_SERVICES = [
  "account",
  "autoscaling",
  "batch",
  "cloudwatch",
  "ec2",
  "ecr",
  "ecs",
  "elasticfilesystem",
  "events",
  "iam",
  "kms",
  "lambda",
  "logs",
  "s3",
  "scheduler",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "sts",
  "tag",
] as const;
