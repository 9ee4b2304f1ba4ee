import type { AwsCall, PlainCall, SdkCall } from "../calls";

/** A call of S3 on one bucket. */
export const s3 =
  (role: string, Bucket: string) =>
  (say: string, command: string, input: SdkCall["input"]): AwsCall => ({
    role,
    say,
    known: "modelled",
    call: { service: "S3", command, input: { Bucket, ...input } },
  });

/** What is no operation of an SDK. */
export const plain =
  (role: string) =>
  (say: string, call: PlainCall): AwsCall => ({ role, say, known: "modelled", call });

/** A call of Batch that takes no resource. */
export const batch = (role: string, say: string, command: string): AwsCall => ({
  role,
  say,
  known: "modelled",
  call: { service: "Batch", command, input: {} },
});

/** Invokes a function that is there. */
export const invoke = (role: string, say: string, FunctionName: string | undefined): AwsCall[] =>
  FunctionName === undefined
    ? []
    : [
        {
          role,
          say,
          known: "modelled",
          call: { service: "Lambda", command: "Invoke", input: { FunctionName } },
        },
      ];

/** A call of SQS on one queue. */
export const queue =
  (role: string, arn: string) =>
  (say: string, command: string): AwsCall => ({
    role,
    say,
    known: "modelled",
    call: { service: "SQS", command, input: { QueueUrl: arn.replaceAll(":", "/") } },
  });
