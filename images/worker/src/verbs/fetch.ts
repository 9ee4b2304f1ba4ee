import type { ProgramSettings } from "../../../../modules/contract";
import { markerOf, readMarker, removeMarker, writeMarker } from "../marker";
import { runPartnerProgram } from "../program/partner-program";
import { makeScratch } from "../program/scratch";
import { listingDigest, scanDelivery } from "../publish/scan";
import { prepareStaging, stagingPlace, type StagingPlace } from "../staging";
import type { StepContext } from "../step/context";
import { messageOf } from "../step/step-error";
import { sweepStaging } from "../sweep-staging";

/**
 * Runs the partner's program into the run's staging directory, and marks the directory complete after its good end.
 * Where the mark already stands, an earlier attempt did the work. Where it does not, the program runs again on what is
 * there, so that a program that can resume does.
 */
export async function fetchOrder(context: StepContext, settings: ProgramSettings): Promise<void> {
  const { config, log, record } = context;
  const place = stagingPlace(config);
  await prepareStaging(place);
  const marker = await readMarker(place);
  if (marker !== undefined) {
    const there = listingDigest(await scanDelivery(place.files)) === marker.listing;
    if (there) {
      log.info("an earlier attempt has fetched the order; the program is not run again");
      Object.assign(record.counts, { files: marker.files, bytes: marker.bytes, fetchedBefore: 1 });
      return;
    }
    log.warn("staging no longer holds what an earlier attempt fetched; the program is run again");
  }
  await removeMarker(place);
  await sweep(context, place);
  const scratch = await makeScratch(config.root);
  try {
    await runPartnerProgram(context, settings, { scratch, staging: place.files });
  } finally {
    await scratch.remove();
  }
  const fetched = markerOf(await scanDelivery(place.files), new Date());
  await writeMarker(place, fetched);
  Object.assign(record.counts, { files: fetched.files, bytes: fetched.bytes });
  log.info("the order is fetched", { files: fetched.files, bytes: fetched.bytes });
}

/** Makes room: what earlier orders left and nobody came back for. Without it the order is fetched all the same. */
async function sweep({ config, log, record }: StepContext, place: StagingPlace): Promise<void> {
  try {
    const swept = await sweepStaging(place, config.orderKey, Date.now());
    if (swept === 0) return;
    record.counts["stagingSwept"] = swept;
    log.info("runs that nobody came back for were removed from staging", { swept });
  } catch (error) {
    log.warn(`staging could not be swept: ${messageOf(error)}`);
  }
}
