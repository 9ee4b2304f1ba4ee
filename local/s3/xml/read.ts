import { S3Error } from "../http/s3-error";

/** An element of a request's XML. */
export interface ParsedElement {
  readonly name: string;
  readonly children: readonly ParsedElement[];
  /** The element's own text, entities resolved. */
  readonly text: string;
}

interface OpenElement {
  name: string;
  children: ParsedElement[];
  text: string;
}

const MAX_DEPTH = 8;
const NAME = "[A-Za-z_][A-Za-z0-9_.:-]*";
const ATTRIBUTES = `(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*`;
const TOKEN = new RegExp(`<(/?)(${NAME})(${ATTRIBUTES})\\s*(/?)>|([^<]+)`, "uy");
const DECLARATION = /^\ufeff?(?:<\?xml\s[^<>]*\?>)?\s*/u;

/**
 * Reads the XML of a request: elements, text and the five entities of XML. Everything else (document types, processing
 * instructions, comments, CDATA) is `MalformedXML`: no S3 client sends it, and entity definitions are how parsers are attacked.
 */
export function readXml(source: string): ParsedElement {
  const root: OpenElement = { name: "", children: [], text: "" };
  const open: OpenElement[] = [root];
  TOKEN.lastIndex = DECLARATION.exec(source)?.[0].length ?? 0;
  while (TOKEN.lastIndex < source.length) {
    const token = TOKEN.exec(source);
    if (token === null) throw malformed();
    step(open, token);
  }
  const [document] = root.children;
  if (open.length !== 1 || root.children.length !== 1 || document === undefined) throw malformed();
  if (root.text.trim() !== "") throw malformed();
  return document;
}

function step(open: OpenElement[], token: RegExpExecArray): void {
  const [, slash, name, attributes, selfClosing, text] = token;
  const current = open.at(-1);
  if (current === undefined) throw malformed();
  if (text !== undefined) {
    current.text += unescapeXml(text);
    return;
  }
  if (name === undefined) throw malformed();
  const local = name.slice(name.indexOf(":") + 1);
  if (slash === "/") {
    if (selfClosing !== "" || attributes !== "" || open.length === 1 || current.name !== local)
      throw malformed();
    open.pop();
    return;
  }
  const element: OpenElement = { name: local, children: [], text: "" };
  current.children.push(element);
  if (selfClosing === "/") return;
  if (open.push(element) > MAX_DEPTH) throw malformed();
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]*);?/gu, (match, body: string) => {
    if (!match.endsWith(";")) throw malformed();
    const named = ENTITIES[body];
    if (named !== undefined) return named;
    const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/u.exec(body);
    if (number === null) throw malformed();
    const point = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) throw malformed();
    return String.fromCodePoint(point);
  });
}

/** The error for XML that does not fit. */
export function malformed(): S3Error {
  return new S3Error("MalformedXML");
}

/** The text of the only child with a name; `undefined` where there is none, `MalformedXML` where there are several. */
export function childText(parent: ParsedElement, name: string): string | undefined {
  const found = parent.children.filter((child) => child.name === name);
  if (found.length > 1 || (found[0]?.children.length ?? 0) > 0) throw malformed();
  return found[0]?.text;
}

/** Reads a document that must have a certain root and, in it, no other children than those named. */
export function readDocument(
  source: string,
  root: string,
  allowed: readonly string[],
): ParsedElement {
  const document = readXml(source);
  if (document.name !== root) throw malformed();
  for (const child of document.children) if (!allowed.includes(child.name)) throw malformed();
  return document;
}
