import { createInterface } from "node:readline";
import { type Readable } from "node:stream";

/** Calls back for every line of a stream; the answer ends with the stream. */
export async function eachLine(stream: Readable, call: (line: string) => void): Promise<void> {
  // Only `\n` ends a line here: readline takes `\r\n` for one end with the default delay.
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  for await (const line of lines) call(line);
}
