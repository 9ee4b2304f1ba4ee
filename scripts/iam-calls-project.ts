import type { Project } from "../modules/app";
import { definePartner, manual } from "../modules/config";

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

/** The partners of this repository, and two that do what they do not. */
export function recordedProject(sources: Project, root: string): Project {
  return { ...sources, root, partners: [...sources.partners, oneJob, strict] };
}
