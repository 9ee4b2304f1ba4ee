import {
  ENV,
  FUNCTION_JOB_ID,
  jobStatusKey,
  type StepRef,
  type StepSpec,
  submittedKey,
} from "../../../contract";
import { type Deployment, type FunctionUse, settingsOf } from "../deployment";
import type { AwsCall, SdkCall } from "./call";
import { jobCalls, sampleRun } from "./job-calls";

/** What a function calls that does a step in the place of a job: what the job would, and to tell how far it is. */
export function stepFunctionCalls(use: FunctionUse, deployment: Deployment): AwsCall[] {
  const { role, owner, name, variables } = use;
  const settings = settingsOf(use);
  const steps = deployment.specs.find(({ partner }) => partner === owner)?.chains.order ?? [];
  const step = steps.find(({ function: own }) => own?.arn.endsWith(`:${name}`));
  const ledgerBucket = variables[ENV.ledgerBucket];
  if (settings === undefined || step === undefined || ledgerBucket === undefined) return [];
  const ref: StepRef = { ...sampleRun(owner), step: step.name, generation: 1 };
  const job = { kind: "job", role, owner, step: step.name, settings, ledgerBucket } as const;
  return [
    // It is in no network of ours: S3 is reached without an endpoint.
    ...jobCalls(job, deployment, undefined, FUNCTION_JOB_ID),
    ...["RUNNING", "SUCCEEDED", "FAILED"].map((status): AwsCall => {
      const Key = jobStatusKey(ref, FUNCTION_JOB_ID, status);
      const input = { Bucket: ledgerBucket, Key, IfNoneMatch: "*" };
      return {
        role,
        say: "tell how far the step is",
        known: "modelled",
        call: { service: "S3", command: "PutObject", input },
      };
    }),
  ];
}

/** What a trigger calls to have a function do a step. */
export function askCalls(
  role: string,
  ref: StepRef,
  { function: own }: StepSpec,
  s3: (say: string, command: string, input: SdkCall["input"]) => AwsCall,
): AwsCall[] {
  if (own === undefined) return [];
  return [
    s3("record that the function is asked", "PutObject", {
      Key: submittedKey(ref),
      IfNoneMatch: "*",
    }),
    {
      role,
      say: "ask the function to do a step",
      known: "modelled",
      call: { service: "Lambda", command: "Invoke", input: { FunctionName: own.arn } },
    },
    s3("tell that the function could not be asked", "PutObject", {
      Key: jobStatusKey(ref, FUNCTION_JOB_ID, "FAILED"),
      IfNoneMatch: "*",
    }),
  ];
}
