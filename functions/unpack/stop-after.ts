import { type Stop } from "../../images/worker/src/stop";

/** A {@link Stop} that comes by the clock, because Lambda sends no signal before it ends an invocation. */
export function stopAfter(ms: number): Stop & { readonly clear: () => void } {
  const controller = new AbortController();
  let seen: string | undefined;
  const timer = setTimeout(
    () => {
      seen = "time limit";
      controller.abort(new Error("told to stop: the function's time is nearly over"));
    },
    Math.max(0, ms),
  );
  return {
    signal: controller.signal,
    seen: () => seen,
    clear: () => {
      clearTimeout(timer);
    },
  };
}
