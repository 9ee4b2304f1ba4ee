import type { Invocation } from "../runs-core/ports";
import type { TriggerConfig } from "./config";
import type { CountFiles } from "./count-files";

/** What everything within one invocation of the trigger shares. */
export interface TriggerInvocation extends Invocation {
  readonly config: TriggerConfig;
  /** Counts the files that the order's object lists, for steps whose array is as large as that asks for. */
  readonly countFiles: CountFiles;
}
