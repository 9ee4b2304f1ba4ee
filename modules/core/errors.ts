import type { IConstruct } from "constructs";

/**
 * A setting of the user is wrong. Printed without a stack; exit code 2.
 * Message form: what, got, allowed, do. One error may hold several independent faults.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** One text for each fault. */
  readonly faults: readonly string[];

  constructor(faults: string | readonly string[], options?: ErrorOptions) {
    const list = typeof faults === "string" ? [faults] : faults;
    super(list.join("\n"), options);
    this.faults = list;
  }
}

/** Props of a construct are wrong; tells the construct's path. Printed without a stack; exit code 2. */
export class ValidationError extends ConfigError {
  constructor(message: string, scope: IConstruct, options?: ErrorOptions) {
    super(`${message} (at ${scope.node.path})`, options);
  }
}

/** Something that this project takes for granted does not hold: a fault of ours. Printed with its stack; exit code 1. */
export class AssumptionError extends Error {
  override readonly name = "AssumptionError";
}

/** A program or file that the machine must have is missing; says how to get it. Exit code 3. */
export class MissingToolError extends Error {
  override readonly name = "MissingToolError";
}
