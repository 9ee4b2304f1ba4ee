import type { ServerResponse } from "node:http";
import { resetConnection } from "./faults/connection";
import { CutAnswer, downloadFault } from "./faults/download";
import type { HardFault } from "./faults/plan";
import type { Answer } from "./http/answer";
import { ConnectionLost } from "./http/body";
import type { Store } from "./store/store";

/** An answer on its way out. */
export interface OutgoingAnswer extends Answer {
  readonly withoutBody: boolean;
  readonly fault: HardFault | undefined;
}

/**
 * Sends an answer.
 *
 * @returns how many bytes of body were sent
 */
export async function sendAnswer(
  store: Store,
  response: ServerResponse,
  answer: OutgoingAnswer,
): Promise<number> {
  const { status, headers, body, withoutBody, fault } = answer;
  if (response.destroyed) throw new ConnectionLost();
  const text = typeof body === "object" ? undefined : Buffer.from(body ?? "", "utf8");
  const length = typeof body === "object" ? body.length : (text?.length ?? 0);
  // 204 and 304 have no body and no length.
  const bare = status === 204 || status === 304;
  response.writeHead(status, bare ? headers : { ...headers, "content-length": String(length) });
  if (withoutBody || typeof body !== "object") {
    response.end(withoutBody ? undefined : text);
    return withoutBody ? 0 : length;
  }
  let sent = 0;
  try {
    for await (const piece of downloadFault(store.read(body.pieces), length, fault, response)) {
      await write(response, piece);
      sent += piece.length;
    }
  } catch (cut) {
    if (!(cut instanceof CutAnswer)) throw cut;
    if (cut.how === "reset") resetConnection(response);
    else response.socket?.end();
    return sent;
  }
  response.end();
  return sent;
}

/** Writes and waits until the bytes are with the system: whoever read them may use their memory again. */
function write(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = (): void => {
      reject(new ConnectionLost());
    };
    response.once("close", lost);
    response.write(piece, (error) => {
      response.off("close", lost);
      if (error) lost();
      else resolve();
    });
  });
}
