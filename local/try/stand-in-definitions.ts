import { type RegisterJobDefinitionRequest } from "@aws-sdk/client-batch";

/**
 * A job definition that reaches the stand-in: variables that both name get the stand-in's value, such as the address of
 * the partner's server. Nothing else is changed, and nothing is added.
 */
export function withStandIn(
  definition: RegisterJobDefinitionRequest,
  values: Readonly<Record<string, string>>,
): RegisterJobDefinitionRequest {
  const { containerProperties } = definition;
  if (containerProperties === undefined) return definition;
  return {
    ...definition,
    containerProperties: {
      ...containerProperties,
      environment: (containerProperties.environment ?? []).map(({ name = "", value = "" }) => ({
        name,
        value: values[name] ?? value,
      })),
    },
  };
}
