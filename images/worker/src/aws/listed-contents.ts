import type { ListObjectsV2Command } from "@aws-sdk/client-s3";

/** An object in a listing, as the answer writes it. */
export interface ListedContent {
  /** Encoded, where the listing was asked for with `EncodingType: "url"`. */
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

interface Answer {
  readonly statusCode: number;
  body: unknown;
}

/**
 * Takes the objects out of the answer to a listing before the SDK reads it: its reader of XML takes a hundred times as
 * long, nine tenths of all that a re-run does. All else of the answer, errors included, and each object that is written
 * in an unforeseen way, is left to the SDK.
 *
 * @returns what gives the objects of the answer, once it is there
 */
export function takeContents(command: ListObjectsV2Command): () => readonly ListedContent[] {
  let taken: string[] = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const answer = result.response as Answer;
      if (answer.statusCode !== 200) return result;
      const { rest, contents } = split(await textOf(answer.body as AsyncIterable<Buffer>));
      // Those of the last try alone.
      taken = contents;
      answer.body = Buffer.from(rest);
      return result;
    },
    { step: "deserialize", name: "takeContents", priority: "low" },
  );
  return () => taken.map(read);
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

const BEGIN = "<Contents>";
const END = "</Contents>";

function split(text: string): { readonly rest: string; readonly contents: string[] } {
  const contents: string[] = [];
  let rest = "";
  let from = 0;
  for (let begin = text.indexOf(BEGIN); begin !== -1; begin = text.indexOf(BEGIN, from)) {
    const end = text.indexOf(END, begin);
    if (end === -1) break;
    const content = text.slice(begin + BEGIN.length, end);
    const isPlain = KEY.test(content) && SIZE.test(content) && ETAG.test(content);
    rest += text.slice(from, isPlain ? begin : end + END.length);
    if (isPlain) contents.push(content);
    from = end + END.length;
  }
  return { rest: rest + text.slice(from), contents };
}

// An encoded key holds nothing that XML would write in another way.
const KEY = /<Key>([^<&]+)<\/Key>/u;
const SIZE = /<Size>(\d{1,15})<\/Size>/u;
const ETAG = /<ETag>(?:&quot;|")?([^<&"]+)(?:&quot;|")?<\/ETag>/u;

function read(content: string): ListedContent {
  return {
    key: KEY.exec(content)?.[1] ?? "",
    size: Number(SIZE.exec(content)?.[1]),
    etag: ETAG.exec(content)?.[1] ?? "",
  };
}
