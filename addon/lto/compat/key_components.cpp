#include "lto/compat/key_components.h"

#include "lto/compat/import_lists.h"
#include "lto/compat/series.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/SHA1.h"
#include <set>

using namespace llvm;

namespace lto_inspector::compat {

using Guid = GlobalValue::GUID;

namespace {

/// Hashes every byte twice: into the whole key and into its part.
class KeyHasher {
public:
  void begin(KeyPart Next) { Part = &Hashers[static_cast<size_t>(Next)]; }

  void bytes(ArrayRef<uint8_t> Data) {
    Total.update(Data);
    Part->update(Data);
  }
  void text(StringRef Text) { bytes(arrayRefFromStringRef(Text)); }
  void string(StringRef Text) {
    text(Text);
    bytes({0});
  }
  void number8(uint8_t Value) { bytes(Value); }
  void number32(uint32_t Value) {
    uint8_t Data[4];
    llvm::support::endian::write32le(Data, Value);
    bytes(Data);
  }
  void number64(uint64_t Value) {
    uint8_t Data[8];
    llvm::support::endian::write64le(Data, Value);
    bytes(Data);
  }
  /// The bytes as they are in memory.
  template <typename T> void raw(const T &Value) {
    bytes({reinterpret_cast<const uint8_t *>(&Value), sizeof(Value)});
  }

  KeyDigests finish() {
    KeyDigests Digests;
    Digests.Total = toHex(Total.result());
    for (size_t I = 0; I < KeyParts; ++I)
      Digests.Parts[I] = toHex(ArrayRef<uint8_t>(Hashers[I].result()).take_front(8));
    return Digests;
  }

private:
  SHA1 Total;
  std::array<SHA1, KeyParts> Hashers;
  SHA1 *Part = &Hashers[0];
};

/// Until LLVM 19 the summaries of what is imported are hashed in the order of the import list's
/// hash table.
constexpr bool HashesSummariesSorted = LLVM_VERSION_MAJOR >= 20;

class KeyMirror {
public:
  explicit KeyMirror(const KeyInputs &Inputs) : Inputs(Inputs), Imports(entriesOf(Inputs.Imports)) {
    auto HashOf = [&](const ImportEntry &Entry) {
      return Inputs.Index.getModule(Entry.From)->second;
    };
    llvm::stable_sort(Imports, [&](const ImportEntry &Left, const ImportEntry &Right) {
      return HashOf(Left) < HashOf(Right);
    });
    SummariesToHash = Imports;
    auto BySymbol = [&](const ImportEntry &Left, const ImportEntry &Right) {
      return std::tuple(HashOf(Left), Left.Symbol) < std::tuple(HashOf(Right), Right.Symbol);
    };
    llvm::sort(Imports, BySymbol);
    if (HashesSummariesSorted)
      llvm::sort(SummariesToHash, BySymbol);
  }

  KeyDigests run() {
    addLlvm();
    addConfig();
    Hash.begin(KeyPart::Module);
    Hash.raw(Inputs.Index.getModule(Inputs.ModuleId)->second);
    addExports();
    addImports();
    Hash.begin(KeyPart::ResolvedOdr);
    for (const auto &[Symbol, Linkage] : Inputs.ResolvedOdr) {
      Hash.raw(Symbol);
      Hash.raw(Linkage);
    }
    addDefinedGlobals();
    addImportedSummaries();
    addTypeIds();
    addCfi();
    return Hash.finish();
  }

private:
  void addLlvm() {
    Hash.begin(KeyPart::Llvm);
    Hash.text(Inputs.LlvmVersion);
    Hash.text(Inputs.LlvmRevision);
  }

  void addConfig() {
    const lto::Config &Conf = Inputs.Conf;
    Hash.begin(KeyPart::Config);
    Hash.string(Conf.CPU);
    Hash.number32(Conf.Options.MCOptions.X86RelaxRelocations);
    Hash.number32(Conf.Options.FunctionSections);
    Hash.number32(Conf.Options.DataSections);
    Hash.number32(static_cast<uint32_t>(Conf.Options.DebuggerTuning));
    for (const std::string &Attribute : Conf.MAttrs)
      Hash.string(Attribute);
    Hash.number32(Conf.RelocModel ? static_cast<uint32_t>(*Conf.RelocModel) : UINT32_MAX);
    Hash.number32(Conf.CodeModel ? static_cast<uint32_t>(*Conf.CodeModel) : UINT32_MAX);
    for (const std::string &Argument : Conf.MllvmArgs)
      Hash.string(Argument);
    Hash.number32(static_cast<uint32_t>(Conf.CGOptLevel));
    Hash.number32(static_cast<uint32_t>(Conf.CGFileType));
    Hash.number32(Conf.OptLevel);
    Hash.number32(Conf.Freestanding);
    for (const std::string *Text : {&Conf.OptPipeline, &Conf.AAPipeline, &Conf.OverrideTriple,
                                    &Conf.DefaultTriple, &Conf.DwoDir})
      Hash.string(*Text);
    addDistributed(Conf);
  }

  /// Whether modules are compiled on other machines: part of a configuration since LLVM 22.
  void addDistributed([[maybe_unused]] const lto::Config &Conf) {
#if LLVM_VERSION_MAJOR >= 22
    Hash.number8(Conf.Dtlto);
#endif
  }

  void addExports() {
    Hash.begin(KeyPart::Exports);
    std::vector<Guid> Symbols;
    for (const ValueInfo &VI : Inputs.Exports)
      Symbols.push_back(VI.getGUID());
    llvm::sort(Symbols);
    for (Guid Symbol : Symbols)
      Hash.raw(Symbol);
  }

  void addImports() {
    Hash.begin(KeyPart::Imports);
    DenseMap<StringRef, unsigned> Counts;
    for (const auto &[From, Symbol, Kind] : Imports)
      ++Counts[From];
    std::optional<StringRef> Last;
    for (const auto &[From, Symbol, Kind] : Imports) {
      if (Last != From) {
        Last = From;
        Hash.raw(Inputs.Index.getModule(From)->second);
        Hash.number64(Counts[From]);
      }
      Hash.number64(Symbol);
      Hash.number8(static_cast<uint8_t>(Kind));
    }
  }

  /// Until LLVM 22 in the order of the hash table, since LLVM 23 by GUID (llvm#210025).
  std::vector<std::pair<Guid, GlobalValueSummary *>> definedInKeyOrder() const {
    std::vector<std::pair<Guid, GlobalValueSummary *>> Entries(Inputs.Defined.begin(),
                                                               Inputs.Defined.end());
#if LLVM_VERSION_MAJOR >= 23
    llvm::sort(Entries, less_first());
#endif
    return Entries;
  }

  void addDefinedGlobals() {
    Hash.begin(KeyPart::DefinedGlobals);
    for (const auto &[Symbol, Summary] : definedInKeyOrder()) {
      Hash.raw(Summary->linkage());
      noteCfi(Symbol);
      addSummary(Summary);
    }
  }

  void addImportedSummaries() {
    Hash.begin(KeyPart::ImportedSummaries);
    for (const auto &[From, Symbol, Kind] : SummariesToHash) {
      GlobalValueSummary *Summary = Inputs.Index.findSummaryInModule(Symbol, From);
      addSummary(Summary);
      if (auto *Alias = dyn_cast_or_null<AliasSummary>(Summary))
        addSummary(Alias->getBaseObject());
    }
  }

  void addSummary(const GlobalValueSummary *Summary) {
    if (!Summary)
      return;
    Hash.number32(Summary->getVisibility());
    Hash.number32(Summary->isLive());
    Hash.number32(Summary->canAutoHide());
    for (const ValueInfo &Referenced : Summary->refs())
      addReferenced(Referenced);
    if (auto *Variable = dyn_cast<GlobalVarSummary>(Summary)) {
      Hash.number32(Variable->maybeReadOnly());
      Hash.number32(Variable->maybeWriteOnly());
    }
    if (auto *Function = dyn_cast<FunctionSummary>(Summary)) {
      noteTypeIds(*Function);
      for (const FunctionSummary::EdgeTy &Call : Function->calls())
        addReferenced(Call.first);
    }
  }

  void addReferenced(const ValueInfo &VI) {
    Hash.number32(VI.isDSOLocal(Inputs.Index.withDSOLocalPropagation()));
    noteCfi(VI.getGUID());
  }

  void noteCfi(Guid Symbol) {
    if (Inputs.CfiDefs.contains(Symbol))
      UsedCfiDefs.insert(Symbol);
    if (Inputs.CfiDecls.contains(Symbol))
      UsedCfiDecls.insert(Symbol);
  }

  void noteTypeIds(const FunctionSummary &Function) {
    for (Guid Test : Function.type_tests())
      UsedTypeIds.insert(Test);
    for (const auto &Call : Function.type_test_assume_vcalls())
      UsedTypeIds.insert(Call.GUID);
    for (const auto &Call : Function.type_checked_load_vcalls())
      UsedTypeIds.insert(Call.GUID);
    for (const auto &Call : Function.type_test_assume_const_vcalls())
      UsedTypeIds.insert(Call.VFunc.GUID);
    for (const auto &Call : Function.type_checked_load_const_vcalls())
      UsedTypeIds.insert(Call.VFunc.GUID);
  }

  void addTypeIds() {
    Hash.begin(KeyPart::TypeIds);
    for (Guid Id : UsedTypeIds) {
      auto [First, Last] = Inputs.Index.typeIds().equal_range(Id);
      for (auto Entry = First; Entry != Last; ++Entry)
        addTypeId(Entry->second.first, Entry->second.second);
    }
  }

  void addTypeId(StringRef Name, const TypeIdSummary &Summary) {
    Hash.string(Name);
    Hash.number32(Summary.TTRes.TheKind);
    Hash.number32(Summary.TTRes.SizeM1BitWidth);
    Hash.number64(Summary.TTRes.AlignLog2);
    Hash.number64(Summary.TTRes.SizeM1);
    Hash.number64(Summary.TTRes.BitMask);
    Hash.number64(Summary.TTRes.InlineBits);
    Hash.number64(Summary.WPDRes.size());
    for (const auto &[Offset, Resolution] : Summary.WPDRes) {
      Hash.number32(Offset);
      Hash.number32(Resolution.TheKind);
      Hash.string(Resolution.SingleImplName);
      Hash.number64(Resolution.ResByArg.size());
      for (const auto &[Arguments, ByArgument] : Resolution.ResByArg) {
        Hash.number64(Arguments.size());
        for (uint64_t Argument : Arguments)
          Hash.number64(Argument);
        Hash.number32(ByArgument.TheKind);
        Hash.number64(ByArgument.Info);
        Hash.number32(ByArgument.Byte);
        Hash.number32(ByArgument.Bit);
      }
    }
  }

  void addCfi() {
    Hash.begin(KeyPart::Cfi);
    for (const std::set<Guid> *Used : {&UsedCfiDefs, &UsedCfiDecls}) {
      Hash.number32(Used->size());
      for (Guid Symbol : *Used)
        Hash.number64(Symbol);
    }
  }

  const KeyInputs &Inputs;
  /// By the source module's hash and then by GUID, as the key needs it.
  std::vector<ImportEntry> Imports;
  /// The same in the order in which the key takes their summaries.
  std::vector<ImportEntry> SummariesToHash;
  KeyHasher Hash;
  std::set<Guid> UsedCfiDefs;
  std::set<Guid> UsedCfiDecls;
  std::set<Guid> UsedTypeIds;
};

} // namespace

KeyDigests mirrorLtoCacheKey(const KeyInputs &Inputs) { return KeyMirror(Inputs).run(); }

} // namespace lto_inspector::compat
