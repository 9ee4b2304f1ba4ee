import { contentTypeOf } from "../../../../images/worker/src/upload/content-type";

test.each([
  ["a/b.TXT", "text/plain; charset=utf-8"],
  ["feed.csv", "text/csv; charset=utf-8"],
  ["audio/01.flac", "audio/flac"],
  ["data.json.gz", "application/gzip"],
  ["dir.txt/file", "application/octet-stream"],
  [".json", "application/octet-stream"],
  ["no extension", "application/octet-stream"],
  ["x.constructor", "application/octet-stream"],
])("%s is %s", (path, type) => {
  expect(contentTypeOf(path)).toBe(type);
});
