#include "lto/llvm/error.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::support {

char EngineError::ID = 0;

void EngineError::log(raw_ostream &OS) const { OS << Report.Name << ": " << Report.Message; }

std::error_code EngineError::convertToErrorCode() const { return inconvertibleErrorCode(); }

Error makeError(StringRef Name, const Twine &Message, StringRef File, StringRef Module,
                StringRef Stage) {
  return make_error<EngineError>(
      ErrorReport{Name.str(), Message.str(), File.str(), Module.str(), Stage.str()});
}

static void fillIfEmpty(std::string &Field, StringRef Value) {
  if (Field.empty())
    Field = Value.str();
}

Error wrapError(Error Cause, StringRef Name, const Twine &Message, StringRef File, StringRef Module,
                StringRef Stage) {
  std::string Text = Message.str();
  std::string LlvmWords;
  Error Known = handleErrors(
      std::move(Cause),
      [&](std::unique_ptr<EngineError> E) -> Error {
        fillIfEmpty(E->Report.File, File);
        fillIfEmpty(E->Report.Module, Module);
        fillIfEmpty(E->Report.Stage, Stage);
        return Error(std::move(E));
      },
      [&](const ErrorInfoBase &E) -> Error {
        LlvmWords += (LlvmWords.empty() ? "" : "; ") + E.message();
        return Error::success();
      });
  if (Known)
    return Known;
  return makeError(Name, Text + ": " + LlvmWords, File, Module, Stage);
}

ErrorReport takeReport(Error Cause) {
  ErrorReport Report;
  handleAllErrors(
      std::move(Cause), [&](const EngineError &E) { Report = E.Report; },
      [&](const ErrorInfoBase &E) {
        Report.Name = "Internal";
        Report.Message = E.message();
      });
  return Report;
}

} // namespace lto_inspector::support
