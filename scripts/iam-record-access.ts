import type { Project } from "../modules/app";
import { defineEnvironment } from "../modules/config";

/**
 * A bootstrap stack with all that it may hold: the bucket and key of the states, roles of people and of CI, an identity
 * provider. Recorded for the table; the environments that are recorded whole keep their states on this machine.
 */
export function accessProject(root: string, sources: Project): Project {
  return projectOf(root, sources, {
    id: "access",
    account: "456789012345",
    region: "eu-west-1",
    prefix: "kx",
    repository: "octo/deliveries",
    user: "arn:aws:iam::456789012345:user/night",
  });
}

/** The same with nothing in common: what the policies for a bootstrap stack are tried on. */
export function freshAccessProject(root: string, sources: Project): Project {
  return projectOf(root, sources, {
    id: "doors",
    account: "567890123456",
    region: "ap-southeast-2",
    prefix: "zq",
    repository: "acme/files",
    user: "arn:aws:iam::567890123456:user/fire",
  });
}

interface Shape {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly prefix: string;
  readonly repository: string;
  readonly user: string;
}

function projectOf(root: string, { imagesLock }: Project, shape: Shape): Project {
  const { account, repository, user, ...names } = shape;
  const environment = defineEnvironment({
    ...names,
    account,
    disposable: true,
    offline: true,
    network: {
      kind: "create",
      availabilityZones: [`${names.region}a`, `${names.region}b`],
      egress: "endpoints",
    },
    people: {
      viewer: { principals: [account] },
      onCall: { principals: [`arn:aws:iam::${account}:role/night`] },
      breakGlass: { principals: [user] },
    },
    ci: { github: { repository, plan: { branch: "main" }, apply: { environment: names.id } } },
    pools: { tasks: { kind: "fargate" } },
  });
  return { root, environments: [{ environment, facts: undefined }], partners: [], imagesLock };
}
