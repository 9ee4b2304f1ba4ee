import { RETRY_RULES_MAX, retryRules } from "../../../modules/batch/retry-strategy";
import { EXIT_CODES } from "../../../modules/contract";

const KINDS = ["ec2-spot-fallback", "ec2", "fargate", "fargate-spot"] as const;

describe.each(KINDS)("on %s", (kind) => {
  const rules = retryRules(kind);

  it("Batch takes the rules, and the last one ends what no other knows", () => {
    expect(rules.length).toBeLessThanOrEqual(RETRY_RULES_MAX);
    expect(rules.at(-1)).toEqual({ action: "EXIT", onReason: "*" });
    for (const { onReason, onStatusReason, onExitCode } of rules) {
      // What the provider takes.
      for (const text of [onReason, onStatusReason])
        if (text !== undefined) expect(text).toMatch(/^[0-9A-Za-z.:\s]*\*?$/u);
      if (onExitCode !== undefined) expect(onExitCode).toMatch(/^[0-9]*\*?$/u);
    }
  });

  it("the worker's codes are tried again as the table says", () => {
    const retried = rules.flatMap(({ onExitCode }) => onExitCode ?? []);
    const wanted = Object.values(EXIT_CODES).flatMap(({ code, onExit }) =>
      onExit === "retry" ? [String(code)] : [],
    );
    expect(retried.sort()).toEqual(wanted.sort());
  });

  it("a task that never started is tried again", () => {
    expect(rules).toContainEqual({ action: "RETRY", onStatusReason: "Task failed to start*" });
  });
});

test("the loss of a host is known by its own text", () => {
  const texts = (kind: (typeof KINDS)[number]): unknown[] =>
    retryRules(kind).flatMap(({ onStatusReason }) => onStatusReason ?? []);
  expect(texts("ec2")).toContain("Host EC2*");
  expect(texts("ec2-spot-fallback")).toContain("Host EC2*");
  expect(texts("fargate-spot")).toContain("Your Spot Task was interrupted*");
  expect(texts("fargate")).toEqual(["Task failed to start*"]);
});
