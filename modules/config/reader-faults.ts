import { QUARANTINE_ROOT } from "../contract";
import { idFault } from "../core";
import { type Fault, quoted } from "./fault";
import type { Partner } from "./partner-schema";
import { deliveredTo, isFolder, isWithin, type Places, takenFrom } from "./read-area";
import type { Reader } from "./readers";

/** What is wrong with who reads what the partner's steps delivered. */
export function readerFaults(partner: Partner): Fault[] {
  return Object.entries(partner.readers).flatMap(([name, reader]): Fault[] => {
    const path = ["readers", name];
    const wrong = idFault("reader", name);
    return [
      ...(wrong === undefined
        ? []
        : [{ path, message: `has a name that ${wrong}`, hideValue: true }]),
      ...principalFaults(path, reader),
      ...placeFaults(path, partner, reader),
    ];
  });
}

function principalFaults(path: readonly string[], { principals }: Reader): Fault[] {
  const names = principals.map((one) => (typeof one === "string" ? one : one.account));
  return names.flatMap((one, index) =>
    names.indexOf(one) < index
      ? [{ path: [...path, "principals", index], message: "is named twice; name it once" }]
      : [],
  );
}

function placeFaults(path: readonly string[], partner: Partner, reader: Reader): Fault[] {
  const { from, prefixes } = reader;
  const delivered = deliveredTo(partner, from);
  const known = [...delivered, ...takenFrom(partner, from)];
  if (known.length === 0 && partner.buckets[from] === undefined)
    return [
      {
        path: [...path, "from"],
        message: `must be a bucket that a step delivers to or a trigger waits for`,
      },
    ];
  if (prefixes === undefined) return defaultFaults(path, from, delivered);
  return prefixes.flatMap((place, index): Fault[] => {
    const at = [...path, "prefixes", index];
    const wrong = placeFault(place) ?? outside(place, from, known);
    const twice = prefixes.indexOf(place) < index;
    return [
      ...(wrong === undefined ? [] : [{ path: at, message: wrong }]),
      ...(twice ? [{ path: at, message: "is named twice; name it once" }] : []),
    ];
  });
}

function defaultFaults(path: readonly string[], from: string, delivered: Places): Fault[] {
  const fault = (message: string): Fault[] => [{ path, message, hideValue: true }];
  if (delivered.length === 0)
    return fault(
      `reads the ${from} bucket, to which no step delivers; name what is read of it in "prefixes"`,
    );
  for (const place of delivered.filter((one) => one !== "")) {
    const wrong = placeFault(place);
    if (wrong !== undefined)
      return fault(
        `would read ${JSON.stringify(place)}, where a step delivers to, and that ${wrong}; name what is read in "prefixes"`,
      );
  }
  return delivered.includes("")
    ? fault(
        `would read the whole ${from} bucket, where ${JSON.stringify(QUARANTINE_ROOT)} lies too, for a step delivers there without a prefix; give the step a prefix, such as "deliveries/"`,
      )
    : [];
}

function placeFault(place: string): string | undefined {
  if (place === "")
    return `must not be the whole bucket, where ${JSON.stringify(QUARANTINE_ROOT)} lies too; name a folder, such as "deliveries/"`;
  if (place.startsWith("/")) return 'must not begin with "/", no key does';
  // In a permission they would stand for other keys, too; AWS takes no characters above U+00FF there.
  if (!/^[\u0020-\u007e\u00a1-\u00ff]*$/u.test(place) || /[*?$]/u.test(place))
    return "must be a folder that ends in / or a key, without *, ?, $, control characters and characters above U+00FF";
  if (place.startsWith(QUARANTINE_ROOT))
    return `must not lie below ${JSON.stringify(QUARANTINE_ROOT)}, which readers are never granted`;
  return undefined;
}

/** A place where nothing ever is would be a mistake; one of others would be theirs to grant. */
function outside(place: string, from: string, known: Places): string | undefined {
  if (known.length === 0 || isWithin(place, known)) return undefined;
  const folder = isFolder(place) ? "" : `; a folder ends in "/"`;
  return `is not where the partner's files are in the ${from} bucket, those are below or at ${quoted(known)}${folder}`;
}
