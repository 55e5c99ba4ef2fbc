// One of two definitions of the same type: the check of the one-definition rule has to find it
// (addon/odr-check.cmake).
#include <string>

namespace lto_inspector_odr {

struct State {
  std::string Name;
  unsigned Instructions = 0;
};

unsigned instructionsOf(const State &Of);
unsigned instructionsOf(const State &Of) { return Of.Instructions; }

} // namespace lto_inspector_odr
