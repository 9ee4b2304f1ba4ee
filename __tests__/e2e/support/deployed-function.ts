import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { FunctionSettings } from "../../../local/lambda";
import type { Emulator, TerraformStackRunner } from "../../../terraform";

/** Where a deployed function is found. */
export interface DeployedFunctionOptions {
  readonly emulator: Emulator;
  readonly region: string;
  /** The stack that it belongs to, applied. */
  readonly runner: TerraformStackRunner;
  readonly functionName: string;
  /** The zip's name in the stack's directory. */
  readonly zip: string;
  readonly hostEnvironment: Readonly<Record<string, string>>;
}

/** A function as it was deployed: the zip that Terraform took, and the settings that the emulator's Lambda holds. */
export async function deployedFunction(
  options: DeployedFunctionOptions,
): Promise<FunctionSettings> {
  const { emulator, functionName, region, runner, zip } = options;
  const client = new LambdaClient({
    endpoint: emulator.endpoint,
    region,
    credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
  });
  const held = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  client.destroy();
  return {
    name: functionName,
    arn: held.FunctionArn ?? "",
    zipFile: runner.directory.file(zip),
    handler: held.Handler ?? "",
    environment: held.Environment?.Variables ?? {},
    hostEnvironment: options.hostEnvironment,
    timeoutSeconds: held.Timeout ?? 0,
    memoryMib: held.MemorySize ?? 0,
  };
}

/** What a function gets from Lambda: region, credentials, and here the emulator's address. */
export const hostEnvironment = (emulator: Emulator, region: string): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: "emulator",
  AWS_SECRET_ACCESS_KEY: "emulator",
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ENDPOINT_URL: emulator.endpoint,
});
