import path from "node:path";
import { type LabelFault } from "../../images/teleport/stand-in/label-server";
import { REPOSITORY, type ScratchProject, scratchProject } from "./scratch-project";

/** Lets a project's label have small orders, and faults; its program needs Node alone. */
export function playLabel(project: ScratchProject, faults: readonly LabelFault[] = []): void {
  const setup = path.join(REPOSITORY, "__tests__/local/try/setup");
  project.write(
    "images/teleport/stand-in/index.ts",
    `import { label } from ${JSON.stringify(setup)};\nexport const standIn = label({ faults: ${JSON.stringify(faults)} });\n`,
  );
}

/** A project whose label has small orders. */
export function labelProject(faults: readonly LabelFault[] = []): ScratchProject {
  const project = scratchProject();
  playLabel(project, faults);
  return project;
}

/** The words of a command as a shell would hand them over. */
export function shellWords(command: string): string[] {
  return [...command.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/gu)].map(([word]) =>
    word.replace(
      /'([^']*)'|\\(.)/gu,
      (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? "",
    ),
  );
}

/** The arguments of the command that a text tells after a label, such as `Next:`. */
export function toldCommand(text: string, label: string): string[] {
  const line = text
    .split("\n")
    .map((each) => each.replace(/^[\s│]*/u, ""))
    .find((each) => each.startsWith(`${label} partner-ingest `));
  if (line === undefined) throw new Error(`there is no ${JSON.stringify(label)} in ${text}`);
  return shellWords(line.slice(label.length)).slice(1);
}
