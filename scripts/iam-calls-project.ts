import type { Project } from "../modules/app";
import { definePartner, manual, s3Object } from "../modules/config";

const program = [
  "/opt/teleport/bin/teleport",
  "fetch",
  "--order",
  "{orderId}",
  "--into",
  "{staging}",
];

const label = {
  owner: "recordings@example.com",
  source: { company: "A Label" },
  triggers: { byHand: manual() },
  compute: { pool: "general" },
};

const teleport = {
  image: "teleport",
  isolation: { sharedHost: "the stand-in of a recording" },
  environment: { TELEPORT_URL: "https://delivery.label.example" },
  secrets: {
    TELEPORT_TOKEN:
      "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:label/teleport-Ab3dE9",
  },
} as const;

/** Everything in one job. */
const oneJob = definePartner({
  ...label,
  id: "one-job",
  staging: { kind: "scratch" },
  steps: { deliver: { kind: "deliver", program, prefix: "in/", ...teleport } },
});

/** Whose deliveries are never good. */
const strict = definePartner({
  ...label,
  id: "strict",
  steps: {
    fetch: { kind: "fetch", program, ...teleport },
    publish: { kind: "publish", after: ["fetch"], prefix: "in/", minFiles: 100 },
  },
});

/** The photo host's program, which works on what the label delivered. */
const develop = {
  kind: "process",
  image: "photo",
  program: ["/opt/photo/bin/develop", "{input}", "{output}"] as string[],
  isolation: { sharedHost: "the stand-in of a recording" },
  prefix: "photos/",
} as const;

/** Who works on what an earlier step delivered. */
const afterwards = definePartner({
  ...label,
  id: "afterwards",
  steps: {
    fetch: { kind: "fetch", program, ...teleport },
    publish: { kind: "publish", after: ["fetch"], prefix: "in/" },
    develop: {
      ...develop,
      after: ["publish"],
      input: { from: "step", step: "publish" },
      children: 2,
    },
    merge: { kind: "merge", after: ["develop"] },
  },
});

/** Whose arrays have several children, each with one try on a machine. */
const sharedOut = definePartner({
  ...label,
  id: "shared-out",
  triggers: { listed: s3Object({ bucket: "landing", prefix: "months/", suffix: ".list" }) },
  staging: { kind: "scratch" },
  steps: {
    develop: {
      ...develop,
      input: { from: "list", bucket: "landing", prefix: "raw/" },
      children: { filesPerChild: 20 },
      attempts: 1,
    },
    merge: { kind: "merge", after: ["develop"] },
  },
});

/** The partners of this repository, and those who do what they do not. */
export function recordedProject(sources: Project, root: string): Project {
  const more = [oneJob, strict, afterwards, sharedOut];
  return { ...sources, root, partners: [...sources.partners, ...more] };
}
