/** An error that a service answers with, in the form of AWS's REST-JSON protocol. */
export class AwsError extends Error {
  override readonly name = "AwsError";

  constructor(
    /** The shape's name, e.g. `ClientException`. */
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}
