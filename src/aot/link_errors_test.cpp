// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/link_errors.h"

#include <gtest/gtest.h>

namespace inlay::aot {
namespace {

TEST(LinkErrors, names_undefined_symbols_in_order_and_nothing_beside) {
  Error error = link_error(
      "ld.lld: error: undefined symbol: h\n>>> referenced by unit\n>>>               "
      "/proc/self/fd/12:(g(int))\n>>> did you mean: hh\n\n"
      "ld.lld: error: undefined symbol: a::f(int)\n",
      "unit");
  EXPECT_EQ(error.kind(), ErrorKind::UndefinedSymbol);
  EXPECT_EQ(error.message(),
            "nothing defines 'a::f(int)', 'h'; define them in a runtime (--runtime FILE), or build with the object or "
            "library that does, while linking 'unit'");
  ASSERT_EQ(error.notes().size(), 1u);
  EXPECT_EQ(error.notes()[0], "needed: 'h' by 'g(int)'");
}

TEST(LinkErrors, files_have_the_name_of_what_is_linked) {
  EXPECT_EQ(link_error("ld.lld: error: /proc/self/fd/12: no code\n", "unit").message(),
            "unit: no code, while linking 'unit'");
}

TEST(LinkErrors, counts_what_it_does_not_show) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "ld.lld: error: undefined symbol: f" + std::to_string(i) + "\n";
  EXPECT_NE(link_error(text, "unit").message().find("and 12 more"), std::string::npos);
}

TEST(LinkErrors, other_errors_keep_their_text) {
  Error error = link_error("ld.lld: error: x.o: unknown file type\n", "unit");
  EXPECT_EQ(error.kind(), ErrorKind::LinkFailed);
  EXPECT_EQ(error.message(), "x.o: unknown file type, while linking 'unit'");
}

TEST(LinkErrors, silence_is_an_error_too) { EXPECT_EQ(link_error("", "unit").kind(), ErrorKind::LinkFailed); }

}  // namespace
}  // namespace inlay::aot
