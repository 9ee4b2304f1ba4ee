import type { ServerResponse } from "node:http";
import { ConnectionLost } from "../http/body";
import type { FaultMoment, HardFault } from "./plan";

/** Waits so long, or without a time for ever; fails when the client goes away first. */
export function pauseFor(response: ServerResponse, milliseconds?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = (): void => {
      clearTimeout(timer);
      reject(new ConnectionLost());
    };
    const timer =
      milliseconds === undefined
        ? undefined
        : setTimeout(() => {
            response.off("close", lost);
            resolve();
          }, milliseconds);
    if (response.destroyed) lost();
    else response.once("close", lost);
  });
}

/** Breaks the connection in the rudest way: the client sees ECONNRESET. */
export function resetConnection(response: ServerResponse): void {
  const { socket } = response;
  // A TLS socket has no handle of its own that could be reset.
  if (socket === null) return;
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Does what a fault does at a moment at which there is no body. */
export async function strike(
  response: ServerResponse,
  fault: HardFault | undefined,
  moment: Exclude<FaultMoment, "body">,
): Promise<void> {
  if (fault === undefined || !("at" in fault) || fault.at !== moment) return;
  if (fault.kind === "stall") {
    await pauseFor(response, fault.milliseconds);
    return;
  }
  resetConnection(response);
  throw new ConnectionLost();
}

/** Does what a fault does to the body of an upload; called with the bytes that came so far. */
export function uploadFault(
  response: ServerResponse,
  fault: HardFault | undefined,
  bodyBytes: number,
): ((received: number) => Promise<void> | undefined) | undefined {
  if (fault === undefined || !("at" in fault) || fault.at !== "body") return undefined;
  const after = fault.afterBytes ?? Math.floor(bodyBytes / 2);
  let done = false;
  return (received) => {
    if (done || received < after) return undefined;
    done = true;
    if (fault.kind === "stall") return pauseFor(response, fault.milliseconds);
    resetConnection(response);
    return Promise.reject(new ConnectionLost());
  };
}
