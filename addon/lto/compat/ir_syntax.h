//===- ir_syntax.h - What the text of IR can say --------------------------===//
#pragma once

#include "lto/compat/series.h"

namespace lto_inspector::compat {

/// `icmp samesign`, since LLVM 20 (llvm#111419).
inline constexpr bool KnowsSameSign = LLVM_VERSION_MAJOR >= 20;

/// `atomicrmw elementwise`, since LLVM 23.
inline constexpr bool KnowsElementwise = LLVM_VERSION_MAJOR >= 23;

} // namespace lto_inspector::compat
