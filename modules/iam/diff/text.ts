import type { Atom } from "./atoms";
import { conditionTexts } from "./compare";
import type { IamDelta, IamDiff } from "./diff";
import { RISKS, worstRisk } from "./risk";

/** What changed, as Markdown for the comment of a pull request: what opens first, a line for each kind of change. */
export function diffMarkdown({ deltas, widens, risk }: IamDiff): string {
  if (deltas.length === 0) return "IAM: nothing changes for anybody.";
  const groups = grouped(deltas);
  const opening = groups.filter(([first]) => first?.widens);
  const closing = groups.filter(([first]) => first?.widens === false);
  return [
    widens
      ? `IAM: **more becomes possible** (highest risk: ${risk}).`
      : "IAM: nothing more becomes possible than before.",
    ...section("Opens", opening),
    ...section("Closes", closing),
  ].join("\n");
}

function section(title: string, groups: readonly (readonly IamDelta[])[]): string[] {
  if (groups.length === 0) return [];
  const byRisk = [...groups].sort((a, b) => riskIndex(b) - riskIndex(a));
  return ["", `### ${title}`, "", ...byRisk.map((group) => `- ${sentence(group)}`)];
}

const riskIndex = (group: readonly IamDelta[]): number =>
  RISKS.indexOf(worstRisk(group.map(({ risk }) => risk)));

/** Changes that differ in the action alone are told together. */
function grouped(deltas: readonly IamDelta[]): readonly (readonly IamDelta[])[] {
  const groups = new Map<string, IamDelta[]>();
  for (const delta of deltas) {
    const { principal, principalKind, part, kind, widens } = delta;
    const key = [
      principalKind,
      principal,
      part,
      kind,
      widens,
      rest(delta.before),
      rest(delta.after),
    ].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), delta]);
  }
  return [...groups.values()];
}

function sentence(group: readonly IamDelta[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { principal, part, kind, before, after, widens } = first;
  const risk = worstRisk(group.map((delta) => delta.risk));
  const mark = widens ? ` (${risk})` : "";
  const head = `${code(principal)}: ${part === "permissions" ? "" : `${part} `}${kind}${mark}`;
  if (kind === "unknown" && typeof after === "string")
    return `${head}: ${code(after)} is known only after apply, nothing can be said about it`;
  if (typeof before === "string" || typeof after === "string")
    return `${head}: ${[before, after].flatMap((one) => (typeof one === "string" ? [code(one)] : [])).join(" → ")}`;
  const atom = after ?? before;
  const actions = group.flatMap((delta) => {
    const one = delta.after ?? delta.before;
    return typeof one === "object" ? [one.action] : [];
  });
  const what = `${atom?.effect === "Deny" ? "deny " : ""}${actionsText(actions)}`;
  if (before === undefined || after === undefined) return `${head}: ${what} ${where(atom)}`;
  return `${head}: ${what} from ${where(before)} to ${where(after)}`;
}

/** Many actions of one service are counted. */
function actionsText(actions: readonly string[]): string {
  const names = [...new Set(actions)].sort();
  const shown = names.slice(0, 12).map(code).join(", ");
  return names.length > 12 ? `${shown} and ${String(names.length - 12)} more` : shown;
}

function where(atom: Atom | undefined): string {
  if (atom === undefined) return "nothing";
  const conditions = conditionTexts(atom);
  return [
    ...(atom.who === undefined ? [] : [`by ${code(atom.who)}`]),
    ...(atom.resource === "" ? [] : [`on ${code(atom.resource)}`]),
    conditions.length === 0 ? "without conditions" : `if ${conditions.map(code).join(" and ")}`,
  ].join(" ");
}

function rest(side: Atom | string | undefined): string {
  return typeof side === "object" ? where(side) : (side ?? "");
}

const code = (text: string): string => `\`${text}\``;
