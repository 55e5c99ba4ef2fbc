/** What rustc's code generation depends on besides LTO's settings, read from a recorded rustc command line. */
import type { CodegenSettings } from "../../../protocol/engine/stages.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { isLinkerPluginLto } from "./capture/settings.js";
import { RustcArguments } from "../../pipelines/rustc-args.js";

/** The targets whose own settings are known: they are rustc's defaults for an ELF target with thread-locals. */
const KNOWN_TARGETS = /^x86_64-[^-]+-linux-(?:gnu|musl)$/;

/**
 * The settings of code generation of a build; null: those of its target are not known, or its objects are or contain bitcode.
 *
 * Mirrors `target_machine_factory` (`compiler/rustc_codegen_llvm/src/back/write.rs`) and the defaults of `TargetOptions`
 * (`compiler/rustc_target/src/spec/mod.rs`), rustc 1.85 to 1.98. CET, stack protectors, frame pointers and debug info are attributes and flags of the bitcode.
 */
export function codegenSettings({ commandLine, toolchain }: Pick<UnitManifest, "commandLine" | "toolchain">): CodegenSettings | null {
  const args = new RustcArguments(commandLine);
  if (!KNOWN_TARGETS.test(args.target ?? toolchain.host)) return null;
  if (isLinkerPluginLto(args) || embedsBitcode(args)) return null;
  const compression = args.unstable("debuginfo-compression");
  return {
    functionSections: args.unstableFlag("function-sections") ?? true,
    uniqueSectionNames: args.unstableFlag("no-unique-section-names") !== true,
    trapUnreachable: args.unstableFlag("trap-unreachable") ?? true,
    relaxElfRelocations: args.unstableFlag("relax-elf-relocations") ?? false,
    useInitArray: args.unstableFlag("use-ctors-section") !== true,
    emulatedTls: args.unstable("tls-model") === "emulated",
    emitStackSizes: args.unstableFlag("emit-stack-sizes") ?? false,
    abi: "",
    floatAbi: "default",
    debugCompression: compression === "zlib" || compression === "zstd" ? compression : "none",
  };
}

/** Mirrors `need_bitcode_in_object` (`compiler/rustc_codegen_ssa/src/back/write.rs`, rustc 1.9x): an rlib's objects may be needed by a later LTO. */
function embedsBitcode(args: RustcArguments): boolean {
  const off = ["n", "no", "off", "false"].includes(args.codegen("embed-bitcode") ?? "");
  return !off && args.crateTypes.some((type) => type === "rlib" || type === "lib");
}

/** How a build splits DWARF: `single` leaves it in the objects, `split` writes objects of their own. */
export function splitDwarfOf({ commandLine }: Pick<UnitManifest, "commandLine">): "off" | "single" | "split" {
  const args = new RustcArguments(commandLine);
  const asked = args.codegen("split-debuginfo");
  if (asked !== "packed" && asked !== "unpacked") return "off";
  return args.unstable("split-dwarf-kind") === "single" ? "single" : "split";
}
