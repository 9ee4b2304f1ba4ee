import type { Log } from "../log";
import type { SourceFile } from "../upload/source-file";

const TICK_MS = 2000;

/** Counts what has arrived, and tells it while the transfer runs. */
export function transferProgress(
  files: readonly SourceFile[],
  log: Log,
): { readonly add: (bytes: number, files: number) => void; readonly stop: () => void } {
  const all = files.reduce((sum, { identity }) => sum + identity.size, 0);
  const began = performance.now();
  let bytes = 0;
  let done = 0;
  const tell = (): void => {
    const seconds = (performance.now() - began) / 1000;
    log.info(
      `publishing: ${String(done)} of ${String(files.length)} files, ${String(bytes)} of ${String(all)} bytes`,
      { files: done, bytes, bytesPerSecond: seconds > 0 ? Math.round(bytes / seconds) : 0 },
    );
  };
  const timer = setInterval(tell, TICK_MS);
  return {
    add: (moreBytes, moreFiles) => {
      bytes += moreBytes;
      done += moreFiles;
    },
    stop: () => {
      clearInterval(timer);
      tell();
    },
  };
}
