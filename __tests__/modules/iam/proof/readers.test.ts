import { loadProject } from "../../../../modules/app";
import { readDeployments } from "../../../../modules/app/read-deployments";
import type { PolicyDocument, Principal } from "../../../../modules/iam";
import {
  declaredCalls,
  type Deployment,
  livenessClaims,
  readersClaims,
} from "../../../../modules/iam/proof";
import { REPOSITORY, type ScratchProject, scratchProject } from "../../../cli/scratch-project";
import { type TestDirectory, testDirectory } from "../../../support/project-directory";

const MEDIUM = "pi--local--universal-music--reader-medium";
const TEAM = "pi--local--universal-music--reader-team";
const ROLE = "arn:aws:iam::210987654321:role/feed-reader";

let project: ScratchProject;
let out: TestDirectory;
let deployment: Deployment;

beforeAll(async () => {
  project = scratchProject();
  out = testDirectory();
  const readers = {
    medium: { principals: [ROLE], externalId: "feed-7", reason: "read what was delivered" },
    team: {
      principals: [{ account: "123456789012", reason: "the team's roles change" }],
      from: "landing",
      prefixes: ["orders/"],
      reason: "look at the orders that were dropped",
    },
  };
  project.write(
    "partners/universal-music.ts",
    `import first from ${JSON.stringify(`${REPOSITORY}/partners/universal-music`)};
     export default { ...first, readers: ${JSON.stringify(readers)} };`,
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
  readersClaims(changed).flatMap((claim) => claim.faults);

function changed(name: string, change: (role: Principal) => Principal): Deployment {
  const principals = deployment.world.principals.map((role) =>
    role.name === name ? change(role) : role,
  );
  return { ...deployment, world: { ...deployment.world, principals } };
}

const edit = (document: PolicyDocument, change: (text: string) => string): PolicyDocument =>
  JSON.parse(change(JSON.stringify(document))) as PolicyDocument;

const withTrust = (name: string, change: (text: string) => string): Deployment =>
  changed(name, (role) => ({ ...role, trust: edit(role.trust, change) }));

const withPolicy = (name: string, change: (text: string) => string): Deployment =>
  changed(name, (role) => ({
    ...role,
    policies: role.policies.map((one) => ({ ...one, document: edit(one.document, change) })),
  }));

test("readers are let in and read as their settings say", () => {
  expect(readersClaims(deployment).map(({ id, faults: all }) => [id, all])).toEqual([
    ["local/trust/readers", []],
    ["local/separation/readers", []],
  ]);
  const calls = declaredCalls(deployment).filter(({ role }) => /--reader-/u.test(role));
  expect(calls.map(({ say }) => say)).toEqual([
    ...["list what was delivered", "look at a file", "read a file", "read a part of a file"],
    ...["list what was delivered", "look at a file", "read a file", "read a part of a file"],
  ]);
  expect(livenessClaims(deployment, calls).flatMap((claim) => claim.faults)).toEqual([]);
});

test.each<[string, (text: string) => string, string]>([
  [
    "another account",
    (text) => text.replace(ROLE, "arn:aws:iam::999999999999:root"),
    `${MEDIUM} trusts arn:aws:iam::999999999999:root, which no setting names`,
  ],
  [
    "no external id",
    (text) => text.replace(/,"Condition":\{[^}]*\}\}/u, ""),
    `${MEDIUM} can be taken on by ${ROLE} without the external id`,
  ],
  [
    "a pattern of external ids",
    (text) => text.replace("StringEquals", "StringLike").replace("feed-7", "feed-*"),
    `${MEDIUM} trusts under other conditions than its settings ask for`,
  ],
  [
    "nobody",
    (text) => text.replace("feed-reader", "feed-writer"),
    `${MEDIUM} can not be taken on by ${ROLE}`,
  ],
])("trust in %s is told", (_, change, fault) => {
  expect(faults(withTrust(MEDIUM, change))).toContain(fault);
});

test.each<[string, (text: string) => string, RegExp]>([
  [
    "the whole bucket",
    (text) => text.replaceAll("/deliveries/*", "/*"),
    /^pi--local--universal-music--reader-medium can read what is in quarantine: s3:GetObject on .*\/quarantine\//u,
  ],
  [
    "a folder whose name begins so",
    (text) => text.replaceAll("/deliveries/*", "/deliveries*"),
    /^pi--local--universal-music--reader-medium can read what is beside: s3:GetObject on .*\/deliveries~\/file$/u,
  ],
  [
    "lists of everything",
    (text) => text.replace('"deliveries/*"', '"*"'),
    /^pi--local--universal-music--reader-medium may list \*, which its settings do not name$/u,
  ],
  [
    "older versions",
    (text) => text.replace("s3:GetObject", "s3:GetObjectVersion"),
    /^pi--local--universal-music--reader-medium may s3:GetObjectVersion: readers only read$/u,
  ],
  [
    "writing",
    (text) => text.replace('"s3:GetObject"', '["s3:GetObject","s3:PutObject"]'),
    /^pi--local--universal-music--reader-medium can write or delete a file: s3:PutObject on /u,
  ],
  [
    "another bucket",
    (text) => text.replaceAll("--processed--", "--landing--"),
    /^pi--local--universal-music--reader-medium can read another bucket: s3:GetObject on .*--landing--/u,
  ],
  [
    "the key without S3",
    (text) =>
      text.replace(/("Action":"kms:Decrypt","Resource":"[^"]*"),"Condition":\{.*?\}\}/u, "$1"),
    /^pi--local--universal-music--reader-medium may decrypt more than what S3 holds in its bucket$/u,
  ],
])("a policy that lets it reach %s is told", (_, change, fault) => {
  const wrong = withPolicy(MEDIUM, change);
  expect(faults(wrong).some((one) => fault.test(one))).toBe(true);
});

test("an account lets in whom it lets, and nobody else", () => {
  expect(faults(withTrust(TEAM, (text) => text.replace("123456789012", "999999999999")))).toEqual(
    expect.arrayContaining([
      `${TEAM} can not be taken on by arn:aws:iam::123456789012:user/somebody`,
      `${TEAM} can be taken on by a role of another account`,
      `${TEAM} trusts arn:aws:iam::999999999999:root, which no setting names`,
    ]),
  );
});

test("a role that the settings ask for and that is not there is told", () => {
  const principals = deployment.world.principals.filter(({ name }) => name !== MEDIUM);
  const without = { ...deployment, world: { ...deployment.world, principals } };
  expect(faults(without)).toContain(`${MEDIUM} is asked for by the settings, and is in no stack`);
});
