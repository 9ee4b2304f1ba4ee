import type { Fault } from "./fault";
import type { Partner } from "./partner-schema";

/** What is wrong with the way of the files: from the program to staging, from staging to a bucket. */
export function flowFaults(partner: Partner): Fault[] {
  const kinds = Object.values(partner.steps).map((step) => step.kind);
  const count = (...wanted: string[]): number =>
    kinds.filter((kind) => wanted.includes(kind)).length;
  const faults: Fault[] = [...handOverFaults(partner)];
  const whole = (message: string): void => {
    faults.push({ path: ["steps"], message, hideValue: true });
  };
  if (count("publish", "deliver", "unpack", "process") === 0)
    whole(
      `must hold a step of kind "publish", "deliver", "unpack" or "process", else nothing is ever delivered; add one`,
    );
  // They would write to, or empty, the same directory of the run.
  if (count("fetch", "deliver") > 1)
    whole(
      `must hold one step of kind "fetch" or "deliver", not several; let one program fetch all`,
    );
  else if (count("publish", "deliver", "unpack") > 1)
    whole(`must hold one step of kind "publish", "deliver" or "unpack", not several; publish once`);
  return faults;
}

function handOverFaults(partner: Partner): Fault[] {
  const steps = Object.entries(partner.steps);
  if (partner.staging.kind === "scratch")
    return steps
      .filter(([, { kind }]) => kind === "fetch" || kind === "publish")
      .map(([name]) => ({
        path: ["steps", name, "kind"],
        message: `hands files to another job, but staging of kind "scratch" dies with the job`,
        hint: `use one step of kind "deliver", or staging of kind "efs"`,
      }));
  return steps
    .filter(([name, { kind }]) => kind === "publish" && !comesAfterFetch(partner, name))
    .map(([name]) => ({
      path: ["steps", name, "after"],
      message: `must lead to a step of kind "fetch": there is nothing to publish otherwise`,
      hideValue: true,
    }));
}

/** Whether a step comes after one of kind `fetch`. */
export function comesAfterFetch(partner: Partner, name: string, seen = new Set<string>()): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return (partner.steps[name]?.after ?? []).some(
    (before) => partner.steps[before]?.kind === "fetch" || comesAfterFetch(partner, before, seen),
  );
}
