import { type UnpackEvent } from "../../modules/contract";

/** The event is none that a trigger sends: nothing was done for it. */
export class EventError extends Error {
  override readonly name = "EventError";
}

/** Reads what a trigger sends; the worker's own checks look at the variables. */
export function readEvent(event: unknown): UnpackEvent {
  const { schemaVersion, environment } = (event ?? {}) as Partial<UnpackEvent>;
  const texts =
    typeof environment === "object" &&
    Object.values(environment).every((value) => typeof value === "string");
  if (schemaVersion !== 1 || !texts)
    throw new EventError(
      `the event must be what the trigger sends, schemaVersion 1 and texts in environment, got ${JSON.stringify(event ?? null).slice(0, 200)}; ` +
        "to unpack an object again, run its order again: partner-ingest orders rerun",
    );
  return event as UnpackEvent;
}
