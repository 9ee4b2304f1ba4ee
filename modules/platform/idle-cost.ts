import { POOL_CAPACITIES } from "../batch/compute-pool";
import type { Environment } from "../config";
import { INTERFACE_ENDPOINTS } from "../network";
import { PRICES, type Price, type PricedItem, PRICED_REGIONS } from "./prices";

/** Something that is paid for while nothing happens. */
export interface IdleCostItem {
  readonly item: string;
  readonly count: number;
  /** USD for one, per month of 730 hours. */
  readonly unitPrice: number;
  /** USD. */
  readonly monthly: number;
  /** Where and when the price was read. */
  readonly price: Price;
}

/** What an environment costs per month while nothing happens. */
export type IdleCost =
  | { readonly priced: true; readonly items: readonly IdleCostItem[]; readonly monthly: number }
  | { readonly priced: false; readonly reason: string };

const HOURS_PER_MONTH = 730;

/**
 * The idle cost of an environment, bootstrap and platform, in USD per month: what is paid by the hour or month whether there are orders or not. Pools,
 * queues, functions, buckets and staging cost nothing while they are empty.
 */
export function idleCost(environment: Environment): IdleCost {
  const prices = PRICES[environment.region];
  if (prices === undefined)
    return {
      priced: false,
      reason: `prices of ${environment.region} are not known here; known are ${PRICED_REGIONS.join(" and ")}`,
    };
  const items = idleItems(environment).map(({ item, key, count, hours }) => {
    const price = prices[key];
    const unitPrice = price.usd * hours;
    return { item, count, unitPrice, monthly: unitPrice * count, price };
  });
  return { priced: true, items, monthly: items.reduce((sum, { monthly }) => sum + monthly, 0) };
}

function idleItems(environment: Environment): readonly {
  readonly item: string;
  readonly key: PricedItem;
  readonly count: number;
  readonly hours: number;
}[] {
  const { network } = environment;
  const zones = network.kind === "create" ? network.availabilityZones.length : 0;
  const egress = network.kind === "create" ? network.egress : undefined;
  return [
    ...(egress === "nat"
      ? [
          { item: "NAT gateway", key: "natGatewayHour", count: 1, hours: HOURS_PER_MONTH } as const,
          {
            item: "its public address",
            key: "publicAddressHour",
            count: 1,
            hours: HOURS_PER_MONTH,
          } as const,
        ]
      : []),
    ...(egress === "endpoints"
      ? [
          {
            item: `interface endpoints (${String(INTERFACE_ENDPOINTS.length)} services in ${String(zones)} zones)`,
            key: "interfaceEndpointHour",
            count: INTERFACE_ENDPOINTS.length * zones,
            hours: HOURS_PER_MONTH,
          } as const,
        ]
      : []),
    { item: "encryption keys", key: "keyMonth", count: keys(environment), hours: 1 },
    {
      item: `hosts of ${String(Object.values(environment.pools).flatMap((pool) => POOL_CAPACITIES[pool.kind]).length)} compute environments`,
      key: "idleHost",
      count: 0,
      hours: 1,
    },
  ];
}

/** Data, alerts and scratch; and state, where the bootstrap stack makes its bucket. */
function keys({ backend }: Environment): number {
  return backend.kind === "s3" && backend.bucket === undefined ? 4 : 3;
}
