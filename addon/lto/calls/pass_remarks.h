//===- pass_remarks.h - What passes say about their work ------------------===//
//
// LLVM's passes report what they did, and what they could not do and why, in remarks: loops that
// are vectorised or unrolled, loads that stay, calls that become tail calls.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/calls/call_places.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/DiagnosticInfo.h"
#include <string>
#include <vector>

namespace lto_inspector::calls {

/// In the order of src/core/explain/remarks.
enum class RemarkKind { Passed, Missed, Analysis };

struct PassRemark {
  /// LLVM's names: "loop-vectorize", "Vectorized".
  std::string Pass;
  std::string Name;
  RemarkKind Kind = RemarkKind::Analysis;
  /// The symbol of the function in which the pass ran.
  std::string Function;
  /// Where the code is written, and the calls over which it was inlined, innermost first, as far as
  /// they are certain; empty: no line is known.
  std::vector<CallPlace> At;
  /// LLVM's words, with symbols as LLVM writes them.
  std::string Text;
  /// Equal remarks, of copies of one piece of code.
  unsigned Times = 1;
};

/// Collects remarks in the order in which they come first.
class PassRemarks {
public:
  /// Whether a pass shall report at all. All but the sizes of functions after each pass, which are
  /// one remark for each pass and function.
  static bool wants(llvm::StringRef Pass) { return Pass != "size-info"; }

  void add(const llvm::DiagnosticInfoIROptimization &Remark);

  const std::vector<PassRemark> &all() const { return Remarks; }

private:
  std::vector<PassRemark> Remarks;
  /// Index into Remarks.
  llvm::StringMap<size_t> Known;
};

} // namespace lto_inspector::calls
