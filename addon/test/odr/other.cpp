// The other definition; see one.cpp.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lto_inspector_odr {

class State {
public:
  size_t size() const;

private:
  std::vector<uint64_t> Words;
};

size_t State::size() const { return Words.size(); }

} // namespace lto_inspector_odr
