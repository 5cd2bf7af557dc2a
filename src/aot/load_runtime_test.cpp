// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "aot/test_support.h"
#include "inlay/aot.h"
#include "inlay/runtime.h"

namespace inlay::aot {
namespace {

TEST(LoadRuntime, compiles_sources_and_finds_their_functions) {
  const Folder folder;
  write_bytes(folder / "twice.c", "int inlay_test_twice(int x) { return 2 * x; }\n");
  const Result<void> loaded = load_runtime({folder / "twice.c"});
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  auto* twice = reinterpret_cast<int (*)(int)>(address_in_runtime("inlay_test_twice"));
  ASSERT_NE(twice, nullptr);
  EXPECT_EQ(twice(21), 42);
  EXPECT_EQ(address_in_runtime("inlay_test_thrice"), nullptr);
}

TEST(LoadRuntime, takes_several_objects) {
  const Folder folder;
  std::vector<std::string> objects;
  for (const char* name : {"one", "two"}) {
    EmbedOptions options;
    options.name = std::string("several_") + name;
    options.output = folder / (std::string(name) + ".o");
    options.sources = {folder / (std::string(name) + ".c")};
    write_bytes(options.sources[0], "int inlay_test_" + std::string(name) + "(void) { return 1; }\n");
    ASSERT_TRUE(embed(options));
    objects.push_back(options.output);
  }
  const Result<void> loaded = load_runtime(objects);
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  EXPECT_NE(address_in_runtime("inlay_test_one"), nullptr);
  EXPECT_NE(address_in_runtime("inlay_test_two"), nullptr);
}

TEST(LoadRuntime, says_what_is_wrong) {
  const Folder folder;
  EXPECT_EQ(load_runtime({folder / "none.c"}).error().kind(), ErrorKind::NotFound);
  write_bytes(folder / "bad.c", "int f( { }\n");
  EXPECT_EQ(load_runtime({folder / "bad.c"}).error().kind(), ErrorKind::CompileFailed);
  write_bytes(folder / "empty.o", "");
  EXPECT_FALSE(load_runtime({folder / "empty.o"}));
}

}  // namespace
}  // namespace inlay::aot
