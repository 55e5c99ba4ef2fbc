#include "lto/rustc/value_names.h"

#include "lto/compat/value_symbol_table.h"
#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/llvm/parallel.h"
#include "lto/rustc/in_memory_module.h"
#include "lto/rustc/name_counts.h"
#include "lto/rustc/symbol_tables.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueSymbolTable.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace pipeline;

namespace {
/// More names than any function has, as a limit for damaged files.
constexpr uint32_t MostNames = 1u << 24;

/// Setting a number changes the passes' next names, so several rounds may be needed.
constexpr unsigned MostRounds = 4;

/// The comparison of one function's names with rustc's.
struct Comparison {
  bool Equal = true;
  /// How far rustc's number is ahead, from the first pair of names with a number.
  std::optional<int64_t> Behind;
};

class NameSearch {
public:
  NameSearch(LtoModule &Input, const TargetSettings &Target, const ModuleConfig &Config,
             const RunControl &Control)
      : Input(Input), Target(Target), Config(Config), Control(Control) {}

  /// Returns how many functions finally have names or an order that differ from rustc's.
  Expected<size_t> run();

private:
  Expected<std::unique_ptr<Module>> parse(LLVMContext &Context, MemoryBufferRef Bitcode);
  Expected<std::unique_ptr<Module>> named(LLVMContext &Context);
  /// Corrects the numbers. Returns how many functions differ.
  size_t correct(Module &Ours, Module &Rustcs);

  LtoModule &Input;
  const TargetSettings &Target;
  const ModuleConfig &Config;
  const RunControl &Control;
  bool Corrected = false;
  size_t InOtherOrder = 0;
};
} // namespace

static std::vector<const Value *> valuesOf(const Function &F) {
  std::vector<const Value *> Values;
  for (const Argument &A : F.args())
    Values.push_back(&A);
  for (const BasicBlock &Block : F) {
    Values.push_back(&Block);
    for (const Instruction &I : Block)
      Values.push_back(&I);
  }
  return Values;
}

/// The number in a name that InstructionNamerPass makes.
static std::optional<int64_t> numberOf(StringRef Name) {
  if (!Name.consume_front("bb") && !Name.consume_front("arg") && !Name.consume_front("i"))
    return std::nullopt;
  int64_t Number;
  if (!to_integer(Name, Number, 10))
    return std::nullopt;
  return Number;
}

static Comparison compareNames(const Function &Ours, const Function &Rustcs) {
  Comparison Result;
  std::vector<const Value *> Left = valuesOf(Ours), Right = valuesOf(Rustcs);
  if (Left.size() != Right.size())
    return {/*Equal=*/false, std::nullopt};
  for (size_t I = 0; I < Left.size() && !Result.Behind; ++I) {
    StringRef OurName = Left[I]->getName(), RustcsName = Right[I]->getName();
    if (OurName == RustcsName)
      continue;
    Result.Equal = false;
    std::optional<int64_t> OurNumber = numberOf(OurName), RustcsNumber = numberOf(RustcsName);
    if (OurNumber && RustcsNumber)
      Result.Behind = *RustcsNumber - *OurNumber;
  }
  return Result;
}

size_t NameSearch::correct(Module &Ours, Module &Rustcs) {
  Corrected = false;
  size_t Different = 0;
  for (const Function &F : Ours) {
    if (F.isDeclaration())
      continue;
    const Function *Other = Rustcs.getFunction(F.getName());
    if (!Other) {
      ++Different;
      continue;
    }
    Comparison Compared = compareNames(F, *Other);
    Different += !Compared.Equal;
    if (!Compared.Behind)
      continue;
    uint32_t &Count = Input.NamesSoFar[F.getName().str()];
    int64_t Wanted = int64_t(Count) + *Compared.Behind;
    if (Wanted < 0 || Wanted > MostNames || Wanted == Count)
      continue;
    Count = Wanted;
    Corrected = true;
  }
  return Different;
}

Expected<std::unique_ptr<Module>> NameSearch::parse(LLVMContext &Context, MemoryBufferRef Bitcode) {
  Expected<std::unique_ptr<Module>> M = parseWithoutVerifying(Context, Bitcode);
  if (!M)
    return wrapError(M.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module",
                     Input.File, Input.Name);
  return M;
}

Expected<std::unique_ptr<Module>> NameSearch::named(LLVMContext &Context) {
  Expected<std::unique_ptr<Module>> M = parse(Context, Input.buffer());
  if (!M)
    return M;
  Expected<std::unique_ptr<TargetMachine>> TM = createTargetMachine(Target, **M);
  if (!TM)
    return TM.takeError();
  Expected<size_t> Failed = restoreSymbolTables(**M, Input.buffer());
  if (!Failed)
    return wrapError(Failed.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module",
                     Input.File, Input.Name);
  InOtherOrder = *Failed;
  setNameCounts(**M, Input.NamesSoFar);
  const std::atomic<bool> Never = false;
  const std::atomic<bool> &Cancelled = Control.Cancelled ? *Control.Cancelled : Never;
  if (Error E = nameValues(**M, **TM, Config, Cancelled))
    return E;
  if (Cancelled)
    return makeError("Cancelled", "cancelled", Input.File, Input.Name);
  return M;
}

Expected<size_t> NameSearch::run() {
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context = makeContext(Said);
  std::unique_ptr<MemoryBuffer> WithNames = std::move(Input.WithNames);
  Expected<std::unique_ptr<Module>> Rustcs =
      parse(*Context, MemoryBufferRef(WithNames->getBuffer(), Input.Name));
  if (!Rustcs)
    return Rustcs.takeError();
  size_t Different = 0;
  for (unsigned Round = 0; Round < MostRounds; ++Round) {
    std::unique_ptr<LLVMContext> OurContext = makeContext(Said);
    Expected<std::unique_ptr<Module>> Ours = named(*OurContext);
    if (!Ours)
      return Ours.takeError();
    Different = correct(**Ours, **Rustcs);
    if (!Corrected)
      break;
  }
  return std::max(Different, InOtherOrder);
}

Error takeNameCounts(MutableArrayRef<LtoModule> Modules, const TargetSettings &Target,
                     const ModuleConfig &Config, const RunControl &Control,
                     std::vector<std::string> &Warnings) {
  auto Search = [&](size_t I) -> Expected<size_t> {
    if (!Modules[I].WithNames)
      return 0;
    Expected<std::unique_ptr<ModuleWatch::Scope>> Scope =
        Control.enter(Modules[I].Name, "names of values");
    if (!Scope)
      return Scope.takeError();
    return NameSearch(Modules[I], Target, Config, Control).run();
  };
  Expected<std::vector<size_t>> Different =
      parallelMap<size_t>(Control.Threads, Modules.size(), Search);
  if (!Different)
    return Different.takeError();
  size_t Functions = 0;
  for (size_t OfModule : *Different)
    Functions += OfModule;
  if (Functions > 0)
    Warnings.push_back("compiled again for the names of values, " + std::to_string(Functions) +
                       " functions came out different: values in them can have other names than "
                       "rustc's, or are in another order in tables of names");
  return Error::success();
}

} // namespace lto_inspector::rustc
