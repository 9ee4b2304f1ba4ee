import { posix } from "node:path";

/** Longest name that all file systems take, in bytes. */
const NAME_MAX = 200;

/**
 * Name under which a file is laid for the program: its own where every program can take it, else a plain one with its
 * ending. A name that begins with a hyphen reads like an option.
 */
export function localName(path: string): string {
  const name = posix.basename(path);
  if (!name.startsWith("-") && Buffer.byteLength(name) <= NAME_MAX) return name;
  const ending = /\.[A-Za-z0-9]{1,10}$/u.exec(name)?.[0] ?? "";
  return `file${ending}`;
}

/** Says why the files of a part can not lie in one directory as they are named, or nothing. */
export function layoutFault(paths: readonly string[]): string | undefined {
  const files = new Set<string>();
  for (const path of paths) {
    if (files.has(path)) return `${JSON.stringify(path)} is listed twice`;
    files.add(path);
    const long = path.split("/").find((part) => Buffer.byteLength(part) > 255);
    if (long !== undefined)
      return `${JSON.stringify(path)} has a part of more than 255 bytes, which no directory holds`;
  }
  for (const path of paths)
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1))
      if (files.has(path.slice(0, at)))
        return `${JSON.stringify(path.slice(0, at))} is a file, and the directory of ${JSON.stringify(path)}`;
  return undefined;
}
