import { RANGE_BYTES, type RangeSource } from "../archive/range-source";
import { StepError } from "../step/step-error";

/** Longest line: a key has at most 1,024 bytes, JSON may write each as six characters. */
const LINE_MAX = 16 * 1024;

/** A line of a list, counted from 1. Blank lines are counted and left out. */
export interface ListLine {
  readonly text: string;
  readonly number: number;
}

/** Reads the lines of a list piece by piece: memory stays flat however long it is. */
export async function* listLines(
  source: RangeSource,
  pieceBytes = RANGE_BYTES,
): AsyncGenerator<ListLine> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for (let offset = 0; offset < source.size; offset += pieceBytes) {
    const piece = Buffer.alloc(Math.min(pieceBytes, source.size - offset));
    await source.read(offset, piece);
    const text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, from)) {
      number += 1;
      const line = lineOf(text.subarray(from, end), number);
      if (line !== undefined) yield line;
      from = end + 1;
    }
    rest = text.subarray(from);
    if (rest.length > LINE_MAX) throw tooLong(number + 1);
  }
  const last = lineOf(rest, number + 1);
  if (last !== undefined) yield last;
}

/** Blank are lines as the trigger finds them blank when it counts: blanks, tabs and returns alone. */
function lineOf(bytes: Buffer, number: number): ListLine | undefined {
  if (bytes.length > LINE_MAX) throw tooLong(number);
  const text = bytes.toString("utf8").replace(/\r$/u, "");
  return /^[\t\r ]*$/u.test(text) ? undefined : { text, number };
}

function tooLong(number: number): StepError {
  return new StepError(
    "badDelivery",
    `line ${String(number)} of the list is longer than ${String(LINE_MAX)} bytes, which no line with a key is; ` +
      "have a list dropped that holds one key, or one object of JSON, a line",
  );
}
