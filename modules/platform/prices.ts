/** A price with its source. */
export interface Price {
  /** USD. */
  readonly usd: number;
  /** Day or month of the reading. */
  readonly asOf: string;
  readonly source: string;
}

/** What is priced. */
export type PricedItem =
  "natGatewayHour" | "publicAddressHour" | "interfaceEndpointHour" | "keyMonth" | "idleHost";

const VPC = "https://aws.amazon.com/vpc/pricing/";
const PRIVATE_LINK = "https://aws.amazon.com/privatelink/pricing/";
const KMS = "https://aws.amazon.com/kms/pricing/";
const BATCH = "https://aws.amazon.com/batch/pricing/";

const everywhere = {
  publicAddressHour: { usd: 0.005, asOf: "2026-10", source: VPC },
  keyMonth: { usd: 1, asOf: "2026-10", source: KMS },
  // Pools shrink to nothing.
  idleHost: { usd: 0, asOf: "2026-10", source: BATCH },
} as const;

/** Prices by region. Prices change; each says when it was read. */
export const PRICES: Readonly<Record<string, Readonly<Record<PricedItem, Price>>>> = {
  "us-east-1": {
    ...everywhere,
    natGatewayHour: { usd: 0.045, asOf: "2026-10", source: VPC },
    interfaceEndpointHour: { usd: 0.01, asOf: "2026-10", source: PRIVATE_LINK },
  },
  "ap-northeast-2": {
    ...everywhere,
    natGatewayHour: { usd: 0.059, asOf: "2026-10", source: VPC },
    interfaceEndpointHour: { usd: 0.013, asOf: "2026-10", source: PRIVATE_LINK },
  },
};

/** Regions with prices. */
export const PRICED_REGIONS = Object.keys(PRICES).sort();
