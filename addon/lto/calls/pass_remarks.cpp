#include "lto/calls/pass_remarks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/CFG.h"

using namespace llvm;

namespace lto_inspector::calls {

static RemarkKind kindOf(const DiagnosticInfoIROptimization &Remark) {
  if (Remark.isPassed())
    return RemarkKind::Passed;
  return Remark.isMissed() ? RemarkKind::Missed : RemarkKind::Analysis;
}

/// The instructions whose location a remark about a block can have: those of the block, and, for a
/// loop, the ways into it (`Loop::getStartLoc`).
static std::vector<const DILocation *> locationsAt(const BasicBlock &Block) {
  std::vector<const DILocation *> Locations;
  for (const Instruction &I : Block)
    Locations.push_back(I.getDebugLoc().get());
  for (const BasicBlock *Before : predecessors(&Block))
    Locations.push_back(Before->getTerminator()->getDebugLoc().get());
  return Locations;
}

/// The remark has the innermost place only; the calls over which it was inlined are taken from the
/// instructions that are there, if these agree.
static std::vector<CallPlace> placesOf(const DiagnosticInfoIROptimization &Remark) {
  if (!Remark.isLocationAvailable())
    return {};
  StringRef File;
  unsigned Line = 0, Column = 0;
  Remark.getLocation(File, Line, Column);
  CallPlace Innermost = placeIn(File, Line, Column);
  // The number of a call says nothing about a loop or a load beside it.
  if (Innermost.File.empty() || Line == 0)
    return {};
  Innermost.File = Remark.getAbsolutePath();
  std::vector<std::vector<CallPlace>> Ways;
  if (auto *Block = dyn_cast_or_null<BasicBlock>(Remark.getCodeRegion()))
    for (const DILocation *Location : locationsAt(*Block))
      if (Location && Location->getLine() == Line && Location->getColumn() == Column &&
          Location->getFilename() == File)
        if (std::vector<CallPlace> Way = placesOf(Location); !is_contained(Ways, Way))
          Ways.push_back(std::move(Way));
  if (Ways.size() == 1)
    return std::move(Ways.front());
  return {std::move(Innermost)};
}

static std::string keyOf(const PassRemark &Remark) {
  std::string Key = std::to_string(static_cast<int>(Remark.Kind));
  for (StringRef Part : {StringRef(Remark.Function), StringRef(Remark.Pass), StringRef(Remark.Name),
                         StringRef(Remark.Text)})
    Key += '\0' + Part.str();
  for (const CallPlace &Place : Remark.At)
    Key += '\0' + Place.Function + '\0' + Place.File + '\0' + std::to_string(Place.Line) + ':' +
           std::to_string(Place.Column);
  return Key;
}

void PassRemarks::add(const DiagnosticInfoIROptimization &Remark) {
  PassRemark Said;
  Said.Pass = Remark.getPassName().str();
  Said.Name = Remark.getRemarkName().str();
  Said.Kind = kindOf(Remark);
  Said.Function = Remark.getFunction().getName().str();
  Said.At = placesOf(Remark);
  Said.Text = Remark.getMsg();
  auto [Entry, New] = Known.try_emplace(keyOf(Said), Remarks.size());
  if (New)
    Remarks.push_back(std::move(Said));
  else
    ++Remarks[Entry->second].Times;
}

} // namespace lto_inspector::calls
