/** The libLLVM that tests of an engine load: by default the toolchain's own; `LTO_INSPECTOR_TEST_LLVM` names another one (`npm run test:series`). */
/** As in `--llvm`. */
export const LLVM_LIBRARY = process.env["LTO_INSPECTOR_TEST_LLVM"] ?? "auto";
