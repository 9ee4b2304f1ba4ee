import { existsSync } from "node:fs";
import path from "node:path";

/** Root of this package: above `local/try` in the sources, above `dist/local/try` when compiled. */
const PACKAGE_ROOTS = [path.resolve(__dirname, "../.."), path.resolve(__dirname, "../../..")];

/**
 * Finds a module below a root by its path without an extension: TypeScript in the sources, JavaScript when compiled.
 * Functions and images are not part of what imports them; they are found where they lie.
 */
export function findModule(root: string, name: string): string | undefined {
  return [".ts", ".js", ".cjs", ".mjs"]
    .map((extension) => path.join(root, `${name}${extension}`))
    .find((file) => existsSync(file));
}

/** Finds a module of this package. */
export function findOwnModule(name: string): string | undefined {
  return PACKAGE_ROOTS.map((root) => findModule(root, name)).find((file) => file !== undefined);
}

/** Loads a module that is only known at run time, of the user's project or of this package. */
export function loadModule(file: string): Readonly<Record<string, unknown>> {
  // Where this file is TypeScript itself, a loader is at work that takes others too.
  if (!file.endsWith(".ts") || __filename.endsWith(".ts")) return nodeRequire(file);
  const tsx = nodeRequire("tsx/cjs/api") as unknown as { register(): () => void };
  const unregister = tsx.register();
  try {
    return nodeRequire(file);
  } finally {
    unregister();
  }
}

function nodeRequire(id: string): Readonly<Record<string, unknown>> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the path is known at run time only
  return require(id) as Readonly<Record<string, unknown>>;
}
