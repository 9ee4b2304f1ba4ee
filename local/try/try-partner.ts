import { type Project } from "../../modules/app";
import { type TriggerSpec } from "../../modules/contract";
import { ConfigError } from "../../modules/core";
import { type JobStateChange } from "../batch";
import { type InvocationResult } from "../lambda";
import { readPartnerStack } from "../terraform-json";
import { type TryListener } from "./events";
import { fire, requireOrder } from "./fire";
import { type Handed, handOverAll, type HandedOver } from "./hand-over";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "./local-cloud";
import { type Mishaps, mishaps } from "./mishaps";
import { outcomeOf } from "./outcome";
import { type TryPaths, tryPaths } from "./paths";
import { bundleWorker, prepareState, startAll, synthesizePartner } from "./prepare";
import { requirePrograms } from "./program-check";
import { type TryResult } from "./result";
import { lockRuns } from "./run-lock";
import { tellServices } from "./running";
import { type StandIn, type StandIns } from "./stand-ins";
import { chooseTrigger } from "./trigger-choice";

/** What to run, and how. */
export interface TryOptions {
  readonly project: Project;
  /** Id of the environment whose Terraform is run. */
  readonly environment: string;
  /** Id of the partner. */
  readonly partner: string;
  /** Id of the order. @default the one that the stand-in names */
  readonly order?: string | undefined;
  /** Kind (`manual`, `schedule`, `s3`) or name of the trigger. @default the manual one, else the first */
  readonly trigger?: string | undefined;
  /** Hands these over, in place of starting an order: re-runs, what was given up, what was missed. @default none */
  readonly handOver?: readonly HandedOver[] | undefined;
  /** How often the event is sent. @default 1 */
  readonly duplicate?: number | undefined;
  /** What goes wrong on purpose. @default nothing */
  readonly mishaps?: Mishaps | undefined;
  /** Forgets all earlier runs first. @default false */
  readonly fresh?: boolean;
  /** Values of secrets by the name of their variable, for those that no stand-in has. @default none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Stops everything early. @default never */
  readonly signal?: AbortSignal;
  /** @default nobody is told */
  readonly onEvent?: TryListener;
  /** What plays the partner of an image. @default `images/<image>/stand-in` of the project, else of this package */
  readonly findStandIn?: (image: string) => StandIn | undefined;
  /** Further settings of the services. @default none */
  readonly cloud?: Pick<
    LocalCloudOptions,
    | "batchHooks"
    | "lambdaHooks"
    | "loseJobEvents"
    | "onCall"
    | "platformEnvironment"
    | "retryDelaysSeconds"
  >;
}

/** The run was stopped from outside. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/**
 * Runs an order of a partner on this machine, from its Terraform to delivered objects: the trigger's real zip, the real
 * worker, and S3, Batch and Lambda on loopback. When it returns or throws, everything that it started has ended.
 */
export async function tryPartner(options: TryOptions): Promise<TryResult> {
  const { project, environment, partner } = options;
  const paths = tryPaths(project.root, environment, partner);
  const unlock = lockRuns(paths.root, partner);
  const ends: (() => void)[] = [unlock];
  try {
    return await runLocked(options, paths, (cloud) => {
      ends.push(tellServices(paths.root, { s3: cloud.s3.endpoint, batch: cloud.batch.url }));
    });
  } finally {
    // Whoever finds that the services are gone may have the state at once.
    for (const end of ends) end();
  }
}

async function runLocked(
  options: TryOptions,
  paths: TryPaths,
  onServices: (cloud: LocalCloud) => void,
): Promise<TryResult> {
  const { partner, environment, onEvent = () => undefined } = options;
  const started = Date.now();
  prepareState(options, paths);
  onEvent({ kind: "phase", text: "synthesizing the partner's Terraform" });
  const stackDirectory = await synthesizePartner(options, paths);
  // Revisions are made up here: the trigger's environment is not looked at.
  const declared = readPartnerStack(stackDirectory, () => 1);
  onEvent({ kind: "phase", text: "bundling the worker and starting the partner's stand-in" });
  bundleWorker(paths.worker);
  const standIns = await startAll(options, declared, paths);
  try {
    for (const text of standIns.notes) onEvent({ kind: "note", text });
    requirePrograms(declared, partner, standIns);
    onEvent({ kind: "phase", text: "starting S3, Batch and Lambda on loopback" });
    const invocations: InvocationResult[] = [];
    const upset = mishaps(options.mishaps ?? {}, () => cloud.batch.batch, onEvent);
    const { onJob, onJobLine, ...others } = listeners(onEvent);
    const cloud: LocalCloud = await startLocalCloud({
      ...options.cloud,
      stackDirectory,
      paths,
      standIns,
      secrets: options.secrets ?? {},
      ...others,
      onJob: (event) => {
        onJob?.(event);
        upset.onJob(event);
      },
      onJobLine: (container, line) => {
        onJobLine?.(container, line);
        upset.onJobLine(container);
      },
      onInvocation: (result) => void invocations.push(result),
    });
    try {
      onServices(cloud);
      requireStep(cloud, options.mishaps?.fail);
      const trigger = chooseTrigger(cloud.spec, options.trigger);
      const handed = await abortable(
        options.signal,
        run(cloud, trigger, options, standIns, onEvent),
      );
      return {
        partner,
        environment,
        trigger: { name: trigger.name, kind: trigger.kind },
        ...(await outcomeOf(cloud, invocations)),
        alerts: cloud.platform?.told() ?? [],
        handed,
        seconds: (Date.now() - started) / 1000,
        startedAt: new Date(started).toISOString(),
        directory: paths.root,
      };
    } finally {
      await cloud.close();
    }
  } finally {
    await standIns.close();
  }
}

function listeners(
  onEvent: TryListener,
): Pick<LocalCloudOptions, "onJob" | "onJobLine" | "onFunctionLine"> {
  return {
    onJob: (event) => {
      tellJob(event, onEvent);
    },
    onJobLine: (container, line) => {
      onEvent({ kind: "log", source: container.jobName, line });
    },
    onFunctionLine: (source, line) => {
      onEvent({ kind: "log", source, line });
    },
  };
}

async function run(
  cloud: LocalCloud,
  trigger: TriggerSpec,
  options: TryOptions,
  standIns: StandIns,
  onEvent: TryListener,
): Promise<readonly Handed[]> {
  if (options.handOver !== undefined) {
    onEvent({ kind: "phase", text: "handing over what was asked for" });
    const handed = await handOverAll(cloud, options.handOver);
    await cloud.idle();
    return handed;
  }
  const order = options.order ?? standIns.defaultOrder;
  if (trigger.kind !== "schedule") requireOrder(order);
  else if (options.order !== undefined)
    throw new ConfigError(
      `--order has no meaning for the schedule ${JSON.stringify(trigger.name)}, which is the order or finds orders itself; leave it out`,
    );
  onEvent({ kind: "phase", text: "starting the order" });
  const now = new Date();
  const send = (): Promise<string> => fire(cloud, trigger, order, standIns, now);
  onEvent({ kind: "note", text: await send() });
  await fireAgain((options.duplicate ?? 1) - 1, send);
  if (options.duplicate !== undefined)
    onEvent({ kind: "note", text: `sent the same event ${String(options.duplicate)} times` });
  await cloud.idle();
  return [];
}

function requireStep({ spec }: LocalCloud, step: string | undefined): void {
  const known = Object.values(spec.chains).flatMap((steps) => steps.map(({ name }) => name));
  if (step === undefined || known.includes(step)) return;
  throw new ConfigError(
    `--fail must be a step of ${spec.partner}, got ${JSON.stringify(step)}; known are ${known.join(", ")}`,
  );
}

/** Invocations at a time, each a process. */
const AT_ONCE = 4;

/** Sends an event again and again, some at the same time. */
async function fireAgain(times: number, send: () => Promise<unknown>): Promise<void> {
  let left = times;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Ends with the work, or as soon as the signal says so. */
async function abortable<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(new InterruptedError("stopped"));
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  // What the work says after it was stopped is of no interest.
  work.catch(() => undefined);
  return Promise.race([work, stopped]);
}

function tellJob({ detail, time }: JobStateChange, onEvent: TryListener): void {
  const { tags = {}, jobId = "", status, attempts = [], statusReason } = detail;
  if (status === undefined) return;
  onEvent({
    kind: "job",
    partner: tags["partner"] ?? "",
    step: tags["step"] ?? "",
    orderKey: tags["orderKey"] ?? "",
    jobId,
    status,
    attempt: Math.max(1, attempts.length + (status === "SUCCEEDED" || status === "FAILED" ? 0 : 1)),
    reason: statusReason,
    at: time,
  });
}
