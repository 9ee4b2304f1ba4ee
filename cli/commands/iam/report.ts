import path from "node:path";
import { buildApp, loadProject, type Project } from "../../../modules/app";
import { reportAccess } from "../../../modules/app/report-access";
import { boundaryPolicy } from "../../../modules/bootstrap";
import { type Environment, type Partner, type PartnerStep } from "../../../modules/config";
import {
  permissionRequest,
  type PermissionRequest,
  reportRoles,
  requestMarkdown,
  type SharedHosts,
} from "../../../modules/iam/report";
import { AWS_PROVIDER_VERSIONS, namingOf } from "../../../modules/stack";
import { type CommandContext, type CommandResult } from "../../command";
import { environmentOf } from "../../environments";
import { writeOut } from "../../output/write-out";

/** Options of `iam report`. */
export interface IamReportOptions {
  readonly env?: string;
  /** Directory for `iam-request.md` and `iam-request.json`. */
  readonly out?: string;
}

/** Writes the request for permissions that a security team decides about. */
export async function iamReportCommand(
  context: CommandContext,
  { env, out }: IamReportOptions = {},
): Promise<CommandResult> {
  const project = loadProject(context.projectRoot());
  const { environment } = environmentOf(project, env);
  context.progress.phase("reading all roles");
  const request = await requestOf(project, environment);
  const text = requestMarkdown(request);
  if (out === undefined) return { data: request, text };
  const directory = path.resolve(context.cwd, out);
  writeOut(directory, [
    { name: "iam-request.md", content: text },
    { name: "iam-request.json", content: `${JSON.stringify(request, undefined, 2)}\n` },
  ]);
  return {
    data: request,
    text: `iam-request.md and iam-request.json are in ${directory}; SHA-256 of the policies: ${request.digest}`,
  };
}

/** The request for permissions of an environment of a project. */
export async function requestOf(
  project: Project,
  environment: Environment,
): Promise<PermissionRequest> {
  const { stacks } = await buildApp(project, {
    outdir: path.join(project.root, ".partner-ingest", "report"),
    environments: [environment.id],
    missingFacts: "leave-out",
  });
  const owners = stacks.map(({ owner }) => owner);
  const partners = project.partners.filter(({ id }) => owners.includes(id));
  return permissionRequest({
    environment: { id: environment.id, account: environment.account, region: environment.region },
    providerVersion: AWS_PROVIDER_VERSIONS[environment.awsProvider],
    roles: stacks.flatMap(({ stack, owner }) => reportRoles(stack, owner)),
    partners: partners.map(({ id, source }) => ({ id, company: source.company })),
    hosts: hostsOf(environment, partners),
    serviceLinkedRoles: environment.serviceLinkedRoles,
    ...reportAccess(
      environment,
      stacks.map(({ stack }) => stack),
    ),
    ...(environment.boundary.kind === "create"
      ? { boundary: boundaryPolicy(namingOf(environment), environment.boundary.allow) }
      : {}),
  });
}

function hostsOf({ pools }: Environment, partners: readonly Partner[]): SharedHosts[] {
  const steps = partners.flatMap((partner) =>
    Object.entries<PartnerStep>({ ...partner.discovery, ...partner.steps }).map(
      ([step, settings]) => ({
        partner: partner.id,
        step,
        settings,
        pool: settings.compute?.pool ?? partner.compute.pool,
      }),
    ),
  );
  return Object.entries(pools).map(([pool, { kind, tenancy }]) => {
    const here = steps.filter((one) => one.pool === pool);
    return {
      pool,
      kind,
      ...(typeof tenancy === "object" ? { only: tenancy.partner } : {}),
      partners: [...new Set(here.map(({ partner }) => partner))].sort(),
      reasons: here.flatMap(({ partner, step, settings }) => {
        const isolation = "isolation" in settings ? settings.isolation : undefined;
        return typeof isolation === "object"
          ? [{ partner, step, reason: isolation.sharedHost }]
          : [];
      }),
    };
  });
}
