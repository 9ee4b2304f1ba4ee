import { UnsupportedConstruct } from "./unsupported";
import type { Caller, StatementRef } from "./world";

/** Whom a statement of a resource's policy is about. */
export type PrincipalPattern =
  | { readonly kind: "anyone" }
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "arn"; readonly arn: string }
  | { readonly kind: "service"; readonly service: string }
  | { readonly kind: "federated"; readonly provider: string };

/**
 * How a statement names a caller. `direct` is a permission by itself; `account` leaves it to the policies of the account;
 * `anyone` is everybody.
 */
export type NamedAs = "direct" | "account" | "anyone";

/**
 * Reads the `Principal` of a statement.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function parsePrincipals(principal: unknown, ref: StatementRef): PrincipalPattern[] {
  if (principal === "*") return [{ kind: "anyone" }];
  if (typeof principal !== "object" || principal === null || Array.isArray(principal))
    return refuse(principal, ref);
  return Object.entries(principal).flatMap(([kind, given]: [string, unknown]) =>
    (Array.isArray(given) ? (given as unknown[]) : [given]).map((one) => {
      if (typeof one !== "string") return refuse(principal, ref);
      return parseOne(kind, one) ?? refuse({ [kind]: one }, ref);
    }),
  );
}

function parseOne(kind: string, text: string): PrincipalPattern | undefined {
  if (kind === "AWS") {
    if (text === "*") return { kind: "anyone" };
    const account = /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/u.exec(text)?.[1];
    if (account !== undefined) return { kind: "account", account };
    // A session or a pattern: none of them is ours. A user is named where the glass is broken.
    return /^arn:[\w-]+:iam::\d{12}:(?:role|user)\/[^*?]+$/u.test(text)
      ? { kind: "arn", arn: text }
      : undefined;
  }
  if (/[*?]/u.test(text)) return undefined;
  if (kind === "Service") return { kind: "service", service: text };
  return kind === "Federated" ? { kind: "federated", provider: text } : undefined;
}

function refuse(principal: unknown, { layer, policy, statement }: StatementRef): never {
  throw new UnsupportedConstruct(
    `the ${layer} policy ${JSON.stringify(policy)}, statement ${JSON.stringify(statement)}, has the principal ${JSON.stringify(principal)}; name roles, users, accounts, services or identity providers`,
  );
}

/** How principals name a caller, the widest first, or `undefined` where they do not. */
export function namedAs(
  principals: readonly PrincipalPattern[],
  caller: Caller,
): NamedAs | undefined {
  const found = principals.map((principal) => namesAs(principal, caller));
  return widest(found);
}

/** The widest of several ways; what a boundary does to `anyone` is not documented, and no `direct` may hide that. */
export function widest(ways: readonly (NamedAs | undefined)[]): NamedAs | undefined {
  return (["anyone", "direct", "account"] as const).find((way) => ways.includes(way));
}

function namesAs(principal: PrincipalPattern, caller: Caller): NamedAs | undefined {
  switch (principal.kind) {
    case "anyone":
      // Roles, anonymous callers, and services too: that is why a Deny for everybody meets them.
      return "anyone";
    case "account":
      return accountOf(caller) === principal.account ? "account" : undefined;
    case "arn":
      return "arn" in caller && caller.arn === principal.arn ? "direct" : undefined;
    case "service":
      return caller.kind === "service" && caller.service === principal.service
        ? "direct"
        : undefined;
    case "federated":
      return caller.kind === "federated" && caller.provider === principal.provider
        ? "direct"
        : undefined;
  }
}

/** The account that a caller belongs to; services and anonymous callers have none. */
export function accountOf(caller: Caller): string | undefined {
  if (caller.kind === "role" || caller.kind === "outsider") return caller.arn.split(":")[4];
  return caller.kind === "federated" ? caller.provider.split(":")[4] : undefined;
}
