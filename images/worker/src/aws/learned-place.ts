import type { S3Client } from "@aws-sdk/client-s3";
import type { SignatureScope } from "./signature";

/** Where the objects of a bucket are reached: all that the SDK works out for a request but for its key. */
export interface Place extends SignatureScope {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number | undefined;
  /** What stands before a key, e.g. `/` or `/bucket/`. */
  readonly before: string;
  readonly userAgent: string | undefined;
}

/** A request as it goes to the SDK's handler. */
export interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SCOPE =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request,/u;

/** What was learned of a client's buckets from the requests that the SDK made. */
export class LearnedPlaces {
  private readonly places = new Map<string, Place>();

  /** Where a bucket is reached, if that is known. */
  of(bucket: string): Place | undefined {
    return this.places.get(bucket);
  }

  /** Learns from a signed request for an object. */
  learn(bucket: string, key: string, request: SdkRequest): void {
    if (this.places.has(bucket)) return;
    const place = placeOf(key, request);
    if (place !== undefined) this.places.set(bucket, place);
  }
}

/**
 * Takes the place out of a signed request.
 *
 * @returns `undefined` for what is signed or addressed in another way: access points of several regions, directory
 * buckets, IPv6 addresses
 */
export function placeOf(key: string, request: SdkRequest): Place | undefined {
  const { protocol, hostname, port, path, headers } = request;
  const scope = SCOPE.exec(headers["authorization"] ?? "")?.groups;
  const encoded = encodeKey(key);
  if (scope === undefined || hostname.startsWith("[") || !path.endsWith(`/${encoded}`))
    return undefined;
  const { region = "", service = "" } = scope;
  if (service !== "s3" || headers["x-amz-s3session-token"] !== undefined) return undefined;
  return {
    secure: protocol === "https:",
    hostname,
    port,
    before: path.slice(0, path.length - encoded.length),
    region,
    service,
    userAgent: headers["user-agent"],
  };
}

/** A key as it stands in a path: all but unreserved characters and slashes is encoded. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeStrictly).join("/");
}

/** Percent-encoding as Signature Version 4 wants it. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

interface ObjectInput {
  readonly Bucket?: string;
  readonly Key?: string;
}

/** Learns from all requests with which a client sends the content of objects. */
export function learnPlaces(client: S3Client, commands: ReadonlySet<string>): LearnedPlaces {
  const places = new LearnedPlaces();
  client.middlewareStack.add(
    (next, context) => (args) => {
      const { Bucket, Key } = args.input as ObjectInput;
      if (Bucket !== undefined && Key !== undefined && commands.has(context.commandName ?? ""))
        places.learn(Bucket, Key, args.request as SdkRequest);
      return next(args);
    },
    { step: "deserialize", name: "learnPlaces", priority: "low" },
  );
  return places;
}
