import { handle } from "../../../../functions/notify/handler";
import type { NotifyPorts, PostRequest, Told } from "../../../../functions/notify/ports";
import { poster } from "../../../../functions/notify/post";
import {
  ANNOUNCEMENT_MAX_RECEIVES,
  type Announcement,
  type NotificationsSpec,
  specKey,
} from "../../../../modules/contract";

/** Digest that announcements of the tests name. */
export const DIGEST = "a".repeat(64);

/** ARN of the platform's topic. */
export const ALERTS = "arn:aws:sns:ap-northeast-2:123456789012:pi--local--platform--alerts";

/** A failure as the other functions announce it. */
export const FAILED: Announcement = {
  schemaVersion: 1,
  id: "failed.order-1-0123456789ab.1",
  kind: "failed",
  severity: "error",
  partner: "acme",
  environment: "local",
  orderId: "order-1",
  orderKey: "order-1-0123456789ab",
  attempt: 1,
  step: "fetch",
  specDigest: DIGEST,
  cause: { class: "partner", code: "server-down", text: "no answer", cure: "ask the partner" },
  nextCommand: "partner-ingest orders rerun acme order-1 --reason TEXT",
  at: "2026-03-01T00:00:00.000Z",
};

/** The function with a queue of its own, a clock that is moved, and everything that it said. */
export class World {
  now = Date.parse("2026-03-01T00:00:00Z");
  readonly objects = new Map<string, string>();
  readonly log: string[] = [];
  readonly published: { topicArn: string; subject: string; message: string }[] = [];
  readonly invoked: { functionArn: string; payload: string }[] = [];
  readonly deadLetters: string[] = [];
  readonly secrets = new Map<string, string>();
  private queue: { body: string; receives: number; visibleAt: number; id: string }[] = [];
  post: (request: PostRequest) => Promise<Told>;

  constructor(settings?: NotificationsSpec) {
    if (settings !== undefined)
      this.objects.set(specKey("acme", DIGEST), JSON.stringify({ notifications: settings }));
    // Long enough that no machine is too slow for an answer that comes.
    this.post = poster({ allowPlain: true, timeoutMs: 60_000 });
  }

  send(announcement: Announcement | string): void {
    const body = typeof announcement === "string" ? announcement : JSON.stringify(announcement);
    this.queue.push({ body, receives: 0, visibleAt: this.now, id: String(Math.random()) });
  }

  /** Hands messages over as SQS does until none is left, moving the clock to when the next is seen. */
  async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const next = this.queue.reduce((a, b) => (b.visibleAt < a.visibleAt ? b : a));
      this.now = Math.max(this.now, next.visibleAt);
      if (next.receives >= ANNOUNCEMENT_MAX_RECEIVES) {
        this.deadLetters.push(next.body);
        this.queue = this.queue.filter((one) => one !== next);
        continue;
      }
      next.receives += 1;
      // The queue's own visibility timeout.
      next.visibleAt = this.now + 120_000;
      const answer = await handle(this.ports(), ALERTS, {
        Records: [
          {
            messageId: next.id,
            receiptHandle: next.id,
            body: next.body,
            attributes: { ApproximateReceiveCount: String(next.receives) },
          },
        ],
      });
      if (answer.batchItemFailures.length === 0)
        this.queue = this.queue.filter((one) => one !== next);
    }
  }

  private ports(): NotifyPorts {
    return {
      now: () => this.now,
      post: (request) => this.post(request),
      readSecret: (arn) => {
        const secret = this.secrets.get(arn);
        return secret === undefined
          ? Promise.reject(new Error(`no ${arn}`))
          : Promise.resolve(secret);
      },
      invoke: (functionArn, payload) => {
        this.invoked.push({ functionArn, payload });
        return Promise.resolve();
      },
      publish: (topicArn, subject, message) => {
        this.published.push({ topicArn, subject, message });
        return Promise.resolve();
      },
      delay: (handle, seconds) => {
        for (const one of this.queue)
          if (one.id === handle) one.visibleAt = this.now + seconds * 1000;
        return Promise.resolve();
      },
      ledger: {
        find: (key) => Promise.resolve(this.objects.get(key)),
        create: (key, body) => {
          if (!this.objects.has(key)) this.objects.set(key, body);
          return Promise.resolve();
        },
      },
      log: (level, event, fields) => {
        this.log.push(JSON.stringify({ level, event, ...fields }));
      },
    };
  }
}
