import { z } from "zod";
import { ID_PATTERN, idFault } from "../core";
import { ciSchema, peopleSchema } from "./access";
import { extraGrantsSchema } from "./extra-grants";
import { parseSettings } from "./zod-faults";

const cidr = z.string().refine((text) => /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|2[0-4])$/u.test(text), {
  error: "must be an IPv4 range from /16 to /24, e.g. 10.20.0.0/16",
});

const network = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("create"),
    /** IPv4 range of the VPC. Changing it replaces the network. @default "10.20.0.0/16" */
    cidr: cidr.default("10.20.0.0/16"),
    /** Zones, 2 to 4: `["ap-northeast-2a", "ap-northeast-2c"]`. */
    availabilityZones: z.array(z.string()).min(2).max(4),
    /**
     * How jobs in private subnets reach AWS and the partner.
     * `nat`: one NAT gateway, paid by the hour and by the GB; needed when a partner's server is on the internet.
     * `endpoints`: interface endpoints only, paid by the hour each; nothing else is reached.
     * S3 always goes through the gateway endpoint, which costs nothing.
     */
    egress: z.enum(["nat", "endpoints"]),
  }),
  z.strictObject({
    kind: z.literal("existing"),
    vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/u, { error: "must be the id of a VPC, vpc-..." }),
    /** Private subnets, at least one. */
    subnetIds: z
      .array(
        z
          .string()
          .regex(/^subnet-[0-9a-f]{8,17}$/u, { error: "must be the id of a subnet, subnet-..." }),
      )
      .min(1),
  }),
]);

const pool = z.strictObject({
  /**
   * `ec2-spot-fallback`: Spot first, on-demand where Spot has no capacity. `ec2`: on-demand only.
   * `fargate`, `fargate-spot`: no hosts of ours. @default "ec2-spot-fallback"
   */
  kind: z
    .enum(["ec2-spot-fallback", "ec2", "fargate", "fargate-spot"])
    .default("ec2-spot-fallback"),
  /** @default "x86_64" */
  architecture: z.enum(["x86_64", "arm64"]).default("x86_64"),
  /** Instance families, e.g. `["m6i", "m5"]`; more families, more Spot capacity. EC2 pools only. @default a list for the architecture */
  families: z.array(z.string()).min(1).optional(),
  /** Most vCPUs that each compute environment of the pool may have at once: the cost cap. @default 64 */
  maxVcpus: z.number().int().min(1).max(10000).default(64),
  /** Encrypted gp3 scratch of each host in GiB. EC2 pools only. @default 100 */
  scratchGib: z.number().int().min(30).max(16000).default(100),
  /** Who may use the pool: all partners, or one. Hosts are no isolation boundary between tasks. @default "shared" */
  tenancy: z
    .union([z.literal("shared"), z.strictObject({ partner: z.string() })])
    .default("shared"),
});

/** Schema of an environment file. */
export const environmentSchema = z.strictObject({
  /** Environment id, at most 12 characters. Part of every name: changing it replaces everything. */
  id: z.string(),
  /** AWS account, 12 digits. */
  account: z.string().regex(/^\d{12}$/u, { error: "must have 12 digits" }),
  /** AWS region. */
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/u, { error: "must be an AWS region, e.g. ap-northeast-2" }),
  /** First part of every name, at most 6 characters. */
  prefix: z.string(),
  /** Tags that your organisation requires; set on everything. @default {} */
  tags: z.record(z.string(), z.string()).default({}),
  /** AWS provider that the Terraform is written for. @default "5.100" */
  awsProvider: z.enum(["5.100", "6"]).default("5.100"),
  /** True for test environments: stateful resources can be destroyed with their data. @default false */
  disposable: z.boolean().default(false),
  /**
   * True for an environment that exists on no account: images are named by the hash of their sources and ids are
   * made up, so that a fresh clone can synthesize and run everything. @default false
   */
  offline: z.boolean().default(false),
  network,
  /** Compute pools by name. */
  pools: z.record(z.string(), pool),
  /** Images, each a directory below `images/`; a repository each. @default ["worker"] */
  images: z.array(z.string()).min(1).default(["worker"]),
  /**
   * Where Terraform keeps state: the state bucket that the bootstrap stack makes, an existing bucket, or a directory.
   * @default \{ kind: "s3" \}
   */
  backend: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("s3"), bucket: z.string().optional() }),
      z.strictObject({ kind: z.literal("local") }),
    ])
    .default({ kind: "s3" }),
  /** Permissions boundary of every role: made by the bootstrap stack, or yours by ARN. @default \{ kind: "create" \} */
  boundary: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("create"),
        /** What steps' own `grants` may be granted besides what every ingest needs, by name. @default {} */
        allow: extraGrantsSchema.default({}),
      }),
      z.strictObject({
        kind: z.literal("existing"),
        arn: z.string().regex(/^arn:[a-z-]+:iam::\d{12}:policy\/.+$/u, {
          error: "must be the ARN of a managed policy, arn:aws:iam::<account>:policy/...",
        }),
      }),
    ])
    .default({ kind: "create", allow: {} }),
  /**
   * Service control policies above the account, as JSON files below the project's directory; `iam doctor` tells which
   * requests of a deployment they refuse. Each entry is a level, from the root down to the account: a file, or a list of
   * those that are attached to it. A level whose files only deny has AWS's FullAWSAccess, too. @default []
   */
  organizationPolicies: z
    .array(z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]))
    .default([]),
  /** Service-linked roles that the bootstrap stack makes; leave out those that the account has. @default all three */
  serviceLinkedRoles: z
    .array(z.enum(["batch", "spot", "autoscaling"]))
    .default(["batch", "spot", "autoscaling"]),
  /** Roles of people. @default \{\} */
  people: peopleSchema.default({}),
  /** Roles of CI. @default \{\} */
  ci: ciSchema.default({}),
  /** Who hears of failures. @default \{ emails: [] \} */
  alerts: z.strictObject({ emails: z.array(z.email()).default([]) }).default({ emails: [] }),
  /** Days that logs are kept. @default 90 */
  logRetentionDays: z
    .union(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731].map((days) =>
        z.literal(days),
      ),
    )
    .default(90),
});

/** What a user writes in `environments/<id>.ts`. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** An environment with every default filled in. */
export type Environment = z.output<typeof environmentSchema>;

/** A compute pool with every default filled in. */
export type Pool = z.output<typeof pool>;

/**
 * Defines an environment: account, region and name, with what its partners share.
 * Faults are told with the path of the setting, all at once.
 */
export function defineEnvironment(input: EnvironmentInput): Environment {
  const id: unknown = (input as Partial<EnvironmentInput> | undefined | null)?.id;
  const root = `environments/${typeof id === "string" ? id : "?"}`;
  return parseSettings(
    environmentSchema.superRefine((environment, context) => {
      const fault = (path: (string | number)[], message: string): void => {
        context.addIssue({ code: "custom", path, message });
      };
      const envFault = idFault("environment", environment.id);
      if (envFault !== undefined) fault(["id"], envFault);
      const prefixFault = idFault("prefix", environment.prefix);
      if (prefixFault !== undefined) fault(["prefix"], prefixFault);
      for (const [name, settings] of Object.entries(environment.pools)) {
        const poolFault = idFault("pool", name);
        if (poolFault !== undefined)
          context.addIssue({
            code: "custom",
            path: ["pools", name],
            message: `has a name that ${poolFault}`,
            params: { hideValue: true },
          });
        if (settings.tenancy !== "shared" && !ID_PATTERN.test(settings.tenancy.partner))
          fault(["pools", name, "tenancy", "partner"], "must be a partner id");
        if (settings.kind.startsWith("fargate") && settings.families !== undefined)
          fault(["pools", name, "families"], "has no meaning for Fargate; remove it");
      }
      environment.images.forEach((image, index) => {
        const imageFault = idFault("image", image);
        if (imageFault !== undefined) fault(["images", index], imageFault);
      });
      if (!environment.images.includes("worker"))
        fault(["images"], `must hold "worker", which all others build on`);
      if (environment.offline && !environment.disposable)
        fault(["disposable"], "must be true where offline is true: nothing of value can be there");
    }),
    input,
    root,
  );
}
