import { idFault } from "../core";
import { type Fault, quoted } from "./fault";
import type { Partner, PartnerStep } from "./partner-schema";

/** https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
const DEPENDS_ON_MAX = 20;

type Steps = Readonly<Record<string, PartnerStep>>;

/** What is wrong with the names of steps and with what comes after what. */
export function chainFaults(partner: Partner): Fault[] {
  return [
    ...faultsOf("steps", partner.steps),
    ...faultsOf("discovery", partner.discovery),
    ...Object.keys(partner.discovery)
      .filter((name) => name in partner.steps)
      .map((name) => ({
        path: ["discovery", name],
        message: "has the name of a step of the order; rename one of the two",
        hideValue: true,
      })),
  ];
}

function faultsOf(chain: "steps" | "discovery", steps: Steps): Fault[] {
  const cycle = findCycle(steps);
  return [
    ...Object.entries(steps).flatMap(([name, step]) => stepFaults(chain, steps, name, step)),
    ...(cycle === undefined
      ? []
      : [
          {
            path: [chain],
            message: `must not wait for itself: ${cycle.join(" -> ")}; remove one of these "after"`,
            hideValue: true,
          },
        ]),
  ];
}

function stepFaults(chain: string, steps: Steps, name: string, step: PartnerStep): Fault[] {
  const fault = idFault("step", name);
  const faults: Fault[] = [];
  if (fault !== undefined)
    faults.push({ path: [chain, name], message: `has a name that ${fault}`, hideValue: true });
  step.after.forEach((before, index) => {
    const path = [chain, name, "after", index];
    if (before === name) faults.push({ path, message: "is the step itself", hint: "remove it" });
    else if (!(before in steps))
      faults.push({
        path,
        message: "is no step",
        hint: `known are ${quoted(Object.keys(steps).filter((other) => other !== name))}`,
      });
    else if (step.after.indexOf(before) < index)
      faults.push({ path, message: "is named twice", hint: "remove one" });
  });
  if (step.after.length > DEPENDS_ON_MAX)
    faults.push({
      path: [chain, name, "after"],
      message: `must name at most ${String(DEPENDS_ON_MAX)} steps, which is Batch's limit`,
    });
  return faults;
}

/** A cycle in `after`, as step names with the first repeated at the end. */
function findCycle(steps: Steps): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    const at = trail.indexOf(name);
    // A step after itself is told at its own setting.
    if (at >= 0) return trail.length - at === 1 ? undefined : [...trail.slice(at), name];
    if (done.has(name)) return undefined;
    for (const before of steps[name]?.after ?? []) {
      const cycle = visit(before, [...trail, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(steps)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}
