import { reconcile } from "../../../functions/reconcile/reconcile";
import { jsonLog } from "../../../functions/runs-core/log";
import type { PlatformInvocation } from "../../../functions/runs-core/platform";
import { currentSpecKey, specJson } from "../../../modules/contract";
import { SPEC } from "../trigger/support/fixtures";

const NOW = Date.parse("2026-03-01T00:00:00Z");

/** A pass over one partner without runs, and the line that it ends with. */
async function pass(
  spec: string,
): Promise<{ faults: readonly string[]; line: Record<string, unknown> }> {
  const lines: string[] = [];
  const inv = {
    clock: { now: () => NOW },
    deadline: NOW + 60_000,
    environment: "test",
    log: jsonLog(
      (line) => lines.push(line),
      () => NOW,
    ),
    ledger: {
      find: (key: string) =>
        Promise.resolve(
          key === currentSpecKey(SPEC.partner) ? { body: spec, etag: "1" } : undefined,
        ),
      list: () => Promise.resolve({ keys: [] }),
    },
  } as unknown as PlatformInvocation;
  const { faults } = await reconcile(inv, [SPEC.partner], [() => Promise.resolve([])]);
  return { faults, line: JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown> };
}

test("a pass that could look after all counts no fault", async () => {
  const { faults, line } = await pass(specJson(SPEC));
  expect(faults).toEqual([]);
  expect(line).toMatchObject({ event: "reconciled", environment: "test", ReconcileFaults: 0 });
});

test("a partner whose spec can not be read is a fault of every pass, which the metric of its line counts", async () => {
  const { faults, line } = await pass("{");
  expect(faults).toEqual([
    expect.stringMatching(
      /^universal-music: Error: the partner's spec "[^"]+" can not be read: it is no JSON: /u,
    ),
  ]);
  expect(line).toMatchObject({
    event: "reconciled",
    environment: "test",
    ReconcileFaults: 1,
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: "PartnerIngest/Platform",
          Dimensions: [["environment"]],
          Metrics: [{ Name: "ReconcileFaults", Unit: "Count" }],
        },
      ],
    },
  });
});
