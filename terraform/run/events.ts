import { type Diagnostic, parseDiagnostic } from "./diagnostic";

/** What Terraform is asked to do with a stack. */
export type Phase = "init" | "validate" | "plan" | "apply" | "destroy" | "show" | "state";

/** Progress of a stack, as it happens. */
export type TerraformEvent = { readonly stack: string } & (
  | { readonly kind: "phase"; readonly phase: Phase }
  | {
      readonly kind: "resource";
      readonly address: string;
      readonly action: string;
      readonly state: "started" | "running" | "done" | "failed";
      /** Seconds so far. */
      readonly seconds: number;
    }
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic }
);

const STATES = {
  apply_start: "started",
  apply_progress: "running",
  apply_complete: "done",
  apply_errored: "failed",
  refresh_start: "started",
  refresh_complete: "done",
} as const;

/**
 * Reads one line of Terraform's machine-readable output. Lines that tell nothing of progress give `undefined`: new kinds
 * may come with any release.
 *
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export function parseEvent(stack: string, line: string): TerraformEvent | undefined {
  const value = parseJson(line);
  if (value === undefined) return undefined;
  const type = value["type"];
  if (type === "diagnostic") {
    const diagnostic = parseDiagnostic(value["diagnostic"]);
    // Follows from the provider mirror that we chose ourselves.
    if (diagnostic?.summary === "Incomplete lock file information for providers") return undefined;
    return diagnostic && { stack, kind: "diagnostic", diagnostic };
  }
  if (typeof type !== "string" || !(type in STATES)) return undefined;
  const hook = asRecord(value["hook"]);
  const address = asRecord(hook?.["resource"])?.["addr"];
  if (typeof address !== "string") return undefined;
  const action = hook?.["action"];
  const seconds = hook?.["elapsed_seconds"];
  return {
    stack,
    kind: "resource",
    address,
    action: typeof action === "string" ? action : "read",
    state: STATES[type as keyof typeof STATES],
    seconds: typeof seconds === "number" ? seconds : 0,
  };
}

function parseJson(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return asRecord(JSON.parse(line));
  } catch {
    // A line of a plugin or of the shell that only looks like ours.
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
