import path from "node:path";
import { loadProject, type Project, synthesize, type SynthesizedStack } from "../../../modules/app";
import type { Environment } from "../../../modules/config";
import { factsFromOutput } from "../../../modules/platform";
import {
  type AppliedOverride,
  applyOverrides,
  type Emulator,
  emulatorOverrides,
  openSession,
  type Override,
  type SavedPlan,
  startMoto,
  type StackJson,
  TerraformStackRunner,
  UNDELETABLE,
} from "../../../terraform";

export const REPOSITORY = path.resolve(__dirname, "../../..");

/** A configuration as it was emitted and as the emulator got it. */
export interface OverriddenStack {
  readonly before: StackJson;
  readonly after: StackJson;
  readonly applied: readonly AppliedOverride[];
}

/** The `local` environment of this repository, applied to an emulator, stack by stack, as a person would. */
export class Deployment {
  readonly overrides: readonly Override[];
  /** Configurations before and after the overrides, by stack. */
  readonly configurations = new Map<string, OverriddenStack>();
  readonly runners: TerraformStackRunner[] = [];
  private readonly session;

  private constructor(
    readonly project: Project,
    readonly environment: Environment,
    readonly emulator: Emulator,
    readonly directory: string,
  ) {
    this.overrides = emulatorOverrides(environment);
    this.session = openSession({
      root: path.join(directory, "terraform"),
      environment: emulator.environment,
    });
  }

  static async start(directory: string): Promise<Deployment> {
    const project = loadProject(REPOSITORY);
    const environment = project.environments.find((item) => item.environment.id === "local");
    if (environment === undefined) throw new Error("the repository has no local environment");
    const { account, region } = environment.environment;
    const emulator = await startMoto({ account, region });
    return new Deployment(project, environment.environment, emulator, directory);
  }

  /** Synthesizes what bootstrap and platform are; needs no facts. */
  async shared(): Promise<readonly SynthesizedStack[]> {
    return synthesize(this.project, {
      outdir: path.join(this.directory, "shared"),
      environments: [this.environment.id],
      partners: [],
    });
  }

  /** Synthesizes the partners with the facts of the platform that was applied, not with the committed ones. */
  async partners(): Promise<readonly SynthesizedStack[]> {
    const platform = this.runner(`${this.environment.id}--platform`);
    const { facts: output } = await platform.outputs();
    const { serial } = (await platform.statePull()) as { serial: number };
    const facts = factsFromOutput(this.environment, output, serial);
    const project = { ...this.project, environments: [{ environment: this.environment, facts }] };
    const stacks = await synthesize(project, { outdir: path.join(this.directory, "partners") });
    return stacks.filter(({ kind }) => kind === "partner");
  }

  /** Plans and applies a stack; returns the plan that was applied. */
  async apply(stack: SynthesizedStack): Promise<SavedPlan> {
    const runner = new TerraformStackRunner(this.session, {
      stack: stack.name,
      synthesized: stack.directory,
      transform: (before) => this.override(stack.name, before),
    });
    this.runners.push(runner);
    await runner.init();
    await runner.validate();
    const plan = await runner.plan();
    await runner.apply(plan);
    return plan;
  }

  runner(stack: string): TerraformStackRunner {
    const found = this.runners.find(({ props }) => props.stack === stack);
    if (found === undefined) throw new Error(`${stack} was not applied`);
    return found;
  }

  /** Destroys a stack; returns the addresses that Terraform had to forget before, and those that it still knows. */
  async destroy(
    runner: TerraformStackRunner,
  ): Promise<{ readonly forgotten: readonly string[]; readonly left: readonly string[] }> {
    const forgotten = (await runner.stateList()).filter((address) =>
      UNDELETABLE.some(({ type }) => address.startsWith(`${type}.`)),
    );
    await runner.forget(forgotten);
    await runner.destroy();
    return { forgotten, left: await runner.stateList() };
  }

  private override(stack: string, before: StackJson): StackJson {
    const { applied, configuration } = applyOverrides(before, this.overrides);
    this.configurations.set(stack, { before, after: configuration, applied });
    return configuration;
  }
}
