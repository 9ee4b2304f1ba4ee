import { partnerFaults } from "./partner-faults";
import { type Partner, type PartnerInput, partnerSchema } from "./partner-schema";
import { parseSettings } from "./zod-faults";

/**
 * Defines a partner: one file below `partners/`, its default export.
 * What can be wrong within the file is told here; what depends on an environment (pools, images, quotas) when it is
 * synthesized for one.
 *
 * @throws ConfigError with every fault, each with the path of the setting
 * @example
 * export default definePartner({
 *   id: "acme",
 *   owner: "feeds@example.com",
 *   source: { company: "Acme" },
 *   triggers: { byHand: manual() },
 *   compute: { pool: "general" },
 *   steps: {
 *     fetch: { kind: "fetch", program: ["/opt/acme/fetch", "{orderId}", "{staging}"], isolation: "fargate" },
 *     publish: { kind: "publish", after: ["fetch"] },
 *   },
 * });
 */
export function definePartner(input: PartnerInput): Partner {
  const id: unknown = (input as Partial<PartnerInput> | undefined | null)?.id;
  const root = `partners/${typeof id === "string" ? id : "?"}`;
  return parseSettings(
    partnerSchema.superRefine((partner, context) => {
      for (const fault of partnerFaults(partner))
        context.addIssue({
          code: "custom",
          path: [...fault.path],
          message: fault.message,
          params: { hideValue: fault.hideValue === true, hint: fault.hint },
        });
    }),
    input,
    root,
  );
}
