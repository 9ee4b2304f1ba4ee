import { ConfigError } from "../core";

/** Collects the faults of several independent pieces of work, to tell them all at once. */
export interface FaultCollector {
  /** The result in a list, or an empty list when the work found faults; any other error is thrown. */
  of<T>(work: () => T): T[];
  add(fault: string): void;
  /** @throws ConfigError with each fault once */
  throwIfAny(): void;
}

/** Makes a collector. */
export function collectFaults(): FaultCollector {
  const faults = new Set<string>();
  return {
    of: (work) => {
      try {
        return [work()];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        for (const fault of error.faults) faults.add(fault);
        return [];
      }
    },
    add: (fault) => {
      faults.add(fault);
    },
    throwIfAny: () => {
      if (faults.size > 0) throw new ConfigError([...faults]);
    },
  };
}
