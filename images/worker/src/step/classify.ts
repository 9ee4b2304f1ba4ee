import { WORKER_UID, type ExitCodeName } from "../../../../modules/contract";
import { messageOf, StepError } from "./step-error";

interface Details {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const NO_SPACE = new Set(["ENOSPC", "EDQUOT"]);
const NO_RIGHT = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * Errors of AWS that a new attempt can not mend, though their status says 4xx like others that it can.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const WRONG_SETTINGS = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AllAccessDisabled",
  "AuthorizationHeaderMalformed",
  "InvalidAccessKeyId",
  "InvalidBucketName",
  "InvalidObjectState",
  "KMS.DisabledException",
  "KMS.NotFoundException",
  "NoSuchBucket",
  "PermanentRedirect",
  "ResourceNotFoundException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);

/** 4xx answers that pass: a new process has new credentials and a new connection. */
const PASSING = new Set([
  "BadDigest",
  "ConditionalRequestConflict",
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteBody",
  "OperationAborted",
  "RequestTimeout",
  "RequestTimeTooSkewed",
  "TimeoutError",
  "TooManyRequestsException",
]);

/** Turns whatever a verb threw into a {@link StepError} with an exit code. */
export function classify(error: unknown, stopped: boolean): StepError {
  // What fails after a signal to stop fails because of it: an aborted request is no fault of the target.
  if (stopped && !(error instanceof StepError)) return interrupted(error);
  if (error instanceof StepError) return error;
  const outcome = outcomeOf(error);
  return new StepError(outcome, `${describe(error)}${advice(outcome, error)}`, { cause: error });
}

/** The end of a step that was told to stop. */
export function interrupted(cause?: unknown): StepError {
  return new StepError(
    "interrupted",
    "the step was told to stop before it was done; the next attempt goes on from what is saved",
    { cause },
  );
}

function outcomeOf(error: unknown): ExitCodeName {
  const { name, code, syscall, cause, $metadata } = detailsOf(error);
  if (typeof code === "string" && NO_SPACE.has(code)) return "outOfSpace";
  if (typeof syscall === "string" && typeof code === "string" && NO_RIGHT.has(code))
    return "configuration";
  if (typeof name === "string" && WRONG_SETTINGS.has(name)) return "configuration";
  if (typeof name === "string" && PASSING.has(name)) return "transient";
  // What was given up after a time of our own comes as an aborted request.
  if (name === "AbortError" && detailsOf(cause).name === "TimeoutError") return "transient";
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) {
    if (status >= 500 || status === 429) return "transient";
    if (status === 401 || status === 403 || (status >= 300 && status < 400)) return "configuration";
    // A 2xx with an error: the answer's body was cut off or was an error after all.
    return status < 300 ? "transient" : "internal";
  }
  // Errors of sockets and of name look-ups; errors of the file system name a path.
  if (typeof syscall === "string" && !("path" in (error as object))) return "transient";
  if (
    typeof code === "string" &&
    /^(?:ECONN|EPIPE|ETIMEDOUT|EAI_|ENOTFOUND|EHOST|ENET)/u.test(code)
  )
    return "transient";
  return "internal";
}

function advice(outcome: ExitCodeName, error: unknown): string {
  if (outcome === "outOfSpace") return "; give the step more room";
  if (outcome !== "configuration") return "";
  return typeof detailsOf(error).syscall === "string"
    ? `; check that staging is mounted and belongs to user ${String(WORKER_UID)}`
    : "; check the step's settings and what the job's role is allowed";
}

function describe(error: unknown): string {
  const { name, $metadata } = detailsOf(error);
  const status = $metadata?.httpStatusCode;
  const kind = typeof name === "string" && name !== "Error" ? `${name}: ` : "";
  return `${kind}${messageOf(error)}${status === undefined ? "" : ` (HTTP ${String(status)})`}`;
}

function detailsOf(error: unknown): Details {
  return typeof error === "object" && error !== null ? error : {};
}
