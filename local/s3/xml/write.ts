/** An element of an XML answer. An element whose content is `undefined` is left out. */
export interface XmlElement {
  readonly name: string;
  readonly content: XmlContent;
}

/** Text, or child elements. */
export type XmlContent = string | number | boolean | undefined | readonly XmlElement[];

/** The name space of S3's answers. */
export const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Makes an element. */
export function element(name: string, content: XmlContent): XmlElement {
  return { name, content };
}

/** Writes a document. */
export function renderXml(root: XmlElement, namespace?: string): string {
  const attributes = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  return `${DECLARATION}<${root.name}${attributes}>${renderContent(root.content)}</${root.name}>`;
}

function renderContent(content: XmlContent): string {
  if (content === undefined) return "";
  if (typeof content !== "object") return escapeXml(String(content));
  let text = "";
  for (const { name, content: inner } of content)
    if (inner !== undefined) text += `<${name}>${renderContent(inner)}</${name}>`;
  return text;
}

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/**
 * Escapes text for XML. Control characters become character references, as S3 writes them: XML 1.0 has no form for them,
 * which is why S3 offers `encoding-type=url` in listings.
 */
export function escapeXml(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- control characters of keys must not stand raw in XML
    /[&<>"\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/gu,
    (character) => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}
