import { METRICS_NAMESPACE, metricFields } from "../../../../images/worker/src/step/metrics";
import { EXIT_CODES, type StepReport } from "../../../../modules/contract";

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
      expect(["Seconds", "Count", "Bytes"]).toContain(Unit);
    }
  }
}

test("a step's line is metrics by partner and step", () => {
  const fields = metricFields(REPORT);
  mustBeEmf(fields);
  expect(fields).toEqual({
    _aws: {
      Timestamp: Date.parse("2026-03-01T00:00:01.500Z"),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [["partner", "step"]],
          Metrics: [
            { Name: "DurationSeconds", Unit: "Seconds" },
            { Name: "Files", Unit: "Count" },
            { Name: "Bytes", Unit: "Bytes" },
            { Name: "Retries", Unit: "Count" },
            { Name: "PeakMemoryBytes", Unit: "Bytes" },
            { Name: "Failures", Unit: "Count" },
          ],
        },
      ],
    },
    partner: "universal-music",
    step: "publish",
    outcome: "ok",
    DurationSeconds: 1.5,
    Files: 3,
    Bytes: 300,
    Retries: 2,
    PeakMemoryBytes: 100,
    Failures: 0,
  });
});

test.each(Object.keys(EXIT_CODES) as StepReport["outcome"][])(
  "a step that ended with %s counts as failed or not",
  (outcome) => {
    const fields = metricFields({ ...REPORT, outcome, counts: {} });
    mustBeEmf(fields);
    expect(fields["Failures"]).toBe(outcome === "ok" ? 0 : 1);
    expect(fields).not.toHaveProperty("Files");
    expect(fields).not.toHaveProperty("Bytes");
  },
);

test("a delivery counts once, however often its order is run again", () => {
  const fields = metricFields({ ...REPORT, counts: { ...REPORT.counts, publishedBefore: 1 } });
  mustBeEmf(fields);
  expect(fields).not.toHaveProperty("Files");
  expect(fields).not.toHaveProperty("Bytes");
});
