/**
 * Names of the environment variables between the modules, the functions and the worker.
 * All begin with `PARTNER_INGEST_`; a partner file may not set such a name.
 */
export const ENV = {
  /** Worker: JSON of {@link StepSettings}; set in the job definition. */
  stepSettings: "PARTNER_INGEST_STEP_SETTINGS",
  /** Worker: partner id; set in the job definition. */
  partner: "PARTNER_INGEST_PARTNER",
  /** Nobody reads it: differs between revisions of a job definition that differ outside of the container. */
  definitionDigest: "PARTNER_INGEST_DEFINITION_DIGEST",
  /** Worker: name of the ledger bucket; set in the job definition. */
  ledgerBucket: "PARTNER_INGEST_LEDGER_BUCKET",
  /**
   * Worker: directory of staging where it is no mount of its own, because it dies with the job. Set in the job
   * definition; {@link STAGING_MOUNT} where it is missing.
   */
  stagingDirectory: "PARTNER_INGEST_STAGING_DIRECTORY",
  /** Worker: the order as people call it; set at submission. */
  orderId: "PARTNER_INGEST_ORDER_ID",
  /** Worker: the order's key; set at submission. */
  orderKey: "PARTNER_INGEST_ORDER_KEY",
  /** Worker: attempt of the run; set at submission. */
  attempt: "PARTNER_INGEST_ATTEMPT",
  /**
   * Worker: the attempt whose staging directory is used; set at submission where an attempt goes on with what an
   * earlier one staged, else {@link ENV.attempt} tells it.
   */
  stagingAttempt: "PARTNER_INGEST_STAGING_ATTEMPT",
  /**
   * Worker: the attempt whose delivery is compared with its manifest, by checksum, in place of delivering; set at
   * submission of an attempt that verifies.
   */
  verifies: "PARTNER_INGEST_VERIFIES_ATTEMPT",
  /**
   * Worker: JSON list of the indices that the children of this job stand for: the child `i` of the array does what the
   * child `list[i]` of the step does. Set at submission where some children are done again; a job that is no array has
   * a list of one. Missing: each child does its own index.
   */
  arrayIndexes: "PARTNER_INGEST_ARRAY_INDEXES",
  /**
   * Worker: into how many parts the work of the step is cut, whatever part of them this job does; set at submission of a
   * step that may be an array. Missing: one.
   */
  arraySize: "PARTNER_INGEST_ARRAY_SIZE",
  /** Worker: name of the step; set at submission. */
  step: "PARTNER_INGEST_STEP",
  /** Worker: generation of the step; set at submission. */
  generation: "PARTNER_INGEST_GENERATION",
  /** Worker: UTC day of the claim, which the day index uses; set at submission. */
  claimedDay: "PARTNER_INGEST_CLAIMED_DAY",
  /** Worker: JSON of the order's {@link OrderSource}; set at submission. */
  source: "PARTNER_INGEST_SOURCE",
  /**
   * Worker, on one machine only: a directory that stands for the container's root. Absolute paths of the job (staging,
   * the partner's program) are looked up below it. Never set by the emitted Terraform.
   */
  localRoot: "PARTNER_INGEST_LOCAL_ROOT",
  /** Trigger: JSON map from step to the revision of its job definition. */
  jobDefinitionRevisions: "PARTNER_INGEST_JOB_DEFINITION_REVISIONS",
  /** Functions of the platform: URL of the queue that announcements are sent to. */
  announcementsQueueUrl: "PARTNER_INGEST_ANNOUNCEMENTS_QUEUE_URL",
  /**
   * Functions of the platform: id of the environment. Worker: the same, set at submission; its metrics carry it, so that
   * environments of one account do not mix.
   */
  environment: "PARTNER_INGEST_ENVIRONMENT",
  /**
   * Functions of the platform, on one machine only: what the commands end with that people are told. Never set by the
   * emitted Terraform; missing, commands name the environment.
   */
  commandOptions: "PARTNER_INGEST_COMMAND_OPTIONS",
  /** Functions of the platform: JSON list of the ARNs of all job queues of the environment. */
  jobQueues: "PARTNER_INGEST_JOB_QUEUES",
  /** Notify: ARN of the platform's alerts topic. */
  alertsTopicArn: "PARTNER_INGEST_ALERTS_TOPIC_ARN",
} as const;

/** Prefix of {@link ENV}. */
export const ENV_PREFIX = "PARTNER_INGEST_";

/** Where staging is mounted in a container. A path that no image holds, else the mount changes its owner and fails. */
export const STAGING_MOUNT = "/mnt/staging";

/**
 * Where the job's own scratch space is: dies with the job. The image declares it as a volume that belongs to
 * {@link WORKER_UID}, from which a new volume takes its owner; so it does with {@link TEMPORARY_MOUNT}.
 */
export const SCRATCH_MOUNT = "/mnt/scratch";

/** A volume of its own, because the root file system is read-only and many programs insist on this path. */
export const TEMPORARY_MOUNT = "/tmp";

/** User and group id of every worker, of its EFS access points and of what they create. */
export const WORKER_UID = 10001;
