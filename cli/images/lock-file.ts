import { writeFileSync } from "node:fs";
import path from "node:path";
import { type Project } from "../../modules/app";
import { type LockedImage } from "../../modules/config";

/** Name of the file in the project. */
export const LOCK_FILE = "images.lock.json";

/** Writes digests of an environment's images into `images.lock.json`; those of other environments and images stay. */
export function writeLock(
  { root, imagesLock }: Pick<Project, "root" | "imagesLock">,
  environment: string,
  images: Readonly<Record<string, LockedImage>>,
): void {
  const environments = {
    ...imagesLock.environments,
    [environment]: { ...imagesLock.environments[environment], ...images },
  };
  const content = {
    schemaVersion: 1,
    environments: sorted(environments, (inner) => sorted(inner, (entry) => entry)),
  };
  writeFileSync(path.join(root, LOCK_FILE), `${JSON.stringify(content, undefined, 2)}\n`);
}

/** One order of keys, so that a change of one digest is one line of a diff. */
function sorted<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .flatMap((key) => {
        const value = record[key];
        return value === undefined ? [] : [[key, map(value)]];
      }),
  );
}
