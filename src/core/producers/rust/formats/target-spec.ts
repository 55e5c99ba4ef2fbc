/** The specification of a target, as `rustc --print target-spec-json` prints it: only what differs from rustc's defaults is there. */
import * as z from "zod/mini";
import type { TargetSpec } from "../../../../protocol/units.js";
import { relocationModel } from "../../../base/values.js";

/**
 * The properties that LTO and code generation depend on, with the defaults of `TargetOptions` (`compiler/rustc_target/src/spec/mod.rs`, rustc 1.85 to
 * 1.98). CPU and features of the target are in every function of the bitcode; data layout, frame pointers and unwind tables are in its modules.
 */
const printed = z.object({
  "llvm-target": z.string(),
  // Another one is an error, because what rustc makes of it is not known.
  "relocation-model": z._default(relocationModel, "pic"),
  "code-model": z._default(z.nullable(z.string()), null),
  "merge-functions": z._default(z.enum(["disabled", "trampolines", "aliases"]), "aliases"),
  "function-sections": z._default(z.boolean(), true),
  "trap-unreachable": z._default(z.boolean(), true),
  "relax-elf-relocations": z._default(z.boolean(), false),
  "use-ctors-section": z._default(z.boolean(), false),
  "generate-arange-section": z._default(z.boolean(), true),
  "tls-model": z._default(z.string(), "general-dynamic"),
  singlethread: z._default(z.boolean(), false),
  "llvm-abiname": z._default(z.string(), ""),
  "llvm-floatabi": z._default(z.enum(["default", "soft", "hard"]), "default"),
  features: z._default(z.string(), ""),
  "llvm-args": z._default(z.array(z.string()), []),
});

export const targetSpecJson = z.pipe(
  printed,
  z.transform((spec): TargetSpec => ({
    llvmTarget: spec["llvm-target"],
    relocationModel: spec["relocation-model"],
    codeModel: spec["code-model"],
    mergeFunctions: spec["merge-functions"],
    functionSections: spec["function-sections"],
    trapUnreachable: spec["trap-unreachable"],
    relaxElfRelocations: spec["relax-elf-relocations"],
    useCtorsSection: spec["use-ctors-section"],
    generateArangeSection: spec["generate-arange-section"],
    emulatedTls: spec["tls-model"] === "emulated",
    singlethread: spec.singlethread,
    abi: spec["llvm-abiname"],
    floatAbi: spec["llvm-floatabi"],
    features: spec.features,
    llvmArgs: spec["llvm-args"],
  })),
);
