import type { Log } from "../log";

const TICK_MS = 2000;

/** Counts what has been unpacked, and tells it while it goes on. */
export function unpackProgress(log: Log): {
  readonly add: (bytes: number, files: number) => void;
  readonly stop: () => void;
} {
  const began = performance.now();
  let bytes = 0;
  let files = 0;
  const tell = (): void => {
    const seconds = (performance.now() - began) / 1000;
    log.info(`unpacking: ${String(files)} files, ${String(bytes)} bytes`, {
      files,
      bytes,
      bytesPerSecond: seconds > 0 ? Math.round(bytes / seconds) : 0,
    });
  };
  const timer = setInterval(tell, TICK_MS);
  return {
    add: (moreBytes, moreFiles) => {
      bytes += moreBytes;
      files += moreFiles;
    },
    stop: () => {
      clearInterval(timer);
      tell();
    },
  };
}
