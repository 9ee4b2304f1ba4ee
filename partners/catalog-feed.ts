import { definePartner, manual, schedule } from "../modules";

/** Our own program: it asks the shop, and turns what the shop says into what an advertising medium reads. */
const catalog = {
  image: "catalog",
  isolation: { sharedHost: "the program is our own, the shop's catalog is only data to it" },
} as const;

/**
 * Scheduled chain: every day at four the catalog of a shop is collected, one or two GB; then the feed is generated and the
 * pictures are prepared, side by side. The medium reads the feed at its own time, under a key that stays.
 */
export default definePartner({
  id: "catalog-feed",
  owner: "feeds@example.com",
  source: { company: "Shop", contact: "catalog@shop.example" },
  triggers: {
    daily: schedule({ cron: "cron(0 4 * * ? *)", timezone: "Asia/Seoul", starts: "order" }),
    byHand: manual(),
  },
  compute: { pool: "general", vcpus: 2, memoryMib: 4096 },
  steps: {
    collect: {
      kind: "deliver",
      ...catalog,
      program: ["/opt/catalog/bin/catalog", "collect", "{staging}"],
      environment: { CATALOG_URL: "https://catalog.shop.example" },
      // What the program says when the shop's server is down or busy.
      tryLaterCodes: [3],
      prefix: "catalogs/",
      checksumFiles: ["SHA256SUMS"],
      requiredFiles: ["catalog.jsonl"],
    },
    generate: {
      kind: "process",
      after: ["collect"],
      ...catalog,
      program: ["/opt/catalog/bin/catalog", "feed", "{input}", "{output}"],
      input: { from: "step", step: "collect" },
      per: "slice",
      prefix: "feeds/",
    },
    feed: {
      kind: "merge",
      after: ["generate"],
      stable: { "current/feed.tsv": "feed.tsv" },
      compute: { vcpus: 1, memoryMib: 2048 },
    },
    pictures: {
      kind: "process",
      after: ["collect"],
      ...catalog,
      program: ["/opt/catalog/bin/catalog", "pictures", "{input}", "{output}"],
      input: { from: "step", step: "collect" },
      per: "slice",
      prefix: "pictures/",
    },
    album: {
      kind: "merge",
      after: ["pictures"],
      compute: { vcpus: 1, memoryMib: 2048 },
    },
  },
  readers: {
    medium: {
      principals: ["arn:aws:iam::210987654321:role/feed-reader"],
      prefixes: ["current/feed.tsv"],
      externalId: "catalog-feed",
      reason: "read the feed of the day at the medium's own time",
    },
  },
  staging: { kind: "scratch" },
  retention: { landing: 30, processed: 90 },
});
