import type { Project } from "../modules/app";
import { defineEnvironment, definePartner, manual, s3Object, schedule } from "../modules/config";

/** The environment of this repository has the only image that these partners need. */
function imagesFor(sources: Project, id: string): Project["imagesLock"] {
  const { worker } = sources.imagesLock.environments["local"] ?? {};
  if (worker === undefined) throw new Error("images.lock.json has no worker for local");
  return { schemaVersion: 1, environments: { [id]: { worker } } };
}

/**
 * What the environment of this repository leaves out and a platform may have: interface endpoints in place of a NAT gateway,
 * people who hear of failures, Fargate; and a partner who uses them. Recorded for the table, beside the environment of this
 * repository.
 */
export function variantsProject(root: string, sources: Project): Project {
  const environment = defineEnvironment({
    id: "variants",
    account: "345678901234",
    region: "us-west-2",
    prefix: "tb",
    disposable: true,
    offline: true,
    backend: { kind: "local" },
    network: {
      kind: "create",
      cidr: "10.60.0.0/16",
      availabilityZones: ["us-west-2a", "us-west-2b"],
      egress: "endpoints",
    },
    alerts: { emails: ["team@example.org"] },
    pools: { tasks: { kind: "fargate-spot" } },
  });
  const partner = definePartner({
    id: "weather",
    owner: "weather@example.com",
    source: { company: "Weather Service" },
    triggers: {
      hourly: schedule({ cron: "cron(7 * * * ? *)", timezone: "Etc/UTC", starts: "order" }),
      dropped: s3Object({ bucket: "landing", prefix: "maps/", suffix: ".grib" }),
    },
    compute: { pool: "tasks", vcpus: 1, memoryMib: 2048 },
    steps: {
      fetch: {
        kind: "fetch",
        program: ["/opt/weather/get", "{orderId}", "{staging}"],
        isolation: "fargate",
      },
      publish: { kind: "publish", after: ["fetch"], prefix: "weather/" },
    },
    retention: { landing: 3, processed: 90 },
  });
  return {
    root,
    environments: [{ environment, facts: undefined }],
    partners: [partner],
    imagesLock: imagesFor(sources, "variants"),
  };
}

/**
 * A deployment that shares nothing with the one that the table is made from: other names, account and region, other compute,
 * another way out of the network, another shape of partner.
 */
export function freshProject(root: string, sources: Project): Project {
  const environment = defineEnvironment({
    id: "stage",
    account: "210987654321",
    region: "eu-central-1",
    prefix: "acme",
    disposable: true,
    offline: true,
    backend: { kind: "local" },
    network: {
      kind: "create",
      cidr: "10.40.0.0/16",
      availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      egress: "endpoints",
    },
    serviceLinkedRoles: ["batch"],
    alerts: { emails: ["on-call@example.com"] },
    pools: { serverless: { kind: "fargate" }, hosts: { kind: "ec2", maxVcpus: 8 } },
  });
  const partner = definePartner({
    id: "photo-host",
    owner: "photos@example.com",
    source: { company: "Photo Host" },
    triggers: {
      byHand: manual(),
      nightly: schedule({ cron: "cron(0 3 * * ? *)", timezone: "Europe/Berlin", starts: "order" }),
    },
    compute: { pool: "serverless", vcpus: 1, memoryMib: 2048 },
    staging: { kind: "scratch", gib: 30 },
    steps: {
      deliver: {
        kind: "deliver",
        program: ["/opt/photos/get", "{orderId}", "{staging}"],
        isolation: "fargate",
        prefix: "photos/",
      },
    },
    retention: { landing: 7, processed: 365 },
  });
  return {
    root,
    environments: [{ environment, facts: undefined }],
    partners: [partner],
    imagesLock: imagesFor(sources, "stage"),
  };
}
