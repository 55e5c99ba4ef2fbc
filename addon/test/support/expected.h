//===- expected.h - Taking values and errors out of llvm::Expected --------===//
#pragma once

#include "lto/llvm/error.h"
#include "llvm/Support/Error.h"
#include <gtest/gtest.h>
#include <type_traits>

namespace lto_inspector::test {

/// The value; the test fails if there is an error instead.
template <typename T> T valueOf(llvm::Expected<T> Result) {
  if (Result)
    return std::move(*Result);
  ADD_FAILURE() << support::takeReport(Result.takeError()).Message;
  if constexpr (std::is_default_constructible_v<T>)
    return T();
  else
    return T(nullptr);
}

/// The error; the test fails if there is none.
template <typename T> support::ErrorReport errorOf(llvm::Expected<T> Result) {
  if (!Result)
    return support::takeReport(Result.takeError());
  ADD_FAILURE() << "an error was expected";
  return {};
}

inline support::ErrorReport errorOf(llvm::Error E) {
  if (E)
    return support::takeReport(std::move(E));
  ADD_FAILURE() << "an error was expected";
  return {};
}

/// The test fails if there is an error.
inline void succeeds(llvm::Error E) {
  if (E)
    ADD_FAILURE() << support::takeReport(std::move(E)).Message;
}

inline bool contains(llvm::StringRef Text, llvm::StringRef Part) { return Text.contains(Part); }

} // namespace lto_inspector::test
