import { s3Object, type PartnerInput } from "../../../modules/config";
import { partnerInput } from "../../support/partner";
import { containerOf, partnerTemplate } from "../../support/partner-template";

const { fetch } = partnerInput().steps;
if (fetch === undefined) throw new Error("the smallest partner fetches");

const unpacking = (unpack: object): Partial<PartnerInput> => ({
  triggers: { dropped: s3Object({ bucket: "landing", suffix: ".order" }) },
  steps: { fetch, unpack: { kind: "unpack", after: ["fetch"], prefix: "out/", ...unpack } },
});

const rights = (unpack: object): string[] =>
  partnerTemplate(unpacking(unpack))
    .policy("aws_iam_role_policy", "job_unpack")
    .Statement.map(({ Sid = "" }) => Sid);

test("an archive in staging is read through the mount: nothing is granted on what started the order", () => {
  const archive = (ids: readonly string[]): readonly string[] =>
    ids.filter((id) => id.startsWith("Archive"));
  expect(archive(rights({ from: { step: "fetch", file: "*.zip" } }))).toEqual([]);
  expect(archive(rights({}))).not.toEqual([]);
});

test("the worker is told which file it is, and mounts staging", () => {
  const from = { step: "fetch", file: "*.zip", checksumFiles: ["*.md5"] };
  const container = containerOf(partnerTemplate(unpacking({ from })), "unpack");
  const { environment, mountPoints } = container as {
    environment: { name: string; value: string }[];
    mountPoints: { containerPath: string }[];
  };
  const settings = environment.find(({ name }) => name === "PARTNER_INGEST_STEP_SETTINGS");
  expect(JSON.parse(settings?.value ?? "{}")).toMatchObject({
    kind: "unpack",
    staged: { file: "*.zip", checksumFiles: ["*.md5"] },
  });
  expect(mountPoints.map(({ containerPath }) => containerPath)).toContain("/mnt/staging");
});
