#include "lto/ir/module.h"

#include "lto/llvm/error.h"
#include "llvm/Bitcode/BitcodeReader.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

Expected<OpenModule> openModule(MemoryBufferRef Bitcode, Bodies Wanted) {
  OpenModule Open;
  Open.Context = makeContext(*Open.Said);
  Expected<std::unique_ptr<Module>> Parsed =
      Wanted == Bodies::All
          ? parseBitcodeFile(Bitcode, *Open.Context)
          : getLazyBitcodeModule(Bitcode, *Open.Context, /*ShouldLazyLoadMetadata=*/true);
  if (!Parsed)
    return wrapError(Parsed.takeError(), "ParseBitcode",
                     "Reading the bitcode of " + Bitcode.getBufferIdentifier());
  Open.Module = std::move(*Parsed);
  return Open;
}

StringRef linkageName(GlobalValue::LinkageTypes Linkage) {
  switch (Linkage) {
  case GlobalValue::ExternalLinkage:
    return "external";
  case GlobalValue::AvailableExternallyLinkage:
    return "available_externally";
  case GlobalValue::LinkOnceAnyLinkage:
    return "linkonce";
  case GlobalValue::LinkOnceODRLinkage:
    return "linkonce_odr";
  case GlobalValue::WeakAnyLinkage:
    return "weak";
  case GlobalValue::WeakODRLinkage:
    return "weak_odr";
  case GlobalValue::AppendingLinkage:
    return "appending";
  case GlobalValue::InternalLinkage:
    return "internal";
  case GlobalValue::PrivateLinkage:
    return "private";
  case GlobalValue::ExternalWeakLinkage:
    return "extern_weak";
  case GlobalValue::CommonLinkage:
    return "common";
  }
  return "external";
}

} // namespace lto_inspector::ir
