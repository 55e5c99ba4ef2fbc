/** LLVM's process-wide arguments of a build: those that rustc always passes, as far as they apply to the build's target. */
import type { TargetSpec, UnitManifest } from "../../../protocol/units.js";
import { RustcArguments } from "../../pipelines/rustc-args.js";
import { llvmArguments, type ToolchainProfile } from "../../pipelines/toolchain-profile.js";

/**
 * Mirrors `configure_llvm` (`compiler/rustc_codegen_llvm/src/llvm_util.rs`) and `wants_wasm_eh` (`compiler/rustc_codegen_ssa/src/base.rs`), rustc 1.85
 * to 1.98; without the branch for Emscripten, whose code generation counts as not known (`codegenSettings`).
 *
 * @param given the target's and the user's, in rustc's order
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

export function isEmscripten({ llvmTarget }: TargetSpec): boolean {
  return llvmTarget.includes("emscripten");
}

function hasWasmExceptions(spec: TargetSpec | undefined): boolean {
  return spec !== undefined && /^wasm(?:32|64)-/.test(spec.llvmTarget) && !isEmscripten(spec);
}
