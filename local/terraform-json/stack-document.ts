import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { AssumptionError } from "../../modules/core";
import { type AttributeLookup, renderText } from "./expressions";

/** Arguments of a resource as they stand in the Terraform JSON. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Name of the file that cdktf writes for a stack. */
const FILE = "cdk.tf.json";

/** The Terraform JSON of a stack, with typed reads that say what was expected where. */
export class StackDocument {
  private constructor(
    /** Directory of the stack; paths of files in it are relative to it. */
    readonly directory: string,
    private readonly types: Readonly<Record<string, Readonly<Record<string, Arguments>>>>,
    private readonly attributes: AttributeLookup,
  ) {}

  /** Reads the stack of a directory. `attributes` knows what Terraform would only know after apply. */
  static read(directory: string, attributes: AttributeLookup): StackDocument {
    const file = path.join(directory, FILE);
    if (!existsSync(file))
      throw new AssumptionError(`${file} is missing; synthesize the stack before it is run`);
    const { resource = {} } = JSON.parse(readFileSync(file, "utf8")) as {
      resource?: Record<string, Record<string, Arguments>>;
    };
    return new StackDocument(directory, resource, attributes);
  }

  /** Every resource of a type. */
  resources(type: string): readonly Resource[] {
    return Object.entries(this.types[type] ?? {}).map(
      ([id, args]) => new Resource(`${type}.${id}`, id, args, this.attributes),
    );
  }
}

/** A resource, or a block within one. */
export class Resource {
  constructor(
    /** Terraform address, for errors. */
    readonly address: string,
    readonly id: string,
    private readonly args: Arguments,
    private readonly attributes: AttributeLookup,
  ) {}

  text(name: string): string {
    return this.optionalText(name) ?? this.fault(name, "a text");
  }

  optionalText(name: string): string | undefined {
    const value = this.args[name];
    if (value === undefined) return undefined;
    if (typeof value !== "string") return this.fault(name, "a text");
    return renderText(value, `${this.address}.${name}`, this.attributes);
  }

  /** The text as it stands, with its expressions. */
  rawText(name: string): string {
    const value = this.args[name];
    return typeof value === "string" ? value : this.fault(name, "a text");
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? this.fault(name, "a number");
  }

  optionalNumber(name: string): number | undefined {
    const value = this.args[name];
    if (value === undefined) return undefined;
    return typeof value === "number" ? value : this.fault(name, "a number");
  }

  flag(name: string): boolean {
    const value = this.args[name] ?? false;
    return typeof value === "boolean" ? value : this.fault(name, "true or false");
  }

  /** Texts by name. */
  texts(name: string): Readonly<Record<string, string>> {
    const value = this.args[name] ?? {};
    if (typeof value !== "object" || Array.isArray(value)) return this.fault(name, "an object");
    return Object.fromEntries(
      Object.keys(value).map((key) => [
        key,
        new Resource(`${this.address}.${name}`, key, value as Arguments, this.attributes).text(key),
      ]),
    );
  }

  list(name: string): readonly string[] {
    const value = this.args[name] ?? [];
    if (!Array.isArray(value)) return this.fault(name, "a list");
    return value.map(String);
  }

  /** Blocks of a name: Terraform JSON writes one block as an object or as a list of one. */
  blocks(name: string): readonly Resource[] {
    const value = this.args[name];
    const list: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
    return list.map((item, index) => {
      if (typeof item !== "object" || item === null) return this.fault(name, "a block");
      return new Resource(
        `${this.address}.${name}[${String(index)}]`,
        this.id,
        item as Arguments,
        this.attributes,
      );
    });
  }

  /** Parses a text that holds JSON. */
  json(name: string): unknown {
    try {
      return JSON.parse(this.text(name));
    } catch (error) {
      if (error instanceof AssumptionError) throw error;
      return this.fault(name, "JSON");
    }
  }

  private fault(name: string, expected: string): never {
    const value = JSON.stringify(this.args[name]) as string | undefined;
    throw new AssumptionError(
      `${this.address}.${name} must be ${expected} for a run on one machine, got ${value ?? "nothing"}`,
    );
  }
}
