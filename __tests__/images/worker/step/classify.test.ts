import { classify } from "../../../../images/worker/src/step/classify";
import { StepError } from "../../../../images/worker/src/step/step-error";

const aws = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error("why"), {
    name,
    $metadata: httpStatusCode === undefined ? {} : { httpStatusCode },
  });
const system = (code: string, more: object = {}): Error =>
  Object.assign(new Error("why"), { code, syscall: "x", ...more });

test.each([
  [aws("AccessDenied", 403), "configuration"],
  [aws("NoSuchBucket", 404), "configuration"],
  [aws("KMS.DisabledException", 400), "configuration"],
  [aws("PermanentRedirect", 301), "configuration"],
  [aws("Unknown", 403), "configuration"],
  [aws("SlowDown", 503), "transient"],
  [aws("InternalError", 200), "transient"],
  [aws("TooManyRequestsException", 429), "transient"],
  [aws("ExpiredToken", 400), "transient"],
  [aws("TimeoutError"), "transient"],
  // As the SDK tells of a request that AbortSignal.timeout has ended.
  [Object.assign(aws("AbortError"), { cause: aws("TimeoutError") }), "transient"],
  [aws("AbortError"), "internal"],
  [aws("CredentialsProviderError"), "transient"],
  [aws("InvalidRequest", 400), "internal"],
  [system("ECONNRESET"), "transient"],
  [system("EAI_AGAIN"), "transient"],
  [system("ENOSPC", { path: "/x" }), "outOfSpace"],
  [system("EDQUOT", { path: "/x" }), "outOfSpace"],
  [system("EACCES", { path: "/x" }), "configuration"],
  [system("EROFS", { path: "/x" }), "configuration"],
  [system("EIO", { path: "/x" }), "internal"],
  [new TypeError("x is not a function"), "internal"],
  ["a text", "internal"],
  [null, "internal"],
])("%p is %s", (error, outcome) => {
  expect(classify(error, false).outcome).toBe(outcome);
});

test("keeps what a step says of itself, also after a signal", () => {
  const error = new StepError("conflict", "other bytes");
  expect(classify(error, true)).toBe(error);
});

test("takes what fails after a signal to stop for its consequence", () => {
  expect(classify(aws("AbortError"), true).outcome).toBe("interrupted");
});

test("says what happened and what to do", () => {
  expect(classify(aws("AccessDenied", 403), false).message).toBe(
    "AccessDenied: why (HTTP 403); check the step's settings and what the job's role is allowed",
  );
});
