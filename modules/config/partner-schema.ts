import { z } from "zod";
import { expectationsSchema } from "./expectations";
import { extraGrantsSchema } from "./extra-grants";
import { limitsSchema } from "./limits";
import { notificationsSchema } from "./notifications";
import { mergeBase, processBase } from "./process-step";
import { readersSchema } from "./readers";
import { stableBase } from "./stable-keys";
import { unpackBase } from "./unpack-step";

const program = z.array(z.string()).min(1);

const compute = z.strictObject({
  /** Name of a pool of the environment. */
  pool: z.string(),
  /** vCPUs of the job. Fargate takes 0.25 to 16 in steps. @default 1 */
  vcpus: z.number().positive().max(192).default(1),
  /** Memory of the job in MiB. @default 2048 */
  memoryMib: z.number().int().min(128).default(2048),
  /** 0 to 9999, higher first, among the partner's own jobs. @default 100 */
  priority: z.number().int().min(0).max(9999).default(100),
});

/** A step's overrides: no defaults, what is left out comes from the partner. */
const computeOverride = z.strictObject({
  pool: z.string().optional(),
  vcpus: z.number().positive().max(192).optional(),
  memoryMib: z.number().int().min(128).optional(),
  priority: z.number().int().min(0).max(9999).optional(),
});

/** How a step that runs code of the partner is kept from the others; there is no default on purpose. */
const isolation = z.union([
  z.literal("fargate"),
  z.literal("dedicated"),
  z.strictObject({
    /** Why it may share hosts with other partners. */
    sharedHost: z.string().min(10),
  }),
]);

const stepBase = {
  /** Steps that must have succeeded before. @default [] */
  after: z.array(z.string()).default([]),
  /** Image, a directory below `images/` that the environment lists. @default "worker" */
  image: z.string().default("worker"),
  /** Overrides the partner's `compute` for this step. */
  compute: computeOverride.optional(),
  /** Batch ends an attempt after so long. At least 60. @default 21600 */
  timeoutSeconds: z.number().int().min(60).max(1209600).default(21600),
  /** How often Batch tries the job, the first included, on infrastructure faults. 1 to 10. @default 3 */
  attempts: z.number().int().min(1).max(10).default(3),
  /** Environment variables of the container. Never secrets: whoever may describe jobs reads them. @default {} */
  environment: z.record(z.string(), z.string()).default({}),
  /** Secrets Manager or SSM parameter ARNs by variable name; read by Batch when the job starts. @default {} */
  secrets: z.record(z.string(), z.string()).default({}),
  /** What its container may do in AWS besides what its kind needs, by name; within the boundary of the environment. @default {} */
  grants: extraGrantsSchema.default({}),
};

const programBase = {
  /**
   * The partner's program and its arguments; no shell. `{orderId}` and `{staging}` are put into arguments as plain text;
   * in a step of kind `process` it is `{orderId}`, `{input}` and `{output}`.
   */
  program,
  isolation,
  /** Ends the program when neither output nor files change for so long. @default 1800 */
  noProgressSeconds: z.number().int().min(10).default(1800),
  /** Exit codes of the program that mean "server down, try later". @default [] */
  tryLaterCodes: z.array(z.number().int().min(1).max(255)).default([]),
};

const publishBase = {
  /** Bucket of the partner that the delivery goes to. @default "processed" */
  to: z.enum(["landing", "processed"]).default("processed"),
  /** Prefix in the bucket; empty or ending in `/`. @default "" */
  prefix: z.string().default(""),
  /** Names of checksum files in the delivery, compared before anything is published. @default [] */
  checksumFiles: z.array(z.string()).default([]),
  /**
   * Names of batch manifests in DDEX's form in the delivery, e.g. `["BatchComplete_*.xml"]`, and of messages that name
   * their files alike: each file that they name must be there, with its hash sum. @default - none
   */
  batchManifests: z.array(z.string().min(1)).min(1).optional(),
  /** Fewer files are a bad delivery. @default 1 */
  minFiles: z.number().int().min(0).default(1),
  /** More files, checksum files not counted, are a bad delivery. @default - no limit */
  maxFiles: z.number().int().min(1).optional(),
  /** Fewer bytes are a bad delivery. @default - no limit */
  minBytes: z.number().int().min(0).optional(),
  /** More bytes are a bad delivery. @default - no limit */
  maxBytes: z.number().int().min(1).optional(),
  /** Patterns of which each must match a file, e.g. `["BatchComplete_*.xml"]`. @default - none */
  requiredFiles: z.array(z.string().min(1)).optional(),
  /** Command that looks at the delivery first, e.g. a malware scan; any code but 0 is a bad delivery. @default - none */
  beforePublish: z.array(z.string()).min(1).optional(),
  /** Whether a bad delivery is kept below `quarantine/` of the bucket. @default true */
  quarantine: z.boolean().optional(),
  /** What is done where a key of the delivery holds other bytes; the same bytes are success. @default "fail" */
  ifTaken: z.enum(["fail", "overwrite", "skip"]).optional(),
  ...stableBase,
};

const fetchStep = z.strictObject({ kind: z.literal("fetch"), ...stepBase, ...programBase });
const publishStep = z.strictObject({ kind: z.literal("publish"), ...stepBase, ...publishBase });
const deliverStep = z.strictObject({
  kind: z.literal("deliver"),
  ...stepBase,
  ...programBase,
  ...publishBase,
});
const listStep = z.strictObject({
  kind: z.literal("list"),
  ...stepBase,
  ...programBase,
  /** More orders than this in one listing are an error. @default 1000 */
  maxOrders: z.number().int().min(1).max(100000).default(1000),
});

const unpackStep = z.strictObject({ kind: z.literal("unpack"), ...stepBase, ...unpackBase });

const processStep = z.strictObject({
  kind: z.literal("process"),
  ...stepBase,
  ...programBase,
  ...processBase,
});
const mergeStep = z.strictObject({ kind: z.literal("merge"), ...stepBase, ...mergeBase });

const trigger = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("manual") }),
  z.strictObject({
    kind: z.literal("schedule"),
    /** `cron(minutes hours day month weekday year)` or `rate(value unit)`, as EventBridge Scheduler takes it. */
    cron: z.string(),
    /** IANA time zone, e.g. `Asia/Seoul`. */
    timezone: z.string(),
    /** `order`: the schedule is the order. `discovery`: the steps below `discovery` look for new orders. */
    starts: z.enum(["order", "discovery"]),
  }),
  z.strictObject({
    kind: z.literal("s3Object"),
    /** Bucket of the partner in which the object appears. */
    bucket: z.enum(["landing", "processed"]),
    /** The order id is the key without prefix and suffix. @default "" */
    prefix: z.string().default(""),
    /** @default "" */
    suffix: z.string().default(""),
  }),
]);

const bucket = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("create") }),
  z.strictObject({
    kind: z.literal("existing"),
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u, {
      error: "must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens",
    }),
    /** Key of the bucket where it is encrypted with one. */
    kmsKeyArn: z
      .string()
      .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/.+$/u, {
        error: "must be the ARN of a key, arn:aws:kms:<region>:<account>:key/...",
      })
      .optional(),
  }),
]);

const days = z.union([z.literal("forever"), z.number().int().min(1).max(36500)]);

/** Schema of a partner file. */
export const partnerSchema = z.strictObject({
  /** Partner id, at most 20 characters. Part of every name: changing it replaces everything. */
  id: z.string(),
  /** Who answers for this partner in your company: a team or an address. */
  owner: z.string().min(1),
  /** Where the files come from, for people. */
  source: z.strictObject({ company: z.string().min(1), contact: z.string().optional() }),
  /** How orders become known, by name. */
  triggers: z
    .record(z.string(), trigger)
    .refine((all) => Object.keys(all).length > 0, { error: "must hold at least one trigger" }),
  /** The steps of an order, by name. */
  steps: z
    .record(
      z.string(),
      z.discriminatedUnion("kind", [
        fetchStep,
        publishStep,
        deliverStep,
        unpackStep,
        processStep,
        mergeStep,
      ]),
    )
    .refine((all) => Object.keys(all).length > 0, { error: "must hold at least one step" }),
  /** The steps that look for new orders. @default {} */
  discovery: z.record(z.string(), z.discriminatedUnion("kind", [listStep])).default({}),
  /** Where and how the steps run; each step may override it. */
  compute,
  /**
   * Where files rest between steps. `efs` survives instance and job; `scratch` (disk of the host, or of the Fargate task)
   * dies with the job: then everything is one `deliver` step. @default \{ kind: "efs" \}
   */
  staging: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("efs") }),
      z.strictObject({
        kind: z.literal("scratch"),
        /** Fargate only: 21 to 200. @default 21 */
        gib: z.number().int().min(21).max(200).default(21),
      }),
    ])
    .default({ kind: "efs" }),
  /** Buckets; created or yours. @default \{ processed: \{ kind: "create" \} \}, and landing where a trigger names it */
  buckets: z.strictObject({ landing: bucket.optional(), processed: bucket.optional() }).default({}),
  /** How long each family of stateful resources keeps what is in it. @default \{ landing: 30, processed: "forever" \} */
  retention: z
    .strictObject({ landing: days.default(30), processed: days.default("forever") })
    .default({ landing: 30, processed: "forever" }),
  /** Who reads what the steps delivered, by name: each gets a role of its own that reads, and nothing else. @default {} */
  readers: readersSchema.default({}),
  /** Whom the partner's orders are told to. @default warnings and errors go to the alerts of the platform */
  notifications: notificationsSchema.optional(),
  /** Orders and deliveries that are expected. @default nothing is expected */
  expectations: expectationsSchema.optional(),
  /** How much of the platform the partner may use at a time. @default no limits */
  limits: limitsSchema.optional(),
});

/** What a user writes in `partners/<id>.ts`. */
export type PartnerInput = z.input<typeof partnerSchema>;

/** A partner with every default filled in, before the checks against an environment. */
export type Partner = z.output<typeof partnerSchema>;

/** One step of a partner. */
export type PartnerStep = Partner["steps"][string] | Partner["discovery"][string];

/** One trigger of a partner. */
export type PartnerTrigger = Partner["triggers"][string];

/** A bucket setting of a partner. */
export type PartnerBucket = z.output<typeof bucket>;

/** The two buckets that a partner may have. */
export type BucketRole = "landing" | "processed";

/** Compute settings of a step after its overrides. */
export type StepCompute = z.output<typeof compute>;
