//===- symbol_table.h - Names that a message has once ---------------------===//
#pragma once

#include "binding/results.h"
#include "lto/llvm/symbol_names.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace lto_inspector::binding {

/// Numbers the symbols of one message in order of occurrence.
class SymbolTable {
public:
  explicit SymbolTable(const support::SymbolNames &Names) : Names(Names) {}

  size_t operator[](llvm::GlobalValue::GUID Symbol) {
    auto [Entry, New] = Numbers.try_emplace(Symbol, Numbers.size());
    if (New)
      Identifiers.push_back(jsonText(Names.nameOf(Symbol)));
    return Entry->second;
  }

  llvm::json::Array take() { return std::move(Identifiers); }

private:
  const support::SymbolNames &Names;
  llvm::DenseMap<llvm::GlobalValue::GUID, size_t> Numbers;
  llvm::json::Array Identifiers;
};

/// The same for texts.
class TextTable {
public:
  size_t operator[](llvm::StringRef Text) {
    auto [Entry, New] = Numbers.try_emplace(Text, Numbers.size());
    if (New)
      Texts.push_back(jsonText(Text));
    return Entry->second;
  }

  llvm::json::Array take() { return std::move(Texts); }

private:
  llvm::StringMap<size_t> Numbers;
  llvm::json::Array Texts;
};

} // namespace lto_inspector::binding
