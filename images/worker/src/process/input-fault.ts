import { classify } from "../step/classify";
import { StepError } from "../step/step-error";
import type { InputFile } from "./input-file";

/** Names the file that could not be read, and why, as far as S3 tells. */
export function unreadable(
  bucket: string,
  { key }: InputFile,
  status: number | undefined,
  cause: unknown,
): unknown {
  const name = `${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)}`;
  if (status === 404)
    return new StepError(
      "badDelivery",
      `${name} is listed but is not there; have it put there, or a list dropped without it`,
      { cause },
    );
  if (status === 412 || status === 416)
    return new StepError(
      "badDelivery",
      `${name} is another file than the list tells: it was replaced since; have a new list dropped`,
      { cause },
    );
  // Without the right to list the bucket, S3 says of a missing object, too, that it is forbidden.
  if (status === 403)
    return new StepError(
      "configuration",
      `reading ${name} was refused: it is not there, or the job's role may not read it; check the list, and input.prefix of the step`,
      { cause },
    );
  if (status === undefined) return cause;
  const known = classify(cause, false);
  return new StepError(known.outcome, `${name} could not be loaded: ${known.message}`, { cause });
}
