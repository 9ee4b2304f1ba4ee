import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { buildProgram } from "../../cli/program";

/** The repository's root. */
export const REPOSITORY = path.resolve(__dirname, "../..");

/** A project in a directory of its own, with the repository's partner and environment. */
export interface ScratchProject {
  readonly root: string;
  /** Writes a file of the project. */
  write(name: string, content: string): void;
  remove(): void;
}

/** Makes a {@link ScratchProject}. */
export function scratchProject(): ScratchProject {
  const root = mkdtempSync(path.join(tmpdir(), "project-"));
  const project: ScratchProject = {
    root,
    write: (name, content) => {
      const file = path.join(root, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  for (const name of ["partners/universal-music", "environments/local"])
    project.write(
      `${name}.ts`,
      `export { default } from ${JSON.stringify(path.join(REPOSITORY, name))};\n`,
    );
  for (const name of ["environments/local.facts.json", "images.lock.json"])
    cpSync(path.join(REPOSITORY, name), path.join(root, name));
  return project;
}

/** What a command line printed, and how it ended. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls the command line in this process. */
export async function call(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Called> {
  const [stdout, stderr] = [collector(), collector()];
  let code = -1;
  const program = buildProgram(
    {
      cwd,
      environment,
      stdout: stdout.stream,
      stderr: stderr.stream,
      signal,
    },
    (exit) => {
      code = exit;
    },
  );
  try {
    await program.parseAsync(["node", "partner-ingest", ...args]);
  } catch (error) {
    code = (error as { exitCode: number }).exitCode === 0 ? 0 : 2;
  }
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: string[] = [];
  return {
    stream: new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk.toString());
        done();
      },
    }),
    text: () => chunks.join(""),
  };
}
