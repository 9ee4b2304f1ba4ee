import { defineEnvironment, type EnvironmentInput } from "../../../modules/config";
import { testEnvironment } from "../../support/environment";
import { messageOf } from "../../support/partner";

const message = (changes: Record<string, unknown>): string =>
  messageOf(() => testEnvironment(changes));

describe("an environment", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "with a bad id",
      { id: "Prod" },
      `environments/Prod.id must be lower-case letters and digits in words joined by single hyphens, beginning with a letter, got "Prod"`,
    ],
    [
      "with an id that is too long",
      { id: "production-eu" },
      `environments/production-eu.id must have at most 12 characters, it has 13, got "production-eu"`,
    ],
    [
      "with a prefix that is too long",
      { prefix: "company" },
      `environments/test.prefix must have at most 6 characters, it has 7, got "company"`,
    ],
    [
      "with a bad account",
      { account: "1234" },
      `environments/test.account must have 12 digits, got "1234"`,
    ],
    [
      "with an account that is a number",
      { account: 123456789012 },
      "environments/test.account must be a text, got 123456789012",
    ],
    [
      "with a bad region",
      { region: "Frankfurt" },
      `environments/test.region must be an AWS region, e.g. ap-northeast-2, got "Frankfurt"`,
    ],
    [
      "with an unknown provider",
      { awsProvider: "4" },
      `environments/test.awsProvider must be "6" or "5.100", got "4"`,
    ],
    [
      "with a bad address",
      { alerts: { emails: ["ops"] } },
      `environments/test.alerts.emails[0] must be an e-mail address, got "ops"`,
    ],
    [
      "with a range that is none",
      {
        network: {
          kind: "create",
          cidr: "10.0.0.0/8",
          availabilityZones: ["a", "b"],
          egress: "nat",
        },
      },
      `environments/test.network.cidr must be an IPv4 range from /16 to /24, e.g. 10.20.0.0/16, got "10.0.0.0/8"`,
    ],
    [
      "with a VPC that is none",
      { network: { kind: "existing", vpcId: "my-vpc", subnetIds: ["subnet-0123456789abcdef0"] } },
      `environments/test.network.vpcId must be the id of a VPC, vpc-..., got "my-vpc"`,
    ],
    [
      "without the base image",
      { images: ["teleport"] },
      `environments/test.images must hold "worker", which all others build on, got a list of 1`,
    ],
    [
      "with a bad pool name",
      { pools: { Big: {} } },
      "environments/test.pools.Big has a name that must be lower-case letters and digits in words joined by single hyphens, beginning with a letter",
    ],
    [
      "with families on Fargate",
      { pools: { serverless: { kind: "fargate", families: ["m5"] } } },
      "environments/test.pools.serverless.families has no meaning for Fargate; remove it, got a list of 1",
    ],
    [
      "that is offline and not disposable",
      { offline: true },
      "environments/test.disposable must be true where offline is true: nothing of value can be there, got nothing",
    ],
    [
      "with a retention that CloudWatch does not take",
      { logRetentionDays: 10 },
      "environments/test.logRetentionDays must be 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731, got 10",
    ],
  ])("%s", (_, changes, expected) => {
    expect(message(changes)).toBe(expected);
  });

  it("is told when there are no settings at all", () => {
    expect(messageOf(() => defineEnvironment(undefined as unknown as EnvironmentInput))).toMatch(
      /^environments\/\? is missing, it must be an object with id, account, region, prefix, network, pools; add it$/u,
    );
  });

  it("has defaults that cost nothing and lose nothing", () => {
    const { awsProvider, disposable, offline, images, backend, boundary, tags } = testEnvironment();
    expect({ awsProvider, disposable, offline, images, backend, boundary, tags }).toEqual({
      awsProvider: "5.100",
      disposable: false,
      offline: false,
      images: ["worker"],
      backend: { kind: "s3" },
      boundary: { kind: "create", allow: {} },
      tags: {},
    });
  });
});
