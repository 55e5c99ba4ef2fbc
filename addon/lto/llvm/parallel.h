//===- parallel.h - Work on several threads, results in order -------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <thread>
#include <vector>

namespace lto_inspector::support {

/// Runs Body(0 … Count-1) on at most Threads threads (0: as many as the machine has); returns when
/// all are done. Body must not touch the data of another index.
inline void parallelFor(unsigned Threads, size_t Count, llvm::function_ref<void(size_t)> Body) {
  if (Threads == 0)
    Threads = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<size_t> Next{0};
  auto Work = [&] {
    for (size_t I = Next++; I < Count; I = Next++)
      Body(I);
  };
  std::vector<std::thread> Others;
  for (size_t T = 1; T < std::min<size_t>(Threads, Count); ++T)
    Others.emplace_back(Work);
  Work();
  for (std::thread &T : Others)
    T.join();
}

/// Runs Body(0 … Count-1) on several threads (see parallelFor). Returns the values in order, or the
/// first error in order.
template <typename T>
llvm::Expected<std::vector<T>> parallelMap(unsigned Threads, size_t Count,
                                           llvm::function_ref<llvm::Expected<T>(size_t)> Body) {
  std::vector<std::optional<llvm::Expected<T>>> Results(Count);
  parallelFor(Threads, Count, [&](size_t I) { Results[I].emplace(Body(I)); });
  std::vector<T> Values;
  llvm::Error First = llvm::Error::success();
  for (std::optional<llvm::Expected<T>> &Result : Results) {
    if (*Result)
      Values.push_back(std::move(**Result));
    else if (First)
      llvm::consumeError(Result->takeError());
    else
      First = Result->takeError();
  }
  if (First)
    return First;
  return Values;
}

} // namespace lto_inspector::support
