//===- write_use_lists.cpp - A pass that rustc writes use-lists with ------===//
//
// A plugin for the LLVM of rustc (`-Z llvm-plugins`) with one pass, `write-use-lists`: it writes
// each module with the order of use-lists, and changes nothing. LLVM has an option for this
// (`-preserve-bc-uselistorder`), but before LLVM 22 only in its tools, not in the library
// (llvm#160079).
//
// The plugin is linked to no LLVM: its symbols are those of the LLVM that is already in the
// process, whatever that library is called. It shares nothing with the engine.
//
//===----------------------------------------------------------------------===//
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <string>

using namespace llvm;

namespace {

/// The environment variable that names the folder for the modules: a pass's parameters cannot, as a
/// path may contain what ends them.
constexpr const char *FolderVariable = "LTO_INSPECTOR_USE_LISTS";

/// Writes `<folder>/<module>.use-lists.bc`. Errors are rustc's, which stop the compilation.
struct WriteUseLists : PassInfoMixin<WriteUseLists> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    const char *Folder = std::getenv(FolderVariable);
    if (!Folder) {
      M.getContext().emitError(Twine("write-use-lists: ") + FolderVariable + " is not set");
      return PreservedAnalyses::all();
    }
    std::string File = std::string(Folder) + "/" + M.getModuleIdentifier() + ".use-lists.bc";
    std::error_code Error;
    raw_fd_ostream OS(File, Error);
    if (!Error) {
      WriteBitcodeToFile(M, OS, /*ShouldPreserveUseListOrder=*/true);
      OS.close();
      Error = OS.error();
    }
    // Otherwise the destructor ends the process.
    OS.clear_error();
    if (Error)
      M.getContext().emitError("write-use-lists: " + File + ": " + Error.message());
    return PreservedAnalyses::all();
  }

  /// Passes that are not required are left out of functions and modules with `optnone`.
  static bool isRequired() { return true; }
};

void registerPass(PassBuilder &Builder) {
  Builder.registerPipelineParsingCallback(
      [](StringRef Name, ModulePassManager &Passes, ArrayRef<PassBuilder::PipelineElement>) {
        if (Name != "write-use-lists")
          return false;
        Passes.addPass(WriteUseLists());
        return true;
      });
}

} // namespace

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "lto-inspector", "1", registerPass};
}
