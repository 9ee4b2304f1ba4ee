import { App } from "cdktf";
import { reportAccess } from "../../../modules/app/report-access";
import { BootstrapStack } from "../../../modules/bootstrap";
import { policySize } from "../../../modules/iam";
import { permissionRequest, requestMarkdown } from "../../../modules/iam/report";
import { testEnvironment } from "../../support/environment";

const environment = testEnvironment({
  people: {
    viewer: { principals: ["444455556666"] },
    onCall: {
      principals: ["arn:aws:iam::111122223333:role/on-call"],
      releaseTo: ["acme-files/in/"],
      backfillFrom: ["acme-drop/orders/"],
    },
    breakGlass: { principals: ["arn:aws:iam::111122223333:user/night"] },
  },
  ci: {
    github: {
      repository: "acme/ingest",
      plan: { branch: "main" },
      apply: { environment: "production" },
    },
  },
});
const stack = new BootstrapStack(new App({ skipValidation: true }), environment);
const reported = reportAccess(environment, [stack]);
const request = (changed = reported) =>
  permissionRequest({
    environment,
    providerVersion: "5.100.0",
    roles: [],
    partners: [],
    hosts: [],
    serviceLinkedRoles: [],
    ...changed,
  });
const text = requestMarkdown(request());

test("every role of people and CI is told, with who takes it on and what bounds it", () => {
  expect(reported.access.map(({ name }) => name.split("--").pop())).toEqual([
    "viewer",
    "on-call",
    "break-glass",
    "github-plan",
    "github-apply",
  ]);
  expect(reported.accessBoundaries.map(({ name }) => name)).toEqual([
    "acme--test--bootstrap--people-boundary",
    "acme--test--bootstrap--deployer-boundary",
  ]);
  expect(text).toContain(
    "For people who look. Taken on by `arn:aws:iam::444455556666:root` (whoever account 444455556666 lets by a policy of its own) only with `aws:MultiFactorAuthPresent true`, for 60 minutes at most. Never more than `arn:aws:iam::111122223333:policy/acme/test/bootstrap/acme--test--bootstrap--people-boundary`.",
  );
  expect(text).toContain(
    "only with `aws:MultiFactorAuthPresent true` and `aws:MultiFactorAuthAge NumericLessThan 900` and `aws:RequestedRegion eu-central-1`",
  );
});

test("what people do has its setting as the reason, what CI does the types of resources", () => {
  expect(text).toContain(
    "- can `s3:ListBucketVersions` on `arn:aws:s3:::acme-drop`, only if `aws:ResourceAccount StringEquals 111122223333` and `s3:prefix StringLike orders/*`, because of `people.onCall.backfillFrom`: to find objects that came into a bucket of your own and started nothing",
  );
  expect(text).toMatch(
    /- can what Terraform calls of `ecr` \(\d+ actions\) to read, create, update `aws_ecr_lifecycle_policy`, `aws_ecr_repository`\n/u,
  );
  expect(text).toMatch(
    /- can never, whatever else allows it: `events:DeleteRule`, .* on `arn:aws:events:eu-central-1:111122223333:rule\/acme--test--platform--break-glass`/u,
  );
});

test("every * of a deployer stands with its reason, and what limits it", () => {
  expect(text).toContain(
    "- `acme--test--bootstrap--github-apply`: `elasticfilesystem:CreateFileSystem`, `kms:CreateKey`: the action takes no resource; limited by `aws:RequestTag/partner-ingest:environment`, `aws:RequestTag/partner-ingest:owner`",
  );
  const told = request().wildcards.flatMap(({ role, actions }) =>
    actions.map((action) => `${role} ${action}`),
  );
  const stars = reported.access.flatMap(({ name, inline, managed }) =>
    [...inline, ...managed.map(({ document }) => document)]
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect, Resource }) => Effect === "Allow" && [Resource].flat().includes("*"))
      .flatMap(({ Action }) => [Action].flat().map((action) => `${name} ${action}`)),
  );
  expect(new Set(told)).toEqual(new Set(stars));
});

test("the digest is of these roles, too", () => {
  const [viewer, ...others] = reported.access;
  if (viewer === undefined) throw new Error("there is no viewer");
  const open = { ...viewer, boundaryArn: "" };
  const { digest } = request();
  expect(request({ ...reported, access: [open, ...others] }).digest).not.toBe(digest);
  expect(request({ ...reported, access: [...others, viewer] }).digest).toBe(digest);
  expect(request({ ...reported, accessBoundaries: [] }).digest).not.toBe(digest);
});

test("an environment that names nobody has no such roles", () => {
  const empty = testEnvironment();
  const none = reportAccess(empty, [new BootstrapStack(new App({ skipValidation: true }), empty)]);
  expect(none).toEqual({ access: [], accessBoundaries: [] });
  expect(requestMarkdown(request(none))).toContain("None: the settings name nobody.");
});

test("the boundaries fit for the longest names", () => {
  const long = testEnvironment({
    ...environment,
    id: "abcdefghijkl",
    prefix: "abcdef",
    region: "ap-southeast-2",
    network: {
      kind: "create",
      availabilityZones: ["ap-southeast-2a", "ap-southeast-2b"],
      egress: "nat",
    },
  });
  const { accessBoundaries } = reportAccess(long, [
    new BootstrapStack(new App({ skipValidation: true }), long),
  ]);
  expect(accessBoundaries).toHaveLength(2);
  for (const { document } of accessBoundaries) expect(policySize(document)).toBeLessThan(6145);
});
