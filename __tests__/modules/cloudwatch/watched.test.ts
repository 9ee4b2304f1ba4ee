import { handle } from "../../../functions/notify/handler";
import { faultMetric } from "../../../functions/reconcile/fault-metric";
import { jsonLog } from "../../../functions/runs-core/log";
import type { WorkerConfig } from "../../../images/worker/src/config";
import { metricFields } from "../../../images/worker/src/step/metrics";
import { logOf } from "../../../images/worker/src/work";
import { SAVED_QUERIES } from "../../../modules/cloudwatch";
import { s3Object, schedule } from "../../../modules/config";
import { WORKER_METRICS, type StepReport } from "../../../modules/contract";
import { PlatformStack } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import { partnerTemplate } from "../../support/partner-template";
import { Template } from "../../support/template";

// A name that nobody emits is no error anywhere: the chart stays empty, the alarm silent, the query without an answer.

/**
 * What AWS emits by itself, of that which is used: dimensions by namespace and metric.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const OF_AWS: Readonly<Record<string, string>> = {
  "AWS/Lambda Errors": "FunctionName",
  "AWS/Lambda Duration": "FunctionName",
  "AWS/Lambda Invocations": "FunctionName",
  "AWS/SQS ApproximateNumberOfMessagesVisible": "QueueName",
  "AWS/SQS ApproximateAgeOfOldestMessage": "QueueName",
};

/** A report that has all that the worker's metrics are made of. */
const REPORT: StepReport = {
  schemaVersion: 1,
  partner: "acme",
  orderKey: "1-0123456789ab",
  attempt: 1,
  step: "publish",
  generation: 1,
  jobId: "job-1",
  batchAttempt: 1,
  outcome: "badDelivery",
  interruptedByHost: false,
  counts: { files: 3, bytes: 300 },
  usage: { durationMs: 1500, peakMemoryBytes: 100, requests: 9, retries: 2 },
  startedAt: "2026-03-01T00:00:00.000Z",
  endedAt: "2026-03-01T00:00:01.500Z",
};

/** Dimensions by namespace and metric, as a log line says. */
function emitted(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const { CloudWatchMetrics } = fields["_aws"] as {
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string }[];
    }[];
  };
  return Object.fromEntries(
    CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.map(({ Name }) => [`${Namespace} ${Name}`, Dimensions.map(String).join(" ")]),
    ),
  );
}

const OF_WORKER = emitted(metricFields(REPORT, "test"));
const OF_RECONCILE = emitted(faultMetric("test", 1, 0));

const CODE = { name: "notify", zip: Buffer.from("zip"), hash: "hash" };
const platform = Template.of((app) => {
  const stack = new PlatformStack(app, testEnvironment());
  stack.addFunctions({ notify: CODE, reconcile: CODE, escalate: CODE });
  return stack;
});
const partner = partnerTemplate({
  triggers: {
    dropped: s3Object({ bucket: "landing", prefix: "orders/", suffix: ".order" }),
    feed: schedule({ cron: "rate(1 hour)", timezone: "Asia/Seoul", starts: "order" }),
  },
});

/** Names of all functions or queues of a template. */
const named = (template: Template, type: string, attribute: string): string[] =>
  Object.values(template.resources(type)).map((resource) => String(resource[attribute]));

test.each([
  ["platform", platform],
  ["partner", partner],
])("each alarm of a %s watches what is emitted, of a thing that is there", (_, template) => {
  const alarms = Object.entries(template.resources("aws_cloudwatch_metric_alarm"));
  expect(alarms.length).toBeGreaterThan(1);
  const things = {
    FunctionName: named(template, "aws_lambda_function", "function_name"),
    QueueName: named(template, "aws_sqs_queue", "name"),
    environment: ["test"],
    partner: ["acme"],
    step: named(template, "aws_batch_job_definition", "name").map((name) =>
      name.replace(/^.*--/u, ""),
    ),
  };
  for (const [id, alarm] of alarms) {
    const dimensions = Object.entries(alarm["dimensions"] as Record<string, string>);
    const key = `${String(alarm["namespace"])} ${String(alarm["metric_name"])}`;
    expect({ id, names: dimensions.map(([name]) => name).join() }).toEqual({
      id,
      names: OF_AWS[key] ?? OF_WORKER[key] ?? OF_RECONCILE[key],
    });
    for (const [name, value] of dimensions)
      expect(things[name as keyof typeof things]).toContain(value);
  }
});

test("each chart of the dashboard shows what is emitted, and finds the environment's own things", () => {
  const { widgets } = JSON.parse(
    String(platform.resource("aws_cloudwatch_dashboard", "orders")["dashboard_body"]),
  ) as { widgets: { properties: { metrics: readonly (readonly unknown[])[] } }[] };
  const metrics = widgets.flatMap(({ properties }) => properties.metrics);
  expect(metrics.length).toBeGreaterThan(5);
  for (const metric of metrics) {
    const [first, name, dimension, value] = metric;
    if (typeof first === "string") {
      expect({ first, name, dimension }).toEqual({
        first,
        name,
        dimension: OF_AWS[`${first} ${String(name)}`],
      });
      expect(named(platform, "aws_sqs_queue", "name")).toContain(value);
      continue;
    }
    const { expression } = first as { expression: string };
    const ofSteps = /^SEARCH\('\{([^,]+),([^}]+)\} MetricName="(\w+)" environment="test"'/u.exec(
      expression,
    );
    if (ofSteps !== null) {
      const [, from, dimensions, metricName] = ofSteps;
      expect({ expression, dimensions }).toEqual({
        expression,
        dimensions: OF_WORKER[`${String(from)} ${String(metricName)}`],
      });
      continue;
    }
    const found = /^SEARCH\('\{([^,]+),([^}]+)\} MetricName="([^"]+)" ([^']+)'/u.exec(expression);
    const [, namespace, by, metricName, words = ""] = found ?? [];
    expect({ expression, by }).toEqual({
      expression,
      by: OF_AWS[`${String(namespace)} ${String(metricName)}`],
    });
    const things =
      by === "FunctionName"
        ? named(platform, "aws_lambda_function", "function_name")
        : named(platform, "aws_sqs_queue", "name");
    // CloudWatch takes every word of the search for a part of the name.
    for (const word of words.split(" "))
      for (const thing of things) expect(thing.split(/-+/u)).toContain(word);
  }
});

test("every metric of the worker is emitted, and has its chart", () => {
  const body = String(platform.resource("aws_cloudwatch_dashboard", "orders")["dashboard_body"]);
  for (const name of Object.keys(WORKER_METRICS)) {
    expect(Object.keys(OF_WORKER)).toContain(`PartnerIngest/Worker ${name}`);
    expect(body).toContain(`MetricName=\\"${name}\\"`);
  }
});

const CONFIG = {
  partner: "acme",
  orderId: "1",
  orderKey: "1-0123456789ab",
  attempt: 1,
  step: "fetch",
  generation: 1,
  job: { id: "job-1", attempt: 1 },
} as WorkerConfig;

/** A line of each kind that is written: by the functions that run orders, by the one that tells, by the worker. */
async function lines(): Promise<Record<"functions" | "notify" | "worker", object>> {
  const written: string[] = [];
  const { partner: who, orderId, orderKey, attempt, step } = CONFIG;
  jsonLog((line) => written.push(line), Date.now, { requestId: "r", partner: who })
    .with({ orderId, orderKey, attempt, step, jobId: "job-1" })
    .error("not reconciled", { reason: "why" });
  const worker: string[] = [];
  logOf(CONFIG, (line) => worker.push(line)).error("the program failed");
  return {
    functions: JSON.parse(written[0] ?? "") as object,
    notify: await notTold(),
    worker: JSON.parse(worker[0] ?? "") as object,
  };
}

/** What notify says when an announcement could not be told. */
async function notTold(): Promise<object> {
  const said: object[] = [];
  const refuse = (): Promise<never> => Promise.reject(new Error("down"));
  await handle(
    {
      now: Date.now,
      post: refuse,
      readSecret: refuse,
      invoke: refuse,
      publish: refuse,
      delay: () => Promise.resolve(),
      ledger: { find: refuse, create: refuse },
      log: (level, event, fields) => said.push({ time: "now", level, event, ...fields }),
    },
    "arn:aws:sns:eu-central-1:111122223333:alerts",
    {
      Records: [
        {
          messageId: "1",
          receiptHandle: "1",
          attributes: { ApproximateReceiveCount: "1" },
          body: JSON.stringify({
            schemaVersion: 1,
            id: "1.1.failed",
            kind: "failed",
            severity: "error",
            partner: "acme",
            environment: "test",
            at: "2026-03-01T00:00:00Z",
          }),
        },
      ],
    },
  );
  return said[0] ?? {};
}

/** Words of a query that are no fields: those of the language, and the names that the query gives. */
const NO_FIELDS = new Set(
  "fields filter sort limit stats count latest by as and or like asc desc coalesce".split(" "),
);

function fieldsOf(query: string): string[] {
  const given = [...query.matchAll(/ as (\w+)/gu)].map(([, name]) => name);
  const words = query.replace(/"[^"]*"|@\w+/gu, "").match(/[A-Za-z]\w*/gu) ?? [];
  return [...new Set(words)].filter((word) => !NO_FIELDS.has(word) && !given.includes(word));
}

test.each(Object.entries(SAVED_QUERIES))(
  "the query %s asks for fields that lines have",
  async (_, query) => {
    const all = await lines();
    const known = new Set(Object.values(all).flatMap((line) => Object.keys(line)));
    expect(fieldsOf(query).length).toBeGreaterThan(2);
    expect(fieldsOf(query).filter((field) => !known.has(field))).toEqual([]);
  },
);

test("what failed, and of which order, is asked by the names of functions and worker alike", async () => {
  const { functions, notify, worker } = await lines();
  for (const line of [functions, worker]) {
    expect(line).toMatchObject({ level: "error" });
    const has = (names: readonly string[], query: keyof typeof SAVED_QUERIES): boolean =>
      names.some((name) => name in line && fieldsOf(SAVED_QUERIES[query]).includes(name));
    for (const query of ["what-failed", "one-order", "failures-by-partner"] as const)
      expect(has(["event", "message"], query)).toBe(true);
    for (const query of ["what-failed", "one-order"] as const)
      expect(has(["orderId", "order"], query)).toBe(true);
    expect(has(["orderKey", "run"], "one-order")).toBe(true);
  }
  expect(notify).toMatchObject({ event: "not told" });
});
