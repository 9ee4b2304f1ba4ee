import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/**
 * Has a file written beside a stack's Terraform when the stack is synthesized.
 * Unlike cdktf's own assets it needs no file on disk to copy from, and its path is what the caller says: nothing of the
 * machine or of construct paths is in it.
 *
 * @param name - path below the stack's directory, with `/`
 * @returns the path to name in the Terraform
 */
export function writeWithStack(scope: Construct, name: string, content: Buffer): string {
  const stack = TerraformStack.of(scope);
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize(session): void {
      synthesizer.synthesize(session);
      const { workingDirectory } = session.manifest.forStack(stack);
      const file = path.join(session.outdir, workingDirectory, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
  };
  return name;
}
