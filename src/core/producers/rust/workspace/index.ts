/** Workspaces: toolchains, what Cargo knows, what builds left. */
export { describeRustc, detectToolchain, findToolchains, INSTALL_RUST, OLDEST_LLVM_MAJOR } from "../../../machine/toolchain.js";
export type { FoundToolchain, ToolchainOptions } from "../../../machine/toolchain.js";
export { discover } from "./discover.js";
export { parseStageFileName } from "../../../pipelines/stage-file-names.js";
export type { StageFileName } from "../../../pipelines/stage-file-names.js";
