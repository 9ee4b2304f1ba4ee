import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  defineEnvironment,
  definePartner,
  type Environment,
  type EnvironmentFacts,
  type EnvironmentInput,
  type ImagesLock,
  parseFacts,
  parseImagesLock,
  type Partner,
  type PartnerInput,
} from "../config";
import { ConfigError } from "../core";
import { collectFaults } from "./collect-faults";
import { loadDefault } from "./load-module";
import type { Project, ProjectEnvironment } from "./project";

/**
 * Reads a project: `environments/<id>.ts` with `<id>.facts.json`, `partners/<id>.ts`, `images.lock.json`.
 *
 * @throws ConfigError with the faults of all files
 */
export function loadProject(root: string): Project {
  const directory = path.resolve(root);
  const faults = collectFaults();
  const environments = definitions(directory, "environments").flatMap((file) =>
    faults.of(() => loadEnvironment(directory, file)),
  );
  const partners = definitions(directory, "partners").flatMap((file) =>
    faults.of(() => loadPartner(directory, file)),
  );
  const [imagesLock] = faults.of(() => loadImagesLock(directory));
  if (environments.length === 0)
    faults.add(
      `${path.join(directory, "environments")} holds no environment; write environments/<id>.ts with: export default defineEnvironment({ ... })`,
    );
  faults.throwIfAny();
  return {
    root: directory,
    environments,
    partners,
    imagesLock: imagesLock ?? { schemaVersion: 1, environments: {} },
  };
}

/** Files that define something, by name: `<id>.ts` or `<id>.js`, not declarations. */
function definitions(root: string, folder: string): string[] {
  const directory = path.join(root, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^[^.]+\.(ts|js|cjs)$/u.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

function loadEnvironment(root: string, file: string): ProjectEnvironment {
  // Once more: a plain object, or one of another version of this package, is checked as well.
  const environment: Environment = defineEnvironment(
    loadDefault(path.join(root, file), file) as EnvironmentInput,
  );
  requireName(file, "environment", environment.id);
  return { environment, facts: loadFacts(root, environment.id) };
}

function loadPartner(root: string, file: string): Partner {
  const partner = definePartner(loadDefault(path.join(root, file), file) as PartnerInput);
  requireName(file, "partner", partner.id);
  return partner;
}

/** The file's name is what people look for, and keeps two files from defining the same. */
function requireName(file: string, kind: string, id: string): void {
  if (path.parse(file).name !== id)
    throw new ConfigError(
      `${file} defines the ${kind} ${JSON.stringify(id)}; name the file ${id}${path.extname(file)}, or change the id`,
    );
}

function loadFacts(root: string, id: string): EnvironmentFacts | undefined {
  const name = `environments/${id}.facts.json`;
  const value = readJson(root, name);
  return value === undefined ? undefined : parseFacts(value, name);
}

function loadImagesLock(root: string): ImagesLock {
  const value = readJson(root, "images.lock.json");
  return value === undefined ? { schemaVersion: 1, environments: {} } : parseImagesLock(value);
}

function readJson(root: string, name: string): unknown {
  const file = path.join(root, name);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw new ConfigError(
      `${name} is no JSON: ${error instanceof Error ? error.message : String(error)}; restore it from version control`,
      { cause: error },
    );
  }
}
