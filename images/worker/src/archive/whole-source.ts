import { RangeReader } from "./range-reader";
import type { RangeSource } from "./range-source";

/** All bytes of a source from begin to end, for formats that have no directory. */
export async function* wholeSource(source: RangeSource): AsyncGenerator<Buffer> {
  const reader = new RangeReader(source, [{ start: 0, end: source.size }]);
  // A copy: the stream keeps pieces for longer than the reader holds them.
  for await (const piece of reader.pieces(0, source.size)) yield Buffer.from(piece);
}
