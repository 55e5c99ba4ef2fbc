/** LLVM's process-wide arguments of a build: those that rustc always passes, as far as they apply to the build's target. */
import type { TargetSpec, UnitManifest } from "../../../protocol/units.js";
import { RustcArguments } from "../../pipelines/rustc-args.js";
import { llvmArguments, type ToolchainProfile } from "../../pipelines/toolchain-profile.js";

/**
 * Mirrors `configure_llvm` (`compiler/rustc_codegen_llvm/src/llvm_util.rs`) and `wants_wasm_eh` (`compiler/rustc_codegen_ssa/src/base.rs`), rustc 1.85
 * to 1.98.
 *
 * @param given the target's and the user's
 */
export function llvmArgumentsOf(
  profile: ToolchainProfile,
  { commandLine, targetSpec }: Pick<UnitManifest, "commandLine" | "targetSpec">,
  given: readonly string[],
): string[] {
  const args = new RustcArguments(commandLine);
  const merged = args.unstable("merge-functions") ?? targetSpec?.mergeFunctions ?? "aliases";
  const ranges = (targetSpec?.generateArangeSection ?? true) && args.unstableFlag("no-generate-arange-section") !== true;
  const standard = profile.standardLlvmArguments.flatMap((argument) => {
    if (argument === "-generate-arange-section") return ranges ? [argument] : [];
    if (argument !== "-mergefunc-use-aliases") return [argument];
    return [...(merged === "aliases" ? [argument] : []), ...(hasWasmExceptions(targetSpec) ? ["-wasm-enable-eh"] : [])];
  });
  return llvmArguments({ standardLlvmArguments: standard }, given);
}

function hasWasmExceptions(spec: TargetSpec | undefined): boolean {
  return spec !== undefined && /^wasm(?:32|64)-(?!.*emscripten)/.test(spec.llvmTarget);
}
