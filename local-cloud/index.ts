export { localCloudEnvironment } from "./environment";
export { pythonOf } from "./enforcement";
export { findMoto } from "./moto";
export { localCloudStatus, setUnkindness, startLocalCloud, stopLocalCloud } from "./lifecycle";
export type { LocalCloudStatus, StartOptions } from "./lifecycle";
export { switches, switchesNamed, UnknownSwitches } from "./unkind";
export type { Switch } from "./unkind";
