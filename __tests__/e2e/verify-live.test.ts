import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { policyDocument, type Grant } from "../../modules/iam";
import type { ReportAccess, ReportRole } from "../../modules/iam/report";
import { liveChecks } from "../../modules/iam/verify-live";

/* The script against a program in the AWS CLI's place: what it asks, and what it makes of the answers. */

const ARN = "arn:aws:iam::111122223333:role/pi/test/acme/pi--test--acme--exec-it's";
const grant: Grant = {
  id: "Pull",
  actions: ["ecr:BatchGetImage"],
  resources: ["arn:aws:ecr:eu-central-1:111122223333:repository/pi/*"],
  why: "pull its image",
  from: "steps.fetch",
};

const read: Grant = {
  id: "Read",
  actions: ["s3:ListBucket"],
  resources: ["arn:aws:s3:::pi--test--acme--in"],
  conditions: [
    { op: "StringEquals", key: "aws:ResourceAccount", values: ["111122223333"] },
    { op: "StringLike", key: "s3:prefix", values: ["in/*"] },
  ],
  why: "find files",
  from: "people.viewer",
};

/** Who applies: what no workload may do is this role's work, and other things are what it may never. */
const apply: ReportAccess = {
  name: "pi--test--bootstrap--github-apply",
  arn: "arn:aws:iam::111122223333:role/pi/test/bootstrap/pi--test--bootstrap--github-apply",
  purpose: "Applies",
  boundaryArn: "arn:aws:iam::111122223333:policy/limit",
  trust: { Version: "2012-10-17", Statement: [] },
  sessionSeconds: 3600,
  grants: [],
  deploys: [{ service: "iam", actions: 1, types: ["aws_iam_role"], steps: ["create"] }],
  inline: [],
  managed: [{ name: "ci-apply-1", document: policyDocument([grant]) }],
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "verify-live-"));
  const roles: ReportRole[] = [
    {
      name: "pi--test--acme--exec",
      arn: ARN,
      owner: "acme",
      purpose: "Starts",
      boundaryArn: "arn:aws:iam::111122223333:policy/limit",
      trust: { Version: "2012-10-17", Statement: [] },
      grants: [grant, read],
      policies: [policyDocument([grant, read])],
    },
  ];
  const files = liveChecks({ account: "111122223333", region: "eu-central-1" }, roles, [
    apply,
    { ...apply, name: "other", arn: `${apply.arn}-2` },
  ]);
  for (const { name, content } of files) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Runs the script; the stand-in answers as an account where all is as it was modelled, but for the changes. */
function run(answers: Partial<Record<string, string>> = {}) {
  const all = {
    account: "111122223333",
    valid: "",
    never: "PASS",
    allow: "allowed",
    deny: "implicitDeny",
    with: "allowed",
    without: "implicitDeny",
    ...answers,
  };
  writeFileSync(
    path.join(directory, "aws"),
    `#!/bin/sh
printf '%s\\n' "$*" >> calls
case "$*" in
  *get-caller-identity*) echo '${all.account}' ;;
  *validate-policy*) echo '${all.valid}' ;;
  *check-access-not-granted*) echo '${all.never}' ;;
  *context-entries*s3:ListBucket*) echo '${all.with}' ;;
  *s3:ListBucket*) echo '${all.without}' ;;
  *iam:AttachRolePolicy*) echo '${all.deny}' ;;
  *simulate-principal-policy*) echo '${all.allow}' ;;
  *) exit 9 ;;
esac
`,
  );
  chmodSync(path.join(directory, "aws"), 0o755);
  const { status, stdout, stderr } = spawnSync("sh", ["verify-live.sh"], {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: `${directory}:${process.env["PATH"] ?? ""}` },
  });
  return { status, stdout, stderr, calls: readFileSync(path.join(directory, "calls"), "utf8") };
}

test("the shell takes the script", () => {
  execFileSync("bash", ["-n", path.join(directory, "verify-live.sh")]);
});

test("asks for each policy and role, and passes where all is as modelled", () => {
  const { status, stdout, calls } = run();
  expect(stdout).toMatch(/9 passed, 0 failed\n$/u);
  expect(status).toBe(0);
  expect(calls).toContain(
    `iam simulate-principal-policy --policy-source-arn ${ARN} --resource-arns arn:aws:ecr:eu-central-1:111122223333:repository/pi/x --action-names ecr:BatchGetImage`,
  );
  expect(calls).toContain("--policy-document file://policies/pi--test--acme--exec-1.json");
  expect(calls).toContain(
    '--context-entries [{"ContextKeyName":"aws:ResourceAccount","ContextKeyType":"string","ContextKeyValues":["111122223333"]},{"ContextKeyName":"s3:prefix","ContextKeyType":"string","ContextKeyValues":["in/x"]}] --action-names s3:ListBucket',
  );
  // What several roles have is looked at once, with what such a role may never do.
  expect(calls.match(/check-access-not-granted.*ci-apply-1/gu)).toEqual([
    expect.stringContaining("ci-apply-1"),
  ]);
  expect(calls).toMatch(/ci-apply-1\.json --access actions=iam:AttachRolePolicy,iam:AttachUser/u);
});

test.each([
  ["a policy is faulty", { valid: "INVALID_ACTION" }, 2],
  ["something is granted that never may be", { never: "FAIL" }, 2],
  ["an attack is allowed", { deny: "implicitDeny allowed" }, 3],
  ["what is needed is denied", { allow: "implicitDeny" }, 1],
  ["nothing is answered", { allow: "" }, 1],
  ["what is needed is denied with the keys of a request", { with: "implicitDeny" }, 1],
  ["a condition makes no difference", { without: "allowed" }, 1],
  ["nothing is answered without the keys", { without: "" }, 1],
])("fails when %s", (_, answers, failed) => {
  const { status, stdout } = run(answers);
  expect(stdout).toMatch(
    new RegExp(`${String(9 - failed)} passed, ${String(failed)} failed\\n$`, "u"),
  );
  expect(status).toBe(1);
});

test("asks nothing of another account", () => {
  const { status, stderr, calls } = run({ account: "999999999999" });
  expect(stderr).toBe(
    "these checks are about account 111122223333, the credentials are of 999999999999; nothing was asked\n",
  );
  expect(status).toBe(2);
  expect(calls.trim().split("\n")).toHaveLength(1);
});
