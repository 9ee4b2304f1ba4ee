import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findTerraform } from "../../../terraform/tools/find-terraform";
import { call, type ScratchProject, scratchProject } from "../scratch-project";

let project: ScratchProject;

beforeEach(() => {
  project = scratchProject();
});

afterEach(() => {
  project.remove();
});

describe("synth", () => {
  test("writes plain Terraform for each stack, below the project unless told otherwise", async () => {
    const { code, stdout } = await call(["synth"], project.root);
    expect(code).toBe(0);
    expect(stdout).toContain("3 stacks written; each directory is plain Terraform\n");
    expect(
      existsSync(path.join(project.root, "cdktf.out/stacks/local--universal-music/cdk.tf.json")),
    ).toBe(true);
    const json = await call(
      ["synth", "--json", "--out", "elsewhere", "--env", "local", "--partner", "universal-music"],
      project.root,
    );
    expect(
      (JSON.parse(json.stdout) as { stacks: { directory: string }[] }).stacks.map(({ directory }) =>
        path.relative(project.root, directory),
      ),
    ).toEqual(
      ["bootstrap", "platform", "universal-music"].map(
        (owner) => `elsewhere/stacks/local--${owner}`,
      ),
    );
  });

  test("an environment whose platform was not applied yet: its partners are left out, and it says so", async () => {
    rmSync(path.join(project.root, "environments/local.facts.json"));
    const { code, stdout, stderr } = await call(["synth"], project.root);
    expect(code).toBe(0);
    expect(stdout).toContain("2 stacks written");
    expect(stderr).toContain(
      "environments/local.facts.json is missing, so the partners of local are left out; apply local--platform, then run: partner-ingest platform export --env local\n",
    );
  });

  test("an environment that is not there", async () => {
    const { code, stderr } = await call(["synth", "--env", "prod"], project.root);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'error: "prod" is no environment of this project; known are "local"\n',
    );
  });
});

describe("validate", () => {
  const PATH = process.env["PATH"];

  afterEach(() => {
    process.env["PATH"] = PATH;
  });

  test("without Terraform it says how to get it", async () => {
    process.env["PATH"] = path.dirname(process.execPath);
    const missing = ((): string => {
      try {
        findTerraform();
        return "";
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    })();
    // Where Terraform lies beside Node there is nothing to be missing.
    const { code, stderr } = await call(["validate"], project.root);
    expect(missing === "" ? 3 : code).toBe(3);
    expect(stderr).toContain(missing);
  });

  test("tells each stack, from a Terraform that finds a fault in one", async () => {
    const bin = path.join(project.root, "bin");
    project.write(
      "bin/terraform",
      `#!/bin/sh
case "$1 $PWD" in
  "validate "*platform) echo '{"valid":false,"error_count":1,"diagnostics":[{"severity":"error","summary":"Unsupported argument","detail":"no such thing"}]}'; exit 1 ;;
  "validate "*) echo '{"valid":true,"diagnostics":[]}' ;;
esac
`,
    );
    chmodSync(path.join(bin, "terraform"), 0o755);
    process.env["PATH"] = `${bin}:${PATH ?? ""}`;
    const { code, stdout } = await call(["validate"], project.root);
    expect(code).toBe(5);
    expect(stdout).toContain(
      "valid    local--bootstrap\ninvalid  local--platform\nvalid    local--universal-music\n",
    );
    expect(stdout).toContain("Unsupported argument");
    expect(stdout).toContain("1 stack of 3 invalid\n");
  });
});

describe("platform export", () => {
  const facts = (): Record<string, unknown> =>
    JSON.parse(
      readFileSync(path.join(project.root, "environments/local.facts.json"), "utf8"),
    ) as Record<string, unknown>;

  test("an offline environment has fixed ids, which are there already", async () => {
    const { code, stdout } = await call(["platform", "export"], project.root);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "environments/local.facts.json is unchanged\n",
    });
  });

  test("the output of an applied platform", async () => {
    const own = ["schemaVersion", "environment", "account", "region", "stateSerial"];
    const value = Object.fromEntries(
      Object.entries(facts()).filter(([name]) => !own.includes(name)),
    );
    writeFileSync(
      path.join(project.root, "out.json"),
      JSON.stringify({ facts: { value: { ...value, vpcId: "vpc-0aaaaaaaaaaaaaaaa" } } }),
    );
    const { code, stdout } = await call(
      ["platform", "export", "--env", "local", "--from", "out.json"],
      project.root,
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        "environments/local.facts.json is changed; review and commit it, the partners' stacks are built on it\n",
    });
    expect(facts()).toMatchObject({
      schemaVersion: 1,
      environment: "local",
      vpcId: "vpc-0aaaaaaaaaaaaaaaa",
    });
  });

  test("a file that is something else", async () => {
    project.write("out.json", "{}");
    const { code, stderr } = await call(["platform", "export", "--from", "out.json"], project.root);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'out.json holds no output "facts"; it must be the output of the stack local--platform\n',
    );
  });
});
