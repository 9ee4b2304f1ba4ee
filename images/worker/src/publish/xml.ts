/** An element of an XML document. */
export interface XmlElement {
  /** Name without the prefix of its namespace. */
  readonly name: string;
  /** Line that it begins in, counted from 1. */
  readonly line: number;
  readonly children: readonly XmlElement[];
  /** Its own text, that of its children left out. */
  readonly text: string;
}

/** Deeper documents are no manifest, and would only cost memory. */
const MAX_DEPTH = 100;

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s/>!?]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*?)(\/?)>|[^<]+|</gu;

interface Open {
  readonly element: { name: string; line: number; children: XmlElement[]; text: string };
  readonly tag: string;
}

/**
 * Reads elements and their text, which is all that a manifest tells with. Refuses document types: they are where entities
 * come from that grow without end or name files of this machine.
 *
 * @throws Error in words, with the line
 */
export function parseXml(document: string): XmlElement {
  const root: Open = { element: { name: "", line: 1, children: [], text: "" }, tag: "" };
  const open: Open[] = [root];
  let line = 1;
  for (const [token, cdata, close, tag, , empty] of document
    .replace(/^\uFEFF/u, "")
    .matchAll(TOKEN)) {
    const current = open.at(-1) ?? root;
    if (token === "<") throw new Error(`line ${String(line)} holds "<" where no tag follows`);
    if (cdata !== undefined) current.element.text += cdata;
    else if (tag === undefined) {
      if (!token.startsWith("<")) current.element.text += plainText(token, line);
    } else if (close === "/") {
      if (current === root || current.tag !== tag)
        throw new Error(`line ${String(line)} closes ${JSON.stringify(tag)}, which is not open`);
      open.pop();
    } else {
      const name = tag.slice(tag.indexOf(":") + 1);
      const element = { name, line, children: [], text: "" };
      current.element.children.push(element);
      if (empty !== "/") open.push({ element, tag });
      if (open.length > MAX_DEPTH)
        throw new Error(`line ${String(line)} is nested deeper than ${String(MAX_DEPTH)} elements`);
    }
    for (let at = token.indexOf("\n"); at !== -1; at = token.indexOf("\n", at + 1)) line += 1;
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined && unclosed !== root)
    throw new Error(
      `the element ${JSON.stringify(unclosed.tag)} of line ${String(unclosed.element.line)} is not closed`,
    );
  const [top, ...more] = root.element.children;
  if (top === undefined || more.length > 0 || root.element.text.trim() !== "")
    throw new Error("it is no XML document of one element");
  return top;
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function plainText(text: string, line: number): string {
  return text.replace(/&([^;&\s]*);?/gu, (whole, name: string) => {
    const code = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/iu.exec(name);
    const point = code === null ? NaN : parseInt(code[1] ?? code[2] ?? "", code[1] ? 16 : 10);
    const known = point <= 0x10ffff ? String.fromCodePoint(point) : NAMED[name];
    if (known === undefined || !whole.endsWith(";"))
      throw new Error(`line ${String(line)} holds the unknown entity ${JSON.stringify(whole)}`);
    return known;
  });
}
