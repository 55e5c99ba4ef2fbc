//===- assembly.h - The assembly of an optimised module -------------------===//
#pragma once

#include "lto/llvm/function_code.h"
#include "lto/pipeline/codegen_figures.h"
#include "lto/pipeline/target_machine.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::pipeline {

struct FunctionAssembly {
  std::string Symbol;
  /// LLVM's lines for the function: its constants, its code, its jump tables and what its exception
  /// handling needs.
  std::string Text;
  CodegenFigures Figures;
  /// What LLVM's assembler makes of the text; none: see ModuleAssembly::NotAssembled.
  std::optional<support::FunctionCode> Code;
};

struct ModuleAssembly {
  /// How the text begins a comment.
  std::string Comment;
  /// The `.file` directives, to which `.loc` directives refer.
  std::vector<std::string> Files;
  /// In the order of the module.
  std::vector<FunctionAssembly> Functions;
  /// The symbols of all functions that become machine code, in the order of the module.
  std::vector<std::string> Symbols;
  /// Why LLVM's assembler refused the module's text; empty: it did not.
  std::string NotAssembled;
};

/// Generates assembly as emitObject generates an object, and assembles it again. The module cannot
/// be used afterwards. Errors: as emitObject.
///
/// @param Only null: all functions. Else the names that functions have without the suffix of
///   promoted locals: the bodies of others are dropped before, which takes a fraction of the time.
///   That can change code (passes that look at the whole module do so), so the caller has to
///   compare it with an object.
llvm::Expected<ModuleAssembly> emitAssembly(llvm::Module &M, const TargetSettings &Target,
                                            const CodegenSettings &Codegen,
                                            const llvm::StringSet<> *Only = nullptr);

} // namespace lto_inspector::pipeline
