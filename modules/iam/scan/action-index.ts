import { coversAction } from "../evaluate/applies";
import type { CompiledStatement } from "../evaluate/parse";

const NONE: readonly CompiledStatement[] = [];

/** Finds the statements about an action without looking at all of them: most name their actions. */
export class ActionIndex {
  readonly #named = new Map<string, CompiledStatement[]>();
  readonly #byPattern: CompiledStatement[] = [];

  constructor(statements: readonly CompiledStatement[]) {
    for (const statement of statements) {
      if (statement.notActions || statement.actions.some((action) => /[*?]/u.test(action))) {
        this.#byPattern.push(statement);
        continue;
      }
      for (const action of new Set(statement.actions)) {
        const list = this.#named.get(action);
        if (list === undefined) this.#named.set(action, [statement]);
        else list.push(statement);
      }
    }
  }

  /** Statements about an action, given in small letters. */
  find(action: string): readonly CompiledStatement[] {
    const named = this.#named.get(action) ?? NONE;
    if (this.#byPattern.length === 0) return named;
    return [...named, ...this.#byPattern.filter((statement) => coversAction(statement, action))];
  }
}

const indexes = new WeakMap<readonly CompiledStatement[], ActionIndex>();

/** The index of a list of statements, made once. */
export function actionIndex(statements: readonly CompiledStatement[]): ActionIndex {
  const known = indexes.get(statements);
  if (known !== undefined) return known;
  const index = new ActionIndex(statements);
  indexes.set(statements, index);
  return index;
}
