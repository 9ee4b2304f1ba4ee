import type { Invocation } from "../runs-core/ports";
import type { TriggerConfig } from "./config";

/** What everything within one invocation of the trigger shares. */
export interface TriggerInvocation extends Invocation {
  readonly config: TriggerConfig;
}
