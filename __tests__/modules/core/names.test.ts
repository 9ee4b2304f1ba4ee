import fc from "fast-check";
import {
  ID_LIMITS,
  ID_PATTERN,
  idFault,
  Naming,
  partitionOf,
  shareIdentifier,
} from "../../../modules/core";

const naming = new Naming({
  prefix: "acme",
  environment: "prod",
  account: "111122223333",
  region: "eu-central-1",
});

/** Ids that the pattern allows, up to a length. */
const id = (max: number): fc.Arbitrary<string> =>
  fc
    .stringMatching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u)
    .filter((text) => text.length <= max && ID_PATTERN.test(text));

describe("names", () => {
  it("are made of prefix, environment, owner and thing", () => {
    expect(naming.name("role", "acme-eu", "job-fetch")).toBe("acme--prod--acme-eu--job-fetch");
    expect(naming.bucket("acme-eu", "landing")).toBe(
      `acme--prod--acme-eu--landing--${naming.hash8}`,
    );
    expect(naming.roleArn("acme-eu", "trigger")).toBe(
      "arn:aws:iam::111122223333:role/acme/prod/acme-eu/acme--prod--acme-eu--trigger",
    );
    expect(naming.jobDefinitionArn("acme-eu", "fetch")).toBe(
      "arn:aws:batch:eu-central-1:111122223333:job-definition/acme--prod--acme-eu--fetch",
    );
    expect(naming.logGroupArn("acme-eu", "jobs")).toBe(
      "arn:aws:logs:eu-central-1:111122223333:log-group:/acme/prod/acme-eu/jobs",
    );
    expect(naming.imageUri("worker")).toBe(
      "111122223333.dkr.ecr.eu-central-1.amazonaws.com/acme/prod/platform/worker",
    );
  });

  it("of one owner are never below the name of another", () => {
    fc.assert(
      fc.property(id(20), id(20), id(15), (a, b, thing) => {
        fc.pre(a !== b);
        // What a pattern `<own name>*` of partner a would match.
        const own = naming.name("batch", a, "");
        expect(naming.name("batch", b, thing).startsWith(own)).toBe(false);
        expect(`${naming.path(b)}role`.startsWith(naming.path(a))).toBe(false);
      }),
    );
  });

  it("of the longest ids fit every limit", () => {
    const longest = new Naming({
      prefix: "p".repeat(ID_LIMITS.prefix),
      environment: "e".repeat(ID_LIMITS.environment),
      account: "111122223333",
      region: "ap-northeast-2",
    });
    const partner = "a".repeat(ID_LIMITS.partner);
    expect(longest.name("role", partner, `exec-${"s".repeat(ID_LIMITS.step)}`)).toHaveLength(64);
    expect(longest.bucket(partner, "processed")).toHaveLength(63);
    expect(longest.name("schedule", partner, "t".repeat(20))).toHaveLength(64);
  });

  it("that are too long are an error, never shortened", () => {
    expect(() => naming.name("role", "acme", "x".repeat(60))).toThrow(
      `the role name "acme--prod--acme--${"x".repeat(60)}" has 78 characters, AWS takes 64; shorten the prefix, the environment id or the partner id`,
    );
  });

  it("know the partition of a region", () => {
    expect(["eu-central-1", "cn-north-1", "us-gov-west-1"].map(partitionOf)).toEqual([
      "aws",
      "aws-cn",
      "aws-us-gov",
    ]);
    const china = new Naming({ ...naming.scope, region: "cn-north-1" });
    expect(china.imageUri("worker")).toContain(".cn-north-1.amazonaws.com.cn/");
    expect(china.bucketArn("b")).toBe("arn:aws-cn:s3:::b");
  });

  it("differ by account and region where they are global", () => {
    const other = new Naming({ ...naming.scope, account: "444455556666" });
    expect(other.bucket("acme", "landing")).not.toBe(naming.bucket("acme", "landing"));
  });
});

describe("ids", () => {
  it.each([
    ["acme", undefined],
    ["acme-eu2", undefined],
    ["", "lower-case letters and digits"],
    ["Acme", "lower-case letters and digits"],
    ["acme--eu", "lower-case letters and digits"],
    ["-acme", "lower-case letters and digits"],
    ["acme-", "lower-case letters and digits"],
    ["2acme", "lower-case letters and digits"],
    ["acmé", "lower-case letters and digits"],
    ["a".repeat(20), undefined],
    ["a".repeat(21), "must have at most 20 characters, it has 21"],
    ["platform", "must not be one of platform, bootstrap"],
  ])("%j", (text, fault) => {
    if (fault === undefined) expect(idFault("partner", text)).toBeUndefined();
    else expect(idFault("partner", text)).toContain(fault);
  });
});

test("share identifiers are letters and digits and differ", () => {
  fc.assert(
    fc.property(id(20), id(20), (a, b) => {
      expect(shareIdentifier(a)).toMatch(/^p[0-9a-f]{16}$/u);
      expect(shareIdentifier(a) === shareIdentifier(b)).toBe(a === b);
    }),
  );
});
