/* eslint-disable @typescript-eslint/no-require-imports -- a command loads what it needs when it is called, as in ../index.ts */
import { type Command } from "commander";
import { type CommandContext, type CommandResult } from "../../command";
import type * as Prove from "./prove";

type Run = (context: CommandContext, options: unknown, argument: string) => Promise<CommandResult>;

/** The commands about permissions, each loaded when it is asked for. */
const IAM_COMMANDS = {
  prove: () => require("./prove") as typeof Prove,
};

/** Adds what checks the claims about permissions to the command `iam`. */
export function addProof(iam: Command, register: (command: Command, run: Run) => void): void {
  register(
    iam
      .command("prove")
      .description("check what is claimed about all permissions, against iam.lock.json")
      .option("--env <id...>", "environments (default: all)")
      .option("--write", "renew iam.lock.json, and tell what it changes"),
    (context, options) =>
      IAM_COMMANDS.prove().iamProveCommand(context, options as Prove.IamProveOptions),
  );
}
