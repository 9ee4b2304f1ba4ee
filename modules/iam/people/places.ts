/** Where who is on call works besides the environment's own names: `<bucket>/<prefix>` each. */
export interface Places {
  /** Where quarantined deliveries are released to. */
  readonly releaseTo: readonly string[];
  /** Existing buckets that orders come into. */
  readonly backfillFrom: readonly string[];
}

/** No place but those with the environment's names. */
export const NO_PLACES: Places = { releaseTo: [], backfillFrom: [] };

/** Bucket and prefix of a place. */
export function split(place: string): { readonly bucket: string; readonly prefix: string } {
  const slash = place.indexOf("/");
  return { bucket: place.slice(0, slash), prefix: place.slice(slash + 1) };
}
