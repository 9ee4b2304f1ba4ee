/**
 * Stands in for a partner on one machine: its server, and its program as the image would hold it. Each image that
 * needs a partner's own program brings one, so that runs and tests go the whole way without the partner.
 */
export interface StandIn {
  /** Starts the partner's server on loopback and says what a job needs to reach it. */
  readonly start: (options?: StandInOptions) => Promise<RunningStandIn>;
}

/** How a stand-in is started. */
export interface StandInOptions {
  /**
   * What runs the partner's program: its own language where the machine has it, or Node, which always is there.
   *
   * @default "auto", the program's own language where it is usable
   */
  readonly runtime?: "auto" | "own" | "node";
}

/** A stand-in that runs. */
export interface RunningStandIn {
  /** Environment variables of the job, secrets included, by name. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Files that the image would hold: content of an executable file by its path in the container. Write each below the
   * directory that stands for the container's root, with mode 0755.
   */
  readonly root: Readonly<Record<string, string>>;
  /** An order that the partner has. */
  readonly defaultOrder: string;
  /**
   * Content of the object that the partner drops to start an order, by the order's id; where it drops none of meaning, the
   * object is empty.
   */
  readonly object?: (order: string) => Promise<Buffer>;
  /** Objects that the partner puts into the bucket before that one, by their keys: files that a list names. */
  readonly objects?: (order: string) => Promise<Readonly<Record<string, Buffer>>>;
  /** What runs the partner's program, for people: `java 17` or `node`. */
  readonly runtime: string;
  /** Stops the server and removes what was made. */
  readonly close: () => Promise<void>;
}
