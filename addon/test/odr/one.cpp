// One half of a type that is two: the check of the one-definition rule has to see it
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
