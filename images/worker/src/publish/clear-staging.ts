import { emptyStaging, stagingPlace } from "../staging";
import type { StepContext } from "../step/context";
import { messageOf } from "../step/step-error";

/** Empties staging after a delivery that is whole. */
export async function clearStaging({ config, log, record }: StepContext): Promise<void> {
  try {
    await emptyStaging(stagingPlace(config));
  } catch (error) {
    // The order is delivered; what is left costs storage until it is swept, and is no reason to fail.
    record.counts["stagingLeft"] = 1;
    log.warn(`staging could not be emptied: ${messageOf(error)}`);
  }
}
