/* eslint-disable @typescript-eslint/no-require-imports -- a command loads what it needs when it is called: the Terraform app takes longer to load than most commands take in all, and import() would need file extensions that differ between sources and package */
import type * as Backfill from "./backfill";
import type * as Check from "./check";
import type * as DeadLetters from "./dead-letters";
import type * as IamDeployer from "./iam/deployer";
import type * as IamDiff from "./iam/diff";
import type * as IamDoctor from "./iam/doctor";
import type * as IamReport from "./iam/report";
import type * as IamVerifyLive from "./iam/verify-live";
import type * as Images from "./images";
import type * as OrderLogs from "./order-logs";
import type * as Orders from "./orders";
import type * as Pause from "./pause";
import type * as PlatformExport from "./platform-export";
import type * as Report from "./report";
import type * as Start from "./start";
import type * as Synth from "./synth";
import type * as Try from "./try";
import type * as Validate from "./validate";

/** The commands, each loaded when it is asked for. */
export const COMMANDS = {
  backfill: () => require("./backfill") as typeof Backfill,
  check: () => require("./check") as typeof Check,
  deadLetters: () => require("./dead-letters") as typeof DeadLetters,
  iamDeployer: () => require("./iam/deployer") as typeof IamDeployer,
  iamDoctor: () => require("./iam/doctor") as typeof IamDoctor,
  iamDiff: () => require("./iam/diff") as typeof IamDiff,
  iamReport: () => require("./iam/report") as typeof IamReport,
  iamVerifyLive: () => require("./iam/verify-live") as typeof IamVerifyLive,
  images: () => require("./images") as typeof Images,
  orderLogs: () => require("./order-logs") as typeof OrderLogs,
  orders: () => require("./orders") as typeof Orders,
  pause: () => require("./pause") as typeof Pause,
  platformExport: () => require("./platform-export") as typeof PlatformExport,
  report: () => require("./report") as typeof Report,
  start: () => require("./start") as typeof Start,
  synth: () => require("./synth") as typeof Synth,
  try: () => require("./try") as typeof Try,
  validate: () => require("./validate") as typeof Validate,
};
