import { type PartnerSpec, type TriggerSpec } from "../../modules/contract";
import { ConfigError } from "../../modules/core";

/** How the event of a run is chosen: by the kind of trigger, or by the name of one. */
export type TriggerWish = string;

/** Kinds as a partner file calls them, where the spec has another word. */
const KINDS: Readonly<Partial<Record<TriggerSpec["kind"], string>>> = { s3: "s3Object" };

/** Finds the trigger that is meant: by name, else the only or first one of the kind. */
export function chooseTrigger(spec: PartnerSpec, wish: TriggerWish | undefined): TriggerSpec {
  const triggers = [...spec.triggers];
  const chosen =
    wish === undefined
      ? (triggers.find(({ kind }) => kind === "manual") ?? triggers[0])
      : (triggers.find(({ name }) => name === wish) ??
        triggers.find(({ kind }) => kind === wish || KINDS[kind] === wish));
  if (chosen !== undefined) return chosen;
  const known = triggers.map(({ name, kind }) => `${JSON.stringify(name)} (${kind})`).join(", ");
  throw new ConfigError(
    `--trigger must be the name or the kind of a trigger of partners/${spec.partner}, got ${JSON.stringify(wish)}; known are ${known}`,
  );
}
