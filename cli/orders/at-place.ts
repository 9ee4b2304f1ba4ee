import { loadProject } from "../../modules/app";
import { ConfigError } from "../../modules/core";
import { type CommandContext } from "../command";
import { environmentOf, requirePartner } from "../environments";
import { awsPlace } from "./aws-place";
import { type OrdersPlace, type PartnerCloud } from "./cloud";
import { localPlace, type LocalPlaceOptions } from "./local-place";

/** Options of all commands about orders: which place they go to. */
export interface PlaceOptions {
  readonly env?: string;
  readonly local?: boolean;
  readonly endpointUrl?: string;
}

/** The buckets that a partner's deliveries may be published to, as its file names them. */
export function bucketsOf({ project, naming }: OrdersPlace, partner: string): string[] {
  const { landing, processed } = project.partners.find(({ id }) => id === partner)?.buckets ?? {};
  return Object.entries({ landing, processed }).flatMap(([role, bucket]) =>
    bucket === undefined
      ? []
      : [bucket.kind === "existing" ? bucket.name : naming.bucket(partner, role)],
  );
}

/** What is added to a command so that it goes to the same place. */
export function suffixOf({ env, local, endpointUrl }: PlaceOptions): string {
  return [
    ...(env === undefined ? [] : [`--env ${env}`]),
    ...(local === true ? ["--local"] : []),
    ...(endpointUrl === undefined ? [] : [`--endpoint-url ${endpointUrl}`]),
  ].join(" ");
}

/**
 * Acts on the orders of the environment that the options name, and closes what was opened.
 *
 * @param how - whether a run that is under way on this machine may be looked at meanwhile
 */
export async function at<T>(
  context: CommandContext,
  options: PlaceOptions,
  act: (place: OrdersPlace) => Promise<T>,
  how: LocalPlaceOptions = {},
): Promise<T> {
  const project = loadProject(context.projectRoot());
  const which = environmentOf(project, options.env);
  const endpoint = options.endpointUrl ?? process.env["AWS_ENDPOINT_URL"];
  // An offline environment is on no AWS account: its orders are those of the runs on this machine.
  const local = options.local === true || (which.environment.offline && endpoint === undefined);
  const place = local
    ? localPlace(project, which, how)
    : awsPlace(project, which, options.endpointUrl);
  try {
    return await act(place);
  } finally {
    await place.close();
  }
}

/** What holds a partner's orders; an error where there is nothing of it. */
export async function opened(place: OrdersPlace, partner: string): Promise<PartnerCloud> {
  const cloud = await place.open(requirePartner(place.project, partner));
  if (cloud !== undefined) return cloud;
  throw new ConfigError(
    `${partner} has no runs on this machine; start one: partner-ingest try ${partner}`,
  );
}
