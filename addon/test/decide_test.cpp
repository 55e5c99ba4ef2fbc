#include "lto/rustc/thin_lto.h"
#include <gtest/gtest.h>

namespace decide_test {

using namespace lto_inspector::rustc;

namespace {

using Key = std::optional<std::string>;

struct Case {
  ModuleOrigin Origin;
  bool Green;
  bool HasSession;
  bool HasPreviousKeys;
  Key Previous;
  Key Current;
  Verdict Outcome;
  ReasonKind Reason;
};

const Key A = "A";
const Key B = "B";
const Key None = std::nullopt;

class Decide : public testing::TestWithParam<Case> {};

TEST_P(Decide, AsRustcDoes) {
  const Case &C = GetParam();
  LtoModule Module;
  Module.Name = "m";
  Module.Origin = C.Origin;
  Module.Green = C.Green;
  Decision Decided = decide(Module, C.HasSession, C.HasPreviousKeys, C.Previous, C.Current);
  EXPECT_EQ(Decided.Outcome, C.Outcome);
  EXPECT_EQ(Decided.Reason, C.Reason);
  EXPECT_EQ(Decided.Key, C.Current);
  EXPECT_EQ(Decided.PreviousKey, C.Previous);
}

using enum ModuleOrigin;
using enum Verdict;
using enum ReasonKind;

INSTANTIATE_TEST_SUITE_P(
    Table, Decide,
    testing::Values(
        // A green module of the crate itself: its keys decide.
        Case{Local, true, true, true, A, A, ReUsed, KeyEqual},
        Case{Local, true, true, true, A, B, ReCompiled, KeyChanged},
        Case{Local, true, true, true, None, A, ReCompiled, NewModule},
        Case{Local, true, true, true, A, None, ReCompiled, KeyChanged},
        Case{Local, true, true, true, None, None, ReUsed, BothKeysAbsent},
        // A module that was re-compiled is never re-used.
        Case{Local, false, true, true, A, A, ReCompiled, KeyEqualButNotGreen},
        Case{Local, false, true, true, A, B, ReCompiled, KeyChanged},
        Case{Local, false, true, true, None, B, ReCompiled, NewModule},
        Case{Local, false, true, true, None, None, ReCompiled, KeyEqualButNotGreen},
        // Upstream and allocator modules are never cached, whatever their keys.
        Case{Upstream, false, true, true, A, A, ReCompiled, KeyEqualButNotCached},
        Case{Upstream, true, true, true, A, A, ReCompiled, KeyEqualButNotCached},
        Case{Upstream, true, true, true, None, None, ReCompiled, KeyEqualButNotCached},
        Case{Upstream, false, true, true, A, B, ReCompiled, KeyChanged},
        Case{Upstream, false, true, true, None, B, ReCompiled, NewModule},
        Case{Allocator, false, true, true, A, A, ReCompiled, KeyEqualButNotCached},
        Case{Allocator, true, true, true, A, A, ReCompiled, KeyEqualButNotCached},
        Case{Allocator, false, true, true, A, B, ReCompiled, KeyChanged},
        Case{Input, false, true, true, A, A, ReCompiled, KeyEqualButNotCached},
        // No keys to compare with.
        Case{Local, true, true, false, None, A, ReCompiled, NoPreviousKeys},
        Case{Local, true, true, false, None, None, ReCompiled, NoPreviousKeys},
        Case{Upstream, false, true, false, None, A, ReCompiled, NoPreviousKeys},
        // No session.
        Case{Local, false, false, false, None, A, ReCompiled, NoSession},
        Case{Local, true, false, true, A, A, ReCompiled, NoSession},
        Case{Upstream, false, false, false, None, A, ReCompiled, NoSession}));

} // namespace

} // namespace decide_test
