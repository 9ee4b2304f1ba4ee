import { type RegisterJobDefinitionRequest } from "@aws-sdk/client-batch";
import { ENV, FUNCTION_JOB_ID, type PartnerSpec, type StepSettings } from "../../modules/contract";
import { DELIMITER } from "../../modules/core";
import { parseKey } from "../../modules/ledger";
import {
  type BatchServer,
  type ContainerSpec,
  type JobStateChange,
  type LocalBatch,
  ProcessRuntime,
  startBatch,
} from "../batch";
import { type CallHooks } from "../http/call-hooks";
import { type CallListener } from "../http/seen-call";
import { type InvocationResult, type LambdaServer, startLambda } from "../lambda";
import { type BucketSetup, type LocalS3, type ObjectCreatedEvent, startS3 } from "../s3";
import { type DeclaredPartner, readPartnerStack } from "../terraform-json";
import { matchesPattern } from "./event-pattern";
import { readSpec } from "./function-spec";
import { type TryPaths } from "./paths";
import { type LocalPlatform, type PlatformEnvironment, startLocalPlatform } from "./platform";
import { withStandIn } from "./stand-in-definitions";
import { type StandIns } from "./stand-ins";

/** What a {@link LocalCloud} is made of. */
export interface LocalCloudOptions {
  /** Directory of the partner's synthesized stack. */
  readonly stackDirectory: string;
  readonly paths: TryPaths;
  readonly standIns: StandIns;
  /** Values of secrets by the name of their variable, for those that no stand-in has. @default none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Seconds before the retries of an event that nobody waits for; Lambda's own are 60 and 120. @default [1, 2] */
  readonly retryDelaysSeconds?: readonly number[];
  /** @default nobody is told, as for all below */
  readonly onJob?: (event: JobStateChange) => void;
  readonly onJobLine?: (container: ContainerSpec, line: string) => void;
  readonly onFunctionLine?: (functionName: string, line: string) => void;
  readonly onInvocation?: (result: InvocationResult) => void;
  /**
   * Leaves out the functions that watch over runs, so that nobody but the trigger does anything.
   * @default false
   */
  readonly withoutPlatform?: boolean;
  /** Loses what Batch tells of jobs, so that the reconciler alone finds out. @default false */
  readonly loseJobEvents?: boolean;
  /** Adds to the environments of the platform's functions, by their names. @default nothing */
  readonly platformEnvironment?: PlatformEnvironment;
  /** Steps between requests to Batch and their answers. @default none */
  readonly batchHooks?: CallHooks;
  /** The same for Lambda. @default none */
  readonly lambdaHooks?: CallHooks;
  /** Is told of every call that functions and jobs make. */
  readonly onCall?: CallListener;
}

/** The services that a partner needs, on loopback, set up as its Terraform declares. */
export interface LocalCloud {
  readonly s3: LocalS3;
  readonly batch: BatchServer;
  readonly lambda: LambdaServer;
  readonly declared: DeclaredPartner;
  readonly spec: PartnerSpec;
  /** What this machine adds to the environment of the function. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
  /** Missing where it was left out. */
  readonly platform?: LocalPlatform | undefined;
  /** File with the output of a container. */
  readonly logFile: (logStreamName: string) => string;
  /** Waits until no job and no event is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Credentials that nothing accepts but the services here. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

/** Starts S3, Batch and Lambda and sets them up as the stack declares: buckets, queues, job definitions, the trigger. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const revisions = new Map<string, number>();
  const declared = readPartnerStack(options.stackDirectory, (id) => revisions.get(id));
  const spec = await readSpec(declared.trigger.zipFile);
  // Whatever has started is closed again, the last first, when a later one does not start.
  const started: (() => Promise<void>)[] = [];
  const running: { platform?: LocalPlatform } = {};
  const close = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const telling = options.onCall === undefined ? {} : { onCall: options.onCall };
    const lambda = await startLambda({
      ...telling,
      directory: options.paths.lambda,
      retryDelaysSeconds: options.retryDelaysSeconds ?? [1, 2],
      ...(options.lambdaHooks === undefined ? {} : { hooks: options.lambdaHooks }),
      onLine: (name, _id, line) => {
        options.onFunctionLine?.(name.split(DELIMITER).pop() ?? name, line);
      },
      onEnd: (name, result) => {
        if (name === declared.trigger.name) options.onInvocation?.(result);
      },
      onDeadLetter: (letter) => running.platform?.giveUp(letter),
    });
    started.push(() => lambda.close());
    const s3 = await startS3({
      ...telling,
      directory: options.paths.s3,
      region: spec.region,
      account: spec.account,
      buckets: buckets(declared, spec),
      onEvent: (event) => {
        deliver(event, declared, lambda);
        if (options.loseJobEvents !== true && isStepFact(event, spec))
          running.platform?.stepTold(event);
      },
    });
    started.push(() => s3.close());
    const host = {
      ...CREDENTIALS,
      AWS_REGION: spec.region,
      AWS_DEFAULT_REGION: spec.region,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    };
    const runtime = processRuntime(options, declared, {
      ...host,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    });
    const batch = await startBatch({
      ...telling,
      account: spec.account,
      region: spec.region,
      runtime,
      onEvent: (event) => {
        if (options.loseJobEvents !== true) running.platform?.jobChanged(event);
        options.onJob?.(event);
      },
      ...(options.batchHooks === undefined ? {} : { hooks: options.batchHooks }),
    });
    started.push(() => batch.close());
    addQueues(batch.batch, spec);
    for (const [id, definition] of Object.entries(declared.jobDefinitions)) {
      const local = withStandIn(definition, options.standIns.environment);
      revisions.set(id, batch.batch.registerJobDefinition(local).revision ?? 0);
    }
    const { trigger } = declared;
    const functionEnvironment = {
      ...host,
      // The id of the key tells whose call it is.
      AWS_ACCESS_KEY_ID: trigger.name,
      AWS_ENDPOINT_URL_BATCH: batch.url,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    };
    await lambda.lambda.addFunction({
      ...trigger,
      arn: `arn:aws:lambda:${spec.region}:${spec.account}:function:${trigger.name}`,
      environment: trigger.environment(),
      hostEnvironment: functionEnvironment,
    });
    for (const one of declared.stepFunctions)
      await lambda.lambda.addFunction({
        ...one,
        arn: `arn:aws:lambda:${spec.region}:${spec.account}:function:${one.name}`,
        environment: one.environment(),
        hostEnvironment: { ...host, AWS_ACCESS_KEY_ID: one.name },
      });
    const platform =
      options.withoutPlatform === true
        ? undefined
        : await startLocalPlatform({
            spec,
            triggerName: trigger.name,
            paths: options.paths,
            lambda,
            hostEnvironment: functionEnvironment,
            platformEnvironment: options.platformEnvironment,
            onCall: options.onCall,
          });
    if (platform !== undefined) {
      running.platform = platform;
      started.push(() => platform.close());
    }
    const logFile = (stream: string): string => runtime.logFile(stream);
    const settled = { s3, ledgerBucket: spec.ledgerBucket, partner: spec.partner };
    const idle = (): Promise<void> => untilSettled(settled, lambda, batch, platform);
    return {
      s3,
      batch,
      lambda,
      platform,
      declared,
      spec,
      functionEnvironment,
      logFile,
      idle,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a job definition tells the worker. */
export function stepSettingsOf({
  containerProperties,
}: RegisterJobDefinitionRequest): StepSettings | undefined {
  const { value } =
    containerProperties?.environment?.find(({ name }) => name === ENV.stepSettings) ?? {};
  return value === undefined ? undefined : (JSON.parse(value) as StepSettings);
}

/** What all job definitions of a partner tell the worker. */
export function stepSettings(declared: DeclaredPartner): readonly StepSettings[] {
  return Object.values(declared.jobDefinitions).flatMap(
    (definition) => stepSettingsOf(definition) ?? [],
  );
}

/** The stack's own buckets, the ledger, and buckets that the partner has already. */
function buckets(declared: DeclaredPartner, spec: PartnerSpec): BucketSetup[] {
  const watched = spec.triggers.flatMap((trigger) =>
    trigger.kind === "s3" ? [trigger.bucket] : [],
  );
  const targets = stepSettings(declared).flatMap((step) => ("bucket" in step ? [step.bucket] : []));
  const own = declared.buckets.map(({ name }) => name);
  return [
    { name: spec.ledgerBucket, versioned: true, eventBridge: true },
    ...declared.buckets,
    ...[...new Set([...watched, ...targets])]
      .filter((name) => !own.includes(name))
      .map((name) => ({ name, versioned: true, eventBridge: watched.includes(name) })),
  ];
}

function processRuntime(
  { paths, standIns, secrets, onJobLine }: LocalCloudOptions,
  declared: DeclaredPartner,
  hostEnvironment: Readonly<Record<string, string>>,
): ProcessRuntime {
  const values: Readonly<Record<string, string>> = { ...secrets, ...standIns.environment };
  const declaredSecrets = Object.values(declared.jobDefinitions).flatMap(
    ({ containerProperties }) => containerProperties?.secrets ?? [],
  );
  return new ProcessRuntime({
    worker: paths.worker,
    directory: paths.batch,
    hostEnvironment,
    // The job definitions tell which variable an ARN is for.
    secrets: Object.fromEntries(
      declaredSecrets.flatMap(({ name = "", valueFrom = "" }) => {
        const value = values[name];
        return value === undefined ? [] : [[valueFrom, value]];
      }),
    ),
    imageRoot: standIns.imageRoot,
    ...(onJobLine === undefined ? {} : { onLine: onJobLine }),
  });
}

/** Hands an event to the trigger when a rule of the stack matches it, as EventBridge does. */
function deliver(event: ObjectCreatedEvent, declared: DeclaredPartner, server: LambdaServer): void {
  for (const { pattern } of declared.rules)
    if (matchesPattern(JSON.parse(pattern), event))
      server.lambda.invokeLater(declared.trigger.name, JSON.stringify(event));
}

/** Whether an object is a word of a function that does a step, as the platform's rule asks. */
function isStepFact({ detail }: ObjectCreatedEvent, { ledgerBucket }: PartnerSpec): boolean {
  if (detail.bucket.name !== ledgerBucket) return false;
  const parsed = parseKey(detail.object.key);
  return parsed?.kind === "status" && parsed.jobId === FUNCTION_JOB_ID;
}

/** Queues of the partner's pools: where a pool has two, the standard one is on Spot first and on demand then. */
function addQueues(batch: LocalBatch, { chains }: PartnerSpec): void {
  const pairs = Object.values(chains)
    .flat()
    .map(({ queues }) => queues);
  const spot = new Set(pairs.filter((q) => q.standard !== q.onDemand).map((q) => q.standard));
  batch.addComputeEnvironment({ name: "spot", kind: "ec2-spot" });
  batch.addComputeEnvironment({ name: "on-demand", kind: "ec2" });
  for (const arn of new Set(pairs.flatMap(({ standard, onDemand }) => [standard, onDemand])))
    batch.addQueue({
      name: arn.split("/").pop() ?? arn,
      priority: spot.has(arn) ? 10 : 20,
      computeEnvironments: spot.has(arn) ? ["spot", "on-demand"] : ["on-demand"],
    });
}

/** Passes of the reconciler that a run gets at its end: each may start what the next has to look after. */
const MAX_PASSES = 10;

/**
 * Waits until nothing is under way. Of runs whose end was not told the reconciler makes what it can, as it does every
 * five minutes; what it leaves open waits for a later time.
 */
async function untilSettled(
  { s3, ledgerBucket, partner }: { s3: LocalS3; ledgerBucket: string; partner: string },
  lambda: LambdaServer,
  batch: BatchServer,
  platform: LocalPlatform | undefined,
): Promise<void> {
  const facts = (): readonly string[] => s3.keys(ledgerBucket, `${partner}/`);
  await untilIdle(lambda, batch);
  if (platform === undefined) return;
  for (let pass = 0; pass < MAX_PASSES && hasOpenRuns(facts()); pass += 1) {
    const before = facts().length;
    await platform.reconcile();
    await untilIdle(lambda, batch);
    if (facts().length === before) break;
  }
  await platform.idle();
}

/** Whether the index of days names a run that is not told of. */
function hasOpenRuns(keys: readonly string[]): boolean {
  const told = new Set<string>();
  const runs = new Set<string>();
  for (const key of keys) {
    const parsed = parseKey(key);
    if (parsed?.kind !== "day") continue;
    const id = `${parsed.run.orderKey}.${String(parsed.run.attempt)}`;
    runs.add(id);
    if (parsed.fact === "told") told.add(id);
  }
  return [...runs].some((id) => !told.has(id));
}

/** Events start jobs, and jobs start events. */
async function untilIdle({ lambda }: LambdaServer, { batch }: BatchServer): Promise<void> {
  let before: number;
  do {
    before = batch.jobs().length;
    await lambda.idle();
    await batch.idle();
    // S3 tells of an object just after its answer.
    await new Promise(setImmediate);
  } while (batch.jobs().length !== before || lambda.isBusy);
}
