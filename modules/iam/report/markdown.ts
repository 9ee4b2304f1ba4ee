import type { Condition, Grant } from "../grant";
import type { ReportRole } from "./report-role";
import type { PermissionRequest, SharedHosts } from "./request";

/** The request in words, for who decides about it. */
export function requestMarkdown(request: PermissionRequest): string {
  const { environment, roles, partners, digest, catalog, providerVersion } = request;
  return [
    `# Permissions of environment ${environment.id}`,
    "",
    `Account ${environment.account}, region ${environment.region}. ${String(roles.length)} roles; partners: ${partners.map(({ id, company }) => `${id} (${company})`).join(", ")}.`,
    "",
    "They fetch, process and publish files that partners deliver. Every statement here is **modelled**: it is read from",
    "the policies as they will be created, before anything exists; nothing of it was checked in an account. A `*` inside an",
    "ARN stands for any text.",
    "",
    `What this text is about has the SHA-256 \`${digest}\`. Actions by ${catalog.source} ${catalog.version} of ${catalog.date}, AWS provider ${providerVersion}.`,
    "",
    "## What is impossible",
    "",
    ...request.impossible.flatMap(({ say, holds, against }) => [
      `- ${holds ? "Holds" : "**Does not hold**"} (modelled): ${say}`,
      ...against.map((one) => `  - against it: ${code(one)}`),
    ]),
    "",
    "## Who may do what, and why",
    ...roles.flatMap(roleSection),
    "",
    "## Every `*` as a resource",
    "",
    ...orNone(
      request.wildcards.map(
        ({ role, actions, reason, conditions }) =>
          `- ${code(role)}: ${actions.map(code).join(", ")}: ${REASONS[reason]}${conditions.length > 0 ? `; limited by ${conditions.map(code).join(", ")}` : ""}`,
      ),
    ),
    "",
    "## Who reaches things of several partners",
    "",
    ...orNone(
      request.crossPartner.map(({ role, grants }) => `- ${code(role)}: to ${grants.join("; to ")}`),
    ),
    "",
    "## Who shares hosts",
    "",
    "An EC2 instance is no isolation boundary between the containers on it.",
    "",
    ...orNone(request.hosts.flatMap(hostsLines)),
    "",
    "## Service-linked roles",
    "",
    ...orNone(request.serviceLinkedRoles.map((service) => `- ${code(`${service}.amazonaws.com`)}`)),
    "",
    "## Sizes",
    "",
    "| what | characters | AWS takes |",
    "| --- | --- | --- |",
    ...request.sizes.map(
      ({ of, characters, limit }) => `| ${of} | ${String(characters)} | ${String(limit)} |`,
    ),
    "",
    "## Policies to paste",
    ...(request.boundary === undefined ? [] : jsonBlock("boundary", request.boundary)),
    ...roles.flatMap(({ name, trust, policies }) => [
      ...jsonBlock(`${name}: trust`, trust),
      ...policies.flatMap((policy) => jsonBlock(name, policy)),
    ]),
    "",
  ].join("\n");
}

const REASONS = {
  "no-resource-types": "the action takes no resource",
  "id-not-known": "AWS makes the id up when it is called",
} as const;

function roleSection({ name, owner, purpose, trust, boundaryArn, grants }: ReportRole): string[] {
  return [
    "",
    `### ${name}`,
    "",
    `Of ${owner}. ${purpose}. Taken on by ${trusted(trust)}. Never more than ${code(boundaryArn)}.`,
    "",
    ...grants.map(grantLine),
  ];
}

function trusted({ Statement }: ReportRole["trust"]): string {
  return Statement.map(({ Principal, Condition }) => {
    const who = Object.values(typeof Principal === "object" ? Principal : {}).flat();
    const keys = Object.values(Condition ?? {}).flatMap((block) =>
      Object.entries(block).map(([key, value]) => `${key} ${[value].flat().join(" or ")}`),
    );
    return `${who.map(code).join(", ")}${keys.length > 0 ? ` only with ${keys.map(code).join(" and ")}` : ""}`;
  }).join("; or ");
}

function grantLine({ actions, resources, conditions = [], why, from, source }: Grant): string {
  const on =
    "any" in resources
      ? `everything (${REASONS[resources.reason]})`
      : resources.map(code).join(", ");
  const only =
    conditions.length > 0 ? `, only if ${conditions.map(conditionText).join(" and ")}` : "";
  const doc = source === undefined ? "" : ` ([AWS](${source}))`;
  return `- can ${actions.map(code).join(", ")} on ${on}${only}, because of ${code(from)}: to ${why}${doc}`;
}

const conditionText = ({ op, key, values }: Condition): string =>
  code(`${key} ${op} ${values.join(" or ")}`);

function hostsLines({ pool, kind, partners, reasons }: SharedHosts): string[] {
  return [
    `- pool ${code(pool)} (${kind}): ${partners.length === 0 ? "nobody" : partners.join(", ")}`,
    ...reasons.map(
      ({ partner, step, reason }) =>
        `  - step ${code(step)} of ${partner} runs its own code there: ${reason}`,
    ),
  ];
}

const jsonBlock = (title: string, value: unknown): string[] => [
  "",
  `${title}:`,
  "",
  "```json",
  JSON.stringify(value, undefined, 2),
  "```",
];

const orNone = (lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? lines : ["None."];

const code = (text: string): string => `\`${text}\``;
