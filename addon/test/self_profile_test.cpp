#include "lto/pipeline/self_profile.h"
#include <gtest/gtest.h>

namespace self_profile_test {

using namespace lto_inspector::pipeline;

namespace {

TEST(ActivityTimer, MeasuresFromConstructionToDestruction) {
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  {
    ActivityTimer Outer(Profiler, Timings, "outer");
    ActivityTimer Inner(Profiler, Timings, "inner", "module");
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    EXPECT_TRUE(Timings.empty());
  }
  ASSERT_EQ(Timings.size(), 2u);
  EXPECT_EQ(Timings[0].Activity, "inner");
  EXPECT_EQ(Timings[0].Argument, "module");
  EXPECT_GE(Timings[0].DurationMicros, 3000u);
  EXPECT_EQ(Timings[1].Activity, "outer");
  EXPECT_EQ(Timings[1].Argument, std::nullopt);
  EXPECT_LE(Timings[1].StartMicros, Timings[0].StartMicros);
  EXPECT_GE(Timings[1].DurationMicros, Timings[0].DurationMicros);
}

TEST(SelfProfiler, NumbersThreadsInTheOrderInWhichTheyWork) {
  SelfProfiler Profiler;
  unsigned Second = 99;
  EXPECT_EQ(Profiler.threadNumber(), 0u);
  std::thread([&] { Second = Profiler.threadNumber(); }).join();
  EXPECT_EQ(Second, 1u);
  EXPECT_EQ(Profiler.threadNumber(), 0u);
}

} // namespace

} // namespace self_profile_test
