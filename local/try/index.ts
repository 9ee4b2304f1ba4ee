export { deadLetterFile } from "./dead-letters";
export type { TryEvent, TryListener } from "./events";
export type { Handed, HandedOver } from "./hand-over";
export { startLocalCloud, type LocalCloud, type LocalCloudOptions } from "./local-cloud";
export type { Mishaps } from "./mishaps";
export { tryPaths, type TryPaths } from "./paths";
export type { Delivery, TriedAttempt, TriedJob, TriedOrder, TryResult } from "./result";
export {
  findStandIn,
  startStandIns,
  type RunningStandIn,
  type StandIn,
  type StandIns,
} from "./stand-ins";
export { lockRuns } from "./run-lock";
export { runningServices, type RunningServices } from "./running";
export { InterruptedError, tryPartner, type TryOptions } from "./try-partner";
