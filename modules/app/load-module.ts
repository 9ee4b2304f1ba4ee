import { ConfigError } from "../core";

/**
 * Loads a file of the user, TypeScript or JavaScript, and returns its default export.
 *
 * @param name - the file as the user knows it, for errors
 */
export function loadDefault(file: string, name: string): unknown {
  let loaded: unknown;
  try {
    loaded = requireFile(file);
  } catch (error) {
    // Faults of its settings name their own path.
    if (isConfigError(error)) throw new ConfigError(error.faults, { cause: error });
    throw new ConfigError(`${name} can not be loaded: ${reason(error)}`, { cause: error });
  }
  const value = (loaded as { default?: unknown } | undefined)?.default;
  if (value === undefined)
    throw new ConfigError(
      `${name} has no default export; write: export default define${name.startsWith("partners/") ? "Partner" : "Environment"}({ ... })`,
    );
  return value;
}

function requireFile(file: string): unknown {
  // Where this file itself is TypeScript, a loader is at work that takes the user's too.
  if (!file.endsWith(".ts") || __filename.endsWith(".ts")) return nodeRequire(file);
  // Loaded on demand only: most of the time JavaScript is all there is.
  const tsx = nodeRequire("tsx/cjs/api") as { register(): () => void };
  const unregister = tsx.register();
  try {
    return nodeRequire(file);
  } finally {
    unregister();
  }
}

function nodeRequire(id: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the path is known at run time only, and constructs are made synchronously
  return require(id) as unknown;
}

/** By name: the user's file may have its own copy of this package. */
function isConfigError(error: unknown): error is ConfigError {
  const { name, faults } = (error ?? {}) as { name?: unknown; faults?: unknown };
  return name === "ConfigError" && Array.isArray(faults);
}

/** What went wrong without who required whom, which is our own files. */
function reason(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  const text = typeof message === "string" ? message : String(error);
  return text.split("\nRequire stack:")[0]?.trim() ?? text;
}
