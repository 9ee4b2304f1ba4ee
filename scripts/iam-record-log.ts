import { existsSync, readFileSync, rmSync } from "node:fs";
import type { RecordedStep } from "../modules/iam/deployer/recording";

/** A call as Terraform's log tells it. Holds secrets: it is reduced at once and never written. */
export interface RawCall {
  readonly step: RecordedStep | "apply";
  readonly type: string;
  readonly service: string;
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

const STEPS: Readonly<Record<string, RawCall["step"]>> = {
  ApplyResourceChange: "apply",
  ConfigureProvider: "configure",
};

/** Reads the calls from a log that Terraform wrote with `TF_LOG=JSON`, and deletes it. */
export function takeCalls(logFile: string): RawCall[] {
  if (!existsSync(logFile)) return [];
  const lines = readFileSync(logFile, "utf8").split("\n");
  rmSync(logFile);
  return lines.flatMap((line) => {
    if (!/HTTP Request Sent/u.test(line)) return [];
    // A line that was too long stands as text within another one.
    if (/"@message":"\{\\?"/u.test(line))
      throw new Error(`a request is too long for Terraform's log: ${line.slice(0, 400)}`);
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const text = (key: string): string => (typeof entry[key] === "string" ? entry[key] : "");
    // The provider sends again what the emulator answered with an error.
    if (Number(entry["http.resend_count"] ?? 0) > 0) return [];
    return [
      {
        step: STEPS[text("tf_rpc")] ?? "read",
        type: text("tf_resource_type") || text("tf_data_source_type") || "provider",
        service: text("rpc.service"),
        operation: text("rpc.method"),
        method: text("http.method"),
        url: text("http.url"),
        body: text("http.request.body")
          .replace(/\n\[truncated\.\.\.\]$/u, "")
          .trim(),
      },
    ];
  });
}
