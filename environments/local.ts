import { defineEnvironment } from "../modules";

/**
 * The environment of a fresh clone: it exists on no account. Everything is synthesized for it, planned and applied
 * against an emulator, and run on one machine. Copy it to begin your own.
 */
export default defineEnvironment({
  id: "local",
  account: "123456789012",
  region: "ap-northeast-2",
  prefix: "pi",
  tags: { "cost-center": "partner-ingest" },
  disposable: true,
  offline: true,
  backend: { kind: "local" },
  network: {
    kind: "create",
    availabilityZones: ["ap-northeast-2a", "ap-northeast-2c"],
    egress: "nat",
  },
  images: ["worker", "teleport", "photo", "catalog"],
  people: {
    viewer: { principals: ["123456789012"] },
    onCall: {
      principals: ["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/on-call"],
      releaseTo: ["pi--local--universal-music--processed--95663f63/deliveries/"],
    },
    breakGlass: { principals: ["arn:aws:iam::123456789012:user/break-glass"] },
  },
  ci: {
    github: {
      repository: "example/deliveries",
      plan: { branch: "main" },
      apply: { environment: "local" },
    },
  },
  pools: {
    general: { kind: "ec2-spot-fallback", maxVcpus: 256 },
    // The label's program runs on hosts that no other partner uses.
    label: {
      kind: "ec2-spot-fallback",
      maxVcpus: 64,
      tenancy: { partner: "universal-music" },
    },
  },
});
