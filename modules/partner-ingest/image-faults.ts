import {
  type Environment,
  type ImagesLock,
  type LockedImage,
  type Partner,
  settingPath,
  showValue,
} from "../config";
import { stepEntries } from "./step-entries";

/** The locked image of a step, where there is one. */
export function lockedImage(
  environment: Environment,
  lock: ImagesLock,
  image: string,
): LockedImage | undefined {
  return lock.environments[environment.id]?.[image];
}

/** What is wrong with the images of a partner's steps. */
export function imageFaults(
  partner: Partner,
  environment: Environment,
  lock: ImagesLock,
): string[] {
  return stepEntries(partner).flatMap(({ path, settings }) => {
    const { image } = settings;
    const at = settingPath(`partners/${partner.id}`, [...path, "image"]);
    if (!environment.images.includes(image))
      return [
        `${at} is no image of environment ${showValue(environment.id)}, got ${showValue(image)}; known are ${environment.images.map(showValue).join(", ")}; use one of them, or add it to images in environments/${environment.id}.ts`,
      ];
    const fault = lockFault(environment, lockedImage(environment, lock, image));
    return fault === undefined
      ? []
      : [
          `${at} is ${showValue(image)}, ${fault}; run: partner-ingest images push --env ${environment.id}`,
        ];
  });
}

function lockFault(environment: Environment, image: LockedImage | undefined): string | undefined {
  const where = `of environment ${showValue(environment.id)}`;
  if (image === undefined) return `which has no digest in images.lock.json ${where}`;
  // A hash of sources names no image of any registry.
  if (image.origin === "sources" && !environment.offline)
    return `which images.lock.json ${where} knows by its sources only: it was never pushed`;
  return undefined;
}
