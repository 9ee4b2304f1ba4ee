import { readFileSync } from "node:fs";
import path from "node:path";
import local from "../../../environments/local";
import { parseFacts } from "../../../modules/config";
import { factsFromOutput, fixedFacts, idleCost } from "../../../modules/platform";
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
    expect(cost.items[0]).toMatchObject({ count: 20, monthly: 20 * 0.01 * 730 });
  });

  test("a region without prices says so", () => {
    expect(idleCost(testEnvironment())).toEqual({
      priced: false,
      reason: "prices of eu-central-1 are not known here; known are ap-northeast-2 and us-east-1",
    });
  });
});
