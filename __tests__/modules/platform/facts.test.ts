import { readFileSync } from "node:fs";
import path from "node:path";
import local from "../../../environments/local";
import { type EnvironmentInput, parseFacts } from "../../../modules/config";
import { factsFromOutput, fixedFacts, idleCost } from "../../../modules/platform";
import { PRICES } from "../../../modules/platform/prices";
import { testEnvironment } from "../../support/environment";

const file = path.resolve(__dirname, "../../../environments/local.facts.json");

test("the committed facts of the local environment are the made-up ones", () => {
  expect(parseFacts(JSON.parse(readFileSync(file, "utf8")), file)).toEqual(fixedFacts(local));
});

test("an output that lacks an id is told by its path", () => {
  const { fileSystemId, keys } = fixedFacts(local);
  expect(() => factsFromOutput(local, { fileSystemId, keys }, 7)).toThrow(
    `the output "facts" of local--platform.vpcId is missing`,
  );
});

describe("idle cost", () => {
  test("a NAT gateway is paid by the hour", () => {
    const cost = idleCost(local);
    if (!cost.priced) throw new Error(cost.reason);
    expect(cost.items.find(({ item }) => item === "NAT gateway")).toMatchObject({
      count: 1,
      monthly: 0.059 * 730,
      price: { asOf: "2026-10", source: "https://aws.amazon.com/vpc/pricing/" },
    });
    expect(cost.monthly).toBeCloseTo(0.059 * 730 + 0.005 * 730 + 3, 6);
  });

  test("interface endpoints are paid by service and zone", () => {
    const environment = testEnvironment({
      region: "us-east-1",
      network: {
        kind: "create",
        availabilityZones: ["us-east-1a", "us-east-1b"],
        egress: "endpoints",
      },
    });
    const cost = idleCost(environment);
    if (!cost.priced) throw new Error(cost.reason);
    expect(cost.items[0]).toMatchObject({ count: 18, monthly: 18 * 0.01 * 730 });
  });

  test("each key is paid by the month: the state's too, where its bucket is made", () => {
    const keys = (backend: EnvironmentInput["backend"]): number | undefined => {
      const cost = idleCost(testEnvironment({ region: "us-east-1", ...(backend && { backend }) }));
      return cost.priced
        ? cost.items.find(({ item }) => item === "encryption keys")?.monthly
        : undefined;
    };
    expect(keys(undefined)).toBe(4);
    expect(keys({ kind: "s3", bucket: "our-state" })).toBe(3);
    expect(keys({ kind: "local" })).toBe(3);
  });

  test("an existing network and idle pools cost nothing", () => {
    const cost = idleCost(
      testEnvironment({
        region: "us-east-1",
        backend: { kind: "local" },
        network: { kind: "existing", vpcId: "vpc-12345678", subnetIds: ["subnet-12345678"] },
      }),
    );
    if (!cost.priced) throw new Error(cost.reason);
    expect(cost.items.map(({ item, monthly }) => [item, monthly])).toEqual([
      ["encryption keys", 3],
      ["hosts of 2 compute environments", 0],
    ]);
    expect(cost.monthly).toBe(3);
  });

  test("every price says where and when it was read", () => {
    for (const prices of Object.values(PRICES))
      for (const { asOf, source, usd } of Object.values(prices)) {
        expect(asOf).toMatch(/^\d{4}-\d{2}$/u);
        expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z]+\/pricing\/$/u);
        expect(usd).toBeGreaterThanOrEqual(0);
      }
  });

  test("a region without prices says so", () => {
    expect(idleCost(testEnvironment())).toEqual({
      priced: false,
      reason: "prices of eu-central-1 are not known here; known are ap-northeast-2 and us-east-1",
    });
  });
});
