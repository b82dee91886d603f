export { Enforcement } from "./enforcement";
export type { Usage } from "./enforcement";
export { Models, pythonOf } from "./models";
export type { Operation } from "./models";
