export { evaluate } from "./evaluate";
export { describeRef } from "./parse";
export { UnsupportedConstruct } from "./unsupported";
export type * from "./world";
