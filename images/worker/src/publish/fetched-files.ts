import { readMarker } from "../marker";
import { hasStaging, type StagingPlace } from "../staging";
import { StepError } from "../step/step-error";
import { listingDigest, scanDelivery, type ScannedFile } from "./scan";

/** What is said when something else was at work in staging. */
export const STAGING_CHANGED =
  "staging does not hold what the fetch left there: files came, went or changed their size; " +
  "something other than the partner's program writes to it, or the program left a process behind";

/**
 * Finds what a fetch left in staging.
 *
 * @throws StepError when it did not come to its end, or something has changed since
 */
export async function fetchedFiles(place: StagingPlace): Promise<readonly ScannedFile[]> {
  if (!(await hasStaging(place)))
    throw new StepError(
      "configuration",
      `nothing was fetched to ${JSON.stringify(place.files)}; ` +
        "fetch and publish as two steps need staging that outlives a job and that both mount",
    );
  const marker = await readMarker(place);
  if (marker === undefined)
    throw new StepError(
      "badDelivery",
      `the fetch did not come to its end: there is no ${JSON.stringify(place.marker)}; run the fetch again first`,
    );
  const files = await scanDelivery(place.files);
  if (listingDigest(files) !== marker.listing) throw new StepError("badDelivery", STAGING_CHANGED);
  return files;
}
