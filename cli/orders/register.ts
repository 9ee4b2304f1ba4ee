import { type Command } from "commander";
import { type CommandContext, type CommandResult } from "../command";
import { COMMANDS } from "../commands";
import { type BackfillOptions } from "../commands/backfill";
import { type DeadLettersOptions } from "../commands/dead-letters";
import { type OrderLogsOptions } from "../commands/order-logs";
import { type OrdersOptions } from "../commands/orders";

/** Registers a command, with the options that all have. */
type Register = (
  command: Command,
  run: (
    context: CommandContext,
    options: unknown,
    argument: string,
    all: readonly string[],
  ) => Promise<CommandResult>,
) => void;

/** Adds the commands about orders. */
export function addOrders(orders: Command, register: Register): void {
  const scoped = (command: Command): Command =>
    command
      .option("--env <id>", "environment (default: the one that runs on one machine)")
      .option("--local", "the state of the last runs on this machine, in place of AWS")
      .option("--endpoint-url <url>", "an emulator in AWS's place");
  const about = (name: string, description: string, parent = orders): Command =>
    scoped(parent.command(name).description(description))
      .argument("<partner>", "id of the partner")
      .argument("<order>", "id or key of the order");
  register(
    scoped(orders.command("list").description("orders of the last days, of all partners"))
      .option("--since <when>", "36h, 7d, 2w, a day or an instant", "2d")
      .option("--failed", "only orders whose last attempt failed")
      .option("--partner <id...>", "partners (default: all)"),
    (context, options) => COMMANDS.orders().listCommand(context, options as OrdersOptions),
  );
  register(
    about("show", "everything that happened to an order"),
    (context, options, partner, [, order = ""]) =>
      COMMANDS.orders().showCommand(context, partner, order, options as OrdersOptions),
  );
  register(
    about("rerun", "do an order again, as a new attempt")
      .option("--from <step>", "first step that is done again (default: all)")
      .option(
        "--verify",
        "deliver nothing: compare what was delivered with its manifest by checksum",
      )
      .option("--reason <text>", "why; kept in the ledger"),
    (context, options, partner, [, order = ""]) =>
      COMMANDS.orders().rerunCommand(context, partner, order, options as OrdersOptions),
  );
  register(
    about("cancel", "end an order's newest attempt")
      .option("--reason <text>", "why; kept in the ledger")
      .option("--yes", "do not ask"),
    (context, options, partner, [, order = ""]) =>
      COMMANDS.orders().cancelCommand(context, partner, order, options as OrdersOptions),
  );
  register(
    about("logs", "what the jobs of an order wrote")
      .option("--step <step>", "one step (default: all)")
      .option("--attempt <n>", "an attempt of the order (default: the newest)")
      .option("--index <n>", "a child of an array job (default: those that failed)")
      .option("--tail <n>", "last lines of each log", "100")
      .option("-f, --follow", "go on with what happens and is written, until the order has ended"),
    (context, options, partner, [, order = ""]) =>
      COMMANDS.orderLogs().orderLogsCommand(context, partner, order, options as OrderLogsOptions),
  );
  register(
    scoped(orders.command("backfill").description("start the orders of a period that are missing"))
      .argument("<partner>", "id of the partner")
      .requiredOption("--from <when>", "36h, 7d, 2w, a day or an instant")
      .option("--to <when>", "the same; a day is the whole day (default: now)")
      .option("--mode <mode>", "missing, failed, or all: those and what was delivered", "missing")
      .option("--max <n>", "orders that are started at most", "10")
      .option("--dry-run", "tell what would be started, and start nothing")
      .option("--reason <text>", "why; kept in the ledger")
      .option("--yes", "do not ask"),
    (context, options, partner) =>
      COMMANDS.backfill().backfillCommand(context, partner, options as BackfillOptions),
  );
  register(
    scoped(orders.command("pause").description("hold a partner's new orders; they are recorded"))
      .argument("<partner>", "id of the partner")
      .option("--reason <text>", "why; kept in the ledger"),
    (context, options, partner) =>
      COMMANDS.pause().pauseCommand(context, partner, options as OrdersOptions),
  );
  register(
    scoped(orders.command("resume").description("let a partner's orders go on that were held"))
      .argument("<partner>", "id of the partner")
      .option("--reason <text>", 'why; kept in the ledger (default: "go on")'),
    (context, options, partner) =>
      COMMANDS.pause().resumeCommand(context, partner, options as OrdersOptions),
  );
  addDeadLetters(orders.command("dlq").description("events and messages that were given up"), {
    register,
    scoped,
  });
  const quarantine = orders
    .command("quarantine")
    .description("deliveries that were not published because they do not hold");
  register(
    scoped(quarantine.command("list").description("what is in quarantine")).argument(
      "<partner>",
      "id of the partner",
    ),
    (context, options, partner) =>
      COMMANDS.orders().quarantineListCommand(context, partner, options as OrdersOptions),
  );
  const DECISIONS = {
    release: "publish a delivery as it is",
    reject: "decide that a delivery is not published",
  } as const;
  for (const decision of ["release", "reject"] as const)
    register(
      about(decision, DECISIONS[decision], quarantine)
        .option("--reason <text>", "why; kept in the ledger")
        .option("--yes", "do not ask"),
      (context, options, partner, [, order = ""]) =>
        COMMANDS.orders().quarantineDecideCommand(
          context,
          decision,
          partner,
          order,
          options as OrdersOptions,
        ),
    );
}

function addDeadLetters(
  dlq: Command,
  { register, scoped }: { register: Register; scoped: (command: Command) => Command },
): void {
  register(
    scoped(dlq.command("list").description("what was given up, and why")).option(
      "--partner <id...>",
      "partners (default: all, and the platform)",
    ),
    (context, options) =>
      COMMANDS.deadLetters().deadLettersListCommand(context, options as DeadLettersOptions),
  );
  register(
    scoped(dlq.command("redrive").description("hand over again what was given up"))
      .argument("<owner>", "id of the partner, or platform")
      .option("--message <id...>", "only these (default: all)")
      .option("--max <n>", "at most so many", "100")
      .option("--reason <text>", "why; kept in the ledger")
      .option("--yes", "do not ask"),
    (context, options, owner) =>
      COMMANDS.deadLetters().deadLettersRedriveCommand(
        context,
        owner,
        options as DeadLettersOptions,
      ),
  );
}
