//===- instruction_counter.h - Counts a program's instructions --*- C++ -*-===//
//
// The processor's own counter, through perf_event_open(2).
//
//===----------------------------------------------------------------------===//
#ifndef LTO_INSPECTOR_PROCESS_INSTRUCTION_COUNTER_H
#define LTO_INSPECTOR_PROCESS_INSTRUCTION_COUNTER_H

#include <cstdint>
#include <optional>

namespace lto_inspector::process {

/// Counts instructions outside of the kernel of the programs that this process
/// starts from now on, and of all that they start.
class InstructionCounter {
public:
  /// \p Counts is false if nothing should be counted.
  explicit InstructionCounter(bool Counts);
  ~InstructionCounter();
  InstructionCounter(const InstructionCounter &) = delete;
  InstructionCounter &operator=(const InstructionCounter &) = delete;

  /// \returns the instructions of what has ended, or nothing if the machine
  /// does not count them, does not let this user count them, or counted only
  /// a part because other programs used the counter too.
  std::optional<uint64_t> read() const;

private:
  int Descriptor = -1;
};

} // namespace lto_inspector::process

#endif
