import { maskedChange, SENSITIVE, UNKNOWN } from "../../../terraform/plan/masking";
import {
  parsePlan,
  type PlanAction,
  type PlanChange,
  type PlanJson,
  type ResourceChange,
} from "../../../terraform/plan/plan-json";
import { changesResources, outcomeOf, summarize } from "../../../terraform/plan/summary";
import { plannedPolicies, unknownPolicies } from "../../../terraform/plan/unknown-policies";

function resource(
  address: string,
  actions: readonly PlanAction[],
  change: Partial<PlanChange> = {},
  rest: Partial<ResourceChange> = {},
): ResourceChange {
  const [type = "", name = ""] = address.split(".");
  return {
    address,
    mode: "managed",
    type,
    name,
    change: { actions, before: null, after: {}, ...change },
    ...rest,
  };
}

describe("the format", () => {
  test("of version 1 and of its beta is read, with unknown keys", () => {
    expect(parsePlan(`{"format_version":"1.2","new":1}`).format_version).toBe("1.2");
    expect(parsePlan(`{"format_version":"0.1"}`).format_version).toBe("0.1");
  });

  test("of another version is refused", () => {
    expect(() => parsePlan(`{"format_version":"2.0"}`)).toThrow(
      `the plan's format must be of version 1, got "2.0"; use a Terraform that this release knows`,
    );
  });
});

describe("the summary", () => {
  test.each([
    [["create", "delete"], "replace"],
    [["delete", "create"], "replace"],
    [["delete"], "delete"],
    [["forget"], "forget"],
    [["create"], "create"],
    [["update"], "update"],
    [["read"], "read"],
    [["no-op"], "no-op"],
  ] as const)("of %j is %s", (actions, outcome) => {
    expect(outcomeOf(resource("a.b", actions))).toBe(outcome);
  });

  test("tells moved and imported resources", () => {
    const moved = resource("a.b", ["no-op"], {}, { previous_address: "a.old" });
    expect(outcomeOf(moved)).toBe("move");
    expect(outcomeOf(resource("a.b", ["no-op"], { importing: { id: "x" } }))).toBe("import");
    const same = resource("a.b", ["no-op"], {}, { previous_address: "a.b" });
    expect(outcomeOf(same)).toBe("no-op");
  });

  test("sorts addresses and tells what forces a replacement", () => {
    const plan: PlanJson = {
      format_version: "1.2",
      resource_changes: [
        resource("z.b", ["create"]),
        resource("a.b", ["create"]),
        resource("m.b", ["delete", "create"], {
          replace_paths: [["compute_resources", 0, "type"], ["name"]],
        }),
        resource("k.b", ["no-op"], {}, { previous_address: "k.a" }),
      ],
      resource_drift: [resource("d.b", ["update"])],
      output_changes: {
        kept: { actions: ["no-op"], before: null, after: null },
        new: { actions: ["create"], before: null, after: null },
      },
    };
    expect(summarize(plan)).toEqual({
      create: ["a.b", "z.b"],
      update: [],
      replace: [{ address: "m.b", because: ["compute_resources.0.type", "name"] }],
      delete: [],
      forget: [],
      import: [],
      move: [{ from: "k.a", to: "k.b" }],
      read: [],
      noOp: [],
      drift: ["d.b"],
      outputs: ["new"],
    });
  });

  test("of reads and unchanged resources says that nothing changes", () => {
    const unchanged = [resource("a.b", ["no-op"]), resource("data.c.d", ["read"])];
    expect(
      changesResources(summarize({ format_version: "1.2", resource_changes: unchanged })),
    ).toBe(false);
    const forgotten = [resource("a.b", ["forget"])];
    expect(
      changesResources(summarize({ format_version: "1.2", resource_changes: forgotten })),
    ).toBe(true);
  });
});

describe("policy documents", () => {
  const configured = (...addresses: string[]): NonNullable<PlanJson["configuration"]> => ({
    root_module: {
      resources: addresses.map((address) => ({
        address,
        type: address.split(".")[0] ?? "",
        expressions: { policy: {}, assume_role_policy: {} },
      })),
    },
  });

  test("are known, or only known after apply", () => {
    const plan: PlanJson = {
      format_version: "1.2",
      resource_changes: [
        resource("aws_s3_bucket_policy.b", ["create"], { after_unknown: { policy: true } }),
        resource("aws_iam_role.a[0]", ["create"], { after: { assume_role_policy: "{}" } }),
        resource("aws_s3_bucket.c", ["create"]),
      ],
      configuration: configured("aws_s3_bucket_policy.b", "aws_iam_role.a", "aws_s3_bucket.c"),
    };
    const known = {
      address: "aws_iam_role.a[0]",
      type: "aws_iam_role",
      attribute: "assume_role_policy",
      document: "{}",
    };
    const unknown = {
      address: "aws_s3_bucket_policy.b",
      type: "aws_s3_bucket_policy",
      attribute: "policy",
      document: undefined,
    };
    expect(plannedPolicies(plan)).toEqual([known, unknown]);
    expect(unknownPolicies(plan)).toEqual([unknown]);
  });

  test("that AWS fills in, or that are destroyed, are none of ours", () => {
    const plan: PlanJson = {
      format_version: "1.2",
      resource_changes: [
        resource("aws_kms_key.default", ["create"], { after_unknown: { policy: true } }),
        resource("aws_kms_key.gone", ["delete"], { after: null }),
      ],
      configuration: configured("aws_kms_key.gone"),
    };
    expect(plannedPolicies(plan)).toEqual([]);
  });
});

describe("masking", () => {
  test("leaves out sensitive values and marks unknown ones, however deep", () => {
    const masked = maskedChange(
      resource("a.b", ["update"], {
        before: { token: "old", list: [{ key: "k", open: 1 }], tags: null },
        after: { token: "new", list: [{ key: "l", open: 2 }], tags: null },
        before_sensitive: { token: true, list: [{ key: true }], tags: {} },
        after_sensitive: { token: true, list: true, tags: {} },
        after_unknown: { arn: true, list: [{}] },
      }),
    );
    expect(masked.change).toEqual({
      actions: ["update"],
      before: { token: SENSITIVE, list: [{ key: SENSITIVE, open: 1 }], tags: null },
      after: { token: SENSITIVE, list: SENSITIVE, tags: null, arn: UNKNOWN },
    });
    expect(JSON.stringify(masked)).not.toMatch(/old|new|"k"|"l"/u);
  });

  test("tells what is both unknown and sensitive as sensitive", () => {
    const masked = maskedChange(
      resource("a.b", ["create"], {
        after_unknown: { secret: true },
        after_sensitive: { secret: true },
      }),
    );
    expect(masked.change.after).toEqual({ secret: SENSITIVE });
  });

  test("keeps nothing of a created resource's missing past", () => {
    expect(maskedChange(resource("a.b", ["create"], { before_sensitive: false })).change).toEqual({
      actions: ["create"],
      before: null,
      after: {},
    });
  });
});
