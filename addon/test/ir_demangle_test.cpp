#include "lto/ir/demangle.h"

#include <gtest/gtest.h>

namespace ir_demangle_test {

using lto_inspector::ir::demangle;
using lto_inspector::ir::withoutPromotionSuffix;

namespace {

struct Case {
  const char *Mangled;
  const char *Readable;
};

class Demangle : public testing::TestWithParam<Case> {};

TEST_P(Demangle, reads) { EXPECT_EQ(demangle(GetParam().Mangled), GetParam().Readable); }

INSTANTIATE_TEST_SUITE_P(
    RustLegacy, Demangle,
    testing::Values(
        Case{"_ZN3foo3bar17h05af221e174051e9E", "foo::bar"},
        Case{"_ZN3foo17h05af221e174051e9E", "foo"},
        // Only at the end it is the hash; elsewhere it is a name.
        Case{"_ZN17h05af221e174051e93foo17h05af221e174051e9E", "h05af221e174051e9::foo"},
        Case{"_ZN63_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..clone..Clone$GT$"
             "5clone17h0123456789abcdefE",
             "<alloc::vec::Vec<T> as core::clone::Clone>::clone"},
        Case{"_ZN4core3ptr85drop_in_place$LT$std..rt..lang_start$LT$$LP$$RP$$GT$..$u7b$$u7b$"
             "closure$u7d$$u7d$$GT$17hb5d0d2b4a8fbf0d1E",
             "core::ptr::drop_in_place<std::rt::lang_start<()>::{{closure}}>"},
        Case{"_ZN4core5slice89_$LT$impl$u20$core..iter..traits..IntoIterator$u20$for$u20$$RF$$u27$"
             "a$u20$$u5b$T$u5d$$GT$9into_iter17h450e234d27262170E",
             "core::slice::<impl core::iter::traits::IntoIterator for &'a [T]>::into_iter"},
        Case{"_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$"
             "3bar17h05af221e174051e9E",
             "<Test + 'static as foo::Bar<Test>>::bar"},
        Case{"_ZN1a22x$SP$$BP$$RF$$C$$u21$y17h05af221e174051e9E", "a::x@*&,!y"},
        // A code point outside ASCII, and one that no name can contain.
        Case{"_ZN5$ue9$17h05af221e174051e9E", "\xc3\xa9"},
        Case{"_ZN4$u7$17h05af221e174051e9E", "$u7$"},
        // A single dot stays; an unknown escape ends the decoding of its element.
        Case{"_ZN3a.b11x$NO$y$LT$z17h05af221e174051e9E", "a.b::x$NO$y$LT$z"},
        Case{"_ZN6x$open17h05af221e174051e9E", "x$open"},
        Case{"__ZN3foo3bar17h05af221e174051e9E", "foo::bar"},
        Case{"\1_ZN3foo3bar17h05af221e174051e9E", "foo::bar"},
        Case{"_ZN3foo3bar17h05af221e174051e9E.llvm.9151314641", "foo::bar (.llvm.9151314641)"},
        Case{"_ZN3foo3bar17h05af221e174051e9E.cold", "foo::bar (.cold)"}));

INSTANTIATE_TEST_SUITE_P(
    RustV0, Demangle,
    testing::Values(
        Case{"_RNvC6_123foo3bar", "123foo::bar"},
        Case{"_RNvC6_123foo3bar.llvm.1234", "123foo::bar (.llvm.1234)"},
        Case{"_RNvCs4Q2Qx8jI5j6_1au17gefhrlich_l_n8a5v", "a::gef\xc3\xa4hrlich_\xc3\xb6l"},
        Case{"_RNvMCs4Q2Qx8jI5j6_1aINtB2_1WKj5_E3getB2_", "<a::W<5>>::get"},
        Case{"_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}"},
        Case{"__RNvC6_123foo3bar", "123foo::bar"}));

INSTANTIATE_TEST_SUITE_P(Others, Demangle,
                         testing::Values(Case{"_ZN3foo3barEi", "foo::bar(int)"},
                                         Case{"_ZN3foo3barE", "foo::bar"},
                                         Case{"_Z3fooi.llvm.77", "foo(int) (.llvm.77)"},
                                         Case{"main", "main"}, Case{"", ""},
                                         Case{"llvm.memcpy.p0.p0.i64", "llvm.memcpy.p0.p0.i64"},
                                         Case{"__rust_alloc", "__rust_alloc"},
                                         Case{"anon.dc3f0f7c.0", "anon.dc3f0f7c.0"}));

INSTANTIATE_TEST_SUITE_P(
    NotWellFormed, Demangle,
    testing::Values(Case{"_ZN99foo17h05af221e174051e9E", "_ZN99foo17h05af221e174051e9E"},
                    Case{"_ZN3foo17h05af221e174051e9", "_ZN3foo17h05af221e174051e9"},
                    Case{"_ZN99999999999999999999999foo17h05af221e174051e9E",
                         "_ZN99999999999999999999999foo17h05af221e174051e9E"},
                    Case{"_ZN", "_ZN"}, Case{"_R", "_R"}));

TEST(PromotionSuffix, isTakenOffOnlyWhereItIsOne) {
  EXPECT_EQ(withoutPromotionSuffix("foo.llvm.123"), "foo");
  EXPECT_EQ(withoutPromotionSuffix("foo.llvm."), "foo.llvm.");
  EXPECT_EQ(withoutPromotionSuffix("foo.llvm.12x"), "foo.llvm.12x");
  EXPECT_EQ(withoutPromotionSuffix("llvm.memcpy.p0"), "llvm.memcpy.p0");
  EXPECT_EQ(withoutPromotionSuffix("foo"), "foo");
}

} // namespace

} // namespace ir_demangle_test
