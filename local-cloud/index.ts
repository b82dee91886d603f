export { localCloudEnvironment } from "./environment";
export { localCloudStatus, setUnkindness, startLocalCloud, stopLocalCloud } from "./lifecycle";
export type { LocalCloudStatus, StartOptions } from "./lifecycle";
export { switches, switchesNamed, UnknownSwitches } from "./unkind";
export type { Switch } from "./unkind";
