import { killMarked } from "./marked-processes";

const live = new Map<string, string>();
let listening = false;

/**
 * Has the processes with this mark killed should this process end before they do, whatever ends it but SIGKILL: they are
 * in groups of their own, so that no signal of the terminal reaches them.
 *
 * @returns forgets the mark
 */
export function killAtExit(name: string, value: string): () => void {
  if (!listening) {
    listening = true;
    process.once("exit", () => {
      for (const [mark, variable] of live) killMarked(variable, mark);
    });
  }
  live.set(value, name);
  return () => {
    live.delete(value);
  };
}
