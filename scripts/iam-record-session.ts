import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Project, type SynthesizedStack, synthesize } from "../modules/app";
import type { Environment } from "../modules/config";
import type {
  RecordedCall,
  RecordedGap,
  RecordedPhase,
  RecordedStack,
  Recording,
} from "../modules/iam/deployer/recording";
import { factsFromOutput } from "../modules/platform";
import {
  applyOverrides,
  type Emulator,
  emulatorOverrides,
  openSession,
  type StackJson,
  startMoto,
  TerraformError,
  TerraformStackRunner,
  UNDELETABLE,
} from "../terraform";
import { readStack } from "../terraform/run/working-directory";
import { changedTypes, SCENARIOS, TAKEN_BACK } from "./iam-record-changes";
import { type RawCall, takeCalls } from "./iam-record-log";
import { reduceCalls, withoutRepeatedPlans, withoutRetries } from "./iam-record-reduce";
import { idsOf } from "./iam-record-state";

/** An update that fails half-way, because a value changes that the plan took for known, goes on with the next plan. */
const ATTEMPTS = 2;

/** A zip with one small file, `index.js`. */
const SMALL_ZIP = Buffer.from(
  "UEsDBBQAAAAAAAAAIQC5tq6FFQAAABUAAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXI9KCk9PjBQSwECFAMUAAAAAAAAACEAubauhRUAAAAVAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZXguanNQSwUGAAAAAAEAAQA2AAAAOwAAAAAA",
  "base64",
);

type Taken = {
  readonly phase: RecordedPhase;
  readonly scenario?: string | undefined;
  readonly calls: readonly RawCall[];
};

/** What is recorded, and how it is told. */
export interface RecordOptions {
  readonly project: Project;
  readonly environment: Environment;
  /** Directory for Terraform; raw logs are deleted from it as soon as they are read. */
  readonly directory: string;
  /** Whether the bootstrap stack is all that is recorded. @default false */
  readonly bootstrapOnly?: boolean;
  readonly say: (line: string) => void;
}

/** Deploys bootstrap, platform and partners of an environment to an emulator, changes them, destroys them, and records it. */
export async function recordDeployment(options: RecordOptions): Promise<Recording> {
  const { account, region } = options.environment;
  const emulator = await startMoto({ account, region });
  try {
    return await new Recorder(options, emulator).run();
  } finally {
    await emulator.stop();
  }
}

class Recorder {
  private readonly session;
  private readonly taken = new Map<string, Taken[]>();
  private readonly gaps = new Map<string, RecordedGap[]>();
  private readonly states = new Map<string, unknown>();
  /** What of a kind of stack was changed already, by scenario. */
  private readonly changed = new Set<string>();

  constructor(
    private readonly options: RecordOptions,
    emulator: Emulator,
  ) {
    this.session = openSession({
      root: path.join(options.directory, "terraform"),
      environment: emulator.environment,
    });
  }

  async run(): Promise<Recording> {
    const { environment, bootstrapOnly = false } = this.options;
    const all = await this.synthesize("shared", { partners: [] });
    const shared = all.filter(({ kind }) => !bootstrapOnly || kind === "bootstrap");
    for (const stack of shared) await this.create(stack);
    const partners = bootstrapOnly ? [] : await this.partners();
    for (const stack of partners) await this.create(stack);
    const stacks = [...shared, ...partners];
    for (const stack of stacks.toReversed()) await this.destroy(stack);
    return {
      provider: "5.100.0",
      prefix: environment.prefix,
      environment: environment.id,
      account: environment.account,
      region: environment.region,
      stacks: stacks.map((stack) => this.reduced(stack)),
    };
  }

  private synthesize(
    name: string,
    more: { partners?: readonly string[] },
    project = this.options.project,
  ): Promise<readonly SynthesizedStack[]> {
    return synthesize(project, {
      outdir: path.join(this.options.directory, name),
      environments: [this.options.environment.id],
      ...more,
    });
  }

  /** Partners with the ids of the platform that was applied. */
  private async partners(): Promise<readonly SynthesizedStack[]> {
    const { environment, project } = this.options;
    const platform = (await this.synthesize("shared", { partners: [] })).find(
      ({ kind }) => kind === "platform",
    );
    if (platform === undefined) throw new Error("there is no platform stack");
    const runner = this.runner(platform);
    const { facts: output } = await runner.outputs();
    const { serial } = (await runner.statePull()) as { serial: number };
    const facts = factsFromOutput(environment, output, serial);
    const all = await this.synthesize(
      "partners",
      {},
      { ...project, environments: [{ environment, facts }] },
    );
    return all.filter(({ kind }) => kind === "partner");
  }

  /** A request with the function's real code is too long a line for Terraform's log, and would be lost. */
  private shrinkCode(stack: SynthesizedStack): void {
    for (const name of readdirSync(stack.directory))
      if (name.endsWith(".zip")) writeFileSync(path.join(stack.directory, name), SMALL_ZIP);
  }

  private async create(stack: SynthesizedStack): Promise<void> {
    this.shrinkCode(stack);
    const runner = this.runner(stack);
    await runner.init();
    // A busy machine breaks a connection now and then: what is left is applied as what it is, no update.
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1)
      if (await this.planned(stack, runner, "apply")) break;
    this.states.set(stack.name, await runner.statePull());
    await this.step(stack, "no-op", () => runner.plan());
    await this.update(stack);
  }

  /** Each scenario begins with what was synthesized, so that it also takes back what the one before changed. */
  private async update(stack: SynthesizedStack): Promise<void> {
    const synthesized = readStack(stack.directory);
    const scenarios = Object.entries(SCENARIOS).filter(([name, change]) => {
      const keys = changedTypes(synthesized, change).map((type) => `${stack.kind} ${name} ${type}`);
      const isNew = keys.some((key) => !this.changed.has(key));
      for (const key of keys) this.changed.add(key);
      return isNew;
    });
    if (scenarios.length === 0) return;
    for (const [name, change] of [...scenarios, TAKEN_BACK]) {
      this.options.say(`${stack.name}: update of ${name}`);
      const changed = this.runner(stack, change);
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1)
        if (await this.planned(stack, changed, "update", name)) break;
    }
  }

  private async planned(
    stack: SynthesizedStack,
    runner: TerraformStackRunner,
    phase: "apply" | "update",
    scenario?: string,
  ): Promise<boolean> {
    // What the emulator tells otherwise than AWS is no matter of an update, and reads were recorded before it.
    const plan = await this.step(stack, "plan", () => runner.plan({ refresh: phase === "apply" }));
    if (plan === undefined) return false;
    const apply = async (): Promise<boolean> => {
      await runner.apply(plan);
      return true;
    };
    return (await this.step(stack, phase, apply, scenario)) === true;
  }

  private async destroy(stack: SynthesizedStack): Promise<void> {
    const runner = this.runner(stack);
    const undeletable = (await runner.stateList()).filter((address) =>
      UNDELETABLE.some(({ type }) => address.startsWith(`${type}.`)),
    );
    await runner.forget(undeletable);
    await this.step(stack, "destroy", () => runner.destroy());
  }

  private runner(
    stack: SynthesizedStack,
    change: (configuration: StackJson) => StackJson = (same) => same,
  ): TerraformStackRunner {
    const overrides = emulatorOverrides(this.options.environment);
    return new TerraformStackRunner(this.session, {
      stack: stack.name,
      synthesized: stack.directory,
      transform: (before) => applyOverrides(change(before), overrides).configuration,
      logFile: this.logFile(stack),
    });
  }

  private logFile({ name }: SynthesizedStack): string {
    return path.join(this.options.directory, `${name}.log`);
  }

  private async step<T>(
    stack: SynthesizedStack,
    phase: RecordedPhase,
    work: () => Promise<T>,
    scenario?: string,
  ): Promise<T | undefined> {
    const started = Date.now();
    takeCalls(this.logFile(stack));
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TerraformError)) throw error;
      push(this.gaps, stack.name, { phase, message: gapOf(error) });
      return undefined;
    } finally {
      const calls = takeCalls(this.logFile(stack));
      push(this.taken, stack.name, { phase, scenario, calls });
      const seconds = ((Date.now() - started) / 1000).toFixed(0);
      this.options.say(`${stack.name}: ${phase}, ${String(calls.length)} calls, ${seconds} s`);
    }
  }

  private reduced({ name, kind, owner, directory }: SynthesizedStack): RecordedStack {
    const ids = idsOf([...this.states]);
    const calls: RecordedCall[] = (this.taken.get(name) ?? []).flatMap(({ calls, ...when }) =>
      reduceCalls(calls, { ...when, ids }),
    );
    const types = Object.keys(readStack(directory)["resource"] as object).sort();
    return {
      name,
      kind,
      owner,
      types,
      calls: withoutRepeatedPlans(withoutRetries(calls)),
      gaps: this.gaps.get(name) ?? [],
    };
  }
}

/** The first lines of an error, without the ids of requests. */
function gapOf(error: Error): string {
  return error.message.replace(/[Rr]equest\s?I[Dd]: [\w-]*/gu, "").slice(0, 400);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}
