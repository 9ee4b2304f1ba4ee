import { type Fault, quoted } from "./fault";
import { comesAfterFetch } from "./flow-faults";
import type { Partner } from "./partner-schema";

/** What is wrong with an archive that is to be in staging. */
function stagedFaults(partner: Partner, name: string, from: string): Fault[] {
  const path = ["steps", name, "from", "step"];
  const fetching = Object.entries(partner.steps).flatMap(([step, { kind }]) =>
    kind === "fetch" ? [step] : [],
  );
  if (!fetching.includes(from))
    return [
      {
        path,
        message: 'must be a step of kind "fetch"',
        hint: `known are ${quoted(fetching)}`,
      },
    ];
  return comesAfterFetch(partner, name)
    ? []
    : [{ path, message: "must come before this step", hint: `add it to "after"` }];
}

/** What is wrong with steps that unpack: with the object they read, and the keys they write. */
export function unpackFaults(partner: Partner): Fault[] {
  const dropped = Object.values(partner.triggers).filter((trigger) => trigger.kind === "s3Object");
  const others = Object.entries(partner.triggers).filter(
    ([, trigger]) =>
      trigger.kind === "manual" || (trigger.kind === "schedule" && trigger.starts === "order"),
  );
  return Object.entries(partner.steps).flatMap(([name, step]): Fault[] => {
    if (step.kind !== "unpack") return [];
    const faults: Fault[] = [];
    const at = (setting: string, message: string, hint?: string): void => {
      faults.push({
        path: ["steps", name, setting],
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    };
    if (step.from !== undefined) faults.push(...stagedFaults(partner, name, step.from.step));
    else if (dropped.length === 0)
      at("kind", "needs a trigger s3Object: it unpacks the object that the order came from");
    for (const [trigger] of step.from === undefined ? others : [])
      faults.push({
        path: ["triggers", trigger, "kind"],
        message:
          'starts orders that come from no object, which a step of kind "unpack" can not unpack',
        hint: "remove the trigger, or the step",
      });
    if (dropped.some(({ bucket }) => bucket === step.to))
      at(
        "to",
        "is the bucket that the trigger watches: an unpacked file could start an order of its own",
        "unpack into the other bucket",
      );
    if (step.files !== "" && !step.files.includes("{orderId}"))
      at("files", "must hold {orderId}, else all orders write to the same keys");
    for (const [whole, key] of step.files.matchAll(/\{([^}]*)\}/gu))
      if (key !== "orderId")
        at("files", `holds the unknown placeholder ${whole}`, "known is {orderId}");
    if (step.files !== "" && (step.files.startsWith("/") || !step.files.endsWith("/")))
      at("files", 'must end with "/" and not begin with it');
    if (step.files === "" && step.ifTaken !== "fail")
      at("ifTaken", 'needs "files": keys below the delivery are never taken by another order');
    return faults;
  });
}
