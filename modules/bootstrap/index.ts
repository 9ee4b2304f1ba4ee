export * from "./boundary-policy";
export * from "./bootstrap-stack";
