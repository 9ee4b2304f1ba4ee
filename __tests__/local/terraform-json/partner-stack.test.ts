import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readPartnerStack } from "../../../local/terraform-json";
import { synthesize } from "../../../modules/app";
import { projectIn } from "../try/setup";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "stack-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function written(resource: object): string {
  writeFileSync(path.join(directory, "cdk.tf.json"), JSON.stringify({ resource }));
  return directory;
}

const trigger = {
  function_name: "f",
  filename: "trigger.zip",
  handler: "index.handler",
  timeout: 60,
  memory_size: 512,
  environment: {
    variables: { REVISIONS: '${jsonencode({"a" = aws_batch_job_definition.a.revision})}' },
  },
};

test("reads what universal-music declares", async () => {
  const stacks = await synthesize(projectIn(directory), {
    outdir: directory,
    environments: ["local"],
    partners: ["universal-music"],
  });
  const stack = stacks.find(({ owner }) => owner === "universal-music")?.directory ?? "";
  const declared = readPartnerStack(stack, (id) => ({ fetch: 4, publish: 5, look: 6 })[id]);
  expect(
    declared.buckets.map(({ name, versioned, eventBridge }) => [
      name.split("--")[3],
      versioned,
      eventBridge,
    ]),
  ).toEqual([
    ["landing", true, true],
    ["processed", true, false],
  ]);
  expect(Object.keys(declared.jobDefinitions).sort()).toEqual(["fetch", "look", "publish"]);
  expect(declared.jobDefinitions["fetch"]).toMatchObject({
    jobDefinitionName: "pi--local--universal-music--fetch",
    type: "container",
    platformCapabilities: ["EC2"],
    propagateTags: true,
    timeout: { attemptDurationSeconds: 43200 },
    retryStrategy: {
      attempts: 5,
      evaluateOnExit: [
        { action: "RETRY", onStatusReason: "Host EC2*" },
        {},
        {},
        {},
        { action: "EXIT", onReason: "*" },
      ],
    },
    containerProperties: { command: ["fetch"], secrets: [{ name: "TELEPORT_TOKEN" }] },
  });
  const staging = declared.jobDefinitions["fetch"]?.containerProperties?.volumes?.find(
    ({ name }) => name === "staging",
  );
  expect(staging?.efsVolumeConfiguration?.authorizationConfig?.accessPointId).toMatch(
    /^fsap-[0-9a-f]{17}$/u,
  );
  expect(declared.trigger).toMatchObject({
    name: "pi--local--universal-music--trigger",
    zipFile: path.join(stack, "trigger.zip"),
    handler: "index.handler",
    timeoutSeconds: 60,
    memoryMib: 512,
  });
  expect(declared.trigger.environment()).toEqual({
    PARTNER_INGEST_JOB_DEFINITION_REVISIONS: '{"fetch":4,"look":6,"publish":5}',
  });
  expect(declared.schedules).toMatchObject([{ timezone: "Asia/Seoul" }]);
  expect(JSON.parse(declared.schedules[0]?.input ?? "")).toEqual({
    kind: "schedule",
    trigger: "newOrders",
    scheduledTime: "<aws.scheduler.scheduled-time>",
  });
  expect(declared.rules.map(({ pattern }) => JSON.parse(pattern) as unknown)).toMatchObject([
    { source: ["aws.s3"], "detail-type": ["Object Created"] },
  ]);
});

test.each<[what: string, resource: object, message: string]>([
  ["a function that is not there", {}, "must hold one trigger; its functions are none"],
  [
    "a timeout that is an expression",
    { aws_lambda_function: { trigger: { ...trigger, timeout: "${var.t}" } } },
    'aws_lambda_function.trigger.timeout must be a number for a run on one machine, got "${var.t}"',
  ],
  [
    "a name that is missing",
    { aws_lambda_function: { trigger: { ...trigger, function_name: undefined } } },
    "aws_lambda_function.trigger.function_name must be a text for a run on one machine, got nothing",
  ],
  [
    "container properties that are no JSON",
    {
      aws_lambda_function: { trigger },
      aws_batch_job_definition: { a: { name: "a", type: "container", container_properties: "{" } },
    },
    'aws_batch_job_definition.a.container_properties must be JSON for a run on one machine, got "{"',
  ],
  [
    "an id of another stack",
    {
      aws_lambda_function: { trigger },
      aws_s3_bucket: { b: { bucket: "${data.aws_caller_identity.x.account_id}" } },
    },
    'aws_s3_bucket.b.bucket holds "${data.aws_caller_identity.x.account_id}", which a run on one machine can not know; it knows attributes of resources of the same stack',
  ],
])("%s is told with its address", (_what, resource, message) => {
  const stack = written(resource);
  expect(() => readPartnerStack(stack, () => 1)).toThrow(message);
});

test("revisions that are not known yet are asked for only with the environment", () => {
  const declared = readPartnerStack(written({ aws_lambda_function: { trigger } }), () => undefined);
  expect(declared.trigger.name).toBe("f");
  expect(() => declared.trigger.environment()).toThrow(
    "aws_lambda_function.trigger.environment[0].variables.REVISIONS holds",
  );
});

test("a stack that was not synthesized", () => {
  mkdirSync(path.join(directory, "empty"));
  expect(() => readPartnerStack(path.join(directory, "empty"), () => 1)).toThrow(
    "cdk.tf.json is missing; synthesize the stack before it is run",
  );
});
