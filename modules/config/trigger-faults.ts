import { cronFault } from "./cron";
import type { Fault } from "./fault";
import type { BucketRole, Partner, PartnerTrigger } from "./partner-schema";

type Kind<K extends string> = Extract<PartnerTrigger, { kind: K }>;

/** What is wrong with how orders become known. */
export function triggerFaults(partner: Partner): Fault[] {
  const triggers = Object.entries(partner.triggers);
  const discovers = triggers.some(([, t]) => t.kind === "schedule" && t.starts === "discovery");
  return [
    ...triggers.flatMap(([name, trigger]) =>
      [...nameFaults(name), ...faultsOf(partner, trigger)].map((fault) => ({
        ...fault,
        path: ["triggers", name, ...fault.path],
      })),
    ),
    ...(Object.keys(partner.discovery).length > 0 && !discovers
      ? [
          {
            path: ["discovery"],
            message: `is started by no trigger; add a schedule that starts "discovery", or remove it`,
            hideValue: true,
          },
        ]
      : []),
  ];
}

/** The name becomes part of the schedule's and the rule's name. */
function nameFaults(name: string): Fault[] {
  return /^[a-z][A-Za-z0-9]{0,19}$/u.test(name)
    ? []
    : [
        {
          path: [],
          message:
            "must have a name of at most 20 letters and digits, beginning with a small letter",
          hideValue: true,
        },
      ];
}

function faultsOf(partner: Partner, trigger: PartnerTrigger): Fault[] {
  switch (trigger.kind) {
    case "manual":
      return [];
    case "schedule":
      return scheduleFaults(partner, trigger);
    case "s3Object":
      return objectFaults(partner, trigger);
  }
}

function scheduleFaults(partner: Partner, trigger: Kind<"schedule">): Fault[] {
  const faults: Fault[] = [];
  const cron = cronFault(trigger.cron);
  if (cron !== undefined) faults.push({ path: ["cron"], message: cron });
  if (!isTimeZone(trigger.timezone))
    faults.push({ path: ["timezone"], message: "must be an IANA time zone, e.g. Asia/Seoul" });
  if (trigger.starts === "discovery" && Object.keys(partner.discovery).length === 0)
    faults.push({
      path: ["starts"],
      message: `needs steps below "discovery"`,
      hint: `add a step of kind "list", or start "order"`,
    });
  return faults;
}

/** A trigger on objects that the partner's own steps write would start orders for ever. */
function objectFaults(partner: Partner, trigger: Kind<"s3Object">): Fault[] {
  const faults: Fault[] = [];
  if (trigger.prefix.startsWith("/"))
    faults.push({ path: ["prefix"], message: `must not begin with "/"` });
  for (const step of Object.values(partner.steps)) {
    if (!("to" in step) || !sameBucket(partner, step.to, trigger.bucket)) continue;
    if (step.prefix.startsWith(trigger.prefix) || trigger.prefix.startsWith(step.prefix))
      faults.push({
        path: ["prefix"],
        message: `overlaps the prefix ${JSON.stringify(step.prefix)} that deliveries are published below in the same bucket: each delivered file would be a new order`,
        hint: "use another bucket, or prefixes that do not contain each other",
      });
  }
  return faults;
}

function sameBucket(partner: Partner, a: BucketRole, b: BucketRole): boolean {
  const name = (role: BucketRole): string | undefined => {
    const bucket = partner.buckets[role];
    return bucket?.kind === "existing" ? bucket.name : undefined;
  };
  return a === b || (name(a) !== undefined && name(a) === name(b));
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^(UTC|[A-Za-z_]+\/.+)$/u.test(name);
  } catch {
    return false;
  }
}
