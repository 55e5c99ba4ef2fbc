#include "lto/rustc/import_reasons.h"

using namespace llvm;

namespace lto_inspector::rustc {

ImportReasons importReasons(const ThinLtoData &Data, const calls::ImportLimits &Limits,
                            StringRef ModuleId) {
  auto IsPrevailing = [&](calls::Guid Symbol, const GlobalValueSummary *Copy) {
    return Data.isPrevailing(Symbol, Copy);
  };
  auto LinkageOf = [&](const GlobalValueSummary *Copy) { return Data.linkageAtImport(Copy); };
  ImportReasons Reasons;
  Reasons.Decided = calls::decideImports({Data.Index, IsPrevailing, LinkageOf}, Limits,
                                         Data.definedSummaries(ModuleId));
  const auto List = Data.ImportLists.lookup(ModuleId);
  Reasons.Entries = compat::entriesOf(List).size();
  Reasons.Exact = calls::isLlvmsList(Reasons.Decided, List);
  return Reasons;
}

} // namespace lto_inspector::rustc
