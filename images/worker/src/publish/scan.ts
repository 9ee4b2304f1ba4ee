import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { listSome, StepError } from "../step/step-error";

/** What tells one state of a file from another. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  readonly mtimeNs: bigint;
}

/** A file of a delivery. */
export interface ScannedFile extends FileIdentity {
  /** Path below the delivery's directory, with `/`. */
  readonly path: string;
}

/** How many entries are looked at at once: on a network file system each look waits for an answer. */
const LOOKS_AT_ONCE = 32;

/**
 * Lists the files of a delivery, sorted by path. Follows no links, and refuses what can not be published faithfully:
 * links (they could lead anywhere in the container), devices, pipes, sockets, names that are not UTF-8, and control
 * characters in names (an XML listing of the bucket could not show them).
 */
export async function scanDelivery(directory: string): Promise<readonly ScannedFile[]> {
  const files: ScannedFile[] = [];
  const faults: string[] = [];
  const waiting: string[] = [""];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    const names = await readdir(join(directory, parent), { encoding: "buffer" });
    for (let at = 0; at < names.length; at += LOOKS_AT_ONCE) {
      const entries = await Promise.all(
        names.slice(at, at + LOOKS_AT_ONCE).map((name) => look(directory, parent, name)),
      );
      for (const entry of entries) {
        if ("fault" in entry) faults.push(entry.fault);
        else if (entry.stats.isDirectory()) waiting.push(entry.path);
        else files.push({ path: entry.path, ...identityOf(entry.stats) });
      }
    }
  }
  if (faults.length > 0)
    throw new StepError(
      "badDelivery",
      `the delivery holds what can not be published: ${listSome(faults.sort())}; ` +
        "have the partner's program write plain files with UTF-8 names only",
    );
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Takes what identifies a file's state out of its stats. */
export function identityOf(stats: BigIntStats): FileIdentity {
  return { dev: stats.dev, ino: stats.ino, size: Number(stats.size), mtimeNs: stats.mtimeNs };
}

/** Says whether a file is still what it was. */
export function sameState(a: FileIdentity, b: FileIdentity): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

/**
 * Digest of the paths and sizes of a delivery. Times are left out: a network file system may tell them otherwise from
 * another host.
 */
export function listingDigest(files: readonly Pick<ScannedFile, "path" | "size">[]): string {
  const hash = createHash("sha256");
  for (const { path, size } of files) hash.update(`${JSON.stringify([path, size])}\n`);
  return hash.digest("hex");
}

type Look = { readonly path: string; readonly stats: BigIntStats } | { readonly fault: string };

async function look(directory: string, parent: string, name: Buffer): Promise<Look> {
  const text = name.toString("utf8");
  const path = parent === "" ? text : `${parent}/${text}`;
  const shown = JSON.stringify(path);
  if (!isUtf8(name)) return { fault: `${shown} has a name that is not UTF-8` };
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/u.test(text))
    return { fault: `${shown} has control characters in its name` };
  const stats = await lstat(join(directory, path), { bigint: true });
  const kind = kindOf(stats);
  return kind === undefined ? { path, stats } : { fault: `${shown} is ${kind}` };
}

function kindOf(stats: BigIntStats): string | undefined {
  if (stats.isDirectory() || stats.isFile()) return undefined;
  if (stats.isSymbolicLink()) return "a symbolic link";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}
