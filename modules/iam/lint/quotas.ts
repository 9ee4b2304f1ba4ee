import { ConfigError } from "../../core";
import type { PolicyDocument, Statement } from "../policy-document";

/**
 * Longest policies in characters. White space does not count.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
export const POLICY_LIMITS = {
  /** A managed policy, also as a boundary. */
  managed: 6144,
  /** All inline policies of a role together: more of them hold no more. */
  inline: 10_240,
  /** The trust policy of a role; AWS raises it to 4,096 on request. */
  trust: 2048,
  /** Managed policies that a role may have; AWS raises it to 20 on request. */
  managedPerRole: 10,
} as const;

/** A text that is known only after apply counts for as much as the longest ARN that we refer to so. */
const UNKNOWN_TEXT = "x".repeat(128);

/** Characters of a policy as AWS counts them; blanks within texts count here too, AWS may not count them. */
export function policySize(document: PolicyDocument): number {
  return Array.from(JSON.stringify(document).replace(/\$\{[^}]*\}/gu, UNKNOWN_TEXT)).length;
}

/**
 * A character that AWS refuses in policies, or `undefined`.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
export function refusedCharacter(text: string): string | undefined {
  return /[^\t\n\r\u0020-\u00ff]/u.exec(text)?.[0];
}

/** A statement that does not fit into a policy even alone and in pieces. */
export class OversizedStatement extends ConfigError {
  constructor(
    readonly statement: Statement,
    readonly size: number,
    readonly limit: number,
  ) {
    super(
      `statement ${JSON.stringify(statement.Sid ?? "")} has ${String(size)} characters with one action on one resource, and AWS takes ${String(limit)}; shorten the ARN or its conditions`,
    );
  }
}

/**
 * Spreads statements over as few documents as need be, each within a limit, in the order given. A statement that is too
 * long by itself is cut by its resources, then by its actions; that changes nothing of what it says.
 *
 * @throws OversizedStatement
 */
export function splitPolicy(
  statements: readonly Statement[],
  limit: number = POLICY_LIMITS.managed,
): PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const piece of statements.flatMap((statement) => cut(statement, limit))) {
    const fitting = documents.find((all) => policySize(documentOf([...all, piece])) <= limit);
    if (fitting === undefined) documents.push([piece]);
    else fitting.push(piece);
  }
  return documents.map(documentOf);
}

function cut(statement: Statement, limit: number, whole = statement): Statement[] {
  const size = policySize(documentOf([statement]));
  if (size <= limit) return [statement];
  const halves = halve(statement, "Resource") ?? halve(statement, "Action");
  if (halves === undefined) throw new OversizedStatement(whole, size, limit);
  return halves.flatMap((half) => cut(half, limit, whole));
}

/** Two statements that say together what one said; the second gets a Sid of its own. */
function halve(statement: Statement, part: "Resource" | "Action"): Statement[] | undefined {
  const values = statement[part];
  if (!Array.isArray(values) || values.length < 2) return undefined;
  const middle = Math.ceil(values.length / 2);
  const { Sid } = statement;
  return [
    {
      ...statement,
      ...(Sid === undefined ? {} : { Sid: `${Sid}A` }),
      [part]: values.slice(0, middle),
    },
    {
      ...statement,
      ...(Sid === undefined ? {} : { Sid: `${Sid}B` }),
      [part]: values.slice(middle),
    },
  ];
}

const documentOf = (statements: readonly Statement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements,
});
