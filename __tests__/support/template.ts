import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App, type TerraformStack } from "cdktf";
import type { PolicyDocument } from "../../modules/iam";

type Json = Record<string, unknown>;

/** The Terraform of a stack, as it is really written: prepared, validated, with its backend. */
export class Template {
  private constructor(readonly json: Json) {}

  /** Synthesizes what `build` puts into an app and takes the stack that it returns. */
  static of(build: (app: App) => TerraformStack): Template {
    const outdir = mkdtempSync(path.join(tmpdir(), "partner-ingest-template-"));
    try {
      const app = new App({ outdir, stackTraces: false });
      const stack = build(app);
      app.synth();
      const file = path.join(outdir, "stacks", stack.node.id, "cdk.tf.json");
      return new Template(JSON.parse(readFileSync(file, "utf8")) as Json);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  /** Resources of a type by logical id. */
  resources(type: string): Record<string, Json> {
    return ((this.json["resource"] as Json | undefined)?.[type] ?? {}) as Record<string, Json>;
  }

  /** The resource of a type with a logical id. */
  resource(type: string, id: string): Json {
    const found = this.resources(type)[id];
    if (found === undefined)
      throw new Error(
        `no ${type}.${id}; there are ${Object.keys(this.resources(type)).join(", ") || "none"}`,
      );
    return found;
  }

  /** What is set of a resource, without what cdktf notes about it. */
  values(type: string, id: string): Json {
    return Object.fromEntries(
      Object.entries(this.resource(type, id)).filter(([name]) => name !== "//"),
    );
  }

  /** The only resource of a type. */
  only(type: string): Json {
    const all = Object.values(this.resources(type));
    if (all.length !== 1 || all[0] === undefined)
      throw new Error(`expected one ${type}, there are ${String(all.length)}`);
    return all[0];
  }

  /** Policy document in an attribute of a resource. */
  policy(type: string, id: string, attribute = "policy"): PolicyDocument {
    return JSON.parse(String(this.resource(type, id)[attribute])) as PolicyDocument;
  }

  /** Sorted addresses of all resources. */
  addresses(): string[] {
    return Object.entries(this.json["resource"] as Record<string, Json>)
      .flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`))
      .sort();
  }
}
