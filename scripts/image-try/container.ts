import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "./build";

/** How a container is started. */
export interface Start {
  /** In place of the image's entry point. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Directories of this machine, by their places in the container. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** A container that runs. */
export interface Container {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/**
 * Starts a process in an image as a job definition of ours asks for it: the root can not be written to, volumes are
 * empty and belong to whom the image says, the user is the image's. Mounts end with the process.
 */
export function start(image: Image, how: Start): Container {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const root = quote(image.root);
  const volumes = image.volumes.map((volume) => {
    const at = join(image.root, volume);
    const { uid, gid, mode } = statSync(at);
    const owner = `uid=${String(uid)},gid=${String(gid)},mode=${(mode & 0o7777).toString(8)}`;
    return `mount -t tmpfs -o ${owner} tmpfs ${quote(at)}`;
  });
  const mounts = Object.entries(how.mounts ?? {}).map(
    ([place, directory]) => `mount --bind ${quote(directory)} ${quote(join(image.root, place))}`,
  );
  const environment = { ...BASE, ...image.environment, ...how.environment };
  const process_ = [...(how.entrypoint ?? image.entrypoint), ...(how.command ?? [])];
  const script = [
    "set -e",
    `mount --bind ${root} ${root}`,
    `mount -o remount,bind,ro ${root}`,
    ...volumes,
    ...mounts,
    [
      `exec chroot --userspec=${image.user} ${root} /usr/bin/env -i`,
      ...Object.entries(environment).map(([key, value]) => quote(`${key}=${value}`)),
      ...process_.map(quote),
    ].join(" "),
  ].join("\n");
  const child = spawn("unshare", ["--mount", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece: Buffer) => pieces.push(piece));
  const ended = once(child, "close").then(([code]) => ({
    code: code as number | null,
    output: Buffer.concat(pieces).toString("utf8"),
  }));
  return { child, ended };
}

const BASE = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
