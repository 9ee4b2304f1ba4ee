import { causeOf, causeOfReason, JOB_REASONS, whenGivenUp } from "../../../modules/batch-reasons";
import { EXIT_CODES, type StepReport } from "../../../modules/contract";

test.each([
  ["Host EC2 (instance i-0abc) terminated.", "host-terminated", true],
  ["Your Spot Task was interrupted.", "spot-task-interrupted", true],
  [
    "Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "no-capacity",
    true,
  ],
  [
    "Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    "job-too-large",
    false,
  ],
  ["MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE", "pool-full", true],
  ["CannotPullContainerError: manifest unknown", "image-missing", false],
  ["CannotPullContainerError: pull access denied for x", "image-forbidden", false],
  ["CannotPullContainerError: net/http: TLS handshake timeout", "image-pull", true],
  ["ResourceInitializationError: unable to pull secrets or registry auth", "secret-missing", false],
  ["ResourceInitializationError: failed to invoke EFS utils commands", "staging-unreachable", true],
  ["OutOfMemoryError: Container killed due to memory usage", "out-of-memory", false],
  ["Task failed to start", "agent", true],
  ["Timeout waiting for network interface provisioning to complete.", "network-interface", true],
  [
    "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
    "network-interface",
    true,
  ],
  [
    "Capacity is unavailable at this time. Please try again later or in a different availability zone",
    "no-capacity",
    true,
  ],
  ["Job attempt duration exceeded timeout", "timed-out", false],
  ["Dependent Job failed", "dependency-failed", false],
  ["Array Child Job failed", "children-failed", false],
])("%s is %s", (text, code, infrastructure) => {
  expect(causeOfReason(text)).toMatchObject({ code, infrastructure });
});

const job = (exitCode: number, statusReason = "Essential container in task exited") => ({
  statusReason,
  attempts: [{ exitCode, statusReason }],
});

const report = (interruptedByHost: boolean): StepReport[] => [{ interruptedByHost } as StepReport];

test("the program's failure is no matter of the host, whatever the code", () => {
  for (const { code } of Object.values(EXIT_CODES))
    if (code !== 0) expect(causeOf(job(code)).infrastructure).toBe(false);
});

test("exit 75 is the host's matter only where the worker saw the host's signal", () => {
  expect(causeOf(job(75), report(true)).code).toBe("interrupted-by-host");
  expect(causeOf(job(75), report(false))).toMatchObject({
    code: "interrupted",
    infrastructure: false,
  });
});

test("a lost host is the cause, though the container has a code, too", () => {
  expect(causeOf(job(137, "Host EC2 (instance i-1) terminated.")).code).toBe("host-terminated");
  expect(causeOf(job(137)).code).toBe("killed");
});

test.each([
  [126, "not-executable", "configuration", false],
  [127, "program-missing", "configuration", false],
  [134, "aborted", "ours", false],
  [137, "killed", "configuration", false],
  [139, "crashed", "ours", false],
  // A Spot notice in a container's first moments, before the worker answers signals with a code of its own.
  [143, "stopped-at-start", "platform", true],
])("exit %i, which the worker never uses, is %s", (code, name, whose, infrastructure) => {
  expect(causeOf(job(code))).toMatchObject({ code: name, class: whose, infrastructure });
});

test("every exit code of the worker has a class and a cure", () => {
  for (const { code } of Object.values(EXIT_CODES)) {
    const { class: whose, cure } = causeOf(job(code === 0 ? 70 : code));
    expect(["partner", "platform", "configuration", "ours"]).toContain(whose);
    expect(cure).not.toBe("");
  }
});

test("what is in no table is told as unknown, never escalated", () => {
  expect(causeOf({ statusReason: "??", attempts: [] })).toMatchObject({
    code: "unknown",
    infrastructure: false,
  });
  expect(causeOf(job(1))).toMatchObject({ code: "unknown", infrastructure: false });
});

test("codes are unique", () => {
  const codes = JOB_REASONS.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each([
  ["Essential container in task exited", true],
  ["wrong order, ann", false],
])("a container that SIGTERM ended, with the status reason %j", (statusReason, infrastructure) => {
  const ended = { exitCode: 143, statusReason: "Essential container in task exited" };
  expect(causeOf({ statusReason, attempts: [ended] })).toMatchObject({ infrastructure });
});

test.each([
  [
    "ResourceInitializationError: unable to pull secrets or registry auth: ResourceNotFoundException",
    "secret-missing",
    false,
  ],
  ["CannotPullContainerError: manifest for x not found", "image-missing", false],
  ["DockerTimeoutError: Could not transition to created", "agent", true],
  ["words that nobody knows", "agent", true],
  [undefined, "agent", true],
])(
  "why a container did not start is told by its own reason: %j",
  (reason, code, infrastructure) => {
    const attempts = [{ reason, statusReason: "Task failed to start" }];
    expect(causeOf({ statusReason: "Task failed to start", attempts })).toMatchObject({
      code,
      infrastructure,
    });
  },
);

test("what was submitted anew in vain does not tell that nothing is to be done", () => {
  const lost = causeOf(job(137, "Host EC2 (instance i-1) terminated."));
  expect(lost.cure).toBe("nothing: the step is submitted anew on the on-demand queue");
  expect(whenGivenUp(lost).cure).toBe(
    "the step was submitted anew as often as it may be, in vain; look at the pool and whether AWS has a disturbance, then run the order again",
  );
  expect(whenGivenUp(causeOf(job(75)))).toEqual(causeOf(job(75)));
});
