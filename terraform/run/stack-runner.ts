import { type PlanJson, parsePlan } from "../plan/plan-json";
import { type PlanSummary, summarize } from "../plan/summary";
import { type Diagnostic, parseDiagnostic, TerraformError } from "./diagnostic";
import { parseEvent, type Phase } from "./events";
import type { TerraformSession } from "./session";
import { callTerraform, type TerraformExit } from "./terraform-process";
import {
  exactProviderVersion,
  readStack,
  type StackJson,
  WorkingDirectory,
} from "./working-directory";

/** A stack to run Terraform on. */
export interface StackRunnerProps {
  /** `<environment>--<owner>`. */
  readonly stack: string;
  /** Directory of the stack in what was synthesized, `<out>/stacks/<stack>`. */
  readonly synthesized: string;
  /** Changes the configuration before Terraform sees it; the emulator's overrides come in here. */
  readonly transform?: (configuration: StackJson) => StackJson;
  /** Writes Terraform's own log (`TF_LOG=JSON`) here. It holds secrets in clear. */
  readonly logFile?: string;
}

/** Settings of {@link TerraformStackRunner.plan}. */
export interface PlanOptions {
  /** Plan to destroy everything of the stack. @default false */
  readonly destroy?: boolean;
  /** Ask the provider what is there first. @default true */
  readonly refresh?: boolean;
}

/** A saved plan: what is applied is what was looked at. */
export interface SavedPlan {
  readonly stack: string;
  readonly file: string;
  readonly destroy: boolean;
  readonly json: PlanJson;
  readonly summary: PlanSummary;
  /** What `plan -detailed-exitcode` says: something (a resource or an output) would change. */
  readonly changes: boolean;
  readonly warnings: readonly Diagnostic[];
}

const SAVED_PLAN = "stack.tfplan";

/** Runs Terraform on one stack, in a directory that outlives synthesis. */
export class TerraformStackRunner {
  readonly directory: WorkingDirectory;
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    private readonly session: TerraformSession,
    readonly props: StackRunnerProps,
  ) {
    this.directory = new WorkingDirectory(session.root, props.stack);
    const configuration = this.configuration();
    this.directory.fill(configuration, props.synthesized);
    this.environment = {
      ...session.environmentFor(exactProviderVersion(configuration)),
      ...(props.logFile === undefined ? {} : { TF_LOG: "JSON", TF_LOG_PATH: props.logFile }),
    };
  }

  /** Gets providers and the backend ready; cheap when they are. */
  async init(): Promise<void> {
    await this.session.initialising(() =>
      this.call("init", ["init", "-json", "-no-color", "-input=false", "-reconfigure"]),
    );
  }

  /** Checks the configuration against the provider's schema. Needs no credentials. */
  async validate(): Promise<readonly Diagnostic[]> {
    const { lines } = await this.call("validate", ["validate", "-json", "-no-color"], [0, 1]);
    const answer = JSON.parse(lines.join("\n")) as { valid: boolean; diagnostics?: unknown[] };
    const diagnostics = (answer.diagnostics ?? []).flatMap((item) => parseDiagnostic(item) ?? []);
    if (!answer.valid) throw new TerraformError(this.props.stack, "validate", diagnostics);
    return diagnostics;
  }

  /** Plans and saves the plan. */
  async plan(options: PlanOptions = {}): Promise<SavedPlan> {
    const { destroy = false, refresh = true } = options;
    const file = this.directory.file(SAVED_PLAN);
    const args = ["plan", "-json", "-no-color", "-input=false", "-detailed-exitcode"];
    const { code, lines } = await this.call(
      "plan",
      [
        ...args,
        ...(destroy ? ["-destroy"] : []),
        ...(refresh ? [] : ["-refresh=false"]),
        `-out=${file}`,
      ],
      [0, 2],
    );
    const json = await this.show(file);
    return {
      stack: this.props.stack,
      file,
      destroy,
      json,
      summary: summarize(json),
      changes: code === 2,
      warnings: this.diagnostics(lines).filter(({ severity }) => severity === "warning"),
    };
  }

  /** Applies exactly what was planned; Terraform refuses a plan that the state has moved on from. */
  async apply(plan: SavedPlan): Promise<void> {
    await this.call(plan.destroy ? "destroy" : "apply", [
      "apply",
      "-json",
      "-no-color",
      "-input=false",
      plan.file,
    ]);
  }

  /** Plans the end of everything in the stack and applies that plan. */
  async destroy(): Promise<SavedPlan> {
    const plan = await this.plan({ destroy: true });
    if (plan.changes) await this.apply(plan);
    return plan;
  }

  /** Values of the stack's outputs. May hold secrets. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { lines } = await this.call("show", ["output", "-json", "-no-color"]);
    const outputs = JSON.parse(lines.join("\n")) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Addresses in the state. */
  async stateList(): Promise<readonly string[]> {
    const { lines } = await this.call("state", ["state", "list"]);
    return lines.filter((line) => line !== "");
  }

  /** Takes resources out of the state and leaves them where they are. */
  async forget(addresses: readonly string[]): Promise<void> {
    if (addresses.length > 0) await this.call("state", ["state", "rm", ...addresses]);
  }

  /** The state as Terraform keeps it (format version 4). Holds secrets in clear. */
  async statePull(): Promise<unknown> {
    const { lines } = await this.call("state", ["state", "pull"]);
    const text = lines.join("\n");
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  }

  private configuration(): StackJson {
    const { synthesized, transform = (json: StackJson): StackJson => json } = this.props;
    return transform(readStack(synthesized));
  }

  private async show(file: string): Promise<PlanJson> {
    const { lines } = await this.call("show", ["show", "-json", "-no-color", file]);
    return parsePlan(lines.join("\n"));
  }

  private async call(
    phase: Phase,
    args: readonly string[],
    accepted: readonly number[] = [0],
  ): Promise<TerraformExit> {
    const { stack } = this.props;
    const { onEvent, program, signal } = this.session;
    onEvent({ stack, kind: "phase", phase });
    const exit = await callTerraform({
      program,
      args,
      directory: this.directory.path,
      environment: this.environment,
      onLine: (line) => {
        const event = parseEvent(stack, line);
        if (event) onEvent(event);
      },
      signal,
    });
    if (exit.code !== null && accepted.includes(exit.code)) return exit;
    signal?.throwIfAborted();
    throw new TerraformError(stack, phase, this.diagnostics(exit.lines), exit.errors);
  }

  private diagnostics(lines: readonly string[]): readonly Diagnostic[] {
    return lines.flatMap((line) => {
      const event = parseEvent(this.props.stack, line);
      return event?.kind === "diagnostic" ? [event.diagnostic] : [];
    });
  }
}
