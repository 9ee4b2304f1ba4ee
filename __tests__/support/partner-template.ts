import type { Environment, PartnerInput } from "../../modules/config";
import { PartnerStack } from "../../modules/partner-ingest";
import { testResolved } from "./partner";
import { Template } from "./template";

/** Stands for the trigger's code, which tests of the Terraform do not need. */
const CODE = { name: "trigger", zip: Buffer.from("zip"), hash: "hash" };

/** The Terraform of a partner's stack. */
export function partnerTemplate(
  changes: Partial<PartnerInput> = {},
  environment?: Environment,
): Template {
  const resolved = testResolved(changes, environment);
  return Template.of((app) => new PartnerStack(app, { resolved, trigger: CODE, unpack: CODE }));
}

/** The container of a step, as Batch is told. */
export function containerOf(template: Template, step: string): Record<string, unknown> {
  const { container_properties: json } = template.resource("aws_batch_job_definition", step);
  return JSON.parse(String(json)) as Record<string, unknown>;
}
