import { existsSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../modules/core/errors";

/** Finds the user's project: the nearest directory, this one or above, that holds `partners/` and `environments/`. */
export function findProject(from: string): string {
  for (let directory = path.resolve(from); ; directory = path.dirname(directory)) {
    if (["partners", "environments"].every((name) => existsSync(path.join(directory, name))))
      return directory;
    if (directory === path.dirname(directory))
      throw new ConfigError(
        `no project: neither ${JSON.stringify(path.resolve(from))} nor a directory above it holds partners/ and environments/; change into your project, or name it with --directory`,
      );
  }
}
