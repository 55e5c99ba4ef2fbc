/** Workspaces: toolchains, what Cargo knows, what builds left. */
export { describeRustc, detectToolchain, findToolchains, INSTALL_RUST, OLDEST_LLVM_MAJOR } from "./toolchain.js";
export type { FoundToolchain, ToolchainOptions } from "./toolchain.js";
export { discover } from "./discover.js";
export type { DiscoverOptions } from "./discover.js";
export { parseStageFileName } from "./stage-file-names.js";
export type { StageFileName } from "./stage-file-names.js";
