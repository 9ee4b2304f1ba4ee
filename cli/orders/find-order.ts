import { claimKey, type ClaimRecord, ORDER_KEY_PATTERN, orderKey } from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import { allKeys, attemptsOf, parseKey } from "../../modules/ledger";
import { type PartnerCloud } from "./cloud";

/** An order that is in the ledger. */
export interface FoundOrder {
  readonly orderKey: string;
  /** Ascending. */
  readonly attempts: readonly number[];
}

/**
 * Finds an order by its key or by what people call it. Several orders may be called alike: a file that was delivered
 * twice under one name.
 */
export async function findOrder(cloud: PartnerCloud, order: string): Promise<FoundOrder> {
  const { partner, ledger } = cloud;
  if (ORDER_KEY_PATTERN.test(order)) {
    const attempts = await attemptsOf(ledger, partner, order);
    if (attempts.length > 0) return { orderKey: order, attempts };
  }
  const keys = await keysOfId(cloud, order);
  const [only, ...more] = keys;
  if (only === undefined) {
    const alike = await keysAlike(cloud, order);
    throw new ConfigError(
      `${JSON.stringify(order)} is no order of ${partner} in the ledger; ${alike.length === 0 ? "" : `alike are ${alike.join(", ")}; `}orders list --since 7d tells those of the last days`,
    );
  }
  if (more.length > 0)
    throw new ConfigError(
      `${JSON.stringify(order)} names ${String(keys.length)} orders of ${partner}; give the key of one: ${keys.join(", ")}`,
    );
  return { orderKey: only, attempts: await attemptsOf(ledger, partner, only) };
}

/** Keys that are told of when nothing is found, at most. */
const ALIKE = 3;

/** Keys that begin like an order: what a typo leaves. One request. */
async function keysAlike({ partner, ledger }: PartnerCloud, order: string): Promise<string[]> {
  const slug = orderKey(order, { kind: "manual", orderId: order }).slice(0, -13);
  const beginning = slug.slice(0, Math.ceil((slug.length * 2) / 3));
  const { keys } = await ledger.list(`${partner}/runs/${beginning}`);
  const found = keys.flatMap((key) => {
    const parsed = parseKey(key);
    return parsed !== undefined && "run" in parsed ? [parsed.run.orderKey] : [];
  });
  return [...new Set(found)].slice(0, ALIKE);
}

/** Keys of the orders that are called so. They begin alike, so that no others are listed. */
async function keysOfId({ partner, ledger }: PartnerCloud, orderId: string): Promise<string[]> {
  // All but the hash of the source depends on the id alone.
  const slug = orderKey(orderId, { kind: "manual", orderId }).slice(0, -12);
  const found = new Set<string>();
  for (const key of await allKeys(ledger, `${partner}/runs/${slug}`)) {
    const parsed = parseKey(key);
    if (parsed?.kind !== "claim" || found.has(parsed.run.orderKey)) continue;
    if (parsed.run.orderKey.length !== slug.length + 12) continue;
    const body = await ledger.get(claimKey(parsed.run));
    if (body !== undefined && (JSON.parse(body) as ClaimRecord).orderId === orderId)
      found.add(parsed.run.orderKey);
  }
  return [...found].sort();
}
