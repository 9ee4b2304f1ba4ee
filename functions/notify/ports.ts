/** How an attempt to tell one channel ended. Texts never hold a secret, nor the URL of a webhook. */
export type Told =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** What happened, for people. */
      readonly reason: string;
      /** Seconds that the receiver asks to wait. */
      readonly retryAfterSeconds?: number | undefined;
    };

/** A request that is sent. */
export interface PostRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the function works with; tests own it. */
export interface NotifyPorts {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Posts once; tells failures, does not throw. */
  post(request: PostRequest): Promise<Told>;
  /** Reads a secret's text by ARN: Secrets Manager or SSM. Throws with a text that holds no secret. */
  readSecret(arn: string): Promise<string>;
  /** Throws when it is not accepted. */
  invoke(functionArn: string, payload: string): Promise<void>;
  publish(topicArn: string, subject: string, message: string): Promise<void>;
  /** Hides a message of the queue for so long. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
  readonly ledger: {
    /** The text of an object that may be missing. */
    find(key: string): Promise<string | undefined>;
    /** Writes an object where none is; that one is there already is no fault. */
    create(key: string, body: string): Promise<void>;
  };
  log(
    level: "info" | "warn" | "error",
    event: string,
    fields: Readonly<Record<string, unknown>>,
  ): void;
}
