import type { AwsCall } from "../calls/call";
import { keysOf, type ReaderRole } from "./reader-role";

/**
 * What a reader calls that copies what was delivered, as `aws s3 cp` and `aws s3 sync` do: list, look at the size, read whole
 * or in ranges.
 * @see https://docs.aws.amazon.com/cli/latest/topic/s3-config.html
 */
export function readerCalls(reader: ReaderRole): AwsCall[] {
  const { arn, bucket: Bucket, places } = reader;
  const s3 = (say: string, command: string, input: Readonly<Record<string, unknown>>): AwsCall => ({
    role: arn,
    say,
    known: "modelled",
    call: { service: "S3", command, input: { Bucket, ...input } },
  });
  return [
    ...places.map((Prefix) => s3("list what was delivered", "ListObjectsV2", { Prefix })),
    ...keysOf(reader).flatMap((Key) => [
      s3("look at a file", "HeadObject", { Key }),
      s3("read a file", "GetObject", { Key }),
      s3("read a part of a file", "GetObject", { Key, Range: "bytes=0-8388607" }),
    ]),
  ];
}
