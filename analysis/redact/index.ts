export * from "./redact";
export * from "./scrubber";
export * from "./secrets";
