import type { Fault } from "./fault";
import type { Partner } from "./partner-schema";

type Step = Partner["steps"][string];
type ProcessStep = Extract<Step, { kind: "process" }>;

/** What is wrong with steps that work on many files, and with those that merge what they delivered. */
export function processFaults(partner: Partner): Fault[] {
  return [
    ...Object.entries(partner.steps).flatMap(([name, step]) =>
      step.kind === "process"
        ? [...inputFaults(partner, name, step), ...mergedFaults(partner, name)]
        : step.kind === "merge"
          ? mergeFaults(partner, name, step.after)
          : [],
    ),
    ...targetFaults(partner),
  ];
}

function inputFaults(partner: Partner, name: string, step: ProcessStep): Fault[] {
  const at = (...path: string[]): readonly string[] => ["steps", name, ...path];
  const { input } = step;
  if (input.from === "list") return listFaults(partner, name, step);
  const faults: Fault[] = [];
  const source = partner.steps[input.step];
  const delivers = Object.entries(partner.steps).flatMap(([other, { kind }]) =>
    kind === "publish" || kind === "deliver" || kind === "unpack" ? [JSON.stringify(other)] : [],
  );
  if (source === undefined || !delivers.includes(JSON.stringify(input.step)))
    faults.push({
      path: at("input", "step"),
      message: 'must be a step of kind "publish", "deliver" or "unpack"',
      hint: delivers.length === 0 ? "there is none" : `known are ${delivers.join(", ")}`,
    });
  else if (!comesAfter(partner, name, input.step))
    faults.push({
      path: at("after"),
      message: `must lead to ${JSON.stringify(input.step)}, which delivers what the step works on`,
      hideValue: true,
    });
  if (typeof step.children === "object")
    faults.push({
      path: at("children"),
      message:
        'must be a number where "input" is another step: how many files it delivers is not known when the order starts',
      hideValue: true,
    });
  return faults;
}

function listFaults(partner: Partner, name: string, { input, to }: ProcessStep): Fault[] {
  const faults: Fault[] = [];
  const triggers = Object.entries(partner.triggers);
  const dropped = triggers.filter(([, { kind }]) => kind === "s3Object");
  if (dropped.length === 0)
    faults.push({
      path: ["steps", name, "input", "from"],
      message: "needs a trigger s3Object: the object that the order came from is the list",
    });
  for (const [trigger, { kind, ...rest }] of triggers)
    if (kind === "manual" || (kind === "schedule" && "starts" in rest && rest.starts === "order"))
      faults.push({
        path: ["triggers", trigger, "kind"],
        message: `starts orders that come from no object, which step ${JSON.stringify(name)} needs as its list of files`,
        hint: "remove the trigger, or take the files from another step",
      });
  for (const [, trigger] of dropped)
    if (trigger.kind === "s3Object" && trigger.bucket === to) {
      faults.push({
        path: ["steps", name, "to"],
        message: "is the bucket that the trigger watches: a result could start an order of its own",
        hint: "deliver to the other bucket",
      });
      break;
    }
  if (input.from === "list" && input.prefix !== "" && !/^[^/].*\/$/u.test(input.prefix))
    faults.push({
      path: ["steps", name, "input", "prefix"],
      message: 'must end with "/" and not begin with it',
    });
  return faults;
}

function mergedFaults({ steps }: Partner, name: string): Fault[] {
  const merges = Object.values(steps).filter(
    ({ kind, after }) => kind === "merge" && after.includes(name),
  );
  if (merges.length === 1) return [];
  return [
    {
      path: ["steps", name],
      message:
        merges.length === 0
          ? 'needs a step of kind "merge" after it, which checks all parts and writes the manifest'
          : 'has several steps of kind "merge" after it; keep one',
      hideValue: true,
      ...(merges.length === 0
        ? { hint: `add a step { kind: "merge", after: [${JSON.stringify(name)}] }` }
        : {}),
    },
  ];
}

function mergeFaults({ steps }: Partner, name: string, after: readonly string[]): Fault[] {
  const merged = after.filter((earlier) => steps[earlier]?.kind === "process");
  return merged.length === 1
    ? []
    : [
        {
          path: ["steps", name, "after"],
          message: 'must name exactly one step of kind "process", whose parts it merges',
        },
      ];
}

/** Two steps that write to the same place would write the same manifest. */
function targetFaults({ steps }: Partner): Fault[] {
  const taken = new Map<string, string>();
  return Object.entries(steps).flatMap(([name, step]): Fault[] => {
    if (!("to" in step)) return [];
    const place = `${step.to}/${step.prefix}`;
    const other = taken.get(place);
    taken.set(place, name);
    if (other === undefined || step.kind !== "process") return [];
    return [
      {
        path: ["steps", name, "prefix"],
        message: `is where step ${JSON.stringify(other)} delivers to already, in the same bucket`,
        hint: "give each a prefix of its own",
      },
    ];
  });
}

function comesAfter({ steps }: Partner, name: string, wanted: string): boolean {
  const seen = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const earlier of steps[next]?.after ?? []) {
      if (earlier === wanted) return true;
      if (!seen.has(earlier)) waiting.push(earlier);
      seen.add(earlier);
    }
  return false;
}
