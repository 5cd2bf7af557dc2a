// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The support code as a library of this process, beside what the C library has.
#include "aot/support.h"

#include <dlfcn.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "aot/support_text.h"
#include "aot/test_support.h"
#include "inlay/aot.h"
#include "inlay/ir/layout.h"
#include "inlay/ir/text.h"

#include <gtest/gtest.h>

#include <llvm/Object/Archive.h>

namespace inlay::aot {
namespace {

/// The handler of traps reads what compiled code leaves there.
TEST(SupportLayout, is_that_of_the_header) {
  Result<ir::Module> module = ir::parse(trap_program());
  ASSERT_TRUE(module) << module.error().to_string();
  const auto expect = [&](const char* name, std::size_t size, std::initializer_list<std::size_t> offsets) {
    const ir::TypeId id = module->find_type(name);
    ASSERT_TRUE(id);
    EXPECT_EQ(module->size_of(id), size) << name;
    const ir::Type& type = module->types[id];
    std::vector<std::size_t> found;
    for (std::uint32_t i = 0; i < type.count; ++i) found.push_back((&module->extra[type.list])[i * 3 + 2]);
    EXPECT_EQ(found, std::vector(offsets)) << name;
  };
  using ir::FunctionRecord, ir::TrapSite;
  expect("inlay.Record", sizeof(FunctionRecord),
         {offsetof(FunctionRecord, name), offsetof(FunctionRecord, file), offsetof(FunctionRecord, line),
          offsetof(FunctionRecord, reserved)});
  expect("inlay.Site", sizeof(TrapSite),
         {offsetof(TrapSite, function), offsetof(TrapSite, message), offsetof(TrapSite, kind), offsetof(TrapSite, line),
          offsetof(TrapSite, file)});
}

class Support : public ::testing::Test {
 protected:
  /// A function of the program, which becomes a shared library.
  template <class Signature>
  Signature* function(const char* text, const char* name) {
    std::optional<Unit> unit = program_of(text, Architecture::X86_64, false, /*own_names=*/true);
    if (!unit) return nullptr;
    const std::string path = folder_ / name;
    Result<void> written = write_shared_library(*unit, path, {.freestanding = true, .entries = {name}});
    EXPECT_TRUE(written) << written.error().to_string();
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    EXPECT_TRUE(library) << ::dlerror();
    return library ? reinterpret_cast<Signature*>(::dlsym(library, name)) : nullptr;
  }
  Folder folder_;
};

/// Numbers of all sizes, near each other and far apart, and those where something special happens.
template <class T, class Bits>
class Numbers {
 public:
  T operator()() {
    const Bits bits = static_cast<Bits>(random_());
    switch (random_() % 8) {
      case 0:
        return special_[random_() % std::size(special_)];
      case 1:  // any bits
        return std::bit_cast<T>(bits);
      case 2:  // few bits set: halves and ties
        return std::ldexp(static_cast<T>(static_cast<int>(random_() % 64) - 32),
                          static_cast<int>(random_() % 120) - 60);
      case 3: {  // near the last result
        const int away = static_cast<int>(random_() % 5) - 2;
        return std::bit_cast<T>(static_cast<Bits>(std::bit_cast<Bits>(last_) + static_cast<Bits>(away)));
      }
      case 4:  // subnormal or nearly so
        return std::bit_cast<T>(
            static_cast<Bits>(bits >> (std::numeric_limits<Bits>::digits - std::numeric_limits<T>::digits - 1)));
      default:
        return std::ldexp(static_cast<T>(static_cast<std::int64_t>(random_())),
                          static_cast<int>(random_() % 160) - 120);
    }
  }
  void near(T value) { last_ = value; }

 private:
  using Limits = std::numeric_limits<T>;
  std::mt19937_64 random_{1};
  T last_ = 1;
  T special_[14] = {0,
                    -T{0},
                    1,
                    -1,
                    T{0.5},
                    T{1.5},
                    T{2.5},
                    Limits::min(),
                    -Limits::denorm_min(),
                    Limits::max(),
                    Limits::lowest(),
                    Limits::infinity(),
                    -Limits::infinity(),
                    Limits::quiet_NaN()};
};

template <class T, class Bits>
bool alike(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

TEST_F(Support, rounds_to_whole_numbers_as_the_c_library_does) {
  struct Pair {
    const char* name;
    double (*expected)(double);
    float (*expected_float)(float);
  };
  const Pair pairs[] = {{"floor", std::floor, std::floor},
                        {"ceil", std::ceil, std::ceil},
                        {"roundeven", std::nearbyint, std::nearbyint},
                        {"rint", std::rint, std::rint},
                        {"nearbyint", std::nearbyint, std::nearbyint}};
  for (const Pair& pair : pairs) {
    auto* of_double = function<double(double)>(SupportTextOfMath, pair.name);
    auto* of_float = function<float(float)>(SupportTextOfMath, (std::string(pair.name) + 'f').c_str());
    ASSERT_TRUE(of_double && of_float) << pair.name;
    Numbers<double, std::uint64_t> doubles;
    Numbers<float, std::uint32_t> floats;
    for (int i = 0; i < 100'000; ++i) {
      const double a = doubles();
      const float b = floats();
      ASSERT_TRUE((alike<double, std::uint64_t>(of_double(a), pair.expected(a)))) << pair.name << ' ' << a;
      ASSERT_TRUE((alike<float, std::uint32_t>(of_float(b), pair.expected_float(b)))) << pair.name << ' ' << b;
    }
  }
}

TEST_F(Support, fused_multiplication_rounds_once) {
  auto* fma = function<double(double, double, double)>(SupportTextOfMath, "fma");
  auto* fmaf = function<float(float, float, float)>(SupportTextOfMath, "fmaf");
  ASSERT_TRUE(fma && fmaf);
  Numbers<double, std::uint64_t> doubles;
  Numbers<float, std::uint32_t> floats;
  for (int i = 0; i < 2'000'000; ++i) {
    const double a = doubles(), b = doubles();
    doubles.near(-a * b);
    const double c = doubles();
    ASSERT_TRUE((alike<double, std::uint64_t>(fma(a, b, c), std::fma(a, b, c))))
        << std::hexfloat << a << ' ' << b << ' ' << c << ": " << fma(a, b, c) << ", not " << std::fma(a, b, c);
    const float x = floats(), y = floats();
    floats.near(-x * y);
    const float z = floats();
    ASSERT_TRUE((alike<float, std::uint32_t>(fmaf(x, y, z), std::fma(x, y, z))))
        << std::hexfloat << x << ' ' << y << ' ' << z << ": " << fmaf(x, y, z) << ", not " << std::fma(x, y, z);
  }
}

TEST_F(Support, memory_is_copied_filled_and_compared) {
  auto* copy = function<void*(void*, const void*, std::size_t)>(SupportTextOfMemory, "memcpy");
  auto* move = function<void*(void*, const void*, std::size_t)>(SupportTextOfMemory, "memmove");
  auto* fill = function<void*(void*, int, std::size_t)>(SupportTextOfMemory, "memset");
  auto* compare = function<int(const void*, const void*, std::size_t)>(SupportTextOfMemory, "memcmp");
  ASSERT_TRUE(copy && move && fill && compare);
  const auto sign = [](int value) { return (value > 0) - (value < 0); };
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    unsigned char mine[200], theirs[200];
    for (int j = 0; j < 200; ++j) mine[j] = theirs[j] = static_cast<unsigned char>(random() % 3 * 127);
    const std::size_t size = random() % 90, from = random() % 100, to = random() % 100;
    EXPECT_EQ(sign(compare(mine + from, mine + to, size)), sign(std::memcmp(mine + from, mine + to, size)));
    EXPECT_EQ(move(mine + to, mine + from, size), mine + to);
    std::memmove(theirs + to, theirs + from, size);
    ASSERT_EQ(std::memcmp(mine, theirs, 200), 0) << size << ' ' << from << ' ' << to;
    EXPECT_EQ(fill(mine + from, static_cast<int>(i), size), mine + from);
    std::memset(theirs + from, static_cast<int>(i), size);
    EXPECT_EQ(copy(mine, mine + 100, size), mine);
    std::memcpy(theirs, theirs + 100, size);
    ASSERT_EQ(std::memcmp(mine, theirs, 200), 0) << size << ' ' << from << ' ' << to;
  }
}

TEST_F(Support, library_has_the_same_names_whenever_it_is_asked_for) {
  for (unsigned i = 0; i < ArchitectureCount; ++i) {
    Result<llvm::MemoryBufferRef> library = support_archive(static_cast<Architecture>(i));
    ASSERT_TRUE(library) << library.error().to_string();
    EXPECT_EQ(library->getBufferStart(), support_archive(static_cast<Architecture>(i))->getBufferStart());
    auto archive = llvm::cantFail(llvm::object::Archive::create(*library));
    for (const char* name : {"memcpy", "memmove", "memset", "memcmp", "bcmp"})
      EXPECT_TRUE(llvm::cantFail(archive->findSym(name))) << name;
    const bool math = static_cast<Architecture>(i) == Architecture::X86_64;  // the others have instructions
    EXPECT_EQ(llvm::cantFail(archive->findSym("fma")).has_value(), math);
  }
}

}  // namespace
}  // namespace inlay::aot
