//===- object_code.h - Machine code of an optimised module ----------------===//
#pragma once

#include "lto/pipeline/target_machine.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace lto_inspector::pipeline {

struct ObjectCode {
  llvm::SmallVector<char, 0> Object;
  /// The DWARF object; empty without CodegenSettings::SeparateDwarf.
  llvm::SmallVector<char, 0> Dwarf;
};

/// Runs code generation. The module cannot be used afterwards. Errors: EngineFailed for a target
/// without code generation in this libLLVM.
///
/// @param Dwarf for the split part of DWARF; null: it goes to Out
llvm::Error generate(llvm::Module &M, llvm::TargetMachine &TM, const CodegenSettings &Codegen,
                     llvm::CodeGenFileType Type, llvm::raw_pwrite_stream &Out,
                     llvm::raw_pwrite_stream *Dwarf = nullptr);

/// Generates an object file. The module cannot be used afterwards.
///
/// Equal to rustc's to the byte only directly after the passes: the order of use-lists, on which
/// code generation depends, is not in bitcode files.
///
/// Mirrors `codegen` and `write_output_file` (rustc_codegen_llvm/src/back/write.rs) and
/// `LLVMRustWriteOutputFile` (PassWrapper.cpp), 1.85 to 1.98. Errors: EngineFailed for a target
/// without code generation in this libLLVM.
llvm::Expected<ObjectCode> emitObject(llvm::Module &M, const TargetSettings &Target,
                                      const CodegenSettings &Codegen);

} // namespace lto_inspector::pipeline
