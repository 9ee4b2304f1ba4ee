import path from "node:path";

/** File that keeps what a dead-letter queue holds, `platform` or of a partner, between the runs on one machine. */
export const deadLetterFile = (stateDirectory: string, owner: string): string =>
  path.join(stateDirectory, "dead-letters", `${owner}.json`);
