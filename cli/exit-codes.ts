/** The one table of the command line's exit codes; errors are mapped to it, and the documentation is made from it. */
export const CLI_EXIT_CODES = {
  ok: { code: 0, meaning: "it is done" },
  internal: {
    code: 1,
    meaning: "a fault of partner-ingest itself; the stack is printed, please report it",
  },
  settings: {
    code: 2,
    meaning:
      "a setting, an argument or the project is wrong; the text says which and what is allowed",
  },
  missingTool: {
    code: 3,
    meaning: "a program that is needed is not on this machine; the text says how to get it",
  },
  runFailed: {
    code: 4,
    meaning: "the run ended without a delivery; the text says why",
  },
  toolFailed: {
    code: 5,
    meaning: "Terraform, docker or AWS was called and failed; its own text is printed",
  },
  widened: {
    code: 6,
    meaning: "the comparison worked and found that more is permitted than before",
  },
  claimFailed: {
    code: 7,
    meaning: "a claim about permissions does not hold; the text says which and why",
  },
  interrupted: {
    code: 130,
    meaning: "stopped by Ctrl-C or SIGTERM; everything that was started has ended",
  },
} as const;

/** Name of an exit code. */
export type CliExitName = keyof typeof CLI_EXIT_CODES;
