/** A fault or warning as Terraform's JSON output tells it. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** Address of the resource, where there is one. */
  readonly address?: string | undefined;
}

/** Reads a diagnostic of Terraform's JSON; `undefined` for anything else. */
export function parseDiagnostic(value: unknown): Diagnostic | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { severity, summary, detail, address, snippet } = value as Record<string, unknown>;
  if ((severity !== "error" && severity !== "warning") || typeof summary !== "string")
    return undefined;
  return {
    severity,
    summary,
    detail: typeof detail === "string" ? detail : "",
    ...(typeof address === "string" ? { address } : addressIn(snippet)),
  };
}

/** A fault of the configuration names the block that it is in, `resource.<type>.<name>`, in place of an address. */
function addressIn(snippet: unknown): { address?: string } {
  const context = (snippet as { context?: unknown } | null | undefined)?.context;
  const block = typeof context === "string" ? /^resource\.(\w+\.[\w-]+)/u.exec(context) : null;
  return block?.[1] === undefined ? {} : { address: block[1] };
}

/** Terraform could not do what it was asked to. The message names the stack and tells every error. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";

  constructor(
    readonly stackName: string,
    readonly command: string,
    readonly diagnostics: readonly Diagnostic[],
    fallback = "",
  ) {
    super(message(stackName, command, diagnostics, fallback));
  }
}

function message(
  stack: string,
  command: string,
  diagnostics: readonly Diagnostic[],
  fallback: string,
): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(diagnosticText);
  const told = errors.length > 0 ? errors : [fallback.trim()];
  const lines = told.flatMap((text) => text.split("\n")).map((line) => `  ${line}`.trimEnd());
  return [`terraform ${command} of stack ${JSON.stringify(stack)} failed:`, ...lines].join("\n");
}

/** A diagnostic as text: address, what is wrong, why. */
export function diagnosticText(diagnostic: Diagnostic): string {
  const { address, summary, detail } = diagnostic;
  const head = address === undefined ? summary : `${address}: ${summary}`;
  // The AWS provider repeats itself: its summary is often the beginning of the detail.
  const rest = detail === summary ? "" : detail.trim();
  return rest === "" ? head : `${head}\n${rest}`;
}
