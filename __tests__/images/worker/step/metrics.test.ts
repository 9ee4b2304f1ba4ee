import { metricFields } from "../../../../images/worker/src/step/metrics";
import { EXIT_CODES, METRICS_NAMESPACE, type StepReport } from "../../../../modules/contract";

const REPORT: StepReport = {
  schemaVersion: 1,
  partner: "universal-music",
  orderKey: "order-1-0123456789ab",
  attempt: 1,
  step: "publish",
  generation: 1,
  jobId: "job-1",
  batchAttempt: 1,
  outcome: "ok",
  interruptedByHost: false,
  counts: { files: 3, bytes: 300, foundThere: 1 },
  usage: { durationMs: 1500, peakMemoryBytes: 100, requests: 9, retries: 2 },
  startedAt: "2026-03-01T00:00:00.000Z",
  endedAt: "2026-03-01T00:00:01.500Z",
};

interface Emf {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

/** What the format's specification asks of a line from which metrics are made. */
function mustBeEmf(fields: object): void {
  const { _aws } = fields as Emf;
  expect(Number.isInteger(_aws.Timestamp)).toBe(true);
  for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
    expect(Namespace).toMatch(/^[^:]{1,255}$/u);
    for (const set of Dimensions)
      for (const name of set)
        expect(typeof (fields as Record<string, unknown>)[name]).toBe("string");
    expect(Metrics.length).toBeGreaterThan(0);
    expect(Metrics.length).toBeLessThanOrEqual(100);
    for (const { Name, Unit } of Metrics) {
      expect(typeof (fields as Record<string, unknown>)[Name]).toBe("number");
      expect(["Seconds", "Count", "Bytes", "Bytes/Second"]).toContain(Unit);
    }
  }
}

test("a step's line is metrics by environment, partner and step", () => {
  const fields = metricFields(REPORT, "prod");
  mustBeEmf(fields);
  expect(fields).toEqual({
    _aws: {
      Timestamp: Date.parse("2026-03-01T00:00:01.500Z"),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [["environment", "partner", "step"]],
          Metrics: [
            { Name: "DurationSeconds", Unit: "Seconds" },
            { Name: "Files", Unit: "Count" },
            { Name: "Bytes", Unit: "Bytes" },
            { Name: "BytesPerSecond", Unit: "Bytes/Second" },
            { Name: "Retries", Unit: "Count" },
            { Name: "PeakMemoryBytes", Unit: "Bytes" },
            { Name: "Failures", Unit: "Count" },
          ],
        },
      ],
    },
    environment: "prod",
    partner: "universal-music",
    step: "publish",
    outcome: "ok",
    DurationSeconds: 1.5,
    Files: 3,
    Bytes: 300,
    BytesPerSecond: 200,
    Retries: 2,
    PeakMemoryBytes: 100,
    Failures: 0,
  });
});

test.each(Object.keys(EXIT_CODES) as StepReport["outcome"][])(
  "a step that ended with %s counts as failed or not",
  (outcome) => {
    const fields = metricFields({ ...REPORT, outcome, counts: {} }, "prod");
    mustBeEmf(fields);
    expect(fields["Failures"]).toBe(outcome === "ok" ? 0 : 1);
    expect(fields).not.toHaveProperty("Files");
    expect(fields).not.toHaveProperty("Bytes");
  },
);

test("a delivery counts once, however often its order is run again", () => {
  const fields = metricFields(
    { ...REPORT, counts: { ...REPORT.counts, publishedBefore: 1 } },
    "prod",
  );
  mustBeEmf(fields);
  expect(fields).not.toHaveProperty("Files");
  expect(fields).not.toHaveProperty("Bytes");
});

test("only a delivery that does not hold is a failed verification", () => {
  const verified = (outcome: StepReport["outcome"]): unknown =>
    metricFields({ ...REPORT, outcome }, "prod")["FailedVerifications"];
  expect(verified("badDelivery")).toBe(1);
  expect(verified("ok")).toBeUndefined();
  expect(verified("transient")).toBeUndefined();
});

test("a job of functions that did not tell its environment yet has metrics by partner and step", () => {
  const fields = metricFields(REPORT, undefined);
  mustBeEmf(fields);
  expect((fields as unknown as Emf)._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([
    ["partner", "step"],
  ]);
});

test("a step that took no time has no bytes per second", () => {
  const usage = { durationMs: 0, peakMemoryBytes: 1, requests: 0, retries: 0 };
  const fields = metricFields({ ...REPORT, usage }, "prod");
  mustBeEmf(fields);
  expect(fields).not.toHaveProperty("BytesPerSecond");
});
