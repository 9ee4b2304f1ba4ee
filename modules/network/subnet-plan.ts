import { ConfigError } from "../core";

/** Ranges of a created network. */
export interface SubnetPlan {
  /** One private range per zone: where jobs run. */
  readonly private: readonly string[];
  /** One small public range, for the NAT gateway alone. */
  readonly public: string;
}

/**
 * Divides a VPC's range: a quarter of it per zone for up to three zones, and the last quarter for the gateway; for a
 * fourth zone an eighth each.
 *
 * @param cidr - from /16 to /24
 * @param zones - 2 to 4
 */
export function subnetPlan(cidr: string, zones: number): SubnetPlan {
  const [address = "", bits = ""] = cidr.split("/");
  const size = Number(bits);
  const octets = address.split(".").map(Number);
  const base = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (octets.some((octet) => octet > 255) || base % 2 ** (32 - size) !== 0)
    throw new ConfigError(
      `network.cidr must begin at a multiple of its size, got ${JSON.stringify(cidr)}; e.g. 10.20.0.0/16`,
    );
  const step = zones > 3 ? 3 : 2;
  const block = (index: number, length: number): string =>
    `${dotted(base + index * 2 ** (32 - size - step))}/${String(length)}`;
  return {
    private: Array.from({ length: zones }, (_, index) => block(index, size + step)),
    // 16 addresses are the least that AWS gives a subnet.
    public: block(2 ** step - 1, 28),
  };
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.floor(value / 2 ** shift) % 256)).join(".");
}
