/** Whether a toolchain's LLVM wrote bitcode, by the version in its identification block. */
import type { Toolchain } from "../../protocol/units.js";

/** "22.1.2-rust-1.95.0-stable" is rustup's 1.95.0 with LLVM 22.1.2; a plain "22.1.8" is a distribution's. */
export function producedBy(version: string, toolchain: Toolchain): boolean {
  const parts = /^(?<llvm>[\d.]+)(?:-rust-(?<release>.+?)(?:-stable)?)?$/.exec(version)?.groups;
  if (parts?.["llvm"] !== toolchain.llvmVersion) return false;
  return parts["release"] === undefined ? toolchain.sysroot === "/usr" : parts["release"] === toolchain.release;
}
