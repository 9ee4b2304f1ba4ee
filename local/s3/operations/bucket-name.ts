const RESERVED_PREFIX = /^(?:xn--|sthree-|amzn-s3-demo-)/u;
const RESERVED_SUFFIX = /(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/u;
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/u;

/**
 * Says why a text can not be the name of a bucket, or `undefined` when it can.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketNameFault(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return "must have 3 to 63 characters";
  if (!/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/u.test(name))
    return "may hold lower-case letters, digits, dots and hyphens, and begins and ends with a letter or digit";
  if (name.includes("..")) return "may not hold two dots in a row";
  if (ADDRESS.test(name)) return "may not look like an IP address";
  if (RESERVED_PREFIX.test(name) || RESERVED_SUFFIX.test(name))
    return "begins or ends in a way that S3 keeps for itself";
  return undefined;
}
