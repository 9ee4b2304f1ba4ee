import { TerraformError } from "../../../terraform/run/diagnostic";
import { parseEvent } from "../../../terraform/run/events";
import { terraformEnvironment } from "../../../terraform/run/terraform-process";

const line = (value: unknown): string => JSON.stringify(value);

describe("an event", () => {
  test.each([
    ["apply_start", "started"],
    ["apply_progress", "running"],
    ["apply_complete", "done"],
    ["apply_errored", "failed"],
    ["refresh_start", "started"],
    ["refresh_complete", "done"],
  ])("of type %s tells that the resource is %s", (type, state) => {
    const hook = { resource: { addr: "aws_s3_bucket.a" }, action: "create", elapsed_seconds: 3 };
    expect(parseEvent("dev--acme", line({ type, hook }))).toEqual({
      stack: "dev--acme",
      kind: "resource",
      address: "aws_s3_bucket.a",
      action: "create",
      state,
      seconds: 3,
    });
  });

  test("of a diagnostic keeps its address and detail", () => {
    const diagnostic = { severity: "error", summary: "no", detail: "because", address: "a.b" };
    const event = parseEvent(
      "s",
      line({ type: "diagnostic", diagnostic: { ...diagnostic, x: 1 } }),
    );
    expect(event).toEqual({ stack: "s", kind: "diagnostic", diagnostic });
  });

  test("of a fault in the configuration tells the block that it is in", () => {
    const snippet = { context: "resource.aws_s3_bucket.a-b" };
    const diagnostic = { severity: "error", summary: "no", detail: "", snippet };
    expect(parseEvent("s", line({ type: "diagnostic", diagnostic }))).toMatchObject({
      diagnostic: { address: "aws_s3_bucket.a-b" },
    });
  });

  test.each([
    "",
    "plain text",
    "{not json",
    "[]",
    "null",
    line({}),
    line({ type: "version" }),
    line({ type: "apply_start" }),
    line({ type: "apply_start", hook: { resource: null } }),
    line({ type: "diagnostic", diagnostic: { severity: "note" } }),
  ])("is not read from %j", (text) => {
    expect(parseEvent("s", text)).toBeUndefined();
  });
});

describe("an error", () => {
  test("names the stack and tells every error, no warnings", () => {
    const error = new TerraformError("dev--acme", "plan", [
      { severity: "warning", summary: "old", detail: "" },
      { severity: "error", summary: "no bucket", detail: "It is gone.\nReally.", address: "a.b" },
      { severity: "error", summary: "no role", detail: "no role" },
    ]);
    expect(error.message).toBe(
      `terraform plan of stack "dev--acme" failed:
  a.b: no bucket
  It is gone.
  Really.
  no role`,
    );
  });

  test("without diagnostics tells what Terraform wrote", () => {
    expect(new TerraformError("s", "init", [], "\nError: killed\n").message).toBe(
      `terraform init of stack "s" failed:\n  Error: killed`,
    );
  });
});

test("the environment has no Terraform settings of the machine but variables and tokens", () => {
  const env = {
    PATH: "/bin",
    TF_CLI_ARGS_plan: "-destroy",
    TF_CLI_CONFIG_FILE: "/missing",
    TF_DATA_DIR: "/else",
    TF_LOG: "TRACE",
    TF_VAR_a: "1",
    TF_TOKEN_app_terraform_io: "t",
    TF_WORKSPACE: "other",
    AWS_PROFILE: "prod",
  };
  const machine = { platform: "linux", arch: "x64", home: "/", env } as const;
  expect(terraformEnvironment(machine, "/own.tfrc", { AWS_PROFILE: undefined, A: "b" })).toEqual({
    PATH: "/bin",
    TF_VAR_a: "1",
    TF_TOKEN_app_terraform_io: "t",
    TF_CLI_CONFIG_FILE: "/own.tfrc",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    AWS_PROFILE: undefined,
    A: "b",
  });
});
