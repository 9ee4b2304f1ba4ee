import path from "node:path";
import { type SynthesizedStack } from "../../modules/app";
import { type Diagnostic } from "../../terraform/run/diagnostic";
import { openSession } from "../../terraform/run/session";
import { TerraformStackRunner } from "../../terraform/run/stack-runner";
import { type StackJson } from "../../terraform/run/working-directory";
import { type CommandContext, type CommandResult } from "../command";
import { table } from "../output/table";
import { count } from "../output/words";
import { type SynthOptions, synthesizeProject } from "./synth";

/** Validation of one stack. */
export interface ValidatedStack {
  readonly name: string;
  readonly valid: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** What Terraform said where it failed. */
  readonly error?: string;
}

/** Has Terraform check every stack against the provider's schema. */
export async function validateCommand(
  context: CommandContext,
  options: SynthOptions = {},
): Promise<CommandResult> {
  const root = context.projectRoot();
  // Before the work: whoever has no Terraform should not wait for it.
  const session = validationSession(context, root);
  const stacks = await synthesizeProject(context, root, options);
  const validated = await validateStacks(context, session, stacks);
  const invalid = validated.filter(({ valid }) => !valid);
  return {
    data: { ok: invalid.length === 0, stacks: validated },
    text: [
      table(
        validated.map(({ name, valid }) => [
          valid ? context.colors.green("valid") : context.colors.red("invalid"),
          name,
        ]),
      ),
      ...invalid.map(({ error }) => error ?? ""),
      invalid.length === 0
        ? `${count(validated.length, "stack")} valid`
        : `${count(invalid.length, "stack")} of ${String(validated.length)} invalid`,
    ].join("\n"),
    exit: invalid.length === 0 ? "ok" : "toolFailed",
  };
}

/** A session whose directories are apart from those that hold state. @throws MissingToolError without Terraform */
export function validationSession(
  { signal }: CommandContext,
  root: string,
): ReturnType<typeof openSession> {
  return openSession({ root: path.join(root, ".partner-ingest", "validate"), signal });
}

/** Validates stacks one after the other; a fault of one does not keep the others from being looked at. */
export async function validateStacks(
  { progress }: CommandContext,
  session: ReturnType<typeof openSession>,
  stacks: readonly SynthesizedStack[],
): Promise<readonly ValidatedStack[]> {
  const validated: ValidatedStack[] = [];
  for (const { name, directory } of stacks) {
    progress.phase(`terraform validate ${name}`);
    const runner = new TerraformStackRunner(session, {
      stack: name,
      synthesized: directory,
      transform: withoutBackend,
    });
    try {
      await runner.init();
      const diagnostics = await runner.validate();
      validated.push({ name, valid: true, diagnostics });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "TerraformError") throw error;
      validated.push({ name, valid: false, diagnostics: [], error: error.message });
    }
  }
  return validated;
}

/** Validation needs no state, and so no credentials to reach it. */
function withoutBackend(configuration: StackJson): StackJson {
  const settings = Object.entries((configuration["terraform"] ?? {}) as Record<string, unknown>);
  const terraform = Object.fromEntries(settings.filter(([name]) => name !== "backend"));
  return { ...configuration, terraform };
}
