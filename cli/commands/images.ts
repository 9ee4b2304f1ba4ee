import { readFileSync } from "node:fs";
import path from "node:path";
import { loadProject, type Project } from "../../modules/app";
import { type Environment, type LockedImage } from "../../modules/config";
import { ConfigError } from "../../modules/core";
import { namingOf } from "../../modules/stack";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf } from "../environments";
import { callDocker, findDocker, ToolError } from "../images/docker";
import {
  BASE_IMAGE,
  contextDigest,
  requiredArguments,
  writeContext,
} from "../images/image-sources";
import { LOCK_FILE, writeLock } from "../images/lock-file";
import { table } from "../output/table";

/** Options of the `images` commands. */
export interface ImagesOptions {
  readonly env?: string;
  /** @default - all of the environment */
  readonly image?: readonly string[];
  /** `NAME=value` each; given to every Dockerfile that declares the argument. */
  readonly buildArg?: readonly string[];
}

/** Names the images of an offline environment by the hash of their sources. */
export function imagesLockCommand(
  context: CommandContext,
  options: ImagesOptions,
): Promise<CommandResult> {
  const { project, environment, images } = selected(context, options);
  if (!environment.offline)
    throw new ConfigError(
      `environments/${environment.id}.offline must be true for images lock, got false: jobs pull images by digest, and a hash of sources names no image; run: partner-ingest images push --env ${environment.id}`,
    );
  context.progress.phase("hashing the sources of the images");
  const locked = Object.fromEntries(
    images.map((image) => {
      const directory = contextDirectory(project, image);
      writeContext(project.root, image, directory);
      return [image, { digest: contextDigest(directory), origin: "sources" } as const];
    }),
  );
  writeLock(project, environment.id, locked);
  return Promise.resolve(lockResult(environment, locked));
}

/** Builds images for this machine's docker; nothing is pushed and no digest is written. */
export async function imagesBuildCommand(
  context: CommandContext,
  options: ImagesOptions,
): Promise<CommandResult> {
  const selection = selected(context, options);
  const built: Record<string, string> = {};
  for (const image of selection.images) {
    const reference = `${namingOf(selection.environment).imageUri(image)}:local`;
    await build(context, selection, image, built, ["--load", "--tag", reference]);
    built[image] = reference;
  }
  return {
    data: { environment: selection.environment.id, images: built },
    text: table(Object.entries(built)),
  };
}

/** Builds images, pushes them to the environment's registry, and writes their digests to `images.lock.json`. */
export async function imagesPushCommand(
  context: CommandContext,
  options: ImagesOptions,
): Promise<CommandResult> {
  const selection = selected(context, options);
  const { project, environment, images } = selection;
  if (environment.offline)
    throw new ConfigError(
      `environments/${environment.id}.offline must be false for images push, got true: there is no registry; run: partner-ingest images lock --env ${environment.id}`,
    );
  const built: Record<string, string> = {};
  const locked: Record<string, LockedImage> = {};
  for (const image of images) {
    const uri = namingOf(environment).imageUri(image);
    const metadata = path.join(contextDirectory(project, image), "..", `${image}.metadata.json`);
    // Tags of the repositories can not be moved; this one changes with the sources.
    const tag = (context_: string): string => `${uri}:${contextDigest(context_).slice(7, 19)}`;
    await build(context, selection, image, built, (directory) => [
      "--push",
      "--provenance=false",
      "--platform",
      platforms(environment).join(","),
      "--metadata-file",
      metadata,
      "--tag",
      tag(directory),
    ]);
    const digest = pushedDigest(metadata);
    built[image] = `${uri}@${digest}`;
    locked[image] = { digest, origin: "pushed" };
  }
  writeLock(project, environment.id, locked);
  return lockResult(environment, locked);
}

interface Selection {
  readonly project: Project;
  readonly environment: Environment;
  /** The base image first: the others are built on it. */
  readonly images: readonly string[];
  readonly arguments: Readonly<Record<string, string>>;
}

function selected(context: CommandContext, options: ImagesOptions): Selection {
  const project = loadProject(context.projectRoot());
  const { environment } = environmentOf(project, options.env);
  const wanted = options.image ?? environment.images;
  for (const image of wanted)
    if (!environment.images.includes(image))
      throw new ConfigError(
        `--image must be an image of environment ${JSON.stringify(environment.id)}, got ${JSON.stringify(image)}; known are ${environment.images.map((name) => JSON.stringify(name)).join(", ")}`,
      );
  const images = [...wanted].sort((a, b) => Number(b === BASE_IMAGE) - Number(a === BASE_IMAGE));
  return { project, environment, images, arguments: argumentsOf(options.buildArg ?? []) };
}

async function build(
  { progress, signal }: CommandContext,
  { project, environment, arguments: given }: Selection,
  image: string,
  built: Readonly<Record<string, string>>,
  output: readonly string[] | ((directory: string) => readonly string[]),
): Promise<void> {
  const docker = findDocker();
  const directory = contextDirectory(project, image);
  writeContext(project.root, image, directory);
  const { all, required } = requiredArguments(directory);
  const values: Record<string, string | undefined> = {
    ...given,
    WORKER_IMAGE: given["WORKER_IMAGE"] ?? built[BASE_IMAGE] ?? lockedBase(project, environment),
  };
  const missing = required.filter((name) => values[name] === undefined);
  if (missing.length > 0)
    throw new ConfigError(
      missing.map(
        (name) =>
          `--build-arg ${name}=<value> is missing; images/${image}/Dockerfile says what it is`,
      ),
    );
  progress.phase(`building image ${image}`);
  await callDocker(
    docker,
    [
      "buildx",
      "build",
      ...(typeof output === "function" ? output(directory) : output),
      ...all.flatMap((name) =>
        values[name] === undefined ? [] : ["--build-arg", `${name}=${values[name]}`],
      ),
      directory,
    ],
    (line) => {
      progress.note(line);
    },
    signal,
  );
}

/** The base image that was pushed before. */
function lockedBase({ imagesLock }: Project, environment: Environment): string | undefined {
  const locked = imagesLock.environments[environment.id]?.[BASE_IMAGE];
  return locked?.origin === "pushed"
    ? `${namingOf(environment).imageUri(BASE_IMAGE)}@${locked.digest}`
    : undefined;
}

function contextDirectory({ root }: Project, image: string): string {
  return path.join(root, ".partner-ingest", "images", image);
}

/** An image serves every pool of the environment. */
function platforms({ pools }: Environment): string[] {
  const names = { x86_64: "linux/amd64", arm64: "linux/arm64" } as const;
  const used = Object.values(pools).map(({ architecture }) => names[architecture]);
  return [...new Set(used)].sort();
}

function pushedDigest(metadataFile: string): string {
  const metadata = JSON.parse(readFileSync(metadataFile, "utf8")) as Record<string, unknown>;
  const digest = metadata["containerimage.digest"];
  if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/u.test(digest))
    throw new ToolError(`docker buildx build named no digest in ${metadataFile}`);
  return digest;
}

function argumentsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at < 1)
        throw new ConfigError(`--build-arg must be NAME=value, got ${JSON.stringify(text)}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function lockResult(
  { id }: Environment,
  images: Readonly<Record<string, LockedImage>>,
): CommandResult {
  return {
    data: { environment: id, images },
    text: [
      table(Object.entries(images).map(([image, { digest, origin }]) => [image, digest, origin])),
      `${LOCK_FILE} holds them for environment ${id}; review and commit it`,
    ].join("\n"),
  };
}
