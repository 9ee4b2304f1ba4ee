import path from "node:path";
import { loadProject } from "../../../modules/app";
import { liveChecks } from "../../../modules/iam/verify-live";
import { type CommandContext, type CommandResult } from "../../command";
import { environmentOf } from "../../environments";
import { writeOut } from "../../output/write-out";
import { requestOf } from "./report";

/** Options of `iam verify-live`. */
export interface VerifyLiveOptions {
  readonly env?: string;
  /** @default "verify-live" */
  readonly out?: string;
}

/** Writes the script that asks a real account what was modelled. */
export async function verifyLiveCommand(
  context: CommandContext,
  { env, out = "verify-live" }: VerifyLiveOptions = {},
): Promise<CommandResult> {
  const project = loadProject(context.projectRoot());
  const { environment } = environmentOf(project, env);
  context.progress.phase("reading all roles");
  const { roles, access } = await requestOf(project, environment);
  const directory = path.resolve(context.cwd, out);
  const files = writeOut(
    directory,
    liveChecks(environment, roles, access).map(({ name, content }) => ({
      name,
      content,
      executable: name.endsWith(".sh"),
    })),
  );
  return {
    data: { files },
    text: `${path.join(directory, "verify-live.sh")} checks account ${environment.account}; nothing was checked yet, run it with credentials of that account`,
  };
}
