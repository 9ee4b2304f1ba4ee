import type { Piece } from "../store/blobs";
import { renderXml, S3_NAMESPACE, type XmlElement } from "../xml/write";

/** What an operation answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** XML, or the content of an object. */
  readonly body?: string | ObjectBody | undefined;
}

/** Content of an object as a body; for `HEAD` its length alone is sent. */
export interface ObjectBody {
  readonly pieces: readonly Piece[];
  readonly length: number;
  /** Lets the pieces go; called when they are sent or will not be. */
  release(): void;
}

/** An answer without a body. */
export function plain(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers };
}

/** An answer in XML. */
export function xmlAnswer(
  root: XmlElement,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: renderXml(root, S3_NAMESPACE),
  };
}
