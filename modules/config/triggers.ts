import type { PartnerInput } from "./partner-schema";

type TriggerInput = PartnerInput["triggers"][string];
type Kind<K extends string> = Extract<TriggerInput, { kind: K }>;

/** Orders that a person, or another program, hands in by id. */
export const manual = (): Kind<"manual"> => ({ kind: "manual" });

/** Orders by the clock: the schedule is the order, or it starts the steps that look for new orders. */
export const schedule = (settings: Omit<Kind<"schedule">, "kind">): Kind<"schedule"> => ({
  kind: "schedule",
  ...settings,
});

/** Orders that appear as an object in a bucket. */
export const s3Object = (settings: Omit<Kind<"s3Object">, "kind">): Kind<"s3Object"> => ({
  kind: "s3Object",
  ...settings,
});
