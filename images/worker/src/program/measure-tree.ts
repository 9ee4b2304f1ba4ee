import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** How much a directory holds, at a glance. */
export interface TreeMeasure {
  readonly files: number;
  readonly bytes: number;
  /** Newest change of any entry; changes even where a file of a fixed size is filled. */
  readonly newestNs: bigint;
}

/** Measures a directory while a program writes to it: what vanishes in between does not count. */
export async function measureTree(directory: string): Promise<TreeMeasure> {
  let files = 0;
  let bytes = 0;
  let newestNs = 0n;
  const waiting = [directory];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const name of await namesIn(parent)) {
      const path = join(parent, name);
      const stats = await statsOf(path);
      if (stats === undefined) continue;
      if (stats.mtimeNs > newestNs) newestNs = stats.mtimeNs;
      if (stats.isDirectory()) waiting.push(path);
      else {
        files += 1;
        bytes += Number(stats.size);
      }
    }
  }
  return { files, bytes, newestNs };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}

async function statsOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch {
    return undefined;
  }
}
