import { type Environment, settingPath, showValue } from "../config";
import { cidrFault } from "../network";

/** What is wrong with where jobs run. */
export function networkFaults(environment: Environment): string[] {
  const { network, region } = environment;
  const at = (...path: (string | number)[]): string =>
    settingPath(`environments/${environment.id}`, ["network", ...path]);
  if (network.kind === "existing")
    return twice(network.subnetIds).map(
      ({ index, value }) =>
        `${at("subnetIds", index)} names a subnet again, got ${showValue(value)}; remove it`,
    );
  const cidr = cidrFault(network.cidr);
  return [
    ...(cidr === undefined ? [] : [`${at("cidr")} ${cidr}, got ${showValue(network.cidr)}`]),
    ...twice(network.availabilityZones).map(
      ({ index, value }) =>
        `${at("availabilityZones", index)} names a zone again, got ${showValue(value)}; name another`,
    ),
    ...network.availabilityZones.flatMap((zone, index) =>
      zone.startsWith(region) && /^[a-z0-9]+(-[a-z0-9]+)*$/u.test(zone)
        ? []
        : [
            `${at("availabilityZones", index)} must be a zone of region ${showValue(region)}, got ${showValue(zone)}; e.g. ${region}a`,
          ],
    ),
  ];
}

function twice(values: readonly string[]): { index: number; value: string }[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) < index ? [{ index, value }] : [],
  );
}
