import { type Project, type ProjectEnvironment } from "../modules/app";
import { ConfigError } from "../modules/core/errors";

/** Finds an environment: the one that is named, else the only one that runs on one machine, else the only one. */
export function environmentOf(project: Project, id: string | undefined): ProjectEnvironment {
  const { environments } = project;
  const known = environments.map(({ environment }) => JSON.stringify(environment.id)).join(", ");
  if (id !== undefined) {
    const found = environments.find(({ environment }) => environment.id === id);
    if (found !== undefined) return found;
    throw new ConfigError(
      `--env must be an environment of this project, got ${JSON.stringify(id)}; known are ${known}`,
    );
  }
  const offline = environments.filter(({ environment }) => environment.offline);
  const [only, ...more] = offline.length > 0 ? offline : environments;
  if (only !== undefined && more.length === 0) return only;
  throw new ConfigError(`--env is missing and several environments fit; name one of ${known}`);
}

/** Finds a partner's id among those of the project. */
export function requirePartner(project: Project, id: string): string {
  const known = project.partners.map((partner) => partner.id);
  if (known.includes(id)) return id;
  throw new ConfigError(
    `${JSON.stringify(id)} is no partner of this project; known are ${known.length === 0 ? "none, add partners/<id>.ts" : known.map((name) => JSON.stringify(name)).join(", ")}`,
  );
}
