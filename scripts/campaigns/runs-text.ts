import type { RunsResult } from "./runs";

const cell = (text: string): string => text.replaceAll("|", "\\|");

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((value) => cell(String(value))).join(" | ")} |`)
    .join("\n");

/** The result of the campaign of runs, for people. */
export function runsText(result: RunsResult, command: string, at: Date): string {
  const { ends, met, swept, hunted, faults } = result;
  return [
    "## Runs whose functions, events and machines fail",
    `\`${command}\`, ${at.toISOString().slice(0, 16).replace("T", " ")} UTC. ` +
      "The real trigger, escalate and reconcile functions play histories in a modelled AWS without real time: every call " +
      "waits for its turn among the others and can fail, lose its answer or be the last of its invocation. Each history " +
      "has two orders. Afterwards every attempt must have ended and told its end, no job may have been submitted twice, " +
      "nothing that was done may be done again, no limit may have been exceeded, and no job may be under way.",
    table(
      ["", ""],
      [
        ["histories", result.histories],
        ["orders", result.orders],
        ["attempts delivered", ends.delivered],
        ["attempts failed, with a reason", ends.failed],
        ["attempts cancelled", ends.cancelled],
        [
          "orders of which nothing was written: their event is in the dead-letter queue",
          ends.never,
        ],
        ["faults found", faults.length],
      ],
    ),
    table(
      ["what histories met", "histories", "times"],
      [...met]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, n]) => [what, n.histories, n.times]),
    ),
    "### Each call of each function",
    "Calm histories in which one call goes wrong: each call in turn fails, does its work and loses its answer, and ends its " +
      "invocation before and after its work.",
    table(
      ["history", "calls", "of which", "histories played", "faults"],
      swept.map(({ name, points, histories, faults: found }) => [
        name,
        Object.values(points).reduce((sum, count) => sum + count, 0),
        Object.entries(points)
          .map(([actor, count]) => `${actor} ${String(count)}`)
          .join(", "),
        histories,
        found.length,
      ]),
    ),
    ...(hunted.length === 0
      ? []
      : [
          "### Would it be noticed?",
          "Faults that are put into the functions on purpose, one at a time, and what is first broken by each: a history of " +
            "the first 300, else one of the calm ones above with a call that goes wrong, else a later history.",
          table(
            ["fault", "found by", "as"],
            hunted.map(({ name, caughtBy, fault }) => [name, caughtBy ?? "none", fault ?? ""]),
          ),
        ]),
    ...(faults.length === 0 ? [] : [faults.map((fault) => `- ${fault}`).join("\n")]),
  ].join("\n\n");
}
