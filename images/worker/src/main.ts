import { EXIT_CODES } from "../../../modules/contract/exit-codes";
import { listenForStop } from "./stop";

/*
 * Listens before anything else is loaded: a host that is about to go away may tell so in a container's first moments,
 * and without a listener the signal would end the process with a code of the runtime's.
 */
const stop = listenForStop(process);

import("./work.js")
  .then(({ work }) => work(stop))
  .then(
    (code) => process.exit(code),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      process.stdout.write(
        `${JSON.stringify({ time: new Date().toISOString(), level: "error", message })}\n`,
      );
      process.exit(EXIT_CODES.internal.code);
    },
  );
