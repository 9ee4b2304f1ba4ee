import { type Environment, type Partner, readerArns, settingPath } from "../config";
import { POLICY_LIMITS, policySize, trustPolicy } from "../iam";
import { namingOf } from "../stack";

/** What is wrong with a partner's readers in an environment: who can not be trusted there. */
export function readerFaults(partner: Partner, environment: Environment): string[] {
  const naming = namingOf(environment);
  const ours = naming.globalArn("iam", `role${naming.path("x").replace(/x\/$/u, "")}`);
  return Object.entries(partner.readers).flatMap(([name, reader]) => {
    const path = (...rest: readonly (string | number)[]): string =>
      settingPath(`partners/${partner.id}`, ["readers", name, "principals", ...rest]);
    const principals = readerArns(reader, naming.partition);
    const size = policySize(trustPolicy(naming, { principals, externalId: reader.externalId }));
    return [
      ...reader.principals.flatMap((one, index) => {
        if (typeof one !== "string") return [];
        const [, partition = ""] = one.split(":");
        const got = `got ${JSON.stringify(one)}`;
        if (partition !== naming.partition)
          return [
            `${path(index)} must be of partition ${JSON.stringify(naming.partition)}, where environment ${environment.id} is, ${got}; a role can not be taken on from another partition`,
          ];
        return one.startsWith(ours)
          ? [
              `${path(index)} must not be a role of environment ${environment.id} itself, ${got}; those have all that they need, and take no role on`,
            ]
          : [];
      }),
      ...(size > POLICY_LIMITS.trust
        ? [
            `${path()} makes a trust policy of ${String(size)} characters, and AWS takes ${String(POLICY_LIMITS.trust)}, white space not counted; make several readers, or name one role of a group instead of each person`,
          ]
        : []),
    ];
  });
}
