export { localCloudEnvironment } from "./environment";
export { localCloudStatus, startLocalCloud, stopLocalCloud } from "./lifecycle";
export type { LocalCloudStatus, StartOptions } from "./lifecycle";
