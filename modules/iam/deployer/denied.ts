import { ConfigError } from "../../core";
import { findAction } from "../catalog";
import { matches } from "../glob";
import type { DeployerNeed } from "./needs";

/** What AWS's refusal says. */
export interface DeniedMessage {
  readonly action: string;
  readonly resource: string | undefined;
  /** The kind of policy that denies it, where AWS tells of one; otherwise nothing allows it. */
  readonly explicit: string | undefined;
}

/**
 * Reads a refusal as AWS words it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 *
 * @throws ConfigError for a text that is none
 */
export function parseDenied(text: string): DeniedMessage {
  const flat = text.replace(/\s+/gu, " ");
  const action = /not authorized to perform:? ([\w-]+:\w+)/u.exec(flat)?.[1];
  if (action === undefined)
    throw new ConfigError(
      `--denied must hold what AWS answers, "... is not authorized to perform: <service>:<action> ...", got ${JSON.stringify(text.slice(0, 120))}; give the whole message${/encoded/iu.test(flat) ? ", decoded by: aws sts decode-authorization-message" : ""}`,
    );
  const found = findAction(action);
  return {
    action: found?.name ?? action,
    resource: /on resource: "?(arn:[^\s"]+|\*)/u.exec(flat)?.[1]?.replace(/[.,]$/u, ""),
    explicit: /with an explicit deny in an? ([\w -]+?)(?: \(|[.,:]|$)/u.exec(flat)?.[1],
  };
}

/** The needs that a refused request was for. */
export function needsBehind(
  { action, resource }: DeniedMessage,
  needs: readonly DeployerNeed[],
): DeployerNeed[] {
  return needs.filter(
    (need) =>
      need.action.toLowerCase() === action.toLowerCase() &&
      (resource === undefined || need.target.arns.some((arn) => matches(arn, resource))),
  );
}
