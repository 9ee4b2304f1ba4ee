import { listSome, StepError } from "../step/step-error";

/** Says that the archive can not be unpacked, with every reason; nothing of it is published then. */
export function archiveFault(faults: readonly string[]): StepError {
  return new StepError(
    "badDelivery",
    `the archive can not be unpacked: ${listSome(faults)}; ` +
      "nothing was published: ask the sender for a correct archive",
  );
}
