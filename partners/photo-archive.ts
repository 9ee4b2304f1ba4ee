import { definePartner, s3Object } from "../modules";

/**
 * Array processing: a photo host hands over a month of raw photos, petabytes of them, in the landing bucket, and at last a
 * list of their keys, one a line. Each child of an array develops its share on Spot capacity; a merge checks that every
 * photo of the list was done once and writes the manifest.
 */
export default definePartner({
  id: "photo-archive",
  owner: "photo-platform@example.com",
  source: { company: "Photo host", contact: "archive@photo-host.example" },
  triggers: { listed: s3Object({ bucket: "landing", prefix: "months/", suffix: ".list" }) },
  compute: { pool: "general", vcpus: 4, memoryMib: 8192 },
  steps: {
    develop: {
      kind: "process",
      image: "photo",
      program: ["/opt/photo/bin/develop", "{input}", "{output}"],
      isolation: { sharedHost: "the program is our own, the photos are only data to it" },
      input: { from: "list", bucket: "landing", prefix: "raw/" },
      // About an hour for a child at 40 MB and 7 s a photo, four at a time: little is lost with an instance.
      children: { filesPerChild: 2000 },
      parallel: 4,
      scratchFactor: 2,
      prefix: "photos/",
      attempts: 5,
    },
    merge: { kind: "merge", after: ["develop"], compute: { vcpus: 1, memoryMib: 4096 } },
  },
  staging: { kind: "scratch" },
  retention: { landing: 90, processed: "forever" },
});
