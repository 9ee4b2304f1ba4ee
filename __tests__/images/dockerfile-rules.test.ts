import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDockerfile, stagesOf, type Instruction } from "../../scripts/image-try/dockerfile";

/** Says what is wrong with a Dockerfile, of the mistakes that matter where images hold other people's programs. */
function faultsOf(text: string): readonly string[] {
  const instructions = parseDockerfile(text);
  const stages = stagesOf(instructions);
  const last = stages.at(-1) ?? [];
  const names = stages.map(([{ text: from }]) => / AS (\w+)$/u.exec(from)?.[1] ?? "");
  return [
    ...instructions.flatMap((instruction) => instructionFaults(instruction, names)),
    ...userFaults(last),
    ...stages.flatMap(addFaults),
  ];
}

function instructionFaults(
  { name, text }: Instruction,
  stages: readonly string[],
): readonly string[] {
  const faults: string[] = [];
  const [base = ""] = text.split(" ");
  if (
    name === "FROM" &&
    !/^\$\{[A-Z]+_IMAGE\}$|@sha256:[0-9a-f]{64}$/u.test(base) &&
    !stages.includes(base)
  )
    faults.push(`the base ${base} is not named by its digest`);
  if (name === "ARG" && /_IMAGE=/u.test(text)) faults.push(`the default of ${text} could float`);
  if ((name === "ENTRYPOINT" || name === "CMD") && !text.startsWith("["))
    faults.push(`${name} is run by a shell, which keeps signals from the program`);
  if (/^(?:ENV|ARG)$/u.test(name) && /(?:SECRET|TOKEN|PASSWORD|ACCESS_KEY)\w*=/u.test(text))
    faults.push(`${name} keeps a secret in the image: ${text}`);
  if (name === "RUN" && text.includes("apt-get install"))
    for (const part of ["apt-get update", "--no-install-recommends", "rm -rf /var/lib/apt/lists/*"])
      if (!text.includes(part)) faults.push(`apt-get install without ${part}`);
  if (name === "RUN" && /(?:curl|wget)\b.*\|\s*(?:ba)?sh\b/u.test(text))
    faults.push("a script is run as it comes from the network");
  return faults;
}

/** A stage on our own worker has its user, unless it takes another. */
function userFaults(stage: readonly Instruction[]): readonly string[] {
  const users = stage.filter(({ name }) => name === "USER").map(({ text }) => text);
  const user = users.at(-1);
  if (user === undefined)
    return stage[0]?.text === "${WORKER_IMAGE}" ? [] : ["the image's process is root"];
  return user === "10001:10001" ? [] : [`the image's user is ${user}, not the worker's`];
}

/** What ADD brings is of any content: a sum must be compared in the next instruction. */
function addFaults(stage: readonly Instruction[]): readonly string[] {
  return stage.flatMap(({ name, text }, index) => {
    if (name !== "ADD") return [];
    if (/^https?:/u.test(text)) return [`ADD of a fixed address: ${text}`];
    const next = stage[index + 1];
    return next?.name === "RUN" && next.text.includes("sha256sum --check --strict")
      ? []
      : [`ADD without a checksum that is compared: ${text}`];
  });
}

test.each(["worker", "teleport", "photo"])(
  "nothing is wrong with the Dockerfile of %s",
  (image) => {
    const file = join(__dirname, "../../images", image, "Dockerfile");
    expect(faultsOf(readFileSync(file, "utf8"))).toEqual([]);
  },
);

test.each([
  ["FROM node:22\nUSER 10001:10001", "the base node:22 is not named by its digest"],
  [
    "ARG A_IMAGE=node\nFROM ${A_IMAGE}\nUSER 10001:10001",
    "the default of A_IMAGE=node could float",
  ],
  ["FROM ${A_IMAGE}", "the image's process is root"],
  ["FROM ${WORKER_IMAGE}\nUSER root", "the image's user is root, not the worker's"],
  [
    "FROM ${WORKER_IMAGE}\nENTRYPOINT node worker.js",
    "ENTRYPOINT is run by a shell, which keeps signals from the program",
  ],
  [
    "FROM ${WORKER_IMAGE}\nADD https://partner.example/x.jar /x.jar",
    "ADD of a fixed address: https://partner.example/x.jar /x.jar",
  ],
  [
    "FROM ${WORKER_IMAGE}\nADD ${JAR} /x.jar",
    "ADD without a checksum that is compared: ${JAR} /x.jar",
  ],
  ["FROM ${WORKER_IMAGE}\nENV API_TOKEN=x", "ENV keeps a secret in the image: API_TOKEN=x"],
  [
    "FROM ${WORKER_IMAGE}\nRUN apt-get update && apt-get install --no-install-recommends x",
    "apt-get install without rm -rf /var/lib/apt/lists/*",
  ],
  [
    "FROM ${WORKER_IMAGE}\nRUN curl https://x.example \\\n | sh",
    "a script is run as it comes from the network",
  ],
])("%j is told", (text, fault) => {
  expect(faultsOf(text)).toEqual([fault]);
});

test("comments and continued lines are read as Docker reads them", () => {
  expect(
    parseDockerfile("# a\nFROM x AS y\nCOPY --from=y --chmod=0555 a \\\n  # why\n  /b\n"),
  ).toEqual([
    { name: "FROM", options: {}, text: "x AS y" },
    { name: "COPY", options: { from: "y", chmod: "0555" }, text: "a /b" },
  ]);
});
