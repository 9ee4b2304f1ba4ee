import path from "node:path";
import { type LabelFault } from "../../images/teleport/stand-in/label-server";
import { REPOSITORY, type ScratchProject, scratchProject } from "./scratch-project";

/** What is wrong at a label. */
export interface LabelTrouble {
  readonly faults?: readonly LabelFault[];
  /** Variables of its program that nobody has set. */
  readonly without?: readonly string[];
}

/**
 * Lets a project's label have small orders, and troubles; its program needs Node alone. Called again, the troubles are
 * others from the next run on.
 */
export function playLabel(project: ScratchProject, trouble: LabelTrouble = {}): void {
  const setup = path.join(REPOSITORY, "__tests__/local/try/setup");
  const file = path.join(project.root, "images/teleport/trouble.json");
  project.write("images/teleport/trouble.json", JSON.stringify(trouble));
  // A module is loaded once; the troubles are read with each start.
  project.write(
    "images/teleport/stand-in/index.ts",
    `import { readFileSync } from "node:fs";
     import { label } from ${JSON.stringify(setup)};
     export const standIn = {
       start: async () => {
         const { faults, without = [] } = JSON.parse(readFileSync(${JSON.stringify(file)}, "utf8"));
         const { environment, ...running } = await label({ faults }).start();
         const set = Object.entries(environment).filter(([name]) => !without.includes(name));
         return { ...running, environment: Object.fromEntries(set) };
       },
     };\n`,
  );
}

/** A project whose label has small orders. */
export function labelProject(trouble: LabelTrouble = {}): ScratchProject {
  const project = scratchProject();
  playLabel(project, trouble);
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
    .map((each) => each.replace(/^[\s│]*/u, "").replace(/: +/u, ": "))
    .find((each) => each.startsWith(`${label} partner-ingest `));
  if (line === undefined) throw new Error(`there is no ${JSON.stringify(label)} in ${text}`);
  return shellWords(line.slice(label.length)).slice(1);
}
