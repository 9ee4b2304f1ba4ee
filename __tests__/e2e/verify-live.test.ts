import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { policyDocument, type Grant } from "../../modules/iam";
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

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "verify-live-"));
  const files = liveChecks({ account: "111122223333", region: "eu-central-1" }, [
    {
      name: "pi--test--acme--exec",
      arn: ARN,
      owner: "acme",
      purpose: "Starts",
      boundaryArn: "arn:aws:iam::111122223333:policy/limit",
      trust: { Version: "2012-10-17", Statement: [] },
      grants: [grant],
      policies: [policyDocument([grant])],
    },
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
  *iam:PassRole*) echo '${all.deny}' ;;
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
  expect(stdout).toMatch(/4 passed, 0 failed\n$/u);
  expect(status).toBe(0);
  expect(calls).toContain(
    `iam simulate-principal-policy --policy-source-arn ${ARN} --resource-arns arn:aws:ecr:eu-central-1:111122223333:repository/pi/x --action-names ecr:BatchGetImage`,
  );
  expect(calls).toContain("--policy-document file://policies/pi--test--acme--exec-1.json");
});

test.each([
  ["a policy is faulty", { valid: "INVALID_ACTION" }],
  ["something is granted that never may be", { never: "FAIL" }],
  ["an attack is allowed", { deny: "implicitDeny allowed" }],
  ["what is needed is denied", { allow: "implicitDeny" }],
  ["nothing is answered", { allow: "" }],
])("fails when %s", (_, answers) => {
  const { status, stdout } = run(answers);
  expect(stdout).toMatch(/3 passed, 1 failed\n$/u);
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
