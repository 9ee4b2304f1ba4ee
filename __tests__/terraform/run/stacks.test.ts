import type { SynthesizedStack } from "../../../modules/app";
import { forEachStack } from "../../../terraform/run/stacks";

const stack = (owner: string): SynthesizedStack => ({
  name: `dev--${owner}`,
  kind: owner === "bootstrap" || owner === "platform" ? owner : "partner",
  environment: "dev",
  owner,
  directory: `/out/stacks/dev--${owner}`,
});
const STACKS = ["bootstrap", "platform", "acme", "beta", "gamma"].map(stack);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("work on stacks", () => {
  test("goes stage by stage and partners side by side", async () => {
    const log: string[] = [];
    const results = await forEachStack(STACKS, async ({ owner }) => {
      log.push(`+${owner}`);
      await nextTurn();
      log.push(`-${owner}`);
      return owner;
    });
    expect(log).toEqual(
      "+bootstrap -bootstrap +platform -platform +acme +beta -acme +gamma -beta -gamma".split(" "),
    );
    expect(results.map((result) => result.outcome === "done" && result.value)).toEqual(
      STACKS.map(({ owner }) => owner),
    );
  });

  test("goes backwards to destroy", async () => {
    const seen: string[] = [];
    const work = ({ owner }: SynthesizedStack): Promise<number> =>
      Promise.resolve(seen.push(owner));
    await forEachStack(STACKS, work, { reverse: true, parallel: 1 });
    expect(seen).toEqual(["acme", "beta", "gamma", "platform", "bootstrap"]);
  });

  test("lets the stage of a failure end and skips what builds on it", async () => {
    const error = new Error("no");
    const results = await forEachStack([...STACKS], ({ owner }) =>
      owner === "platform" ? Promise.reject(error) : Promise.resolve(owner),
    );
    const because = "dev--platform failed";
    expect(results.map(({ stack: { owner }, ...rest }) => ({ owner, ...rest }))).toEqual([
      { owner: "bootstrap", outcome: "done", value: "bootstrap" },
      { owner: "platform", outcome: "failed", error },
      { owner: "acme", outcome: "skipped", because },
      { owner: "beta", outcome: "skipped", because },
      { owner: "gamma", outcome: "skipped", because },
    ]);
  });

  test("one partner's failure does not stop the others", async () => {
    const results = await forEachStack(STACKS, ({ owner }) =>
      owner === "acme" ? Promise.reject(new Error("no")) : Promise.resolve(owner),
    );
    const outcomes = results.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["done", "done", "failed", "done", "done"]);
  });
});
