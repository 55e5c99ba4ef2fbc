/** What rustc's code generation depends on besides LTO's settings, read from a recorded rustc command line. */
import type { CodegenSettings } from "../../../protocol/engine/stages.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { isLinkerPluginLto } from "./capture/settings.js";
import { hasDefaultTarget } from "./capture/target-spec.js";
import { isEmscripten } from "./target-arguments.js";
import { RustcArguments } from "../../pipelines/rustc-args.js";

type OfTarget = Pick<
  CodegenSettings,
  "functionSections" | "trapUnreachable" | "relaxElfRelocations" | "useInitArray" | "emulatedTls" | "singlethread" | "abi" | "floatAbi"
>;

/** rustc's defaults (`TargetOptions`). */
const DEFAULTS: OfTarget = {
  functionSections: true,
  trapUnreachable: true,
  relaxElfRelocations: false,
  useInitArray: true,
  emulatedTls: false,
  singlethread: false,
  abi: "",
  floatAbi: "default",
};

/** null: not known. */
function ofTarget(args: RustcArguments, { targetSpec: spec, toolchain }: BuiltUnit): OfTarget | null {
  if (spec === undefined) return hasDefaultTarget(args, toolchain) ? DEFAULTS : null;
  if (isEmscripten(spec)) return null;
  const features = [spec.features, ...args.codegenValues("target-feature")].join(",").split(",");
  const softFloat = args.codegenFlag("soft-float") && /^(?:arm|thumb)/.test(spec.llvmTarget);
  return {
    functionSections: spec.functionSections,
    trapUnreachable: spec.trapUnreachable,
    relaxElfRelocations: spec.relaxElfRelocations,
    useInitArray: !spec.useCtorsSection,
    emulatedTls: spec.emulatedTls,
    // WebAssembly has threads as soon as it has atomics.
    singlethread: spec.singlethread && !(spec.llvmTarget.startsWith("wasm") && features.includes("+atomics")),
    abi: spec.abi,
    floatAbi: softFloat ? "soft" : spec.floatAbi,
  };
}

type BuiltUnit = Pick<UnitManifest, "commandLine" | "toolchain" | "targetSpec">;

/**
 * The settings of code generation of a build; null: those of its target are not known, or its objects are or contain bitcode.
 *
 * Mirrors `target_machine_factory` (`compiler/rustc_codegen_llvm/src/back/write.rs`) and the defaults of `TargetOptions`
 * (`compiler/rustc_target/src/spec/mod.rs`), rustc 1.85 to 1.98. CET, stack protectors, frame pointers and debug info are attributes and flags of the bitcode.
 */
export function codegenSettings(unit: BuiltUnit): CodegenSettings | null {
  const args = new RustcArguments(unit.commandLine);
  const defaults = ofTarget(args, unit);
  if (defaults === null) return null;
  if (isLinkerPluginLto(args) || embedsBitcode(args)) return null;
  const compression = args.unstable("debuginfo-compression");
  return {
    ...defaults,
    functionSections: args.unstableFlag("function-sections") ?? defaults.functionSections,
    uniqueSectionNames: args.unstableFlag("no-unique-section-names") !== true,
    trapUnreachable: args.unstableFlag("trap-unreachable") ?? defaults.trapUnreachable,
    relaxElfRelocations: args.unstableFlag("relax-elf-relocations") ?? defaults.relaxElfRelocations,
    useInitArray: not(args.unstableFlag("use-ctors-section")) ?? defaults.useInitArray,
    emulatedTls: (args.unstable("tls-model") ?? (defaults.emulatedTls ? "emulated" : "")) === "emulated",
    emitStackSizes: args.unstableFlag("emit-stack-sizes") ?? false,
    debugCompression: compression === "zlib" || compression === "zstd" ? compression : "none",
  };
}

function not(flag: boolean | undefined): boolean | undefined {
  return flag === undefined ? undefined : !flag;
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
