import fc from "fast-check";
import { cidrFault, subnetPlan } from "../../../modules/network/subnet-plan";

const range = (cidr: string): [number, number] => {
  const [address = "", bits = "32"] = cidr.split("/");
  const start = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return [start, start + 2 ** (32 - Number(bits))];
};

test("a /16 over two zones", () => {
  expect(subnetPlan("10.20.0.0/16", 2)).toEqual({
    private: ["10.20.0.0/18", "10.20.64.0/18"],
    public: "10.20.192.0/28",
  });
});

test("ranges lie within the VPC and apart from each other", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 24 }),
      fc.integer({ min: 2, max: 4 }),
      fc.nat(250),
      (bits, zones, octet) => {
        const cidr = `10.${String(octet)}.0.0/${String(bits)}`;
        const [first, end] = range(cidr);
        const plan = subnetPlan(cidr, zones);
        const parts = [...plan.private, plan.public].map(range).sort((a, b) => a[0] - b[0]);
        expect(parts).toHaveLength(zones + 1);
        parts.forEach(([start, stop], index) => {
          expect(start).toBeGreaterThanOrEqual(
            index === 0 ? first : (parts[index - 1]?.[1] ?? Infinity),
          );
          expect(stop).toBeLessThanOrEqual(end);
        });
      },
    ),
  );
});

test("says when a range can not be a network's", () => {
  const fault = "must begin at a multiple of its size, e.g. 10.20.0.0/16";
  expect(cidrFault("10.20.1.0/16")).toBe(fault);
  expect(cidrFault("10.300.0.0/16")).toBe(fault);
  expect(cidrFault("10.20.0.0/16")).toBeUndefined();
});
