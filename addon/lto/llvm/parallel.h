//===- parallel.h - Work on several threads, results in order -------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace lto_inspector {

/// Runs Body(0 … Count-1) on as many threads as the machine has; returns when all are done. Body
/// must not touch what another index touches.
inline void parallelFor(size_t Count, llvm::function_ref<void(size_t)> Body) {
  size_t Threads = std::max<size_t>(1, std::thread::hardware_concurrency());
  std::atomic<size_t> Next{0};
  auto Work = [&] {
    for (size_t I = Next++; I < Count; I = Next++)
      Body(I);
  };
  std::vector<std::thread> Others;
  for (size_t T = 1; T < std::min(Threads, Count); ++T)
    Others.emplace_back(Work);
  Work();
  for (std::thread &T : Others)
    T.join();
}

} // namespace lto_inspector
