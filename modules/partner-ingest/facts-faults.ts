import { type Environment, type EnvironmentFacts, showValue } from "../config";

/** What to run to have the facts of an environment. */
const exportCommand = (environment: Environment): string =>
  `apply the platform stack and run: partner-ingest platform export --env ${environment.id}`;

/** What is wrong with the ids that the platform told, or with their absence. */
export function factsFaults(
  environment: Environment,
  facts: EnvironmentFacts | undefined,
): string[] {
  const file = `environments/${environment.id}.facts.json`;
  if (facts === undefined)
    return [
      `${file} is missing, partners of environment ${showValue(environment.id)} need the ids that AWS gave the platform; ${exportCommand(environment)}`,
    ];
  const faults = (["environment", "account", "region"] as const).flatMap((name) => {
    const wanted = name === "environment" ? environment.id : environment[name];
    return facts[name] === wanted
      ? []
      : [
          `${file}: ${name} must be ${showValue(wanted)} as in environments/${environment.id}.ts, got ${showValue(facts[name])}; ${exportCommand(environment)}`,
        ];
  });
  const unknown = Object.keys(environment.pools).filter((pool) => !(pool in facts.queues));
  if (unknown.length > 0)
    faults.push(
      `${file}: queues has none of pool ${unknown.map(showValue).join(", ")}; ${exportCommand(environment)}`,
    );
  return faults;
}
