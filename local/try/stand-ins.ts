import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AssumptionError, ConfigError } from "../../modules/core";
import { findModule, findOwnModule, loadModule } from "./load-module";

/** A stand-in of a partner that runs; the form that `images/stand-in.ts` describes. */
export interface RunningStandIn {
  readonly environment: Readonly<Record<string, string>>;
  readonly root: Readonly<Record<string, string>>;
  readonly defaultOrder: string;
  readonly object?: (order: string) => Promise<Buffer>;
  readonly objects?: (order: string) => Promise<Readonly<Record<string, Buffer>>>;
  readonly runtime: string;
  readonly close: () => Promise<void>;
}

/** What plays the partner of an image on one machine. */
export interface StandIn {
  readonly start: () => Promise<RunningStandIn>;
}

/** The stand-ins of all images of a partner, as one. */
export interface StandIns {
  /** Variables of jobs, secrets included, by name. */
  readonly environment: Readonly<Record<string, string>>;
  readonly defaultOrder: string | undefined;
  /** Content of the object that the partner drops for an order. */
  readonly object: (order: string) => Promise<Buffer>;
  /** What lies in the bucket before it, by key. */
  readonly objects: (order: string) => Promise<Readonly<Record<string, Buffer>>>;
  /** What plays what, for people. */
  readonly notes: readonly string[];
  /** A directory whose files an image holds below its root; none for images without a stand-in. */
  readonly imageRoot: (image: string) => string | undefined;
  close(): Promise<void>;
}

/** Finds the stand-in of an image: the project's own, else one of this package. */
export function findStandIn(projectRoot: string, image: string): StandIn | undefined {
  const name = path.join("images", image, "stand-in", "index");
  const file = findModule(projectRoot, name) ?? findOwnModule(name);
  if (file === undefined) return undefined;
  const { standIn } = loadModule(file) as { standIn?: Partial<StandIn> };
  if (typeof standIn?.start !== "function")
    throw new ConfigError(
      `images/${image}/stand-in must export a constant standIn with a method start, see images/stand-in.ts; it exports ${JSON.stringify(Object.keys(loadModule(file)))}`,
    );
  return standIn as StandIn;
}

/** Name of the image, from its address `<registry>/<path>/<name>@sha256:...`. */
export function imageName(uri: string): string {
  const name = /([^/@:]+)(?:@.*)?$/u.exec(uri)?.[1];
  if (name === undefined) throw new AssumptionError(`${JSON.stringify(uri)} names no image`);
  return name;
}

/** Starts what stands in for the partner in each of its images, and lays their files where containers find them. */
export async function startStandIns(
  images: readonly string[],
  directory: string,
  find: (image: string) => StandIn | undefined,
): Promise<StandIns> {
  const running = new Map<string, RunningStandIn>();
  const close = async (): Promise<void> => {
    await Promise.all([...running.values()].map((standIn) => standIn.close()));
  };
  try {
    for (const image of images) {
      const standIn = await find(image)?.start();
      if (standIn === undefined) continue;
      running.set(image, standIn);
      await layRoot(path.join(directory, image), standIn.root);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    environment: Object.fromEntries(
      [...running.values()].flatMap(({ environment }) => Object.entries(environment)),
    ),
    defaultOrder: [...running.values()][0]?.defaultOrder,
    object: async (order) =>
      (await [...running.values()].find(({ object }) => object)?.object?.(order)) ??
      Buffer.alloc(0),
    objects: async (order) =>
      (await [...running.values()].find(({ objects }) => objects)?.objects?.(order)) ?? {},
    notes: [...running].map(
      ([image, { runtime }]) =>
        `images/${image}/stand-in plays the partner: its server on loopback, its program on ${runtime}`,
    ),
    imageRoot: (uri) =>
      running.has(imageName(uri)) ? path.join(directory, imageName(uri)) : undefined,
    close,
  };
}

async function layRoot(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  await rm(root, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, 0o755);
  }
}
