//===- packed_numbers.h - Many numbers as one text ------------------------===//
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/LEB128.h"
#include <cstdint>
#include <initializer_list>

namespace lto_inspector::binding {

/// Numbers from -1 for a message, most of them small: base64 of the ULEB128 of each plus one
/// (PackedNumbers of src/protocol/engine).
class PackedNumbers {
public:
  void add(std::initializer_list<int64_t> Numbers) {
    for (int64_t Number : Numbers) {
      uint8_t Raw[10];
      Bytes.append(Raw, Raw + llvm::encodeULEB128(static_cast<uint64_t>(Number + 1), Raw));
    }
  }

  /// All that were added.
  llvm::json::Value take() const { return llvm::encodeBase64(Bytes); }

private:
  llvm::SmallVector<uint8_t, 0> Bytes;
};

} // namespace lto_inspector::binding
