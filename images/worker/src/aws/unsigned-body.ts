/**
 * Says whether the SHA-256 of a body may be left out of a request's signature. Over TLS it may: TLS guards the body on its
 * way and its CRC-32 its content, and the hash would halve the throughput. Without TLS the signature is all that guards
 * it, so there it stays, but for benchmarks on connections that do not leave the machine.
 */
export function bodyMayBeUnsigned(secure: boolean, hostname: unknown): boolean {
  return (
    secure || (hostname === "127.0.0.1" && process.env["PARTNER_INGEST_UNSIGNED_LOOPBACK"] === "1")
  );
}
