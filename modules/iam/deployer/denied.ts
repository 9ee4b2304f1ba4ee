import { ConfigError } from "../../core";
import { findAction } from "../catalog";
import { matches } from "../glob";
import { actionOf } from "./actions";
import type { DeployerNeed } from "./needs";

/** What AWS's refusal says. */
export interface DeniedMessage {
  readonly action: string;
  readonly resource: string | undefined;
  /** The kind of policy that denies it, and its ARN where AWS tells it; otherwise nothing allows it. */
  readonly explicit: string | undefined;
  /** The kind of policy that does not allow it, where AWS tells. */
  readonly lacks: string | undefined;
}

/**
 * Reads a refusal as AWS words it: the message of a service, what Terraform makes of it, or what
 * `aws sts decode-authorization-message` prints of an encoded one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 *
 * @throws ConfigError for a text that is none
 */
export function parseDenied(text: string): DeniedMessage {
  const decoded = parseDecoded(text);
  if (decoded !== undefined) return decoded;
  const flat = text.replace(/\s+/gu, " ");
  const action = /not authorized to perform:? ([\w-]+:\w+)/u.exec(flat)?.[1] ?? calledAction(flat);
  if (action === undefined) throw unreadable(text, flat);
  return {
    action: nameOf(action),
    resource: /on (?:the )?resource: "?(arn:[^\s"]+|\*)/u.exec(flat)?.[1]?.replace(/[.,]$/u, ""),
    explicit:
      /with an explicit deny in an? ([\w -]+?(?:: arn:[^\s,]+)?)(?: \(|[.,:;](?:\s|$)|$)/u.exec(
        flat,
      )?.[1],
    lacks: /because no ([\w -]+?) allows the /u.exec(flat)?.[1],
  };
}

/** Some services say "Access Denied" and nothing else; Terraform tells the operation before it. */
function calledAction(flat: string): string | undefined {
  const [, service = "", operation = ""] =
    /operation error ([\w ]+): (\w+),.*(?:Access ?Denied|Unauthorized|Forbidden)/u.exec(flat) ?? [];
  if (operation === "") return undefined;
  try {
    return actionOf(`${service}.${operation}`);
  } catch {
    // An operation of a service that no stack of ours has.
    return undefined;
  }
}

const nameOf = (action: string): string => findAction(action)?.name ?? action;

interface Decoded {
  readonly explicitDeny?: boolean;
  readonly context?: { readonly action?: string; readonly resource?: string };
}

/** What decoding prints: the message as JSON, or that inside the answer's own. */
function parseDecoded(text: string): DeniedMessage | undefined {
  const start = text.indexOf("{");
  if (start < 0) return undefined;
  try {
    const outer = JSON.parse(text.slice(start)) as { DecodedMessage?: string } & Decoded;
    const { context, explicitDeny } =
      outer.DecodedMessage === undefined ? outer : (JSON.parse(outer.DecodedMessage) as Decoded);
    if (context?.action === undefined) return undefined;
    return {
      action: nameOf(context.action),
      resource: context.resource,
      // Which policy it is stands in the statement, not in a word for its kind.
      explicit:
        explicitDeny === true ? "policy that the message names in matchedStatements" : undefined,
      lacks: undefined,
    };
  } catch {
    return undefined;
  }
}

const unreadable = (text: string, flat: string): ConfigError =>
  new ConfigError(
    `--denied must hold what AWS answers, "... is not authorized to perform: <service>:<action> ...", got ${JSON.stringify(text.slice(0, 120))}; ${
      /encoded/iu.test(flat)
        ? "the reason is encoded: give what this prints, aws sts decode-authorization-message --encoded-message <message>"
        : "give the whole message"
    }`,
  );

/** The needs that a refused request was for. */
export function needsBehind(
  { action, resource }: DeniedMessage,
  needs: readonly DeployerNeed[],
): DeployerNeed[] {
  return needs.filter(
    (need) =>
      need.action.toLowerCase() === action.toLowerCase() &&
      (resource === undefined ||
        // Of what takes no resource AWS tells "*", or the ARN that it would have had.
        resource === "*" ||
        need.target.arns.some((arn) => arn === "*" || matches(arn, resource))),
  );
}
