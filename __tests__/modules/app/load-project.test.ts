import path from "node:path";
import { loadProject } from "../../../modules/app";
import { fixedFacts } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import { messageOf, partnerInput } from "../../support/partner";
import { testDirectory, type TestDirectory } from "../../support/project-directory";

let project: TestDirectory;

beforeEach(() => {
  project = testDirectory();
});

afterEach(() => {
  project.remove();
});

const exported = (value: unknown): string =>
  `module.exports = { default: ${JSON.stringify(value)} };\n`;
const message = (): string => messageOf(() => loadProject(project.path));

test("this repository's own project is loaded from its TypeScript", () => {
  const own = loadProject(path.resolve(__dirname, "../../.."));
  expect(own.partners.map(({ id }) => id)).toContain("universal-music");
  const local = own.environments.find(({ environment }) => environment.id === "local");
  expect(local?.facts).toEqual(local && fixedFacts(local.environment));
  // A fresh clone synthesizes everything.
  expect(Object.keys(own.imagesLock.environments["local"] ?? {}).sort()).toEqual(
    [...(local?.environment.images ?? [])].sort(),
  );
});

test("environments, facts, partners and digests are read, each by its name", () => {
  const environment = testEnvironment();
  const facts = fixedFacts(environment);
  const lock = { schemaVersion: 1, environments: { test: {} } };
  project.write("environments/test.js", exported(environment));
  project.write("environments/test.facts.json", JSON.stringify(facts));
  project.write("environments/README.md", "not an environment");
  project.write("partners/beta.js", exported(partnerInput({ id: "beta" })));
  project.write("partners/acme.js", exported(partnerInput()));
  project.write("partners/acme.d.ts", "export default {};");
  project.write("images.lock.json", JSON.stringify(lock));
  const loaded = loadProject(project.path);
  expect(loaded).toMatchObject({
    root: project.path,
    environments: [{ environment, facts }],
    partners: [{ id: "acme" }, { id: "beta" }],
    imagesLock: lock,
  });
  // A plain object is a partner too, with its defaults filled in.
  expect(loaded.partners[0]?.retention).toEqual({ landing: 30, processed: "forever" });
});

test("without facts and digests nothing is made up", () => {
  project.write("environments/test.js", exported(testEnvironment()));
  expect(loadProject(project.path)).toMatchObject({
    environments: [{ facts: undefined }],
    partners: [],
    imagesLock: { schemaVersion: 1, environments: {} },
  });
});

test("faults of all files are told at once, each by the path of the setting", () => {
  project.write("environments/test.js", exported({ ...testEnvironment(), account: "1" }));
  project.write("partners/acme.js", exported({ ...partnerInput(), owner: 5 }));
  project.write("partners/other.js", exported(partnerInput({ id: "beta" })));
  project.write("partners/empty.js", "module.exports = {};\n");
  project.write("partners/broken.js", "module.exports = {");
  project.write("images.lock.json", "{");
  expect(message().split("\n")).toEqual([
    `environments/test.account must have 12 digits, got "1"`,
    "partners/acme.owner must be a text that is not empty, got 5",
    expect.stringMatching(/^partners\/broken\.js can not be loaded: /u),
    "partners/empty.js has no default export; write: export default definePartner({ ... })",
    `partners/other.js defines the partner "beta"; name the file beta.js, or change the id`,
    expect.stringMatching(/^images\.lock\.json is no JSON: .*; restore it from version control$/u),
    expect.stringMatching(/^.*environments holds no environment; /u),
  ]);
});

test("facts with a fault name their file", () => {
  project.write("environments/test.js", exported(testEnvironment()));
  project.write(
    "environments/test.facts.json",
    JSON.stringify({ ...fixedFacts(testEnvironment()), vpcId: 5 }),
  );
  expect(message()).toContain("environments/test.facts.json.vpcId must be a text, got 5");
});

test("a file that loads what is not there says so in one line", () => {
  project.write("environments/test.js", exported(testEnvironment()));
  project.write("partners/acme.js", `require("./missing");`);
  expect(message()).toMatch(
    /^partners\/acme\.js can not be loaded: Cannot find module '\.\/missing'/u,
  );
});

test("a directory without anything says what to write", () => {
  expect(message()).toBe(
    `${path.join(project.path, "environments")} holds no environment; write environments/<id>.ts with: export default defineEnvironment({ ... })`,
  );
});
