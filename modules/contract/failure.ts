/**
 * Whose matter a failure is.
 *
 * - `partner`: the partner's server is down, the delivery is bad or late
 * - `platform`: host, capacity, throttling
 * - `configuration`: permissions, image, missing secret, wrong setting
 * - `ours`: a fault of this software
 */
export type FailureClass = "partner" | "platform" | "configuration" | "ours";

/** Waits before the attempts that follow "try later", in seconds: 15 minutes, 1 hour, 4 hours; then a person is called. */
export const TRY_LATER_DELAYS_SECONDS = [900, 3600, 14400] as const;
