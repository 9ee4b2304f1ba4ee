import { call, type ScratchProject, scratchProject } from "../scratch-project";

let project: ScratchProject;

beforeEach(() => {
  project = scratchProject();
});

afterEach(() => {
  project.remove();
});

test("a project without faults", async () => {
  const { code, stdout } = await call(["check", "-C", project.root], "/");
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: "no faults: 1 partner in 1 environment, 3 stacks\n",
  });
  expect(JSON.parse((await call(["check", "--json"], project.root)).stdout)).toEqual({
    ok: true,
    environments: ["local"],
    partners: ["universal-music"],
    stacks: ["local--bootstrap", "local--platform", "local--universal-music"],
    faults: [],
  });
});

test("all faults of all files at once, without a stack", async () => {
  project.write("partners/acme.ts", `export default { id: "acme", owner: 1, color: "red" };`);
  project.write("partners/other.ts", `export const x = 1;`);
  const { code, stdout, stderr } = await call(["check"], project.root);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  const errors = stderr.split("\n").filter((line) => line.startsWith("error: "));
  expect(errors).toContain(
    "error: partners/other.ts has no default export; write: export default definePartner({ ... })",
  );
  expect(errors.filter((line) => line.startsWith("error: partners/acme.")).length).toBeGreaterThan(
    3,
  );
  expect(stderr).not.toContain("    at ");
  const json = JSON.parse((await call(["check", "--json"], project.root)).stdout) as {
    faults: string[];
  };
  expect(json).toMatchObject({ ok: false, exit: "settings", code: 2 });
  expect(json.faults.map((fault) => `error: ${fault}`)).toEqual(errors);
});

test("faults that only an environment shows: a pool that it does not have", async () => {
  project.write(
    "partners/acme.ts",
    `export default { id: "acme", owner: "a", source: { company: "Acme" }, triggers: { byHand: { kind: "manual" } },
      compute: { pool: "huge" }, staging: { kind: "scratch" },
      steps: { all: { kind: "deliver", program: ["x"], isolation: { sharedHost: "our own program" } } } };`,
  );
  const { code, stderr } = await call(["check"], project.root);
  expect(code).toBe(2);
  expect(stderr).toContain("partners/acme.compute.pool");
  expect(stderr).toContain('got "huge"');
});
