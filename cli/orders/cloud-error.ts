/** A service was asked and refused, or could not be reached. */
export class CloudError extends Error {
  override readonly name = "CloudError";
}

/** Hands on what a call answers; an error says what was to be done. */
export async function asked<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
    const told = message === "" ? name : `${name}: ${message}`;
    throw new CloudError(`could not ${what}: ${told}; ${cure(name)}`, { cause: error });
  }
}

function cure(name: string): string {
  if (/credential|token/iu.test(name))
    return "sign in to the environment's account, or name a profile with AWS_PROFILE";
  if (/AccessDenied|NotAuthorized|Forbidden/iu.test(name))
    return "take the on-call role of the environment";
  if (/NoSuchBucket|NotFound|QueueDoesNotExist/u.test(name))
    return "see that the partner is applied in this environment, and that --env names the right one";
  return "try again, and see that the service can be reached";
}
