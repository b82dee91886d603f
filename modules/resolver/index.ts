export * from "./forwarding-rule";
export * from "./inbound-endpoint";
export * from "./outbound-endpoint";
export * from "./resolver-query-log";
export * from "./rule-association";
export * from "./rule-share";
export * from "./system-rule";
