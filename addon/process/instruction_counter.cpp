//===- instruction_counter.cpp - Counts a program's instructions ----------===//
#include "process/instruction_counter.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lto_inspector::process {

InstructionCounter::InstructionCounter(bool Counts) {
  if (!Counts)
    return;
  perf_event_attr Attributes = {};
  Attributes.type = PERF_TYPE_HARDWARE;
  Attributes.size = sizeof(Attributes);
  Attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
  Attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  // Of programs, not of this process: it starts with exec, which children do.
  Attributes.disabled = 1;
  Attributes.enable_on_exec = 1;
  Attributes.inherit = 1;
  Attributes.exclude_kernel = 1;
  Attributes.exclude_hv = 1;
  Descriptor =
      static_cast<int>(syscall(SYS_perf_event_open, &Attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

InstructionCounter::~InstructionCounter() {
  if (Descriptor >= 0)
    close(Descriptor);
}

std::optional<uint64_t> InstructionCounter::read() const {
  struct {
    uint64_t Count;
    uint64_t Enabled;
    uint64_t Running;
  } Found = {};
  if (Descriptor < 0 ||
      ::read(Descriptor, &Found, sizeof(Found)) != static_cast<ssize_t>(sizeof(Found)))
    return std::nullopt;
  // An estimate would not do to compare programs.
  if (Found.Count == 0 || Found.Running != Found.Enabled)
    return std::nullopt;
  return Found.Count;
}

} // namespace lto_inspector::process
