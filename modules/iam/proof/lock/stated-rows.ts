import type { NamedPolicy } from "../../evaluate";
import type { Statement } from "../../policy-document";
import type { LockRow } from "./lock";

/**
 * What policies say, as rows: one for each pattern and its conditions. A denial is a row of its own, whose actions bear the
 * mark of it; how statements are spread over policies makes no difference.
 */
export function statedRows(policies: readonly NamedPolicy[]): readonly LockRow[] {
  const rows = new Map<string, { on: string; may: Set<string>; if: readonly string[] }>();
  for (const statement of policies.flatMap(({ document }) => document.Statement))
    for (const on of [statement.Resource ?? "*"].flat()) {
      const conditions = conditionTexts(statement);
      const key = JSON.stringify([on, conditions]);
      const row = rows.get(key) ?? { on, may: new Set<string>(), if: conditions };
      for (const action of [statement.Action].flat())
        row.may.add(statement.Effect === "Deny" ? `never ${action}` : action);
      rows.set(key, row);
    }
  return [...rows.values()]
    .map(({ on, may, if: conditions }) => ({
      on,
      may: [...may].sort(),
      ...(conditions.length === 0 ? {} : { if: [conditions.join(" and ")] }),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const conditionTexts = ({ Condition = {} }: Statement): readonly string[] =>
  Object.entries(Condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, values]) => `${operator} ${key} ${[values].flat().sort().join(", ")}`,
      ),
    )
    .sort();
