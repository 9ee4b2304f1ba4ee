/** An event of S3 through EventBridge, as its documentation shows it. */
export function eventBridgeEvent(
  object: Readonly<Record<string, unknown>>,
  { bucket = "landing", detailType = "Object Created" } = {},
): Record<string, unknown> {
  return {
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": detailType,
    source: "aws.s3",
    account: "111122223333",
    time: "2026-03-01T21:00:00Z",
    region: "eu-central-1",
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object: {
        size: 5,
        etag: "b1946ac92492d2347c6235b4d2611184",
        "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        sequencer: "00617F08299329D189",
        ...object,
      },
      "request-id": "N4N7GDK58NMKJ12R",
      requester: "123456789012",
      "source-ip-address": "1.2.3.4",
      reason: "PutObject",
    },
  };
}

/** One record of an S3 notification, as its documentation shows it. */
export function s3Record(
  object: Readonly<Record<string, unknown>>,
  { bucket = "landing", eventName = "ObjectCreated:Put", eventSource = "aws:s3" } = {},
): Record<string, unknown> {
  return {
    eventVersion: "2.1",
    eventSource,
    awsRegion: "eu-central-1",
    eventTime: "2026-03-01T21:00:00.000Z",
    eventName,
    userIdentity: { principalId: "AIDAJDPLRKLG7UEXAMPLE" },
    requestParameters: { sourceIPAddress: "1.2.3.4" },
    responseElements: { "x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "id2" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "orders",
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: "A3NL1KOZZKExample" },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: {
        size: 5,
        eTag: "b1946ac92492d2347c6235b4d2611184",
        versionId: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        sequencer: "00617F08299329D189",
        ...object,
      },
    },
  };
}

/** How S3's notifications write a key: as HTML forms do. */
export const formEncoded = (key: string): string =>
  new URLSearchParams({ key }).toString().slice("key=".length);
