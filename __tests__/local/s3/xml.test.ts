import fc from "fast-check";
import { childText, readDocument, readXml } from "../../../local/s3/xml/read";
import { element, renderXml } from "../../../local/s3/xml/write";

const MALFORMED =
  "The XML you provided was not well-formed or did not validate against our published schema";

test("what is written is read back, whatever the text", () => {
  const text = fc.string({ unit: "binary", maxLength: 30 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
      const xml = renderXml(
        element(
          "Root",
          texts.map((one) => element("Item", one)),
        ),
      );
      expect(readXml(xml).children.map(({ text: got }) => got)).toEqual(texts);
    }),
  );
});

test("reads declaration, name space, prefixes, attributes, empty elements and entities", () => {
  const root = readXml(
    `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<d:Delete xmlns:d="http://x/" a='1'>\n<d:Key>a&amp;b&#x41;&#66;&lt;</d:Key><Quiet/></d:Delete>\n`,
  );
  expect(root.name).toBe("Delete");
  expect(childText(root, "Key")).toBe("a&bAB<");
  expect(childText(root, "Quiet")).toBe("");
  expect(childText(root, "Other")).toBeUndefined();
});

test.each([
  "",
  "text",
  "<a>",
  "</a>",
  "<a></b>",
  "<a/><b/>",
  "<a/>text",
  "<a>&unknown;</a>",
  "<a>& </a>",
  "<a>&#xD800;</a>",
  "<a>&#1114112;</a>",
  "<a></a x='1'>",
  "<a x=1/>",
  "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
  "<a><!-- comment --></a>",
  "<a><![CDATA[b]]></a>",
  "<?php a?><a><?b?></a>",
  "<a>".repeat(20) + "</a>".repeat(20),
])("fails when the document is %j", (xml) => {
  expect(() => readXml(xml)).toThrow(MALFORMED);
});

test("fails when the root or a child has another name, or a child is there twice", () => {
  expect(() => readDocument("<a/>", "b", [])).toThrow(MALFORMED);
  expect(() => readDocument("<a><c/></a>", "a", ["b"])).toThrow(MALFORMED);
  expect(() => childText(readXml("<a><b/><b/></a>"), "b")).toThrow(MALFORMED);
});
