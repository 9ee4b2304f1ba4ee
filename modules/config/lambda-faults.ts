import { type Fault } from "./fault";
import type { Partner } from "./partner-schema";

/** What is wrong with steps that a function is to do for small objects; that they unpack an object is told elsewhere. */
export function lambdaFaults({ steps }: Partner): Fault[] {
  return Object.entries(steps).flatMap(([name, step]): Fault[] => {
    if (step.kind !== "unpack" || step.lambda === undefined) return [];
    const path = ["steps", name, "lambda"];
    const others = Object.keys(steps).filter((other) => other !== name);
    return [
      ...(others.length === 0
        ? []
        : [
            {
              path,
              message: `needs a chain of this one step, there is also ${others.map((other) => JSON.stringify(other)).join(", ")}: what comes after a function, Batch can not wait for`,
              hint: "leave lambda out, or the other steps",
            },
          ]),
      ...(step.image === "worker"
        ? []
        : [
            {
              path,
              message: `runs the worker's own code, not the image ${JSON.stringify(step.image)}`,
              hint: "leave image out, or lambda",
            },
          ]),
      ...(["environment", "secrets"] as const)
        .filter((setting) => Object.keys(step[setting]).length > 0)
        .map((setting) => ({
          path,
          message: `does without ${setting} of the step, which its container alone has`,
          hint: `leave ${setting} out, or lambda`,
        })),
    ];
  });
}
