import { definePartner, type PartnerInput, readerPlaces, s3Object } from "../../../modules/config";
import { messageOf, partnerInput } from "../../support/partner";

type Readers = NonNullable<PartnerInput["readers"]>;

const ROLE = "arn:aws:iam::210987654321:role/feed-reader";
const one: Readers[string] = { principals: [ROLE], reason: "read what was delivered" };
const { fetch } = partnerInput().steps;
if (fetch === undefined) throw new Error("the smallest partner fetches");

const withReaders = (readers: unknown, changes: Partial<PartnerInput> = {}): PartnerInput =>
  partnerInput({
    steps: { fetch, publish: { kind: "publish", after: ["fetch"], prefix: "out/" } },
    ...changes,
    readers: readers as Readers,
  });

const WHO =
  'must be the ARN of one role or user, arn:aws:iam::<account>:role/..., or { account: "<12 digits>", reason: "<why nobody can be named>" }; a wildcard would let others in';
const CHARACTERS =
  "must be a folder that ends in / or a key, without *, ?, $, control characters and characters above U+00FF";

test.each<[string, readonly unknown[], string]>([
  ["everybody", ["*"], `${WHO}, got "*"`],
  ["a pattern", [`${ROLE}*`], `${WHO}, got "${ROLE}*"`],
  ["an account without a reason", ["210987654321"], `${WHO}, got "210987654321"`],
  [
    "an account's root without a reason",
    ["arn:aws:iam::210987654321:root"],
    `${WHO}, got "arn:aws:iam::210987654321:root"`,
  ],
  [
    "an account that is none",
    [{ account: "*", reason: "whoever wants to read it" }],
    'must be the 12 digits of an account, got "*"',
  ],
  [
    "a session",
    ["arn:aws:sts::210987654321:assumed-role/x/y"],
    `${WHO}, got "arn:aws:sts::210987654321:assumed-role/x/y"`,
  ],
])("%s is no reader", (_, principals, fault) => {
  expect(messageOf(() => definePartner(withReaders({ medium: { ...one, principals } })))).toBe(
    `partners/acme.readers.medium.principals[0]${typeof principals[0] === "string" ? "" : ".account"} ${fault}`,
  );
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "a name that is none",
    { Medium: one },
    "readers.Medium has a name that must be lower-case letters and digits in words joined by single hyphens, beginning with a letter",
  ],
  [
    "a name that is too long",
    { "a-long-reader-name": one },
    'readers["a-long-reader-name"] has a name that must have at most 13 characters, it has 18',
  ],
  [
    "the same principal twice",
    { medium: { ...one, principals: [ROLE, ROLE] } },
    `readers.medium.principals[1] is named twice; name it once, got "${ROLE}"`,
  ],
  [
    "a bucket that the partner has not",
    { medium: { ...one, from: "landing" } },
    'readers.medium.from must be a bucket that a step delivers to or a trigger waits for, got "landing"',
  ],
  [
    "the whole bucket",
    { medium: { ...one, prefixes: [""] } },
    'readers.medium.prefixes[0] must not be the whole bucket, where "quarantine/" lies too; name a folder, such as "deliveries/", got ""',
  ],
  [
    "quarantine",
    { medium: { ...one, prefixes: ["quarantine/acme/"] } },
    'readers.medium.prefixes[0] must not lie below "quarantine/", which readers are never granted, got "quarantine/acme/"',
  ],
  [
    "a pattern",
    { medium: { ...one, prefixes: ["out/*"] } },
    `readers.medium.prefixes[0] ${CHARACTERS}, got "out/*"`,
  ],
  [
    "characters that AWS refuses",
    { medium: { ...one, prefixes: ["out/음악/"] } },
    `readers.medium.prefixes[0] ${CHARACTERS}, got "out/음악/"`,
  ],
  [
    "a slash at the beginning",
    { medium: { ...one, prefixes: ["/out/"] } },
    'readers.medium.prefixes[0] must not begin with "/", no key does, got "/out/"',
  ],
  [
    "a place where nothing is delivered",
    { medium: { ...one, prefixes: ["outs"] } },
    'readers.medium.prefixes[0] is not where the partner\'s files are in the processed bucket, those are below or at "out/"; a folder ends in "/", got "outs"',
  ],
  [
    "a place twice",
    { medium: { ...one, prefixes: ["out/", "out/"] } },
    'readers.medium.prefixes[1] is named twice; name it once, got "out/"',
  ],
  [
    "an external id that AWS refuses",
    { medium: { ...one, externalId: "a b" } },
    'readers.medium.externalId must be 2 to 1224 letters, digits and _+=,.@:/-, as AWS takes it, got "a b"',
  ],
])("a reader is refused: %s", (_, readers, fault) => {
  expect(messageOf(() => definePartner(withReaders(readers)))).toBe(`partners/acme.${fault}`);
});

test("without a prefix a delivery can not be told from quarantine", () => {
  const steps = { fetch, publish: { kind: "publish" as const, after: ["fetch"] } };
  expect(messageOf(() => definePartner(withReaders({ medium: one }, { steps })))).toBe(
    'partners/acme.readers.medium would read the whole processed bucket, where "quarantine/" lies too, for a step delivers there without a prefix; give the step a prefix, such as "deliveries/"',
  );
});

test("a step that delivers below quarantine is no place for readers", () => {
  const steps = {
    fetch,
    publish: { kind: "publish" as const, after: ["fetch"], prefix: "quarantine/out/" },
  };
  expect(messageOf(() => definePartner(withReaders({ medium: one }, { steps })))).toContain(
    'partners/acme.readers.medium would read "quarantine/out/", where a step delivers to, and that must not lie below "quarantine/", which readers are never granted; name what is read in "prefixes"',
  );
});

test("what comes in is read only where it is named", () => {
  const triggers = { dropped: s3Object({ bucket: "landing", prefix: "in/" }) };
  const landing: Readers[string] = { ...one, from: "landing" };
  expect(messageOf(() => definePartner(withReaders({ medium: landing }, { triggers })))).toBe(
    'partners/acme.readers.medium reads the landing bucket, to which no step delivers; name what is read of it in "prefixes"',
  );
  const named = { medium: { ...landing, prefixes: ["in/originals/"] } };
  expect(() => definePartner(withReaders(named, { triggers }))).not.toThrow(Error);
});

test("a reader without prefixes reads what the steps deliver, stable keys too", () => {
  const partner = definePartner(
    withReaders(
      { medium: one },
      {
        steps: {
          fetch,
          publish: {
            kind: "publish",
            after: ["fetch"],
            prefix: "out/",
            stable: { "current/feed.tsv": "feed.tsv" },
          },
          work: {
            kind: "process",
            after: ["publish"],
            isolation: { sharedHost: "our own program, reviewed" },
            program: ["/opt/acme/work"],
            input: { from: "step", step: "publish" },
            prefix: "out/thumbnails/",
          },
          join: { kind: "merge", after: ["work"] },
        },
      },
    ),
  );
  const { medium } = partner.readers;
  // What lies in another place is not said twice.
  expect(medium && readerPlaces(partner, medium)).toEqual(["current/feed.tsv", "out/"]);
});

test("files below the order's id are read below the folder of all orders", () => {
  const partner = definePartner(
    withReaders(
      { medium: one },
      {
        triggers: { dropped: s3Object({ bucket: "landing", suffix: ".zip" }) },
        steps: { unpack: { kind: "unpack", prefix: "done/", files: "albums/a-{orderId}/" } },
      },
    ),
  );
  const { medium } = partner.readers;
  expect(medium && readerPlaces(partner, medium)).toEqual(["albums/", "done/"]);
});
