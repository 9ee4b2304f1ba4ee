export type {
  DeadLetter,
  FunctionSettings,
  InvocationResult,
  RunningInvocation,
} from "./function-settings";
export { LocalLambda, type LocalLambdaOptions } from "./local-lambda";
export { startLambda, type LambdaServer, type LambdaServerOptions } from "./server";
export { unzip } from "./unzip";
