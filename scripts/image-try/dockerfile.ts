/** One instruction of a Dockerfile, with its options apart. */
export interface Instruction {
  readonly name: string;
  /** Of `--from=x` and the like, by name. */
  readonly options: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Reads a Dockerfile: comments are left out, continued lines are joined. */
export function parseDockerfile(text: string): readonly Instruction[] {
  return text
    .replace(/^\s*#.*\n/gmu, "")
    .replace(/\\\n/gu, " ")
    .split("\n")
    .map((line) => line.replace(/\s+/gu, " ").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", ...words] = line.split(" ");
      const options: Record<string, string> = {};
      while (words[0]?.startsWith("--") === true) {
        const [option = "", ...value] = (words.shift() ?? "").slice(2).split("=");
        options[option] = value.join("=");
      }
      return { name: name.toUpperCase(), options, text: words.join(" ") };
    });
}

/** The stages of a Dockerfile, each beginning with its FROM; what stands before the first FROM is left out. */
export function stagesOf(
  instructions: readonly Instruction[],
): readonly (readonly [Instruction, ...Instruction[]])[] {
  const stages: [Instruction, ...Instruction[]][] = [];
  for (const instruction of instructions)
    if (instruction.name === "FROM") stages.push([instruction]);
    else stages.at(-1)?.push(instruction);
  return stages;
}
