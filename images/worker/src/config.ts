import { resolve } from "node:path";
import {
  ENV,
  ORDER_KEY_PATTERN,
  orderIdFault,
  STAGING_MOUNT,
  type OrderSource,
  type StepRef,
  type StepSettings,
} from "../../../modules/contract";
import { parseSettings, VERBS, type Verb } from "./settings";
import { StepError } from "./step/step-error";

/** What the AWS clients need. */
export interface AwsConfig {
  readonly region: string;
  /** True when S3 is reached through an endpoint of its own, such as an emulator: buckets then stand in the path. */
  readonly pathStyle: boolean;
}

/** A part of a step's work: counted from 0, of so many. */
export interface WorkPart {
  readonly index: number;
  readonly of: number;
}

/** All that the worker is told. */
export interface WorkerConfig extends StepRef {
  /** Id of the environment; missing in jobs of functions that did not tell it yet. */
  readonly environmentId?: string | undefined;
  readonly orderId: string;
  readonly source: OrderSource;
  readonly settings: StepSettings;
  /** Compare a delivery that is there already with its manifest by checksum, not by a listing alone. */
  readonly verify: boolean;
  /** The attempt whose delivery is compared, in place of delivering. */
  readonly verifies?: number | undefined;
  readonly ledgerBucket: string;
  readonly claimedDay: string;
  readonly job: {
    readonly id: string;
    readonly attempt: number;
    readonly arrayIndex?: number | undefined;
  };
  /** The part of the step's work that this job does; the whole where the step is no array. */
  readonly part: WorkPart;
  readonly aws: AwsConfig;
  /** Absolute path of staging in the container: a mount, or a directory of scratch that dies with the job. */
  readonly stagingDirectory: string;
  /** The attempt whose staging directory is used, where this one goes on with what an earlier one staged. */
  readonly stagingAttempt?: number | undefined;
  /** Directory that stands for the container's root, `/` in a container. */
  readonly root: string;
  /** The job's whole environment, from which the partner's program gets its part. */
  readonly environment: Readonly<Record<string, string>>;
}

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u;
const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const INDEX_LIST = /^\[\d{1,5}(?:,\d{1,5})*\]$/u;
const COUNT = /^[1-9]\d{0,8}$/u;
const ABSOLUTE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/u;
const INDEX = /^\d{1,5}$/u;

const VERIFY = "--verify";
const VERIFYING: readonly Verb[] = ["publish", "deliver", "unpack", "merge"];

const JOB_ID = "AWS_BATCH_JOB_ID";
const JOB_ATTEMPT = "AWS_BATCH_JOB_ATTEMPT";
const ARRAY_INDEX = "AWS_BATCH_JOB_ARRAY_INDEX";

/** Reads the environment, and tells all that is missing or wrong in it at once. */
export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv): WorkerConfig {
  const reader = new Reader(env);
  const verb = readVerb(args, reader);
  const config = {
    environmentId: reader.optionalMatching(
      ENV.environment,
      ID,
      "the id of an environment such as prod",
    ),
    partner: reader.matching(ENV.partner, ID, "a partner id such as universal-music"),
    orderKey: reader.matching(ENV.orderKey, ORDER_KEY_PATTERN, "an order key: slug, -, 12 hex"),
    attempt: reader.count(ENV.attempt),
    step: reader.matching(ENV.step, ID, "a step name such as fetch"),
    generation: reader.count(ENV.generation),
    orderId: readOrderId(reader),
    claimedDay: reader.matching(ENV.claimedDay, DAY, "a day as YYYY-MM-DD"),
    ledgerBucket: reader.required(ENV.ledgerBucket),
    source: readSource(reader),
    settings: readSettings(reader, verb),
    verify: readVerify(args, verb, reader),
    verifies: readVerifies(verb, reader),
    job: {
      id: reader.required(JOB_ID),
      attempt: reader.count(JOB_ATTEMPT),
      arrayIndex: reader.optionalIndex(ARRAY_INDEX),
    },
    part: readPart(reader),
    aws: {
      // ECS sets either of the two, depending on where it runs; the SDK for JavaScript knows the first only.
      region: env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? reader.required("AWS_REGION"),
      pathStyle: (env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"] ?? "") !== "",
    },
    stagingAttempt: reader.optionalCount(ENV.stagingAttempt),
    stagingDirectory: reader.absolutePath(ENV.stagingDirectory) ?? STAGING_MOUNT,
    root: resolve(env[ENV.localRoot] ?? "/"),
    environment: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
  reader.throwFaults();
  const { source, settings, ...rest } = config;
  if (source === undefined || settings === undefined)
    throw new StepError("internal", "the configuration was read in part only");
  return { ...rest, source, settings };
}

/** Collects what is missing and what is wrong while the variables are read. */
class Reader {
  private readonly missing: string[] = [];
  private readonly wrong: string[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  required(name: string): string {
    const value = this.env[name] ?? "";
    if (value === "") this.missing.push(name);
    return value;
  }

  matching(name: string, pattern: RegExp, what: string): string {
    const value = this.required(name);
    if (value !== "" && !pattern.test(value))
      this.fault(`${name} must be ${what}, got ${JSON.stringify(value)}`);
    return value;
  }

  count(name: string): number {
    return Number(this.matching(name, COUNT, "a whole number of at least 1"));
  }

  optionalCount(name: string): number | undefined {
    return (this.env[name] ?? "") === "" ? undefined : this.count(name);
  }

  optionalIndex(name: string): number | undefined {
    return (this.env[name] ?? "") === ""
      ? undefined
      : Number(this.matching(name, INDEX, "the index of an array job's child"));
  }

  /** Reads a variable that may be missing; nothing where it is wrong, which is told. */
  optionalMatching(name: string, pattern: RegExp, what: string): string | undefined {
    const value = this.env[name] ?? "";
    if (value === "") return undefined;
    this.matching(name, pattern, what);
    return pattern.test(value) ? value : undefined;
  }

  absolutePath(name: string): string | undefined {
    return (this.env[name] ?? "") === ""
      ? undefined
      : this.matching(name, ABSOLUTE_PATH, "an absolute path without ..");
  }

  fault(text: string): void {
    this.wrong.push(text);
  }

  throwFaults(): void {
    const faults = [
      ...(this.missing.length === 0
        ? []
        : [
            `${this.missing.length === 1 ? "variable is" : "variables are"} missing: ${this.missing.join(", ")}`,
          ]),
      ...this.wrong,
    ];
    if (faults.length > 0)
      throw new StepError(
        "configuration",
        `the worker's environment is not usable: ${faults.join("; ")}`,
      );
  }
}

function readVerb(args: readonly string[], reader: Reader): Verb | undefined {
  const verb = VERBS.find((name) => name === args[0]);
  if (verb === undefined || (args.length !== 1 && !(args.length === 2 && args[1] === VERIFY)))
    reader.fault(
      `the command must be one verb of ${VERBS.join(", ")}, got ${JSON.stringify(args.join(" "))}`,
    );
  return verb;
}

function readVerify(args: readonly string[], verb: Verb | undefined, reader: Reader): boolean {
  const verify = args[1] === VERIFY;
  if (verify && verb !== undefined && !VERIFYING.includes(verb))
    reader.fault(
      `${VERIFY} compares what was delivered and is of ${VERIFYING.join(", ")}, got it with ${JSON.stringify(verb)}; leave it out`,
    );
  return verify;
}

function readVerifies(verb: Verb | undefined, reader: Reader): number | undefined {
  const attempt = reader.optionalCount(ENV.verifies);
  if (attempt !== undefined && verb !== undefined && !VERIFYING.includes(verb))
    reader.fault(
      `${ENV.verifies} is of ${VERIFYING.join(", ")}, which deliver, got it with ${JSON.stringify(verb)}`,
    );
  return attempt;
}

/**
 * Finds the part of the work. A child of an array does the part of its own index, or, where some parts are done again,
 * the part that the list names at its index; the list of a job that is no array has one entry.
 */
function readPart(reader: Reader): WorkPart {
  const of = reader.optionalCount(ENV.arraySize) ?? 1;
  const child = reader.optionalIndex(ARRAY_INDEX) ?? 0;
  const list = reader.optionalMatching(
    ENV.arrayIndexes,
    INDEX_LIST,
    "a list of indices such as [3,17]",
  );
  const indexes = list === undefined ? undefined : (JSON.parse(list) as number[]);
  const index = indexes === undefined ? child : indexes[child];
  if (index === undefined || index >= of)
    reader.fault(
      `${ARRAY_INDEX} ${String(child)} has no part: there are ${String(of)} (${ENV.arraySize})` +
        (list === undefined ? "" : `, and ${ENV.arrayIndexes} is ${list}`),
    );
  return { index: index ?? 0, of };
}

function readOrderId(reader: Reader): string {
  const orderId = reader.required(ENV.orderId);
  const fault = orderId === "" ? undefined : orderIdFault(orderId);
  if (fault !== undefined) reader.fault(`${ENV.orderId} ${fault}, got ${JSON.stringify(orderId)}`);
  return orderId;
}

function readSource(reader: Reader): OrderSource | undefined {
  const json = reader.required(ENV.source);
  if (json === "") return undefined;
  try {
    const source: unknown = JSON.parse(json);
    const kind = (source as { kind?: unknown } | null)?.kind;
    if (kind === "manual" || kind === "schedule" || kind === "s3") return source as OrderSource;
  } catch {
    // Told below, together with a source of an unknown kind.
  }
  reader.fault(`${ENV.source} must be the JSON of an order's source, got ${json}`);
  return undefined;
}

function readSettings(reader: Reader, verb: Verb | undefined): StepSettings | undefined {
  const json = reader.required(ENV.stepSettings);
  if (json === "" || verb === undefined) return undefined;
  const parsed = parseSettings(json, verb);
  if ("settings" in parsed) return parsed.settings;
  for (const fault of parsed.faults) reader.fault(`${ENV.stepSettings}: ${fault}`);
  return undefined;
}
