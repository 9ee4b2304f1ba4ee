import {
  deliveryPrefix,
  type Manifest,
  manifestKey,
  type PublishTarget,
  type RunRef,
} from "../../modules/contract";
import { type LocalS3 } from "../s3";
import { startChecksum } from "../s3/checksums/algorithms";
import { type Delivery } from "./result";

/** Reads a run's manifest and compares it with what the bucket holds, byte counts and checksums of the bytes themselves. */
export async function readDelivery(
  s3: LocalS3,
  target: Pick<PublishTarget, "bucket" | "prefix">,
  run: RunRef,
): Promise<Delivery | undefined> {
  const { bucket, prefix } = target;
  const key = manifestKey(prefix, run);
  if (s3.object(bucket, key) === undefined) return undefined;
  const manifest = JSON.parse((await s3.read(bucket, key)).toString("utf8")) as Manifest;
  const differences: string[] = [];
  for (const file of manifest.files) {
    const fault = await fileFault(s3, bucket, file);
    if (fault !== undefined) differences.push(`${file.key} ${fault}`);
  }
  const named = new Set([key, ...manifest.files.map((file) => file.key)]);
  for (const found of s3.keys(bucket, deliveryPrefix(prefix, run)))
    // What the children of an array told each other is beside the delivery.
    if (!named.has(found) && !found.startsWith(`${deliveryPrefix(prefix, run)}parts/`))
      differences.push(`${found} is in the bucket, not in the manifest`);
  return {
    bucket,
    manifestKey: key,
    files: manifest.files.map(({ path, key: fileKey, size }) => ({ path, key: fileKey, size })),
    bytes: manifest.totals.bytes,
    differences,
  };
}

async function fileFault(
  s3: LocalS3,
  bucket: string,
  file: Manifest["files"][number],
): Promise<string | undefined> {
  const object = s3.object(bucket, file.key);
  if (object === undefined) return "is in the manifest, not in the bucket";
  if (object.size !== file.size)
    return `has ${String(object.size)} bytes, the manifest says ${String(file.size)}`;
  const checksum = startChecksum("CRC32");
  checksum.update(await s3.read(bucket, file.key));
  const crc32 = checksum.digest().toString("base64");
  return crc32 === file.crc32 ? undefined : `has CRC-32 ${crc32}, the manifest says ${file.crc32}`;
}
