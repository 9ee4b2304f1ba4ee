import { loadProject } from "../../../../modules/app";
import { readDeployments } from "../../../../modules/app/read-deployments";
import type { PolicyDocument, World } from "../../../../modules/iam";
import { type Deployment, separationClaims } from "../../../../modules/iam/proof";
import { type ScratchProject, scratchProject } from "../../../cli/scratch-project";
import { type TestDirectory, testDirectory } from "../../../support/project-directory";

let project: ScratchProject;
let out: TestDirectory;
let deployment: Deployment;

beforeAll(async () => {
  project = scratchProject();
  out = testDirectory();
  // The same partner under another name, on hosts that several share.
  project.write(
    "partners/twin.ts",
    `import first from "./universal-music";
     const text = JSON.stringify({ ...first, notifications: undefined });
     export default JSON.parse(text.replaceAll("universal-music", "twin").replaceAll('"label"', '"general"').replaceAll('"isolation":"dedicated"', '"isolation":{"sharedHost":"both are only a test"}'));
    `,
  );
  const [only] = await readDeployments(loadProject(project.root), { outdir: out.path });
  if (only === undefined) throw new Error("no environment");
  deployment = only;
});

afterAll(() => {
  project.remove();
  out.remove();
});

const faults = (changed: Deployment): readonly string[] =>
  separationClaims(changed).flatMap((claim) => claim.faults);

/** The deployment with the policies of one role changed. */
function changed(role: string, change: (text: string) => string): Deployment {
  const world: World = {
    ...deployment.world,
    principals: deployment.world.principals.map((principal) =>
      principal.name === role
        ? {
            ...principal,
            policies: principal.policies.map(({ name, document }) => ({
              name,
              document: JSON.parse(change(JSON.stringify(document))) as PolicyDocument,
            })),
          }
        : principal,
    ),
  };
  return { ...deployment, world };
}

test("two partners of the same shape are apart", () => {
  const claims = separationClaims(deployment);
  expect(claims.map(({ id, faults: all }) => ({ id, all }))).toEqual([
    { id: "local/separation/owned", all: [] },
    { id: "local/separation/shared", all: [] },
    { id: "local/separation/staging", all: [] },
  ]);
  for (const { checked } of claims) expect(checked).toBeGreaterThan(0);
});

test("a role that names another's things is told", () => {
  const wrong = changed("pi--local--twin--trigger", (text) =>
    text.replaceAll("pi--local--twin--", "pi--local--universal-music--"),
  );
  expect(faults(wrong).join("\n")).toContain(
    "pi--local--twin--trigger may batch:submitjob on arn:aws:batch:",
  );
});

test("a role without the conditions that part it is told", () => {
  const wrong = changed("pi--local--twin--job-publish", (text) =>
    text.replaceAll(/,"Condition":\{(?:[^{}]|\{[^{}]*\})*\}/gu, ""),
  );
  expect(faults(wrong).join("\n")).toContain("and no condition parts them");
});
