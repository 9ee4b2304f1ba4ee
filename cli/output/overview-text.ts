import { type Overview } from "../overview/overview";
import { type RoleInWords, sentences } from "../overview/role-words";
import { type Colors } from "./colors";
import { table } from "./table";
import { count, listed } from "./words";

/** What the Terraform of an environment holds, in words. */
export function overviewText(overview: Overview, colors: Colors): string {
  const { environment, stacks, queues, buckets } = overview;
  const heading = (text: string): string => colors.bold(text);
  return [
    heading(
      `Environment ${environment.id}: account ${environment.account}, ${environment.region}${environment.offline ? " (made up: it exists on no account)" : ""}`,
    ),
    table(
      stacks.map(({ name, resources }) => [name, count(resources, "resource")]),
      "  ",
    ),
    heading(count(queues.length, "queue")),
    queues.map((name) => `  ${name}`).join("\n"),
    heading(count(buckets.length, "bucket")),
    buckets.map(({ name }) => `  ${name}`).join("\n"),
    ...readersText(overview, heading),
    heading("What each role can do, and why (conditions and full ARNs are on the page)"),
    overview.roles.map((role) => roleText(role, colors)).join("\n"),
    heading("What it costs per month while nothing happens"),
    costText(overview),
  ].join("\n");
}

function readersText({ partners }: Overview, heading: (text: string) => string): string[] {
  const rows = partners.flatMap(({ id, readers }) =>
    readers.map(({ name, from, places, reason }) => [
      `${id}: ${name}`,
      `${from}: ${listed(places)}`,
      `to ${reason}`,
    ]),
  );
  return rows.length === 0
    ? []
    : [heading(`${count(rows.length, "reader")} of what was delivered`), table(rows, "  ")];
}

function roleText(role: RoleInWords, colors: Colors): string {
  return [
    `  ${colors.cyan(role.name)} ${colors.dim(`(${role.usedBy})`)}`,
    ...sentences(role.permissions).map((text) => `    ${text}`),
  ].join("\n");
}

function costText({ idleCost }: Overview): string {
  if (!idleCost.priced) return `  unknown: ${idleCost.reason}`;
  return table(
    [
      ...idleCost.items.map(({ item, count: number, unitPrice, monthly }) => [
        item,
        `${String(number)} x ${unitPrice.toFixed(2)}`,
        `${monthly.toFixed(2)} USD`,
      ]),
      ["together", "", `${idleCost.monthly.toFixed(2)} USD`],
    ],
    "  ",
  );
}
