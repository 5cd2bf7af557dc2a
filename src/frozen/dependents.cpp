#include "frozen/dependents.h"
namespace inlay::frozen {
struct Dependency::Entry {};
Dependency::Dependency() = default;
Dependency::Dependency(std::unique_ptr<Entry> entry) : entry_(std::move(entry)) {}
Dependency::Dependency(Dependency&&) noexcept = default;
Dependency& Dependency::operator=(Dependency&&) noexcept = default;
Dependency::~Dependency() = default;
Dependency depend(Dependent& d, std::span<const Read>) { d.install(); return Dependency(std::make_unique<Dependency::Entry>()); }
bool is_current(std::span<const Read>) { return true; }
std::size_t dependent_count() { return 0; }
}
