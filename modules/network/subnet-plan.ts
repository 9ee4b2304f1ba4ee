import { AssumptionError } from "../core";

/** Ranges of a created network. */
export interface SubnetPlan {
  /** One private range per zone: where jobs run. */
  readonly private: readonly string[];
  /** One small public range, for the NAT gateway alone. */
  readonly public: string;
}

/** Says why a range can not be a network's, or `undefined`. Continues the setting's path. */
export function cidrFault(cidr: string): string | undefined {
  const { base, octets, size } = parse(cidr);
  if (octets.every((octet) => octet <= 255) && base % 2 ** (32 - size) === 0) return undefined;
  return "must begin at a multiple of its size, e.g. 10.20.0.0/16";
}

/**
 * Divides a VPC's range: a quarter of it per zone for up to three zones, and the last quarter for the gateway; for a
 * fourth zone an eighth each.
 *
 * @param cidr - from /16 to /24
 * @param zones - 2 to 4
 */
export function subnetPlan(cidr: string, zones: number): SubnetPlan {
  const { base, size } = parse(cidr);
  if (cidrFault(cidr) !== undefined) throw new AssumptionError(`${cidr} is no range of a network`);
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

function parse(cidr: string): { base: number; octets: number[]; size: number } {
  const [address = "", bits = ""] = cidr.split("/");
  const octets = address.split(".").map(Number);
  return { base: octets.reduce((sum, octet) => sum * 256 + octet, 0), octets, size: Number(bits) };
}
