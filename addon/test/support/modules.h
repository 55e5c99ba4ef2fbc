//===- modules.h - Modules from IR text -----------------------------------===//
#pragma once

#include "lto/pipeline/object_code.h"
#include "lto/pipeline/save_temps.h"
#include "lto/rustc/lto_module.h"
#include "lto/rustc/prepare_lto.h"
#include "lto/rustc/thin_lto.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <map>
#include <mutex>
#include <string>

namespace lto_inspector::test {

/// The beginning of every module's text here: layout and triple of x86-64 Linux.
extern const char *const Target;

/// A module from text; the test fails if the text does not parse.
std::unique_ptr<llvm::Module> parse(llvm::LLVMContext &Context, llvm::StringRef Text);

/// As `-C save-temps` writes it: no summary.
std::string plainBitcode(llvm::StringRef Text);

/// As rustc writes it for thin LTO: with summary and hash.
std::string thinBitcode(llvm::StringRef Text);

/// As the linker-plugin LTO of C compilers writes it: with a summary for full LTO.
std::string fullLtoBitcode(llvm::StringRef Text);

rustc::LtoModule moduleOf(llvm::StringRef Name, std::string Bitcode,
                          rustc::ModuleOrigin Origin = rustc::ModuleOrigin::Local,
                          bool Green = false);

/// A module's bitcode as text.
std::string disassemble(llvm::StringRef Bitcode);

/// Collects stages in memory by content hash. Thread-safe.
class MemorySink : public pipeline::StageSink {
public:
  llvm::Error save(llvm::StringRef ContentHash, llvm::StringRef Bitcode) override;

  std::map<std::string, std::string> Saved;

private:
  std::mutex Mutex;
};

/// The object of a module in LLVM's text, at -O3.
std::string objectOf(llvm::StringRef Text, const pipeline::CodegenSettings &Codegen = {});

} // namespace lto_inspector::test
