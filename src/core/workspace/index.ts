/** Workspaces: toolchains, what Cargo knows, what builds left. */
export { describeRustc, detectToolchain, findToolchains, INSTALL_RUST, OLDEST_LLVM_MAJOR } from "./toolchain.js";
export type { FoundToolchain, ToolchainOptions } from "./toolchain.js";
