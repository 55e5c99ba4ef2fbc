#include "lto/pipeline/assembly.h"

#include "lto/compat/assemblers.h"
#include "lto/llvm/assembler.h"
#include "lto/llvm/error.h"
#include "lto/pipeline/object_code.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/ModuleSummaryIndex.h"

using namespace llvm;

namespace lto_inspector::pipeline {

using namespace support;

/// Whether a section has only debug info, on which no code depends.
static bool entersDebugInfo(StringRef Directive) {
  return Directive.consume_front("\t.section\t") && Directive.starts_with(".debug_");
}

static bool entersSection(StringRef Line) {
  return Line.starts_with("\t.section\t") || Line == "\t.text" || Line == "\t.data" ||
         Line == "\t.bss";
}

/// The symbols of the functions for which code is generated, in LLVM's order.
static std::vector<std::string> emittedFunctions(const Module &M) {
  std::vector<std::string> Symbols;
  for (const Function &F : M)
    if (!F.isDeclarationForLinker())
      Symbols.push_back(GlobalValue::dropLLVMManglingEscape(F.getName()).str());
  return Symbols;
}

/// The symbol that a comment names: a name can have line breaks, and a comment ends at the first.
static std::string symbolIn(StringRef Comment, ArrayRef<std::string> &Emitted) {
  auto Named = [&](const std::string &Symbol) {
    return StringRef(Symbol).split('\n').first.rtrim() == Comment.rtrim();
  };
  auto Found = find_if(Emitted, Named);
  if (Found == Emitted.end())
    return Comment.str();
  Emitted = Emitted.drop_front(Found - Emitted.begin() + 1);
  return *Found;
}

/// Takes the module's functions out of its text. @returns the text without debug info, which would
/// take most of the assembler's time
static std::string cutUp(StringRef Text, ArrayRef<std::string> Emitted, ModuleAssembly &Into) {
  const std::string Begin = Into.Comment + " -- Begin function ",
                    End = Into.Comment + " -- End function";
  std::string WithoutDebugInfo;
  WithoutDebugInfo.reserve(Text.size());
  bool InFunction = false, InDebugInfo = false;
  StringRef Section;
  while (!Text.empty()) {
    const size_t Length = std::min(Text.find('\n'), Text.size() - 1) + 1;
    const StringRef Whole = Text.take_front(Length), Line = Whole.rtrim('\n');
    Text = Text.drop_front(Length);
    if (entersSection(Line)) {
      InDebugInfo = entersDebugInfo(Line);
      Section = Whole;
    }
    if (!InDebugInfo)
      WithoutDebugInfo += Whole;
    if (Line.starts_with("\t.file\t"))
      Into.Files.push_back(Line.trim().str());
    if (size_t At = Line.find(Begin); At != StringRef::npos) {
      InFunction = true;
      Into.Functions.emplace_back().Symbol = symbolIn(Line.drop_front(At + Begin.size()), Emitted);
      // LLVM has already entered the section of the first constant.
      if (!entersSection(Line))
        Into.Functions.back().Text = Section.str();
    }
    if (!InFunction)
      continue;
    Into.Functions.back().Text += Whole;
    InFunction = !Line.contains(End);
  }
  return WithoutDebugInfo;
}

/// Leaves a function defined, as code that refers to it depends on that, but without code.
static void dropBody(Function &F) {
  const GlobalValue::LinkageTypes Linkage = F.getLinkage();
  F.deleteBody();
  new UnreachableInst(F.getContext(), BasicBlock::Create(F.getContext(), "", &F));
  F.setLinkage(Linkage);
}

static void dropBodiesExcept(Module &M, const StringSet<> &Kept) {
  for (Function &F : M) {
    const StringRef Symbol = GlobalValue::dropLLVMManglingEscape(F.getName());
    if (!F.isDeclarationForLinker() &&
        !Kept.contains(ModuleSummaryIndex::getOriginalNameBeforePromote(Symbol)))
      dropBody(F);
  }
}

/// The features of all functions: the assembler refuses instructions that need others, and chooses
/// the instructions that fill gaps by them. Functions that are tuned for several CPUs can therefore
/// differ in these.
static FeatureBitset allFeatures(const Module &M, const TargetMachine &TM) {
  FeatureBitset All;
  for (const Function &F : M)
    if (!F.isDeclarationForLinker())
      All |= TM.getSubtargetImpl(F)->getFeatureBits();
  return All;
}

static void assembleAgain(StringRef Text, const AssemblerOptions &Options, ModuleAssembly &Of) {
  auto Refused = [&](Error E) { Of.NotAssembled = takeReport(std::move(E)).Message; };
  Expected<SmallVector<char, 0>> Object = assemble(Text, Options);
  if (!Object)
    return Refused(Object.takeError());
  Expected<StringMap<FunctionCode>> Code =
      functionCode(MemoryBufferRef(StringRef(Object->data(), Object->size()), "assembly"));
  if (!Code)
    return Refused(Code.takeError());
  for (FunctionAssembly &Function : Of.Functions)
    if (auto Found = Code->find(Function.Symbol); Found != Code->end())
      Function.Code = Found->second;
}

Expected<ModuleAssembly> emitAssembly(Module &M, const TargetSettings &Target,
                                      const CodegenSettings &Codegen, const StringSet<> *Only) {
  Expected<std::unique_ptr<TargetMachine>> TM = createTargetMachine(Target, M, &Codegen);
  if (!TM)
    return TM.takeError();
  AssemblerOptions Again;
  Again.Triple = (*TM)->getTargetTriple();
  Again.Cpu = (*TM)->getTargetCPU().str();
  Again.Features = allFeatures(M, **TM);
  Again.PositionIndependent = (*TM)->isPositionIndependent();
  Again.LargeCodeModel = (*TM)->getCodeModel() == CodeModel::Large;
  Again.Target = (*TM)->Options.MCOptions;

  (*TM)->Options.MCOptions.AsmVerbose = true;
  ModuleAssembly Made;
  Made.Comment = compat::asmInfoOf(**TM).getCommentString().str();
  SmallString<0> Text;
  raw_svector_ostream Out(Text);
  Made.Symbols = emittedFunctions(M);
  if (Only)
    dropBodiesExcept(M, *Only);
  CodegenListener Listener(M.getContext());
  if (Error E = generate(M, **TM, Codegen, CodeGenFileType::AssemblyFile, Out))
    return E;
  const std::string Code = cutUp(Text, Made.Symbols, Made);
  if (Only)
    erase_if(Made.Functions, [&](const FunctionAssembly &Function) {
      return !Only->contains(ModuleSummaryIndex::getOriginalNameBeforePromote(Function.Symbol));
    });
  for (FunctionAssembly &Function : Made.Functions)
    if (auto Found = Listener.figures().find(Function.Symbol); Found != Listener.figures().end())
      Function.Figures = Found->second;
  assembleAgain(Code, Again, Made);
  return Made;
}

} // namespace lto_inspector::pipeline
