import { loadProject } from "../../../../modules/app";
import { readDeployments } from "../../../../modules/app/read-deployments";
import type { PolicyDocument, World } from "../../../../modules/iam";
import {
  declaredCalls,
  type Deployment,
  livenessClaims,
  lockRows,
  sampleResources,
  separationClaims,
} from "../../../../modules/iam/proof";
import { type ScratchProject, scratchProject } from "../../../cli/scratch-project";
import { type TestDirectory, testDirectory } from "../../../support/project-directory";

/** Beside what its kind needs, and with a key that is nobody's here. */
const EXTRA = {
  rates: {
    actions: ["s3:GetObject"],
    resources: ["arn:{partition}:s3:::our-rates/{environment}/*"],
    reason: "look up the rates of today",
  },
  ratesKey: {
    actions: ["kms:Decrypt"],
    resources: ["arn:{partition}:kms:{region}:{account}:key/of-our-rates"],
    conditions: [
      { op: "StringEquals", key: "kms:ViaService", values: ["s3.{region}.amazonaws.com"] },
      // Everybody reads secrets through keys of any name: what tells them apart is the context.
      {
        op: "StringEquals",
        key: "kms:EncryptionContext:aws:s3:arn",
        values: ["arn:{partition}:s3:::our-rates"],
      },
    ],
    reason: "decrypt the rates of today",
  },
};

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
     const twin = JSON.parse(text.replaceAll("universal-music", "twin").replaceAll('"label"', '"general"').replaceAll('"isolation":"dedicated"', '"isolation":{"sharedHost":"both are only a test"}'));
     twin.steps.fetch.grants = ${JSON.stringify(EXTRA)};
     export default twin;
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
    { id: "local/separation/named", all: [] },
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

test("a role that can do what another's role can is told of everything that it reaches", () => {
  const all = changed("pi--local--twin--job-publish", (text) =>
    text.replace(
      '"Statement":[',
      '"Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","kms:Decrypt","sqs:SendMessage","lambda:InvokeFunction","elasticfilesystem:ClientMount"],"Resource":"*"},',
    ),
  );
  const named = separationClaims(all).find(({ id }) => id === "local/separation/named");
  const said = new Set(named?.faults.map((fault) => fault.split(" of universal-music: ")[0]));
  expect([...said].sort()).toEqual(
    [
      "call the function",
      "list the files",
      "list the ledger",
      "mount the access point",
      "reach the files",
      "reach the ledger",
      "reach the queue",
      "use the key for the files",
    ].map((what) => `pi--local--twin--job-publish can ${what}`),
  );
});

test("a role without the conditions that part it is told", () => {
  const wrong = changed("pi--local--twin--job-publish", (text) =>
    text.replaceAll(/,"Condition":\{(?:[^{}]|\{[^{}]*\})*\}/gu, ""),
  );
  expect(faults(wrong).join("\n")).toContain("and no condition parts them");
});

describe("what a step was granted besides", () => {
  const FETCH = "pi--local--twin--job-fetch";

  test("is asked about as everything else", () => {
    const asked = declaredCalls(deployment).filter(({ say }) => say.includes("(Extra"));
    expect(asked.map(({ call }) => call)).toEqual([
      {
        action: "s3:GetObject",
        resource: "arn:aws:s3:::our-rates/local/any",
        context: { "aws:ResourceAccount": "123456789012" },
      },
      {
        action: "kms:Decrypt",
        resource: "arn:aws:kms:ap-northeast-2:123456789012:key/of-our-rates",
        context: {
          "kms:ViaService": "s3.ap-northeast-2.amazonaws.com",
          "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::our-rates",
        },
      },
    ]);
    expect(livenessClaims(deployment, asked).flatMap((claim) => claim.faults)).toEqual([]);
  });

  test("fails where the boundary does not let it", () => {
    const { world } = deployment;
    const principals = world.principals.map((role) =>
      role.boundary === undefined || role.name !== FETCH
        ? role
        : {
            ...role,
            boundary: { ...role.boundary, document: withoutKeys(role.boundary.document) },
          },
    );
    const wrong = { ...deployment, world: { ...world, principals } };
    const asked = declaredCalls(wrong).filter(({ say }) => say.includes("(Extra"));
    expect(livenessClaims(wrong, asked).flatMap((claim) => claim.faults)).toEqual([
      `${FETCH} can not do what its settings grant besides (ExtraRatesKey) (kms:Decrypt): kms:Decrypt on arn:aws:kms:ap-northeast-2:123456789012:key/of-our-rates is not allowed by the boundary policies`,
    ]);
  });

  test("stands in the lock", () => {
    const { world } = deployment;
    const role = world.principals.find(({ name }) => name === FETCH)?.arn ?? "";
    expect(lockRows(world, role, sampleResources(world))).toContainEqual({
      on: "arn:aws:s3:::our-rates/local/any",
      may: ["s3:GetObject"],
      if: ["StringEquals aws:ResourceAccount 123456789012"],
    });
  });
});

const withoutKeys = ({ Statement, ...rest }: PolicyDocument): PolicyDocument => ({
  ...rest,
  Statement: Statement.filter(({ Sid }) => Sid !== "Keys"),
});
