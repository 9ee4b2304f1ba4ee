import type { Announcement } from "../../modules/contract";
import type { Invocation, JobControl } from "./ports";

/** What everything within one invocation of a function of the platform shares. */
export interface PlatformInvocation extends Invocation {
  readonly control: JobControl;
  /** Hands an announcement over, to be told once however often it is handed over. Throws when it was not taken. */
  readonly announce: (announcement: Announcement) => Promise<void>;
  /** The function that is at work, as the ledger names it. */
  readonly actor: "escalate" | "reconcile";
  readonly environment: string;
  /**
   * What commands end with that people are told.
   * @default - they name the environment
   */
  readonly commandOptions?: string | undefined;
  readonly region: string;
}
