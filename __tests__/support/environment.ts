import { type Environment, type EnvironmentInput, defineEnvironment } from "../../modules/config";

/** Settings of an environment of tests; each test changes what it is about. */
export function testEnvironment(changes: Partial<EnvironmentInput> = {}): Environment {
  return defineEnvironment({
    id: "test",
    account: "111122223333",
    region: "eu-central-1",
    prefix: "acme",
    network: {
      kind: "create",
      availabilityZones: ["eu-central-1a", "eu-central-1b"],
      egress: "nat",
    },
    pools: { general: {} },
    ...changes,
  });
}
