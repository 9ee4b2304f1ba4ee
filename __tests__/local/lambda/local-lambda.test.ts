import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from "@aws-sdk/client-lambda";
import { type InvocationResult, type LambdaServer, startLambda } from "../../../local/lambda";
import { zip } from "../../../modules/lambda/zip";

let directory: string;
let server: LambdaServer;
let client: LambdaClient;
let lines: string[];
let ends: InvocationResult[];

const ARN = "arn:aws:lambda:ap-northeast-2:111122223333:function:f";

/** Starts a Lambda with a function `f` of this code. */
async function deploy(code: string, timeoutSeconds = 10, warm = false): Promise<void> {
  directory = mkdtempSync(path.join(tmpdir(), "lambda-"));
  lines = [];
  ends = [];
  const zipFile = path.join(directory, "f.zip");
  writeFileSync(zipFile, await zip({ "index.js": code, "spec.json": `{"partner":"acme"}` }));
  server = await startLambda({
    directory: path.join(directory, "functions"),
    retryDelaysSeconds: [0.01, 0.01],
    onLine: (_name, _id, line) => void lines.push(line),
    onEnd: (_name, result) => void ends.push(result),
  });
  await server.lambda.addFunction({
    name: "f",
    arn: ARN,
    zipFile,
    handler: "index.handler",
    environment: { FROM_TERRAFORM: "1" },
    hostEnvironment: { AWS_REGION: "ap-northeast-2", AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" },
    timeoutSeconds,
    memoryMib: 256,
    warm,
  });
  client = new LambdaClient({
    region: "ap-northeast-2",
    endpoint: server.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
}

afterEach(async () => {
  client.destroy();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly payload: unknown;
  readonly log: string;
}

async function invoke(event: unknown, input: Partial<InvokeCommandInput> = {}): Promise<Answer> {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: "f", Payload: JSON.stringify(event), ...input }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  return {
    status: answer.StatusCode,
    error: answer.FunctionError,
    payload: text === "" ? undefined : JSON.parse(text),
    log: Buffer.from(answer.LogResult ?? "", "base64").toString(),
  };
}

test("the unpacked package runs with the function's environment and what Lambda adds", async () => {
  await deploy(`exports.handler = async (event, context) => ({
    event, env: process.env, spec: require("./spec.json"),
    name: context.functionName, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis() })`);
  const { status, payload } = await invoke({ a: 1 });
  expect(status).toBe(200);
  const told = payload as { env: Record<string, string>; left: number };
  expect(told).toMatchObject({ event: { a: 1 }, spec: { partner: "acme" }, name: "f", arn: ARN });
  expect(told.left).toBeGreaterThan(5000);
  expect(told.left).toBeLessThanOrEqual(10_000);
  expect(Object.keys(told.env).sort()).toEqual([
    "AWS_ENDPOINT_URL_S3",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_REGION",
    "FROM_TERRAFORM",
    "LAMBDA_TASK_ROOT",
    "LANG",
    "PATH",
    "TZ",
    "_HANDLER",
  ]);
});

test.each(["f", ARN, `${ARN}:$LATEST`, "f:$LATEST", "111122223333:function:f"])(
  "a function is found by %s",
  async (name) => {
    await deploy(`exports.handler = async () => "ok"`);
    expect((await invoke({}, { FunctionName: name })).payload).toBe("ok");
  },
);

test("an unknown function is ResourceNotFoundException", async () => {
  await deploy(`exports.handler = async () => "ok"`);
  await expect(invoke({}, { FunctionName: "g" })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Function not found: g",
  });
});

test("an event that is no JSON is refused", async () => {
  await deploy(`exports.handler = async () => "ok"`);
  await expect(invoke({}, { Payload: Buffer.from("{") })).rejects.toMatchObject({
    name: "InvalidRequestContentException",
  });
});

test("an error of the handler is an answer with its name and text", async () => {
  await deploy(
    `exports.handler = async () => { const e = new Error("no such order"); e.name = "OrderError"; throw e; }`,
  );
  expect(await invoke({})).toMatchObject({
    status: 200,
    error: "Unhandled",
    payload: { errorType: "OrderError", errorMessage: "no such order" },
  });
});

test("a handler that is missing is an error of the event", async () => {
  await deploy(`exports.other = 1`);
  expect((await invoke({})).payload).toMatchObject({
    errorMessage: "index.handler is undefined or not exported",
  });
});

test("a handler with a callback is waited for", async () => {
  await deploy(
    `exports.handler = (event, context, callback) => { setTimeout(() => callback(null, "later"), 5); }`,
  );
  expect((await invoke({})).payload).toBe("later");
});

test("a process that ends by itself is an error", async () => {
  await deploy(`exports.handler = async () => process.exit(3)`);
  const { payload } = await invoke({});
  expect(payload).toMatchObject({ errorType: "Runtime.ExitError" });
  expect((payload as { errorMessage: string }).errorMessage).toMatch(
    /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/u,
  );
});

test("a run past the timeout is ended", async () => {
  await deploy(`exports.handler = () => new Promise(() => setInterval(() => {}, 1000))`, 0.3);
  const { payload } = await invoke({});
  expect(payload).toMatchObject({ errorType: "Sandbox.Timedout" });
  expect((payload as { errorMessage: string }).errorMessage).toMatch(
    /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.30 seconds$/u,
  );
});

test("log lines are told, and come with the answer where asked for", async () => {
  await deploy(`exports.handler = async () => { console.log("one"); console.error("two"); }`);
  const { log, payload } = await invoke({}, { LogType: "Tail" });
  expect(payload).toBeNull();
  expect([...lines].sort()).toEqual(["one", "two"]);
  expect(log.split("\n").sort()).toEqual(["one", "two"]);
});

describe("events that nobody waits for", () => {
  test("are tried three times with one request id, then given up", async () => {
    await deploy(`exports.handler = async (event) => { throw new Error("no " + event.order); }`);
    expect((await invoke({ order: "7" }, { InvocationType: "Event" })).status).toBe(202);
    await server.lambda.idle();
    expect(ends).toHaveLength(3);
    expect(new Set(ends.map(({ requestId }) => requestId)).size).toBe(1);
    expect(server.lambda.deadLetters).toMatchObject([
      { functionName: "f", event: `{"order":"7"}`, attempts: 3 },
    ]);
    expect(JSON.parse(server.lambda.deadLetters[0]?.error ?? "")).toMatchObject({
      errorMessage: "no 7",
    });
  });

  test("are not tried again after a success", async () => {
    await deploy(`exports.handler = async () => "ok"`);
    await invoke({}, { InvocationType: "Event" });
    await server.lambda.idle();
    expect(ends).toHaveLength(1);
    expect(server.lambda.deadLetters).toEqual([]);
  });
});

test("an invocation can be killed at any moment, and its event comes again", async () => {
  await deploy(
    `exports.handler = (event) => { console.log("up"); return new Promise(() => setInterval(() => {}, 1000)); }`,
  );
  await invoke({}, { InvocationType: "Event" });
  for (const count of [1, 2, 3]) {
    while (lines.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const running of server.lambda.running()) running.kill();
  }
  await server.lambda.idle();
  expect(
    ends.map(({ payload }) => (JSON.parse(payload) as { errorMessage: string }).errorMessage),
  ).toEqual(
    Array.from(
      { length: 3 },
      () =>
        expect.stringMatching(
          /^RequestId: .* Error: Runtime exited with error: signal: SIGKILL$/u,
        ) as string,
    ),
  );
  expect(server.lambda.deadLetters).toHaveLength(1);
});

describe("a warm function", () => {
  const code = `let calls = 0;
    exports.handler = async ({ wait, fail }) => {
      calls += 1;
      if (fail === "exit") process.exit(3);
      if (fail === "throw") throw new Error("refused");
      if (wait !== undefined) await new Promise((done) => setTimeout(done, wait));
      return { calls, pid: process.pid };
    };`;

  test("handles one event after another in one process, faults of the handler included", async () => {
    await deploy(code, 10, true);
    const events = [{ wait: 20 }, { fail: "throw" }, {}];
    const answers = await Promise.all(events.map((event) => invoke(event)));
    expect(answers.map(({ error }) => error).filter((error) => error !== undefined)).toEqual([
      "Unhandled",
    ]);
    const done = answers.flatMap(({ error, payload }) =>
      error === undefined ? [payload as { calls: number; pid: number }] : [],
    );
    expect(new Set(done.map(({ pid }) => pid)).size).toBe(1);
    expect((await invoke({})).payload).toMatchObject({ calls: 4, pid: done[0]?.pid });
  });

  test("has a new process after its own has ended, or was ended for its time", async () => {
    await deploy(code, 4, true);
    const { pid } = (await invoke({})).payload as { pid: number };
    expect((await invoke({ fail: "exit" })).payload).toMatchObject({
      errorType: "Runtime.ExitError",
    });
    const next = (await invoke({})).payload as { calls: number; pid: number };
    expect(next.calls).toBe(1);
    expect(next.pid).not.toBe(pid);
    expect((await invoke({ wait: 60_000 })).payload).toMatchObject({
      errorType: "Sandbox.Timedout",
    });
    expect((await invoke({})).payload).toMatchObject({ calls: 1 });
  });

  test("that is closed leaves nothing behind, whatever waits", async () => {
    await deploy(code, 10, true);
    const { pid } = (await invoke({})).payload as { pid: number };
    const under = server.lambda.invoke("f", JSON.stringify({ wait: 60_000 }));
    const waits = server.lambda.invoke("f", "{}");
    await server.lambda.close();
    for (const ended of [await under, await waits]) expect(ended.functionError).toBe("Unhandled");
    expect(() => process.kill(pid, 0)).toThrow("kill ESRCH");
  });
});
