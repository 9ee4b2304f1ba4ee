export { readersClaims } from "./claims";
export { readerCalls } from "./reader-calls";
export type { ReaderRole } from "./reader-role";
