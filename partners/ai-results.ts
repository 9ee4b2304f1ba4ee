import { definePartner, s3Object } from "../modules";

/**
 * Drop and unpack: the vendor's own layer, which can not be changed, puts `<user id>/result.zip` into the bucket when it is
 * done. Every file of it goes below `<user id>/result/`, from bucket to bucket, however many and however large they are.
 */
export default definePartner({
  id: "ai-results",
  owner: "ai-platform@example.com",
  source: { company: "AI vendor", contact: "support@ai-vendor.example" },
  triggers: { dropped: s3Object({ bucket: "landing", suffix: "/result.zip" }) },
  compute: { pool: "general", vcpus: 2, memoryMib: 1024 },
  steps: {
    unpack: {
      kind: "unpack",
      prefix: "deliveries/",
      files: "{orderId}/result/",
      // A user's newer result takes the place of the older one.
      ifTaken: "overwrite",
      // The vendor's machines are Korean Windows.
      nameEncoding: "cp949",
      // Most results are small, and a user waits for each: they need no host.
      lambda: { upToMib: 64 },
    },
  },
  staging: { kind: "scratch" },
  retention: { landing: 30, processed: "forever" },
});
