export * from "./accelerator";
export * from "./accelerators-for";
export * from "./cross-account-attachment";
export * from "./custom-routing-accelerator";
export * from "./flow-logs";
export * from "./listener";
