import { type CreationReason, objectCreatedEvent, type ObjectCreatedEvent } from "./events";
import { Sequencer } from "./ids";
import type { BucketRecord, ObjectRecord } from "./store/records";
import type { Store } from "./store/store";

/** What all operations share. */
export class Service {
  readonly sequencer = new Sequencer();

  constructor(
    readonly store: Store,
    readonly region: string,
    readonly account: string,
    readonly scheme: "http" | "https",
    private readonly onEvent: ((event: ObjectCreatedEvent) => void) | undefined,
  ) {}

  /** Tells of a new object, after the request that made it is done with: as with S3, an event is never part of the write. */
  announce(
    bucket: BucketRecord,
    key: string,
    object: ObjectRecord,
    reason: CreationReason,
    requestId: string,
  ): void {
    const { onEvent, account } = this;
    if (onEvent === undefined || !bucket.eventBridge) return;
    const sequencer = this.sequencer.next();
    const event = objectCreatedEvent({
      bucket,
      key,
      object,
      reason,
      sequencer,
      requestId,
      account,
    });
    setImmediate(() => {
      onEvent(event);
    });
  }
}
