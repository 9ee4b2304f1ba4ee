import { EXIT_CODES, type ExitCodeName, type FailureClass } from "../contract";
import type { Cause } from "./cause";

const CLASSES: Readonly<Record<ExitCodeName, readonly [FailureClass, string]>> = {
  ok: ["ours", "nothing"],
  internal: ["ours", "run the order again; please report the step's report"],
  configuration: [
    "configuration",
    "the step's report names what is wrong; mend it, then run the order again",
  ],
  programFailed: [
    "partner",
    "the step's report holds the program's own code and last words; run the order again once its cause is mended",
  ],
  badDelivery: ["partner", "ask the partner for a right delivery, or release it from quarantine"],
  conflict: [
    "ours",
    "compare what lies at the target with the delivery; remove what does not belong there and run the order again",
  ],
  outOfSpace: [
    "configuration",
    "raise the scratch of the pool or the quota of staging, then run the order again",
  ],
  tryLater: ["partner", "ask the partner when its server is up again, then run the order again"],
  interrupted: ["platform", "run the order again"],
  transient: ["platform", "look whether AWS has a disturbance, then run the order again"],
  noProgress: [
    "partner",
    "look into the log where the program stopped; raise noProgressSeconds if it is that slow",
  ],
  superseded: ["ours", "another job of the same step took over: look at its report"],
};

/** Code of a cause for each exit code of the worker, in the style of the other codes. */
const kebab = (name: string): string =>
  name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

/** The causes that the worker tells by its exit code. */
export const EXIT_CAUSES = Object.fromEntries(
  (Object.keys(EXIT_CODES) as ExitCodeName[]).map((name) => [
    name,
    {
      code: kebab(name),
      class: CLASSES[name][0],
      text: EXIT_CODES[name].meaning,
      cure: CLASSES[name][1],
      infrastructure: false,
    },
  ]),
) as unknown as Readonly<Record<ExitCodeName, Cause>>;

/** A worker that was told to stop by its host, and saved its work. */
export const INTERRUPTED_BY_HOST: Cause = {
  code: "interrupted-by-host",
  class: "platform",
  text: "the machine was about to be taken away and the worker saved its work",
  cure: "nothing: the step is submitted anew on the on-demand queue",
  infrastructure: true,
};

/** Somebody ended the job in Batch: nothing is submitted anew against a person's will. */
export const TERMINATED: Cause = {
  code: "terminated",
  class: "platform",
  text: "somebody ended the job in Batch",
  cure: "ask who did and why; its status reason in Batch holds the words; then run the order again",
  infrastructure: false,
};

/** Exit codes that the worker never uses: what the container runtime makes of signals and missing programs. */
export const FOREIGN_EXIT_CAUSES: Readonly<Record<number, Cause>> = {
  134: {
    code: "aborted",
    class: "ours",
    text: "the worker's process aborted, mostly because Node ran out of its heap",
    cure: "raise the step's memory, then run the order again; please report the step's log",
    infrastructure: false,
  },
  139: {
    code: "crashed",
    class: "ours",
    text: "the worker's process crashed",
    cure: "run the order again; please report the step's log",
    infrastructure: false,
  },
  126: {
    code: "not-executable",
    class: "configuration",
    text: "the image's program can not be executed",
    cure: "compare the image with images.lock.json",
    infrastructure: false,
  },
  127: {
    code: "program-missing",
    class: "configuration",
    text: "the image lacks its program",
    cure: "compare the image with images.lock.json",
    infrastructure: false,
  },
  137: {
    code: "killed",
    class: "configuration",
    text: "the container was killed, mostly because it needed more memory than it has",
    cure: "raise the step's memory",
    infrastructure: false,
  },
  // 128 and SIGTERM: the worker answers that signal with a code of its own as soon as it listens. Before that, in the
  // first moments of a container, only the host's notice of a reclaim or a drain of Fargate can have sent it. Batch's
  // five retry rules have no room for the code, so that the step is submitted anew instead.
  143: {
    code: "stopped-at-start",
    class: "platform",
    text: "the machine was about to be taken away before the worker had started",
    cure: "nothing: the step is submitted anew on the on-demand queue",
    infrastructure: true,
  },
};
