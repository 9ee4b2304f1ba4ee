/** Time of a Batch, which tests own. */
export interface Timers {
  now(): number;
  /** Calls back once after so many seconds; the answer cancels it. */
  after(seconds: number, callback: () => void): () => void;
}

/** The time of the machine. Does not keep the process alive. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  after: (seconds, callback) => {
    const timer = setTimeout(callback, seconds * 1000);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
