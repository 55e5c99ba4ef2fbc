#include "lto/llvm/context.h"

#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::support {

namespace {
struct CollectingHandler : DiagnosticHandler {
  explicit CollectingHandler(Diagnostics &Sink) : Sink(Sink) {}

  bool handleDiagnostics(const DiagnosticInfo &DI) override {
    std::string Text;
    raw_string_ostream OS(Text);
    DiagnosticPrinterRawOStream Printer(OS);
    DI.print(Printer);
    (DI.getSeverity() == DS_Error ? Sink.Errors : Sink.Others).push_back(std::move(Text));
    return true;
  }

  Diagnostics &Sink;
};
} // namespace

std::unique_ptr<LLVMContext> makeContext(Diagnostics &Sink) {
  auto Context = std::make_unique<LLVMContext>();
  // Drops remarks that were not enabled: a large module has hundreds of them.
  Context->setDiagnosticHandler(std::make_unique<CollectingHandler>(Sink), /*RespectFilters=*/true);
  return Context;
}

} // namespace lto_inspector::support
