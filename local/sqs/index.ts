export {
  LocalQueue,
  type LocalQueueOptions,
  type MessageAttributes,
  type StoredMessage,
} from "./local-queue";
export { startSqs, type SqsServer } from "./server";
