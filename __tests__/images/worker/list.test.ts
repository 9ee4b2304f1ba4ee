import type { StepSettings } from "../../../modules/contract";
import { startFakeTrigger, triggered, type FakeTrigger } from "../support/fake-trigger";
import { startTestS3, type TestS3 } from "../support/test-s3";
import { TestRun, WorkerBench, type EndedStep } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});

let s3: TestS3;
let trigger: FakeTrigger;
beforeEach(async () => {
  s3 = await startTestS3();
  trigger = await startFakeTrigger();
});
afterEach(async () => {
  await s3.close();
  await trigger.close();
});

const LIST = {
  kind: "list",
  program: ["/opt/acme/bin/export", "list"],
  noProgressSeconds: 30,
  tryLaterCodes: [3],
  triggerFunction: "pi--dev--acme--trigger",
  maxOrders: 10,
} as const satisfies StepSettings;

async function list(source: string, settings: StepSettings = LIST): Promise<EndedStep> {
  const run = new TestRun(bench, s3, "2026-03-01", bench.newRoot(), {
    AWS_ENDPOINT_URL_LAMBDA: trigger.endpoint,
  });
  run.program(source);
  return run.run(settings);
}

const prints = (text: string): string => `process.stdout.write(${JSON.stringify(text)});`;

test("hands every listed order to the trigger, once, as it is", async () => {
  const ids = ["A-1", "../x", "emoji 👩‍🚀", ' "quoted" ', "x".repeat(1000)];
  const ended = await list(prints(`${ids.join("\n")}\r\nA-1\n\n\n`) + `console.error("looked");`);
  expect(ended.outcome).toBe("ok");
  expect(trigger.events.map(({ orderId }) => orderId).sort()).toEqual([...ids].sort());
  expect(new Set(trigger.events.map(({ kind }) => kind))).toEqual(new Set(["manual"]));
  expect(new Set(trigger.invocations)).toEqual(
    new Set(["RequestResponse /2015-03-31/functions/pi--dev--acme--trigger/invocations"]),
  );
  expect(ended.report?.counts).toEqual({ listed: 5, repeated: 1, started: 5, known: 0, failed: 0 });
});

test("counts orders that were known before", async () => {
  trigger.answer = ({ orderId }) => ({
    answer: triggered(orderId, orderId === "A" ? "known" : "started"),
  });
  const ended = await list(prints("A\nB\n"));
  expect(ended.report?.counts).toMatchObject({ listed: 2, started: 1, known: 1, failed: 0 });
});

test("an empty listing is none to start", async () => {
  const ended = await list("");
  expect(ended.outcome).toBe("ok");
  expect(ended.report?.counts).toMatchObject({ listed: 0 });
});

describe("starts nothing", () => {
  test.each([
    ["an empty line", "A\n\nB\n", "line 2 is empty"],
    ["a control character", "A\nB\tC\n", 'line 2 holds control characters: "B\\tC"'],
    [
      "a line that is too long",
      `${"x".repeat(1025)}\n`,
      `line 1 is longer than 1024 bytes of UTF-8: "${"x".repeat(80)}"`,
    ],
    [
      "a line without end",
      "x".repeat(100_000),
      `line 1 is longer than 1024 bytes of UTF-8: "${"x".repeat(80)}"`,
    ],
  ])("when there is %s", async (_, output, fault) => {
    const ended = await list(prints(output));
    expect(ended.outcome).toBe("badDelivery");
    expect(ended.report?.message).toBe(
      `the listing holds lines that are no order ids: ${fault}; nothing was started. ` +
        "The program must print one order id a line, and messages to stderr",
    );
    expect(trigger.events).toEqual([]);
  });

  test("when a line is not UTF-8", async () => {
    const ended = await list(`process.stdout.write(Buffer.from([65, 255, 10]));`);
    expect(ended.report?.message).toBe(
      'the listing holds lines that are no order ids: line 1 is not UTF-8: "A\uFFFD"; nothing was started. ' +
        "The program must print one order id a line, and messages to stderr",
    );
  });

  test("when there are more orders than allowed", async () => {
    const ended = await list(
      prints(Array.from({ length: 11 }, (_, n) => `O${String(n)}\n`).join("")),
    );
    expect(ended.outcome).toBe("badDelivery");
    expect(ended.report?.message).toBe(
      "the listing holds more than 10 order ids; nothing was started. " +
        "Raise maxOrders if the partner really has so many new orders",
    );
    expect(trigger.events).toEqual([]);
  });

  test("when the program fails after it has listed some", async () => {
    const ended = await list(`${prints("A\n")} process.exitCode = 3;`);
    expect(ended.outcome).toBe("tryLater");
    expect(trigger.events).toEqual([]);
  });
});

test("asks again when the trigger is throttled or its service has a fault", async () => {
  trigger.answer = ({ orderId }, call) =>
    call === 1
      ? { status: 429, type: "TooManyRequestsException" }
      : call === 2
        ? { status: 500, type: "ServiceException" }
        : { answer: triggered(orderId) };
  const ended = await list(prints("A\n"));
  expect(ended.outcome).toBe("ok");
  expect(trigger.events).toHaveLength(3);
});

test("names the orders that the trigger failed for, and starts the others", async () => {
  trigger.answer = ({ orderId }) =>
    orderId === "B"
      ? { functionError: "no lease" }
      : orderId === "C"
        ? { answer: { orders: [], ignored: ["the partner is paused"] } }
        : { answer: triggered(orderId) };
  const ended = await list(prints("A\nB\nC\nD\n"));
  expect(ended.outcome).toBe("transient");
  expect(ended.report?.message).toBe(
    '2 of 4 listed orders were not started: "B" (the trigger failed: no lease); ' +
      '"C" (the trigger started nothing: the partner is paused); ' +
      "a new attempt starts those, and leaves the others as they are",
  );
  expect(ended.report?.counts).toMatchObject({ listed: 4, started: 2, failed: 2 });
});

test("a trigger that may not be invoked is a matter of settings", async () => {
  trigger.answer = () => ({ status: 403, type: "AccessDeniedException" });
  const ended = await list(prints("A\n"));
  expect(ended.outcome).toBe("configuration");
  expect(ended.report?.message).toBe(
    '1 of 1 listed orders were not started: "A" (AccessDeniedException: AccessDeniedException (HTTP 403); ' +
      "check the step's settings and what the job's role is allowed); " +
      "a new attempt starts those, and leaves the others as they are",
  );
});
