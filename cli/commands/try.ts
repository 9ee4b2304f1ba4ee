import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TryEvent, tryPartner, type TryResult } from "../../local/try";
import { loadProject } from "../../modules/app";
import { ConfigError } from "../../modules/core";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf, requirePartner } from "../environments";
import { lastRunFile } from "../last-run";
import { tryText } from "../output/try-text";

/** Options of `try`. */
export interface TryCommandOptions {
  readonly env?: string;
  readonly order?: string;
  readonly trigger?: string;
  readonly fresh?: boolean;
  readonly logs?: boolean;
  /** Take the Spot host of the first job away. */
  readonly interrupt?: boolean;
  /** And each further Spot host of that job. */
  readonly interruptAlways?: boolean;
  /** How often the event is sent. */
  readonly duplicate?: string;
  /** Step that fails. */
  readonly fail?: string;
  /** `NAME=value` each. */
  readonly secret?: readonly string[];
}

/** Runs an order of a partner on this machine. */
export async function tryCommand(
  context: CommandContext,
  partner: string,
  options: TryCommandOptions = {},
): Promise<CommandResult> {
  const project = loadProject(context.projectRoot());
  const { environment } = environmentOf(project, options.env);
  const result = await tryPartner({
    project,
    environment: environment.id,
    partner: requirePartner(project, partner),
    order: options.order,
    trigger: options.trigger,
    fresh: options.fresh ?? false,
    duplicate: duplicateOf(options.duplicate),
    mishaps: {
      interrupt: options.interruptAlways === true ? "always" : options.interrupt,
      fail: options.fail,
    },
    secrets: secretsOf(options.secret ?? []),
    signal: context.signal,
    onEvent: (event) => {
      tellEvent(context, event, options.logs === true);
    },
  });
  rememberRun(result);
  return {
    data: result,
    text: tryText(result, project.root, context.colors),
    exit: result.outcome === "failed" ? "runFailed" : "ok",
  };
}

/** Shows what happens in a run as progress. */
export function tellEvent(
  { progress, colors }: CommandContext,
  event: TryEvent,
  logs: boolean,
): void {
  switch (event.kind) {
    case "phase":
      progress.phase(event.text);
      break;
    case "note":
      progress.note(event.text);
      break;
    case "log":
      if (logs) progress.note(colors.dim(`${event.source}: ${event.line}`));
      break;
    case "job":
      tellJob(progress, event);
  }
}

/** Between these a job only waits for its turn. */
const TOLD = new Set(["SUBMITTED", "RUNNING", "SUCCEEDED", "FAILED"]);

function tellJob(
  progress: CommandContext["progress"],
  { step, orderKey, status, attempt, reason }: Extract<TryEvent, { kind: "job" }>,
): void {
  if (!TOLD.has(status)) return;
  const again = attempt > 1 ? `, attempt ${String(attempt)}` : "";
  const why = status === "FAILED" ? `: ${reason ?? ""}` : "";
  progress.note(`${step} of ${orderKey}: ${status}${again}${why}`);
}

/** Keeps a run's result for the page and the commands about orders. */
export function rememberRun(result: TryResult): void {
  const file = lastRunFile(result.directory);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}

function duplicateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 1000)
    throw new ConfigError(
      `--duplicate must be a number from 1 to 1000, got ${JSON.stringify(text)}`,
    );
  return number;
}

function secretsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      // The value is not shown: it is a secret.
      if (at < 1) throw new ConfigError(`--secret must be NAME=value, got a text without "="`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
