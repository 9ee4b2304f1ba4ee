import fc from "fast-check";
import { parseChecksumFile } from "../../../../images/worker/src/publish/checksum-file";

const MD5 = "d41d8cd98f00b204e9800998ecf8427e";
const SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SHA512 = SHA256 + SHA256;

test.each([
  ["md5sum's text form", `${MD5}  a b.txt`, { name: "a b.txt", hash: "md5", sum: MD5 }],
  ["its binary form", `${MD5} *a.bin`, { name: "a.bin", hash: "md5", sum: MD5 }],
  ["sha1sum", `${SHA1}  a`, { name: "a", hash: "sha1", sum: SHA1 }],
  [
    "sha256sum in upper case",
    `${SHA256.toUpperCase()}  a`,
    { name: "a", hash: "sha256", sum: SHA256 },
  ],
  ["sha512sum", `${SHA512}  a`, { name: "a", hash: "sha512", sum: SHA512 }],
  ["an escaped name", `\\${MD5}  a\\\\b\\nc\\rd`, { name: "a\\b\nc\rd", hash: "md5", sum: MD5 }],
  [
    "a name with a backslash that is not escaped",
    `${MD5}  a\\nb`,
    { name: "a\\nb", hash: "md5", sum: MD5 },
  ],
  ["a name with blanks at its ends", `${MD5}   a `, { name: " a ", hash: "md5", sum: MD5 }],
  ["one blank between them", `${MD5} a`, { name: "a", hash: "md5", sum: MD5 }],
  ["the sum alone, with blanks behind", `${MD5}  `, { name: "song.wav", hash: "md5", sum: MD5 }],
  ["a tab between them", `${MD5}\ta`, { name: "a", hash: "md5", sum: MD5 }],
  [
    "the tagged form",
    `SHA256 (a (1).txt) = ${SHA256}`,
    { name: "a (1).txt", hash: "sha256", sum: SHA256 },
  ],
  ["the tagged form of openssl", `MD5(a)= ${MD5}`, { name: "a", hash: "md5", sum: MD5 }],
  ["the sum alone", `${MD5}\n`, { name: "song.wav", hash: "md5", sum: MD5 }],
])("reads %s", (_, content, expected) => {
  expect(parseChecksumFile("sub/song.wav.md5", content)).toEqual({
    sums: [{ ...expected, line: 1 }],
    faults: [],
  });
});

test("leaves out comments and empty lines, and counts lines on", () => {
  const content = `\uFEFF# made by a tool\r\n\r\n; and another\r\n${MD5}  a\r\n`;
  expect(parseChecksumFile("x.md5", content)).toEqual({
    sums: [{ name: "a", hash: "md5", sum: MD5, line: 4 }],
    faults: [],
  });
});

test.each([
  ["words", "hello"],
  ["a sum of no known length", `${"a".repeat(33)}  name`],
  ["a tag that does not fit its sum", `SHA256 (a) = ${MD5}`],
  ["a sum without a name", `${MD5}  `],
])("tells a line of %s", (_, line) => {
  expect(parseChecksumFile("SHA256SUMS", line)).toEqual({
    sums: [],
    faults: [`line 1 is no checksum: ${JSON.stringify(line)}`],
  });
});

test("reads back every name as the tools escape it", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "binary" }), (name) => {
      fc.pre(/\S/u.test(name.replaceAll("\n", "").replaceAll("\r", "")));
      const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
      const mark = escaped === name ? "" : "\\";
      const { sums } = parseChecksumFile("SUMS", `${mark}${SHA256}  ${escaped}\n`);
      expect(sums.map((sum) => sum.name)).toEqual([name]);
    }),
  );
});
