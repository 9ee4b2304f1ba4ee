/**
 * Where moto_server 5.2.1 does something else than S3, by the name of the conformance case, and what it does. The S3 that
 * is meant is the documented one; the test fails for an entry that moto fulfils.
 */
export const MOTO_DIFFERENCES: Readonly<Record<string, string>> = {
  "names that break the rules are refused": "creates buckets of such names",
  "a wrong expected owner is refused": "does not look at the header",
  "without a wish objects are encrypted with AES256": "tells no encryption that was not asked for",
  "metadata of more than 2 KiB is refused": "stores it",
  "DeleteObjects without a checksum is refused": "deletes",
  "a body without its length is refused": "stores an object",
  "an error tells its code, and the request id of the headers": "sends no request id header",
  "a range that can not be read is ignored": "takes any unit for bytes",
  "If-Match reads what matches and nothing else": "takes * for an ETag",
  "dates decide where no ETag does": "lets a date overrule an ETag",
  "a reader may ask for other headers": "ignores response-* of the SDK",
  "a version id that can not be one is refused": "answers NoSuchVersion",
  "listings encode keys when asked": "writes a space as %20",
  "a key has at most 1,024 bytes of UTF-8": "counts characters",
  "a copy may depend on its source": "does not look at the conditions",
  "x-amz-checksum-crc32: the right one is stored and told, a wrong one stores nothing":
    "compares no checksum",
  "x-amz-checksum-crc32c: the right one is stored and told, a wrong one stores nothing":
    "compares no checksum",
  "x-amz-checksum-crc64nvme: the right one is stored and told, a wrong one stores nothing":
    "compares no checksum",
  "x-amz-checksum-sha1: the right one is stored and told, a wrong one stores nothing":
    "compares no checksum",
  "x-amz-checksum-sha256: the right one is stored and told, a wrong one stores nothing":
    "compares no checksum",
  "Content-MD5: a wrong one stores nothing, an impossible one is InvalidDigest":
    "does not look at the header",
  "a signed SHA-256 that is not that of the payload stores nothing": "does not look at the header",
  "malformed and contradictory checksums are refused": "takes what it is given",
  "an object that came without a checksum has a CRC64NVME": "gives it none",
  "a wrong checksum in a trailer stores nothing": "compares no checksum",
  "a trailer that was promised must come": "does not miss it",
  "an aws-chunked body must be as long as it says": "does not compare the length",
  "only the last chunk may be smaller than 8 KiB": "takes chunks of any size",
  "If-None-Match of an ETag is not offered for writes": "ignores it",
  "no object is there before the upload is complete, and none after it was aborted":
    "answers 500 to a part that comes after the abort",
  "a completed upload can not be completed again": "answers 200 again",
  "parts must be named in ascending order, once each": "looks at the sizes first",
  "part numbers are 1 to 10,000": "takes 0",
  "an upload belongs to its key": "takes a part for another key",
  "malformed lists of parts are MalformedXML": "answers 500",
  "parts can be copied from ranges of objects": "copies a range that goes beyond the end",
  "a part of a finished object can be read by its number": "does not tell how many parts there are",
  "FULL_OBJECT: the CRC32 of the whole follows from the parts, and a wrong one completes nothing":
    "compares no checksum",
  "COMPOSITE: the checksum is that of the parts' checksums": "works none out",
  "COMPOSITE: every part's checksum must be named at the end": "does not miss it",
  "a checksum of a part that is not its own is InvalidPart": "does not look at it",
  "a part with a wrong checksum is not taken": "compares no checksum",
  "a part must have a checksum of the upload's algorithm": "takes any",
  "algorithms and checksum types that do not fit are refused": "takes any pair",
  "ListParts tells each part's size, ETag and checksum, page by page":
    "tells no checksums and does not page by them",
  "If-Match is judged when an upload is completed": "does not look at it",
  "the older listing pages by marker, also over groups": "lists groups again on every page",
  "a wrong page size or token is refused": "answers 500",
  "uploads under way are grouped by a delimiter": "does not group",
  "a delete hides a key behind a marker, and deleting the marker brings it back":
    "does not tell of the marker in a 404",
  "while versioning is suspended, writes and deletes replace the version null only":
    "loses older versions",
};
