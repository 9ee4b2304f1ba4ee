import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { diffIam, readDiffInput } from "../../../../modules/iam/diff";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "iam-diff-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(name: string, content: unknown): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" },
});

const configuration = {
  resource: {
    aws_iam_role: { r: { name: "r", permissions_boundary: "arn:b" } },
    aws_iam_role_policy: { r: { role: "${aws_iam_role.r.name}", policy } },
  },
};

test("a synth and the plan of it say the same", () => {
  write("out/stacks/one/cdk.tf.json", configuration);
  const plan = write("plan.json", {
    planned_values: {
      root_module: {
        resources: [
          {
            address: "aws_iam_role.r",
            mode: "managed",
            type: "aws_iam_role",
            values: { name: "r", permissions_boundary: "arn:b" },
          },
        ],
        child_modules: [
          {
            resources: [
              {
                address: "module.m.aws_iam_role_policy.r",
                mode: "managed",
                type: "aws_iam_role_policy",
                values: { role: "r", policy },
              },
            ],
          },
        ],
      },
    },
    resource_changes: [],
  });
  const synth = readDiffInput(path.join(directory, "out"));
  expect(synth).toHaveLength(2);
  expect(diffIam(synth, readDiffInput(plan)).deltas).toEqual([]);
});

test("what a plan does not know yet", () => {
  const plan = write("plan.json", {
    planned_values: {
      root_module: {
        resources: [
          { address: "aws_sqs_queue_policy.q", type: "aws_sqs_queue_policy", values: {} },
        ],
      },
    },
    resource_changes: [
      {
        address: "aws_sqs_queue_policy.q",
        change: { after_unknown: { policy: true, tags: {} } },
      },
    ],
  });
  expect(diffIam([], readDiffInput(plan)).deltas).toEqual([
    {
      principal: "aws_sqs_queue_policy.q",
      principalKind: "resource",
      part: "permissions",
      kind: "unknown",
      widens: true,
      risk: "escalation",
      after: "aws_sqs_queue_policy.q.policy",
    },
  ]);
});

test.each([
  ["missing.json", undefined, "it does not exist"],
  ["empty/x.txt", "", "there is no cdk.tf.json in it or below it"],
  ["a.json", "{}", "it is neither Terraform's JSON configuration nor a plan or state"],
])("fails when %s is given", (name, content, why) => {
  const file = content === undefined ? path.join(directory, name) : write(name, content);
  const wanted = name.includes("/") ? path.dirname(file) : file;
  expect(() => readDiffInput(wanted)).toThrow(
    `${JSON.stringify(wanted)} can not be compared: ${why}; give a directory of synth (cdktf.out), a cdk.tf.json, or what terraform show -json printed of a plan`,
  );
});
