import { accessSection } from "./access-markdown";
import type { ReportRole } from "./report-role";
import { managedOf, type PermissionRequest, type SharedHosts } from "./request";
import { code, grantLine, REASONS, trusted } from "./words";

/** The request in words, for who decides about it. */
export function requestMarkdown(request: PermissionRequest): string {
  const { environment, roles, partners, digest, catalog, providerVersion } = request;
  return [
    `# Permissions of environment ${environment.id}`,
    "",
    `Account ${environment.account}, region ${environment.region}. ${String(roles.length)} roles of workloads, ${String(request.access.length)} of people and CI; partners: ${partners.map(({ id, company }) => `${id} (${company})`).join(", ")}.`,
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
    "## People and CI",
    ...accessSection(request.access),
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
    ...request.accessBoundaries.flatMap(({ name, document }) => jsonBlock(name, document)),
    ...roles.flatMap(({ name, trust, policies }) => [
      ...jsonBlock(`${name}: trust`, trust),
      ...policies.flatMap((policy) => jsonBlock(name, policy)),
    ]),
    ...request.access.flatMap(({ name, trust, inline }) => [
      ...jsonBlock(`${name}: trust`, trust),
      ...inline.flatMap((policy) => jsonBlock(name, policy)),
    ]),
    ...managedOf(request).flatMap(({ name, document }) => jsonBlock(name, document)),
    "",
  ].join("\n");
}

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

function hostsLines({ pool, kind, partners, reasons, only }: SharedHosts): string[] {
  return [
    `- pool ${code(pool)} (${kind}): ${partners.length === 0 ? "nobody" : partners.join(", ")}${hostsWhy(kind, partners, only)}`,
    ...reasons.map(
      ({ partner, step, reason }) =>
        `  - step ${code(step)} of ${partner} runs its own code there: ${reason}`,
    ),
  ];
}

/** Whether the partners of a pool share hosts, and by which setting. */
function hostsWhy(kind: string, partners: readonly string[], only: string | undefined): string {
  if (kind.startsWith("fargate")) return "; each job has a host of its own, which AWS provides";
  if (only !== undefined)
    return `; kept for ${only} by ${code("tenancy")}, nobody else's jobs run there`;
  return partners.length > 1
    ? "; they share hosts, since the pool is kept for nobody: give it a tenancy to part them"
    : "; no other partner names it, but its settings would let one";
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
