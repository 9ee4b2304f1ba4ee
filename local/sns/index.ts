import { randomUUID } from "node:crypto";
import { AwsError } from "../http/aws-error";
import { listenOnLoopback, type LoopbackReply, type LoopbackRequest } from "../http/loopback";
import { type CallListener, callerOf } from "../http/seen-call";

/** What was published to a topic. */
export interface Published {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
}

/** An SNS that listens. */
export interface SnsServer {
  /** For `AWS_ENDPOINT_URL_SNS`. */
  readonly url: string;
  /** Everything that was published, oldest first. */
  readonly published: readonly Published[];
  close(): Promise<void>;
}

/**
 * Starts an SNS that speaks the query protocol on loopback and keeps what is published: it has no subscribers.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export async function startSns(onCall?: CallListener): Promise<SnsServer> {
  const published: Published[] = [];
  const answer = ({ path, headers, body }: LoopbackRequest): LoopbackReply => {
    const form = new URLSearchParams(body.toString("utf8"));
    if (form.get("Action") !== "Publish")
      throw new AwsError(
        "InvalidAction",
        `${form.get("Action") ?? path} is not known on this machine; of what is told to people it knows SNS's Publish alone`,
      );
    onCall?.({
      caller: callerOf(headers),
      service: "SNS",
      command: "Publish",
      input: { TopicArn: form.get("TopicArn") ?? "" },
    });
    published.push({
      topicArn: form.get("TopicArn") ?? "",
      subject: form.get("Subject") ?? "",
      message: form.get("Message") ?? "",
    });
    return {
      status: 200,
      headers: { "content-type": "text/xml" },
      body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult></PublishResponse>`,
    };
  };
  const loopback = await listenOnLoopback((request) => Promise.resolve(request).then(answer));
  return { url: loopback.url, published, close: () => loopback.close() };
}
