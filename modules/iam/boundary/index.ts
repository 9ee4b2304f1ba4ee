export * from "./boundary-policy";
