/** Captures: making them, listing them, reading them. */
export { captureBuild, captureUnits } from "./capture.js";
export { captureFolder, captureNumbers, listUnits, loadUnit, refShortened, withAbsolutePaths } from "../../../store/captures.js";
export type { CaptureOptions, CaptureProgress } from "../../captures.js";
export { parseRustcLog } from "../../../pipelines/rustc-log.js";
export type { RustcLog } from "../../../pipelines/rustc-log.js";
export { storeRoot } from "../../../store/store-paths.js";
