import { Command, Option } from "commander";
import { type CommandContext, type CommandResult } from "./command";
import { COMMANDS } from "./commands";
import { addProof } from "./commands/iam";
import { type DeployerOptions } from "./commands/iam/deployer";
import { type DoctorOptions } from "./commands/iam/doctor";
import { type IamReportOptions } from "./commands/iam/report";
import { type VerifyLiveOptions } from "./commands/iam/verify-live";
import { type ImagesOptions } from "./commands/images";
import { type PlatformExportOptions } from "./commands/platform-export";
import { type ReportOptions } from "./commands/report";
import { type StartOptions } from "./commands/start";
import { type SynthOptions } from "./commands/synth";
import { type TryCommandOptions } from "./commands/try";
import { CLI_EXIT_CODES } from "./exit-codes";
import { addOrders } from "./orders/register";
import { type CommonOptions, runCommand, type Surroundings } from "./run";

/** What a command does with its first argument, its options and all arguments. */
type Run = (
  context: CommandContext,
  options: unknown,
  argument: string,
  all: readonly string[],
) => Promise<CommandResult>;

/** Registers what a command does, with the options that all have. */
type Register = (command: Command, run: Run) => void;

const ENV = ["--env <id>", "environment (default: the one that runs on one machine)"] as const;

/** Builds the command line. */
export function buildProgram(around: Surroundings, onExit: (code: number) => void): Command {
  const program = new Command("partner-ingest")
    .description(
      "Turns one typed file per partner into plain Terraform, and runs it on this machine first.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void around.stdout.write(text),
      writeErr: (text) => void around.stderr.write(text),
      outputError: (text, write) => {
        write(`${text.trimEnd()}; --help tells what is allowed\n`);
      },
    })
    .addHelpText("after", exitCodeHelp())
    .showSuggestionAfterError();
  const register: Register = (command, run) => {
    command
      .option("--json", "print the result as JSON")
      .option("-C, --directory <dir>", "where the project is (default: here or above)")
      .action(async (...args: unknown[]) => {
        // Commander passes arguments, then options, then the command.
        const options = args.at(-2);
        const argument = typeof args[0] === "string" ? args[0] : "";
        onExit(
          await runCommand(around, options as CommonOptions, (context) =>
            run(
              context,
              options,
              argument,
              args.filter((one) => typeof one === "string"),
            ),
          ),
        );
      });
  };
  addRuns(program, register);
  addOrders(program.command("orders").description("look at orders and act on them"), register);
  addTerraform(program, register);
  const iam = program.command("iam").description("who may do what, and what it takes");
  addDeployer(iam, register);
  addIamViews(iam, register);
  addProof(iam, register);
  addImages(program.command("images").description("the images that jobs run in"), register);
  return program;
}

function addRuns(program: Command, register: Register): void {
  register(
    program
      .command("start")
      .description("synthesize all, say what it made, validate, run one order, write a page")
      .option(...ENV)
      .option("--partner <id>", "partner to run (default: the first)"),
    (context, options) => COMMANDS.start().startCommand(context, options as StartOptions),
  );
  register(
    program
      .command("try")
      .description("run an order of a partner on this machine, from its Terraform to objects")
      .argument("<partner>", "id of the partner")
      .option(...ENV)
      .option("--order <id>", "order to run (default: the one that the stand-in names)")
      .option("--trigger <which>", "manual, schedule, s3, or a trigger's name (default: manual)")
      .option("--fresh", "forget all earlier runs of the partner first")
      .option("--logs", "show what the trigger and the jobs write")
      .option("--interrupt", "take the Spot host of the first job away")
      .option("--interrupt-always", "and every further one, until the job runs on demand")
      .option("--duplicate <n>", "send the event so many times")
      .option("--fail <step>", "end a step when it runs")
      .option("--secret <NAME=value...>", "value of a secret that no stand-in has"),
    (context, options, partner) =>
      COMMANDS.try().tryCommand(context, partner, options as TryCommandOptions),
  );
  register(
    program
      .command("report")
      .description("write the page about an environment and the last runs on this machine")
      .option(...ENV)
      .option("--out <file>", "where to (default: .partner-ingest/report.html)"),
    (context, options) => COMMANDS.report().reportCommand(context, options as ReportOptions),
  );
}

function addTerraform(program: Command, register: Register): void {
  const scoped = (command: Command): Command =>
    command
      .option("--env <id...>", "environments (default: all)")
      .option("--partner <id...>", "partners (default: all)")
      .option("--out <dir>", "where the Terraform is written (default: cdktf.out)");
  register(
    program.command("check").description("tell every fault of every partner in every environment"),
    (context) => COMMANDS.check().checkCommand(context),
  );
  register(
    scoped(program.command("synth").description("write the Terraform of all stacks")),
    (context, options) => COMMANDS.synth().synthCommand(context, options as SynthOptions),
  );
  register(
    scoped(program.command("validate").description("have Terraform check all stacks")),
    (context, options) => COMMANDS.validate().validateCommand(context, options as SynthOptions),
  );
  register(
    program
      .command("platform")
      .description("what the partners of an environment share")
      .command("export")
      .description("write environments/<id>.facts.json from the applied platform stack")
      .option(...ENV)
      .option("--from <file>", "what terraform output -json printed, in place of asking Terraform"),
    (context, options) =>
      COMMANDS.platformExport().platformExportCommand(context, options as PlatformExportOptions),
  );
}

function addDeployer(iam: Command, register: Register): void {
  const scoped = (command: Command): Command =>
    command
      .option(...ENV)
      .option("--stack <kind>", "bootstrap, platform or partner")
      .option("--partner <id>", 'partner, or "*" for all, those to come too')
      .option("--phase <name...>", "plan, apply, update, destroy (default: all)");
  register(
    scoped(
      iam.command("deployer").description("the policies that it takes to deploy a stack"),
    ).option("--out <dir>", "write a file for each policy here"),
    (context, options) =>
      COMMANDS.iamDeployer().deployerCommand(context, options as DeployerOptions),
  );
  register(
    scoped(iam.command("doctor").description("what a deployment would be refused, and by what"))
      .option("--have <file...>", "policies of the person or role that deploys")
      .option("--denied <message>", "what AWS answered"),
    (context, options) => COMMANDS.iamDoctor().doctorCommand(context, options as DoctorOptions),
  );
}

function addIamViews(iam: Command, register: Register): void {
  register(
    iam
      .command("diff")
      .description("tell what becomes possible, and what not any more, from one to another")
      .argument("<before>", "directory of synth, cdk.tf.json, or terraform show -json of a plan")
      .argument("<after>", "the same, of the change"),
    (context, _, before, [, after = ""]) =>
      COMMANDS.iamDiff().diffCommand(context, [before, after]),
  );
  register(
    iam
      .command("report")
      .description("the request for permissions, in words, for who decides about it")
      .option(...ENV)
      .option("--out <dir>", "write iam-request.md and iam-request.json here"),
    (context, options) =>
      COMMANDS.iamReport().iamReportCommand(context, options as IamReportOptions),
  );
  register(
    iam
      .command("verify-live")
      .description("write the script that asks a real account what was modelled")
      .option(...ENV)
      .option("--out <dir>", "where to (default: verify-live)"),
    (context, options) =>
      COMMANDS.iamVerifyLive().verifyLiveCommand(context, options as VerifyLiveOptions),
  );
}

function addImages(images: Command, register: Register): void {
  const scoped = (name: string, description: string): Command =>
    images
      .command(name)
      .description(description)
      .option(...ENV)
      .option("--image <name...>", "images (default: all of the environment)");
  const withArguments = (command: Command): Command =>
    command.addOption(
      new Option("--build-arg <NAME=value...>", "argument of a Dockerfile, such as NODE_IMAGE"),
    );
  register(
    withArguments(scoped("build", "build images for this machine's docker")),
    (context, options) => COMMANDS.images().imagesBuildCommand(context, options as ImagesOptions),
  );
  register(
    withArguments(scoped("push", "build and push images, and lock their digests")),
    (context, options) => COMMANDS.images().imagesPushCommand(context, options as ImagesOptions),
  );
  register(
    scoped("lock", "name the images of an offline environment by the hash of their sources"),
    (context, options) => COMMANDS.images().imagesLockCommand(context, options as ImagesOptions),
  );
}

function exitCodeHelp(): string {
  const rows = Object.values(CLI_EXIT_CODES).map(
    ({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`,
  );
  return `\nExit codes:\n${rows.join("\n")}`;
}
