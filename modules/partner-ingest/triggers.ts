import type { Partner, PartnerTrigger } from "../config";

type Of<K extends string> = Extract<PartnerTrigger, { kind: K }>;

/** The partner's schedules by name, sorted. */
export const scheduleTriggers = (partner: Partner): [string, Of<"schedule">][] =>
  triggersOf(partner, (trigger) => (trigger.kind === "schedule" ? trigger : undefined));

/** The partner's triggers on objects by name, sorted. */
export const objectTriggers = (partner: Partner): [string, Of<"s3Object">][] =>
  triggersOf(partner, (trigger) => (trigger.kind === "s3Object" ? trigger : undefined));

function triggersOf<T>(
  { triggers }: Partner,
  pick: (trigger: PartnerTrigger) => T | undefined,
): [string, T][] {
  return Object.entries(triggers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, trigger]) => {
      const picked = pick(trigger);
      return picked === undefined ? [] : [[name, picked] satisfies [string, T]];
    });
}
