import { mkdirSync, rmSync } from "node:fs";
import { type Project, synthesize } from "../../modules/app";
import {
  type ChainName,
  type TriggerAnswer,
  type TriggeredOrder,
  type TriggerSpec,
} from "../../modules/contract";
import { AssumptionError, ConfigError } from "../../modules/core";
import { type JobStateChange } from "../batch";
import { type InvocationResult } from "../lambda";
import { type DeclaredPartner, readPartnerStack } from "../terraform-json";
import { collectOrder } from "./collect";
import { type TryListener } from "./events";
import { fire, requireOrder } from "./fire";
import { findOwnModule, loadModule } from "./load-module";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "./local-cloud";
import { type TryPaths, tryPaths } from "./paths";
import { requirePrograms } from "./program-check";
import { type TriedOrder, type TryResult } from "./result";
import { findStandIn, imageName, type StandIn, type StandIns, startStandIns } from "./stand-ins";
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
  readonly cloud?: Pick<LocalCloudOptions, "batchHooks" | "retryDelaysSeconds">;
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
  const { project, environment, partner, onEvent = () => undefined } = options;
  const started = Date.now();
  const paths = tryPaths(project.root, environment, partner);
  if (options.fresh === true) rmSync(paths.root, { recursive: true, force: true });
  mkdirSync(paths.root, { recursive: true });
  onEvent({ kind: "phase", text: "synthesizing the partner's Terraform" });
  const stackDirectory = await synthesizePartner(options, paths);
  // Revisions are made up here: no environment is looked at.
  const declared = readPartnerStack(stackDirectory, () => 1);
  onEvent({ kind: "phase", text: "bundling the worker and starting the partner's stand-in" });
  bundleWorker(paths.worker);
  const standIns = await startAll(options, declared, paths);
  let cloud: LocalCloud | undefined;
  try {
    for (const text of standIns.notes) onEvent({ kind: "note", text });
    requirePrograms(declared, partner, standIns);
    onEvent({ kind: "phase", text: "starting S3, Batch and Lambda on loopback" });
    const invocations: InvocationResult[] = [];
    cloud = await startLocalCloud({
      ...options.cloud,
      stackDirectory,
      paths,
      standIns,
      secrets: options.secrets ?? {},
      onJob: (event) => {
        tellJob(event, onEvent);
      },
      onJobLine: (container, line) => {
        onEvent({ kind: "log", source: container.jobName, line });
      },
      onTriggerLine: (line) => {
        onEvent({ kind: "log", source: "trigger", line });
      },
      onInvocation: (result) => void invocations.push(result),
    });
    const trigger = chooseTrigger(cloud.spec, options.trigger);
    await abortable(options.signal, run(cloud, trigger, options, standIns, onEvent));
    return await result(options, cloud, trigger, invocations, started, paths);
  } finally {
    await cloud?.close();
    await standIns.close();
  }
}

async function synthesizePartner(
  { project, environment, partner }: TryOptions,
  paths: TryPaths,
): Promise<string> {
  const stacks = await synthesize(project, {
    outdir: paths.terraform,
    environments: [environment],
    partners: [partner],
  });
  const stack = stacks.find(({ owner }) => owner === partner);
  if (stack === undefined) throw new AssumptionError(`no stack of ${partner} was synthesized`);
  return stack.directory;
}

function bundleWorker(outfile: string): void {
  const file = findOwnModule("images/worker/bundle");
  if (file === undefined) throw new AssumptionError("images/worker/bundle is missing");
  (loadModule(file) as { bundleWorker: (outfile: string) => void }).bundleWorker(outfile);
}

function startAll(
  { project, findStandIn: find }: TryOptions,
  declared: DeclaredPartner,
  paths: TryPaths,
): Promise<StandIns> {
  const images = Object.values(declared.jobDefinitions).map(({ containerProperties }) =>
    imageName(containerProperties?.image ?? ""),
  );
  return startStandIns(
    [...new Set(images)],
    paths.images,
    find ?? ((image) => findStandIn(project.root, image)),
  );
}

async function run(
  cloud: LocalCloud,
  trigger: TriggerSpec,
  options: TryOptions,
  standIns: StandIns,
  onEvent: TryListener,
): Promise<void> {
  const order = options.order ?? standIns.defaultOrder;
  if (trigger.kind !== "schedule") requireOrder(order);
  else if (options.order !== undefined)
    throw new ConfigError(
      `--order has no meaning for the schedule ${JSON.stringify(trigger.name)}, which is the order or finds orders itself; leave it out`,
    );
  onEvent({ kind: "phase", text: "starting the order" });
  onEvent({ kind: "note", text: await fire(cloud, trigger, order) });
  await cloud.idle();
}

/** Ends with the work, or as soon as the signal says so. */
async function abortable(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
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
  await Promise.race([work, stopped]);
}

async function result(
  { partner, environment }: TryOptions,
  cloud: LocalCloud,
  trigger: TriggerSpec,
  invocations: readonly InvocationResult[],
  started: number,
  paths: TryPaths,
): Promise<TryResult> {
  const orders: TriedOrder[] = [];
  for (const order of distinct(invocations)) orders.push(await collectOrder(cloud, order));
  const reasons = [
    ...faults(cloud, invocations),
    ...orders.flatMap(({ orderId, outcome, reason }) =>
      outcome === "failed" ? [`order ${JSON.stringify(orderId)}: ${reason ?? ""}`] : [],
    ),
  ];
  const failed = reasons.length > 0;
  const known = orders.every(({ outcome }) => outcome === "known");
  return {
    partner,
    environment,
    trigger: { name: trigger.name, kind: trigger.kind },
    outcome: failed ? "failed" : known ? "known" : "delivered",
    reasons,
    orders,
    seconds: (Date.now() - started) / 1000,
    startedAt: new Date(started).toISOString(),
    directory: paths.root,
  };
}

/** Orders of all answers, each once, in the order in which they were first heard of; listings come before what they find. */
function distinct(invocations: readonly InvocationResult[]): readonly TriggeredOrder[] {
  const orders = new Map<string, TriggeredOrder>();
  for (const { functionError, payload } of invocations) {
    if (functionError !== undefined) continue;
    for (const order of (JSON.parse(payload) as TriggerAnswer).orders) {
      const key = `${order.orderKey}/${String(order.attempt)}`;
      if (!orders.has(key)) orders.set(key, order);
    }
  }
  const rank: Readonly<Record<ChainName, number>> = { discovery: 0, order: 1 };
  return [...orders.values()].sort((a, b) => rank[a.chain] - rank[b.chain]);
}

/** What went wrong with events themselves: given up by Lambda, or an error or a refusal that the caller was told. */
function faults({ lambda }: LocalCloud, invocations: readonly InvocationResult[]): string[] {
  const given = lambda.lambda.deadLetters.map(
    ({ attempts, error }) =>
      `the event was given up after ${String(attempts)} tries: ${errorText(error)}`,
  );
  const ended = invocations.map(({ functionError, payload }) =>
    functionError === undefined
      ? {
          started: (JSON.parse(payload) as TriggerAnswer).orders.length,
          text: ignoredText(payload),
        }
      : { started: 0, text: `the trigger failed: ${errorText(payload)}` },
  );
  if (given.length > 0) return given;
  return ended.every(({ started }) => started === 0)
    ? [...new Set(ended.map(({ text }) => text))]
    : [];
}

function ignoredText(payload: string): string {
  return `the trigger started nothing: ${(JSON.parse(payload) as TriggerAnswer).ignored.join("; ")}`;
}

function errorText(payload: string): string {
  return (JSON.parse(payload) as { errorMessage?: string }).errorMessage ?? payload;
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
