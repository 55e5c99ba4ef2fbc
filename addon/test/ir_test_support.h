//===- ir_test_support.h - Bitcode from text, for tests -------------------===//
#pragma once

#include "lto/llvm/error.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>
#include <string>

namespace lto_inspector::test {

/// Bitcode of a module given as text; the test fails if the text does not parse.
inline std::string bitcodeOf(llvm::StringRef Text) {
  llvm::LLVMContext Context;
  llvm::SMDiagnostic Problem;
  const std::unique_ptr<llvm::Module> M = llvm::parseAssemblyString(Text, Problem, Context);
  if (!M) {
    std::string Words;
    llvm::raw_string_ostream OS(Words);
    Problem.print("test", OS);
    ADD_FAILURE() << Words;
    return {};
  }
  llvm::SmallString<0> Bytes;
  llvm::raw_svector_ostream OS(Bytes);
  llvm::WriteBitcodeToFile(*M, OS);
  return Bytes.str().str();
}

inline llvm::MemoryBufferRef bufferOf(const std::string &Bitcode, llvm::StringRef Name = "m.bc") {
  return {Bitcode, Name};
}

/// The value; the test fails if there is an error instead.
template <typename T> T take(llvm::Expected<T> Result) {
  if (Result)
    return std::move(*Result);
  ADD_FAILURE() << support::takeReport(Result.takeError()).Message;
  return T();
}

/// The error; the test fails if there is none.
template <typename T> support::ErrorReport takeError(llvm::Expected<T> Result) {
  if (!Result)
    return support::takeReport(Result.takeError());
  ADD_FAILURE() << "an error was expected";
  return {};
}

} // namespace lto_inspector::test
