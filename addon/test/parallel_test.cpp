#include "lto/llvm/parallel.h"
#include "gtest/gtest.h"
#include <mutex>
#include <set>

namespace parallel_test {

using namespace llvm;
using namespace lto_inspector::support;

namespace {

/// The largest number of threads that worked on many short tasks.
size_t threadsUsed(unsigned Threads, size_t Count) {
  std::mutex Mutex;
  std::set<std::thread::id> Seen;
  parallelFor(Threads, Count, [&](size_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::lock_guard<std::mutex> Lock(Mutex);
    Seen.insert(std::this_thread::get_id());
  });
  return Seen.size();
}

TEST(Parallel, UsesNoMoreThreadsThanAllowed) {
  EXPECT_EQ(threadsUsed(1, 40), 1u);
  EXPECT_LE(threadsUsed(3, 40), 3u);
  EXPECT_LE(threadsUsed(8, 2), 2u);
}

TEST(Parallel, DoesEveryPieceOnceWhateverTheNumberOfThreads) {
  for (unsigned Threads : {0u, 1u, 2u, 7u}) {
    std::vector<int> Done(100);
    parallelFor(Threads, Done.size(), [&](size_t I) { ++Done[I]; });
    EXPECT_EQ(Done, std::vector<int>(100, 1));
  }
}

TEST(Parallel, MapsInOrderAndTellsTheFirstError) {
  auto Squares = parallelMap<int>(4, 10, [](size_t I) -> Expected<int> { return I * I; });
  ASSERT_TRUE(static_cast<bool>(Squares));
  EXPECT_EQ((*Squares)[9], 81);
  auto Failing = parallelMap<int>(4, 10, [](size_t I) -> Expected<int> {
    if (I % 3 == 2)
      return createStringError("at " + std::to_string(I));
    return 0;
  });
  EXPECT_EQ(toString(Failing.takeError()), "at 2");
}

} // namespace

} // namespace parallel_test
