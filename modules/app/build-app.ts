import { mkdirSync } from "node:fs";
import { App } from "cdktf";
import { BootstrapStack } from "../bootstrap";
import type { Environment } from "../config";
import { ConfigError } from "../core";
import { packFunction } from "../lambda";
import {
  packFunctions,
  type PartnerInputs,
  PartnerStack,
  type ResolvedPartner,
  resolvePartner,
} from "../partner-ingest";
import { type PlatformFunctions, PlatformStack } from "../platform";
import type { IngestStack, StackKind } from "../stack";
import { checkAddresses } from "./address-check";
import { collectFaults } from "./collect-faults";
import type { Project } from "./project";

/** Which part of a project is built, and where to. */
export interface BuildOptions {
  /** Directory that the Terraform is written to. */
  readonly outdir: string;
  /**
   * Ids of environments.
   * @default - all
   */
  readonly environments?: readonly string[] | undefined;
  /**
   * Ids of partners; an empty list builds the shared stacks alone.
   * @default - all
   */
  readonly partners?: readonly string[] | undefined;
  /**
   * What becomes of the partners of an environment whose platform was not applied yet, so that its facts are missing:
   * an error, or their stacks are left out, which lets the platform be applied first.
   * @default "error"
   */
  readonly missingFacts?: "error" | "leave-out" | undefined;
}

/** A stack of the app. */
export interface BuiltStack {
  /** `<environment>--<owner>`. */
  readonly name: string;
  readonly kind: StackKind;
  readonly environment: string;
  /** `bootstrap`, `platform` or the partner's id. */
  readonly owner: string;
  readonly stack: IngestStack;
}

/** The app with its stacks, not yet synthesized. */
export interface BuiltApp {
  readonly app: App;
  readonly stacks: readonly BuiltStack[];
}

/**
 * Builds the stacks of a project: for each environment bootstrap, platform, and one of each partner.
 * Asynchronous because the functions are packed before the constructs that name them.
 *
 * @throws ConfigError with the faults of all partners in all environments; no Terraform is written then
 */
export async function buildApp(project: Project, options: BuildOptions): Promise<BuiltApp> {
  const { environments, partners } = select(project, options);
  const ready = environments.filter(
    ({ facts }) => facts !== undefined || options.missingFacts !== "leave-out",
  );
  const resolved = resolveAll(project, ready, partners);
  const packed = await Promise.all(
    resolved.map(async (partner) => ({
      resolved: partner,
      ...(await packFunctions(partner)),
    })),
  );
  const functions = await packPlatformFunctions();
  mkdirSync(options.outdir, { recursive: true });
  // Traces hold paths of this machine.
  const app = new App({ outdir: options.outdir, stackTraces: false });
  const faults = collectFaults();
  const stacks = [
    ...environments.flatMap(({ environment }) => [
      ...faults.of<IngestStack>(() => new BootstrapStack(app, environment)),
      ...faults.of<IngestStack>(() => platformStack(app, environment, functions)),
    ]),
    ...packed.flatMap((props) => faults.of<IngestStack>(() => new PartnerStack(app, props))),
  ];
  faults.throwIfAny();
  for (const stack of stacks) checkAddresses(stack);
  return { app, stacks: stacks.map(describe) };
}

/** The platform's functions hold nothing of an environment: each is packed once. */
async function packPlatformFunctions(): Promise<PlatformFunctions> {
  const [notify, reconcile, escalate] = await Promise.all([
    packFunction("notify"),
    packFunction("reconcile"),
    packFunction("escalate"),
  ]);
  return { notify, reconcile, escalate };
}

function platformStack(
  app: App,
  environment: Environment,
  functions: PlatformFunctions,
): PlatformStack {
  const stack = new PlatformStack(app, environment);
  stack.addFunctions(functions);
  return stack;
}

function describe(stack: IngestStack): BuiltStack {
  const { kind, owner, environment } = stack.props;
  return { name: stack.node.id, kind, environment: environment.id, owner, stack };
}

function select(
  project: Project,
  { environments, partners }: BuildOptions,
): Pick<Project, "environments" | "partners"> {
  return {
    environments: pick(
      "environment",
      project.environments,
      ({ environment }) => environment.id,
      environments,
    ),
    partners: pick("partner", project.partners, ({ id }) => id, partners),
  };
}

function pick<T>(
  kind: string,
  all: readonly T[],
  idOf: (item: T) => string,
  wanted: readonly string[] | undefined,
): readonly T[] {
  if (wanted === undefined) return all;
  const known = all.map(idOf);
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0)
    throw new ConfigError(
      unknown.map(
        (id) =>
          `${JSON.stringify(id)} is no ${kind} of this project; known are ${known.length === 0 ? "none" : known.map((name) => JSON.stringify(name)).join(", ")}`,
      ),
    );
  return all.filter((item) => wanted.includes(idOf(item)));
}

function resolveAll(
  { imagesLock }: Project,
  environments: Project["environments"],
  partners: Project["partners"],
): ResolvedPartner[] {
  const faults = collectFaults();
  const resolved = environments.flatMap(({ environment, facts }) =>
    partners.flatMap((partner) =>
      faults.of(() =>
        resolvePartner({ partner, environment, facts, imagesLock } satisfies PartnerInputs),
      ),
    ),
  );
  faults.throwIfAny();
  return resolved;
}
