import { listSome, StepError } from "./step-error";

/**
 * Makes one error of all that is wrong with a delivery, so that the partner is asked once.
 *
 * @param found - at least one
 */
export function joinFaults(found: readonly StepError[]): StepError {
  const [first] = found;
  if (first === undefined) throw new Error("no fault was found, and one is to be told");
  if (found.length === 1) return first;
  const faults = found.flatMap((error) => error.faults);
  return new StepError(
    first.outcome,
    `the delivery does not hold for ${String(faults.length)} reasons: ${listSome(faults)}; nothing was published`,
    { faults, cause: first },
  );
}

/**
 * Runs a check of a delivery.
 *
 * @param found - takes what is wrong with the delivery; any other error is thrown
 */
export async function collectFaults<T>(
  found: StepError[],
  check: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof StepError) || error.outcome !== "badDelivery") throw error;
    found.push(error);
    return undefined;
  }
}
