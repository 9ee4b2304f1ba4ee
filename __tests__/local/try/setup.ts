import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { teleportScript, TELEPORT_PATH } from "../../../images/teleport/stand-in";
import {
  type LabelFault,
  type LabelServer,
  startLabelServer,
} from "../../../images/teleport/stand-in/label-server";
import { contentOf, type LabelOrder } from "../../../images/teleport/stand-in/orders";
import { bundleWorker } from "../../../images/worker/bundle";
import {
  type LocalCloud,
  type LocalCloudOptions,
  type StandIn,
  startLocalCloud,
  startStandIns,
  tryPaths,
  type TryPaths,
} from "../../../local/try";
import { loadProject, type Project, synthesize } from "../../../modules/app";
import {
  type ManualEvent,
  type TriggerAnswer,
  type TriggeredOrder,
} from "../../../modules/contract";

/** Small orders, so that a test is quick: one with odd names, one that is only a name, one empty file. */
export const ORDERS: readonly LabelOrder[] = [
  {
    id: "ORDER-1",
    day: "2026-03-01",
    files: [
      { path: "release.xml", content: contentOf("release", 5_000) },
      { path: "audio/02 Été à Séoul.flac", content: contentOf("audio", 300_001) },
      { path: "notes/empty.txt", content: Buffer.alloc(0) },
    ],
  },
  {
    id: "ORDER-2/b",
    day: "2026-03-02",
    files: [{ path: "one.bin", content: contentOf("one", 10) }],
  },
];

/** A label with these orders and faults; its program runs on Node, which starts faster than Java. */
export function label(
  options: {
    readonly orders?: readonly LabelOrder[];
    readonly faults?: readonly LabelFault[];
  } = {},
): StandIn & { readonly server: () => LabelServer } {
  let running: LabelServer | undefined;
  return {
    server: () => {
      if (running === undefined) throw new Error("the label's server was not started");
      return running;
    },
    start: async () => {
      const server = await startLabelServer({
        orders: options.orders ?? ORDERS,
        faults: options.faults ?? [],
      });
      running = server;
      return {
        environment: { TELEPORT_URL: server.url, TELEPORT_TOKEN: server.token },
        root: { [TELEPORT_PATH]: teleportScript(undefined) },
        defaultOrder: "ORDER-1",
        runtime: "node",
        close: () => server.close(),
      };
    },
  };
}

/** The repository's own project with its state in a directory of the test. */
export function projectIn(directory: string): Project {
  return { ...loadProject(path.resolve(__dirname, "../../..")), root: directory };
}

/** A directory of its own, and what removes it. */
export function temporary(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(path.join(tmpdir(), "try-test-"));
  return {
    directory,
    remove: () => {
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Synthesizes universal-music and bundles the worker, once for many clouds. */
export async function prepared(
  directory: string,
): Promise<{ readonly stackDirectory: string; readonly worker: string }> {
  const stacks = await synthesize(projectIn(directory), {
    outdir: path.join(directory, "terraform"),
    environments: ["local"],
    partners: ["universal-music"],
  });
  const stack = stacks.find(({ owner }) => owner === "universal-music");
  const worker = path.join(directory, "worker.cjs");
  bundleWorker(worker);
  return { stackDirectory: stack?.directory ?? "", worker };
}

/** Services of universal-music on loopback, and what ends them with their stand-in. */
export async function cloudIn(
  directory: string,
  prepare: { readonly stackDirectory: string; readonly worker: string },
  options: Partial<LocalCloudOptions> = {},
  standIn: StandIn = label(),
): Promise<{ readonly cloud: LocalCloud; readonly close: () => Promise<void> }> {
  const paths: TryPaths = {
    ...tryPaths(directory, "local", "universal-music"),
    worker: prepare.worker,
  };
  const standIns = await startStandIns(["worker", "teleport"], paths.images, (image) =>
    image === "teleport" ? standIn : undefined,
  );
  const cloud = await startLocalCloud({
    stackDirectory: prepare.stackDirectory,
    paths,
    standIns,
    withoutPlatform: true,
    ...options,
  });
  return {
    cloud,
    close: async () => {
      await cloud.close();
      await standIns.close();
    },
  };
}

/** JSON of the event that starts an order by hand. */
export const manualEvent = (orderId: string): string =>
  JSON.stringify({ kind: "manual", orderId } satisfies ManualEvent);

/** The first order of the trigger's answer. */
export function orderOf(payload: string): TriggeredOrder {
  const [order] = (JSON.parse(payload) as TriggerAnswer).orders;
  if (order === undefined) throw new Error(`no order in ${payload}`);
  return order;
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/**
 * Deploys the trigger once more with its clock set forward, as if so much time had passed before the next event: leases
 * are as long as a function can run and more, which no test should wait for.
 */
export async function laterBy(
  cloud: LocalCloud,
  seconds: number,
  directory: string,
): Promise<void> {
  const shim = path.join(directory, "later.cjs");
  writeFileSync(
    shim,
    `const Real = Date, shift = ${String(seconds * 1000)}, now = () => Real.now() + shift;
     globalThis.Date = class extends Real { constructor(...a) { if (a.length === 0) super(now()); else super(...a); } static now() { return now(); } };`,
  );
  const { trigger } = cloud.declared;
  await cloud.lambda.lambda.addFunction({
    ...trigger,
    arn: `arn:aws:lambda:${cloud.spec.region}:${cloud.spec.account}:function:${trigger.name}`,
    environment: trigger.environment(),
    hostEnvironment: { ...cloud.functionEnvironment, NODE_OPTIONS: `--require ${shim}` },
  });
}
