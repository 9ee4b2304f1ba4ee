import fc from "fast-check";
import { parseBatchManifest } from "../../../../images/worker/src/publish/batch-manifest";
import { parseXml } from "../../../../images/worker/src/publish/xml";

const MD5 = "0123456789abcdef0123456789ABCDEF";
const SHA256 = MD5.repeat(2);

test("reads what a batch holds, in the words of both generations of DDEX's messages", () => {
  const { sums, named, faults } = parseBatchManifest(`<?xml version="1.0" encoding="UTF-8"?>
<!-- batch 1 --><echo:ManifestMessage xmlns:echo="http://ddex.net/xml/2011/echo/12">
  <MessageInBatch>
    <URL>/A1/A1.xml</URL>
    <HashSum><HashSum>${MD5}</HashSum><HashSumAlgorithmType>MD5</HashSumAlgorithmType></HashSum>
  </MessageInBatch>
  <MessageInBatch><URL>/A2/A2.xml</URL></MessageInBatch>
  <File><FileName>track &amp; 1.flac</FileName><FilePath>resources/</FilePath>
    <HashSum><HashSum>${MD5}</HashSum><HashSumAlgorithmType>MD5</HashSumAlgorithmType></HashSum></File>
  <File>
    <URI><![CDATA[resources/<2>.flac]]></URI>
    <HashSum><Algorithm>SHA-256</Algorithm><HashSumValue>${SHA256}</HashSumValue></HashSum>
  </File>
</echo:ManifestMessage>`);
  expect(faults).toEqual([]);
  expect(sums).toEqual([
    { name: "/A1/A1.xml", line: 4, hash: "md5", sum: MD5.toLowerCase() },
    { name: "resources/track & 1.flac", line: 8, hash: "md5", sum: MD5.toLowerCase() },
    { name: "resources/<2>.flac", line: 11, hash: "sha256", sum: SHA256.toLowerCase() },
  ]);
  expect(named).toEqual([{ name: "/A2/A2.xml", line: 7 }]);
});

test.each([
  [
    `<M><File><URI>a</URI><HashSum><Algorithm>CRC32</Algorithm><HashSumValue>00</HashSumValue></HashSum></File></M>`,
    'line 1: "a" has a hash sum of the algorithm "CRC32", known are MD5, SHA1, SHA256 and SHA512',
  ],
  [
    `<M><File><URI>a</URI><HashSum><Algorithm>MD5</Algorithm><HashSumValue>xyz</HashSumValue></HashSum></File></M>`,
    'line 1: "a" has the hash sum "xyz", which is no md5 in hex',
  ],
  [
    `<M><File><HashSum><Algorithm>MD5</Algorithm><HashSumValue>${MD5}</HashSumValue></HashSum></File></M>`,
    "line 1 has a hash sum and names no file",
  ],
  ["<M>\n<a>\n</b></M>", 'can not be read as XML: line 3 closes "b", which is not open'],
  ["<M><a>", 'can not be read as XML: the element "a" of line 1 is not closed'],
  ["no xml", "can not be read as XML: it is no XML document of one element"],
  ["", "can not be read as XML: it is no XML document of one element"],
  [
    `<!DOCTYPE M [<!ENTITY a "b">]><M>&a;</M>`,
    'can not be read as XML: line 1 holds "<" where no tag follows',
  ],
  ["<M>&other;</M>", 'can not be read as XML: line 1 holds the unknown entity "&other;"'],
  [
    `${"<a>".repeat(101)}${"</a>".repeat(101)}`,
    "can not be read as XML: line 1 is nested deeper than 100 elements",
  ],
])("says what is wrong with %j", (content, fault) => {
  expect(parseBatchManifest(content).faults).toEqual([fault]);
});

test("any text is read in time that grows with its length, or refused in words", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom("<", ">", "/", "a", '"', "'", "&", ";", "!--", "\n", "<![CDATA[", " "),
      ),
      (pieces) => {
        try {
          expect(parseXml(pieces.join("")).name).toEqual(expect.any(String));
        } catch (error) {
          expect((error as Error).message).toMatch(/line \d+|no XML document/u);
        }
      },
    ),
  );
});
