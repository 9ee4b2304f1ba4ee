import type { ServerResponse } from "node:http";
import { pauseFor } from "./connection";
import type { HardFault } from "./plan";

/** The answer ends here, on purpose: gracefully or by a reset. */
export class CutAnswer extends Error {
  override readonly name = "CutAnswer";

  constructor(readonly how: "end" | "reset") {
    super("the answer was cut on purpose");
  }
}

/** Does to the content of an object what a fault asks for. */
export async function* downloadFault(
  content: AsyncIterable<Buffer>,
  length: number,
  fault: HardFault | undefined,
  response: ServerResponse,
): AsyncGenerator<Buffer> {
  const at = positionOf(fault, length);
  let sent = 0;
  for await (const piece of content) {
    const here = at === undefined ? -1 : at - sent;
    sent += piece.length;
    if (fault === undefined || here < 0 || here >= piece.length) {
      yield piece;
      continue;
    }
    if (fault.kind === "corrupt") {
      const copy = Buffer.from(piece);
      copy.writeUInt8(copy.readUInt8(here) ^ 0xff, here);
      yield copy;
      continue;
    }
    if (here > 0) yield piece.subarray(0, here);
    if (fault.kind !== "stall") throw new CutAnswer(fault.kind === "truncate" ? "end" : "reset");
    await pauseFor(response, fault.milliseconds);
    yield piece.subarray(here);
  }
}

function positionOf(fault: HardFault | undefined, length: number): number | undefined {
  const middle = Math.floor(length / 2);
  switch (fault?.kind) {
    case "corrupt":
      return fault.atByte ?? middle;
    case "truncate":
      return fault.afterBytes ?? middle;
    case "reset":
    case "stall":
      return fault.at === "body" ? (fault.afterBytes ?? middle) : undefined;
    default:
      return undefined;
  }
}
