//===- assembly.h - The assembly of an optimised module -------------------===//
#pragma once

#include "lto/llvm/function_code.h"
#include "lto/pipeline/codegen_figures.h"
#include "lto/pipeline/target_machine.h"
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
  /// Why LLVM's assembler refused the module's text; empty: it did not.
  std::string NotAssembled;
};

/// Generates assembly as emitObject generates an object, and assembles it again. The module cannot
/// be used afterwards. Errors: as emitObject.
llvm::Expected<ModuleAssembly> emitAssembly(llvm::Module &M, const TargetSettings &Target,
                                            const CodegenSettings &Codegen);

} // namespace lto_inspector::pipeline
