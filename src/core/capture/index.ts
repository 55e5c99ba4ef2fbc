/** Captures: making them, listing them, reading them. */
export { captureBuild, captureUnits } from "./capture.js";
export { captureFolder, captureNumbers, listUnits, loadUnit, refShortened, withAbsolutePaths } from "./captures.js";
export type { CaptureOptions, CaptureProgress } from "./options.js";
export { parseRustcLog } from "./rustc-log.js";
export type { RustcLog } from "./rustc-log.js";
export { storeRoot } from "./store-paths.js";
