// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is wrong with a text is said where it stands, in words that tell what would do.
#include <gtest/gtest.h>

#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"

namespace inlay::ir {
namespace {

struct Bad {
  const char* text;
  const char* place;  // line:column
  const char* message;
};

/// `body` stands in a function, from line 2 on.
std::string in_function(std::string_view body) {
  return "func @f(%a: i64, %p: ptr, %x: f64, %v: <2 x i32>) -> i64 {\n" + std::string(body) + "\n}";
}

void expect(const std::string& text, const Bad& bad) {
  const Result<Module> module = parse(text, {.file = "t"});
  ASSERT_FALSE(module) << text;
  EXPECT_EQ(module.error().kind(), ErrorKind::InvalidProgram);
  EXPECT_EQ(module.error().place().to_string(), "t:" + std::string(bad.place)) << text << module.error().to_string();
  EXPECT_EQ(module.error().message(), bad.message) << text;
  ASSERT_EQ(module.error().notes().size(), 1u);
}

TEST(TextErrors, of_declarations) {
  const Bad cases[] = {
      {"fnc @f() {}", "1:1", "'fnc' stands where a declaration should begin; did you mean 'func'?"},
      {"\n  {", "2:3", "'{' stands where a declaration should be"},
      {"export", "1:7", "the text ends where 'func', 'data', 'var' or 'table' should be"},
      {"export extern func @f()", "1:8", "'extern' stands where 'func', 'data', 'var' or 'table' should be"},
      {"export type A = struct {}", "1:1", "types are known to all who see them"},
      {"func f() {}", "1:6", "'f' stands where the name of a function, like '@f', should be"},
      {"func @ f() {}", "1:6", "a name should stand behind '@', at once"},
      {"func @1f() {}", "1:6", "names do not begin with a digit; such a one stands in quotes"},
      {"func @f", "1:8", "the text ends where '(' and the parameters should be"},
      {"func @f(%a) {}", "1:11", "')' stands where ':' and the type of the parameter should be"},
      {"func @f() inlin {}", "1:11", "'inlin' is nothing that a function can be; did you mean 'inline'?"},
      {"func @f() -> void {}", "1:14",
       "no value has the type 'void'; where a function has no result, leave it and '->' out"},
      {"func @f()\nvar @v : i8 = 1", "1:10",
       "the declaration ends where the body of the function, in '{' and '}', should be"},
      {"func @f() {", "1:11", "this body has no '}' that ends it"},
      {"func @f() { return_void } x", "1:27", "'x' stands where the next declaration should be"},
      {"func @f() { return_void }\nfunc @f() { return_void }", "2:6", "'@f' is declared twice"},
      {"extern func @f()\nextern func @f(i8)", "2:13", "'@f' is declared twice"},
      {"var @f : i8 = 1\nfunc @f() { return_void }", "2:6", "'@f' is both a function and data"},
      {"func @f() { return_void }\nvar @f : i8 = 1", "2:5", "'@f' is both a function and data"},
      {"var @v : i8 = 1 var @v : i8 = 2", "1:21", "'@v' is declared twice"},
      {"type A = struct {} type A = struct {}", "1:25", "'A' is declared twice"},
      {"type A = struct {} interface A {}", "1:30", "'A' is both a struct and an interface"},
      {"interface A { f(), g(i8), f(i16) }", "1:27",
       "the interface has a method 'f' already; give this one another name"},
      {"type i8 = struct {}", "1:6", "'i8' is a word of the language; as the name of a type, write it in quotes"},
      {"type data = struct {}", "1:5", "a name should stand here"},
      {"type A = { x: i8 }", "1:10", "'{' stands where 'struct' should be"},
      {"type A = struct { x i8 }", "1:21", "'i8' stands where ':' and the type of the field should be"},
      {"type A<!T, !T> = struct {}", "1:12", "'!T' is declared twice"},
      {"interface I { 5() }", "1:15", "'5' stands where the name of a method should be"},
      {"file x \"a\"", "1:6", "'x' stands where the number of a file should be"},
      {"file 1 \"a\" file 1 \"b\"", "1:17", "file 1 is declared twice"},
      {"file 0 \"a\"", "1:1", "files are numbered from 1"},
      {"file 9999999 \"a\"", "1:6", "9999999 is too large for the number of a file; 1000000 is the most"},
      {"func @f() asm z80 {}", "1:15", "unknown architecture 'z80'"},
      {"func @f() asm x86_46 {}", "1:15", "unknown architecture 'x86_46'; did you mean 'x86_64'?"},
      {"func @f() asm x86_64 {} asm x86_64 {}", "1:29", "the function has assembly for x86_64 already"},
      {"func @f() asm x86_64 { {}", "1:15", "this assembly has no '}' that ends it"},
      {"table @t : i8 = {}", "1:12", "a table is one of an interface, not of i8"},
      {"table @t = { null }", "1:14",
       "an entry of a table is called without a look at it, so it cannot be null; give a function that traps"},
      {"table @t = { 5 }", "1:14", "'5' stands where a function should be"},
      {"var @v : i8 = 1 table @t = { @v }", "1:30", "this is data; a table holds functions"},
  };
  for (const Bad& bad : cases) expect(bad.text, bad);
}

TEST(TextErrors, of_types) {
  const Bad cases[] = {
      {"var @v : i23 = 1", "1:10", "unknown type 'i23'; did you mean 'i32'?"},
      {"type Point = struct {} var @v : Piont = zero", "1:33", "unknown type 'Piont'; did you mean 'Point'?"},
      {"var @v : <3 x i8> = zero", "1:10", "a vector of 3 lanes; there are those of 2, 4, 8, 16, 32 and 64"},
      {"var @v : <4 i8> = zero", "1:13", "'i8' stands where 'x' should be"},
      {"var @v : [5000000000]i8 = zero", "1:11",
       "5000000000 is too large for the length of an array; 4294967295 is the most"},
      {"var @v : [-1]i8 = zero", "1:11", "'-' stands where the length of an array should be"},
      {"var @v : [2.5]i8 = zero", "1:11", "'2.5' is no number for the length of an array"},
      {"var @v : {x: i8 y: i8} = zero", "1:17", "'y' stands where ',' or '}' should be"},
      {"var @v : !T = zero", "1:10", "unknown parameter '!T'"},
      {"type V<!T> = struct {} var @v : V = zero", "1:33", "'V' is generic; its arguments should follow at once"},
      {"type V = struct {} var @v : V<i8> = zero", "1:30", "'V' is not generic"},
      {"type V<!T> = struct {} var @v : V<i8, i8> = zero", "1:34",
       "the generic has 1 parameter, and here are more arguments"},
      {"type V<!T, !N: i8> = struct {} var @v : V<i8> = zero", "1:42",
       "the generic has 2 parameters, and this has 1 argument"},
      {"type V<!N: i8> = struct {} var @v : V<300> = zero", "1:39", "300 does not fit i8"},
      {"func @f<!T, !N: i64>(%a: !N) { return_void }", "1:26",
       "the parameter is a constant, and a type should stand here"},
      {"func @f<!T, !N: i64>(%a: [!T]i8) { return_void }", "1:27",
       "the parameter is a type, and a constant should stand here"},
      {"type L = struct { next: L } var @v : L = zero", "1:38", "nothing of type L can lie in memory"},
  };
  for (const Bad& bad : cases) expect(bad.text, bad);
  expect("var @v : [[", {"", "1:11", "'[' stands where the length of an array should be"});
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "[]";
  expect("var @v : " + deep + "i8 = zero",
         {"", "1:130", "types within types go too deep; 60 is the most, name one of them"});
}

/// The parser refuses what verify() would, and nothing else.
TEST(TextErrors, types_go_as_deep_as_verify_lets_them) {
  const auto repeated = [](unsigned times) {
    std::string text;
    for (unsigned i = 0; i < times; ++i) text += "[]";
    return text;
  };
  for (const char* leaf : {"i8", "P", "!T", "G<i8>"})
    for (const std::string before :
         {"type S = struct { a: ", "func @f<!T>(%a: ", "interface I { f(", "extern func @g() -> "})
      for (unsigned depth = DeepestType - 5; depth < DeepestType + 5; ++depth) {
        if (leaf[0] == '!' && before[0] != 'f') continue;
        const bool closed = before.ends_with(" -> ");
        const std::string end = before[0] == 't' ? " }" : before[0] == 'i' ? ") }" : closed ? "" : ") { return_void }";
        Result<Module> module =
            parse("type P = struct {} type G<!T> = struct { a: !T } " + before + repeated(depth) + leaf + end);
        const unsigned whole = depth + (leaf[0] == 'G' ? 2 : 1) + (before[0] != 't');
        EXPECT_EQ(module.has_value(), whole <= DeepestType) << before << leaf << ' ' << depth;
        if (!module) continue;
        const Result<void> verified = verify(*module);
        EXPECT_TRUE(verified) << verified.error().to_string() << depth;
        const TypeId deepest{module->types.count() - 1};
        EXPECT_EQ(module->to_string(deepest).find("..."), std::string::npos);
      }
}

TEST(TextErrors, of_data) {
  const Bad cases[] = {
      {"data @d", "1:8", "the text ends where ':' and the type should be"},
      {"data @d = 5", "1:11", "'5' stands where ':' and the type, or a text, should be"},
      {"data @d : i8 = 256", "1:16", "256 does not fit i8"},
      {"data @d : i8 = -129", "1:16", "-129 does not fit i8"},
      {"data @d : i64 = 0x1ffffffffffffffff", "1:17", "0x1ffffffffffffffff does not fit i64"},
      {"data @d : i32 = 1.5", "1:17", "1.5 is no whole number, as i32 wants one"},
      {"data @d : f64 = 1e999", "1:17", "1e999 does not fit f64"},
      {"data @d : f32 = 0x1ffffffff", "1:17", "0x1ffffffff are more bits than f32 has"},
      {"data @d : f32 = 1.2.3", "1:17", "'1.2.3' is no number"},
      {"data @d : i32 = 12ab", "1:17", "'12ab' is no number"},
      {"data @d : bool = 2", "1:18", "2 does not fit bool"},
      {"data @d : i32 = \"a\"", "1:17", "a text in quotes stands where a value of type i32 should be"},
      {"data @d : [2]i8 = \"abc\"", "1:19", "a text of 3 bytes, and 2 should stand here"},
      {"data @d : [2]i8 = [1]", "1:20", "too few; 2 elements should stand here"},
      {"data @d : [2]i8 = [1, 2, 3]", "1:20", "too many; 2 elements should stand here"},
      {"data @d : {x: i8} = { 1, 2 }", "1:22", "too many values; {x: i8} has 1 fields"},
      {"data @d : {x: i8, y: i8} = { 1 }", "1:29", "too few values; {x: i8, y: i8} has 2 fields"},
      {"data @d : ptr = @nothing", "1:17", "unknown name '@nothing'"},
      {"data @named : i8 = 1 data @d : ptr = @nmaed", "1:38", "unknown name '@nmaed'; did you mean '@named'?"},
      {"data @d : ptr = -5", "1:17", "'-' stands where an address should be"},
      {"data @d : []i8 = @d", "1:20", "the text ends where '[' and the length of the slice should be"},
      {"data @d = \"a", "1:13", "a text without closing quotes in its line"},
      {"data @d = \"\\q\"", "1:12", "an unknown escape; there are \\n \\t \\\\ \\\" \\xHH"},
      {"data @d = \"\\x4\"", "1:12", "'\\x' without two digits behind it"},
      {"data @d : i8 = sizeof([999]i8)", "1:16", "999 does not fit i8"},
      {"data @d : i8 = 1 at 5 @d", "1:21", "5 is too large for an offset; 1 is the most"},
      {"data @d : i8 = 1 !5", "1:18", "there is no file 1; declare it: file 1 \"path\""},
      {"data @d : [4000000000]i8 = \"a\"", "1:28", "a text of 1 bytes, and 4000000000 should stand here"},
      {"data @d : {x: i8, y: [4000000000]i8} = { 1, zero }", "1:6",
       "data that is not all zero can have 1073741824 bytes"},
  };
  for (const Bad& bad : cases) expect(bad.text, bad);
}

TEST(TextErrors, of_instructions) {
  const Bad cases[] = {
      {"%b = ad i64 %a, 1", "2:6", "unknown operation 'ad'; did you mean 'add'?"},
      {"%b = param i64 0", "2:6", "parameters stand behind the name of their block, like 'head(%i: i64):'"},
      {"%b add i64 %a, 1", "2:4", "'add' stands where '=' should be"},
      {"%b = add i64 %a 1", "2:17", "'1' stands where ',' should be"},
      {"%b = add i64 %a,", "3:1", "'}' stands where a value should be"},
      {"%b = add i8 %a, 256", "2:17", "256 does not fit i8"},
      {"%b = add i64 %a, x", "2:18",
       "'x' is no value; names of values begin with '%', those of functions and data with '@'"},
      {"%b = add i64 %a, tru", "2:18",
       "'tru' is no value; names of values begin with '%', those of functions and data with '@'; did you mean 'true'?"},
      {"%b = add i64 %a, true", "2:18", "'true' where a value of type i64 should be"},
      {"%b = add i64 %a, null", "2:18", "'null' where a value of type i64 should be; 'zero' is one of any type"},
      {"%b = add <2 x i32> %v, 1", "2:24", "a number where a value of type <2 x i32> should be"},
      {"%b = add <2 x i32> %v, <1>", "2:24", "a value of type <2 x i32> has 2 lanes"},
      {"%b = add <2 x i32> %v, <1, 2, 3>", "2:24", "a value of type <2 x i32> has 2 lanes"},
      {"%b = add <2 x i32> %v, <1, %a>", "2:28", "lanes are written as numbers"},
      {"%b = add i64 %a, <1>", "2:18", "lanes where a value of type i64 should be"},
      {"%b = trunc i8 5", "2:15", "the type of this value should stand before it, as in 'i64 5'"},
      {"%b = trunc i8 i64 5", "2:19",
       "a small number has no type of its own, as this operand must; compute the result"},
      {"%b = load i64 5", "2:15", "a number where a value of type ptr should be"},
      {"return", "2:1",
       "'return' stands without a value; write 'return i64 %x', or 'return_void' where there is no result"},
      {"return\nnext:\nreturn i64 1", "2:1",
       "'return' stands without a value; write 'return i64 %x', or 'return_void' where there is no result"},
      {"store i64 %a, %p %q = store i64 %a, %p", "2:18", "this 'store' yields nothing that could have a name"},
      {"%b = call fn() @g()\n}\nfunc @g() { return_void", "2:1", "this 'call' yields nothing that could have a name"},
      {"call fn() @h()\n}\nvar @h : i8 = 1 func @i() { return_void", "2:11",
       "this is data, and a function should be called"},
      {"call fn() %a()", "2:11", "'%a' stands where the name of a function should be"},
      {"return i64 %aa", "2:12", "unknown value '%aa'"},
      {"%count = add i64 1, 2 return i64 %conut", "2:34", "unknown value '%conut'; did you mean '%count'?"},
      {"%a = add i64 1, 2", "2:1", "'%a' is defined twice"},
      {"%7 = add i64 1, 2 %7 = add i64 1, 2", "2:19", "'%7' is defined twice"},
      {"%b = field {x: i8} %p, y", "2:24", "{x: i8} has no field 'y'"},
      {"%b = field {size: i8} %p, siez", "2:27", "{size: i8} has no field 'siez'; did you mean 'size'?"},
      {"%b = field i64 %p, y", "2:20", "i64 has no fields"},
      {"%b = call_interface fn() %p, y()", "2:30", "the value before has the type ptr, which has no methods"},
      {"jump done", "2:6", "unknown block 'done'"},
      {"jump done\ndnoe:\n return i64 %a", "2:6", "unknown block 'done'; did you mean 'dnoe'?"},
      {"jump x x: jump x x: jump x", "2:18", "the block 'x' is defined twice"},
      {"jump x(1)\nx:\n return i64 %a", "2:8", "the block 'x' has 0 parameters"},
      {"jump x(%a)\nx(%i: i64):\n jump x(1, 2)", "4:12", "the block 'x' has 1 parameter"},
      {"jump x(300)\nx(%i: i8):\n return i64 %a", "2:8", "300 does not fit i8"},
      {"jump x(hello)\nx(%i: i8):\n return i64 %a", "2:8",
       "'hello' is no value; names of values begin with '%', those of functions and data with '@'"},
      {"start(%i: i64):\n return i64 %a", "2:6", "the first block has the function's parameters, and none of its own"},
      {"%b = add i64 %a, 1\nx:\n return i64 %a", "3:1",
       "the block before does not end with a jump, branch, switch, return, return_void or trap"},
      {"%b = add i64 %a, 1", "3:1",
       "the block before does not end with a jump, branch, switch, return, return_void or trap"},
      {"return i64 %a return i64 %a", "2:15",
       "the block has ended above; the next one begins with its name, like 'done:'"},
      {"switch i64 %a, x [%a: x]", "2:19", "'%a' stands where the number of a case should be"},
      {"switch i64 %a, x [1 x]", "2:21", "'x' stands where ':' and the block should be"},
      {"trap hello", "2:6", "'hello' stands where a text in quotes should be"},
      {"trap \"a\" !", "2:10", "a line, or file and line as in '!2:12', should stand behind '!'"},
      {"trap \"a\" !9999999", "2:11", "9999999 is too large for a line; 1048575 is the most"},
      {"trap \"a\" !2:5", "2:10", "there is no file 2; declare it: file 2 \"path\""},
      {"%b = extract <2 x i32> %v, -1", "2:28", "'-' stands where a number should be"},
      {"\"x\" \x01", "2:1", "a text in quotes stands where an instruction should be"},
      {"trap \"\x01\" \x02", "2:10", "a control character stands where an instruction should be"},
  };
  for (const Bad& bad : cases) expect(in_function(bad.text), bad);
}

TEST(TextErrors, show_the_line) {
  const Result<Module> module = parse("func @f() {\n\t%x = ad i64 1, 2\n}", {.file = "a.inlay"});
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().to_string(),
            "a.inlay:2:7: error: unknown operation 'ad'; did you mean 'add'? [invalid-program]\n"
            "note: \t%x = ad i64 1, 2\n      \t     ^");
}

TEST(TextErrors, every_prefix_of_a_program_is_a_program_or_an_error_with_a_place) {
  const std::string text =
      "file 1 \"a\"\ntype V<!T, !N: i64> = struct { a: [!N]!T }\ninterface I { m(<2 x i8>) -> i8 }\n"
      "table @t : I = { @g }\ndata @d : {x: ptr, y: [2]i8} = { @d + 4, \"a\\x00\" } !3\n"
      "func @g(ptr, <2 x i8>) -> i8 asm x86_64 { ret }\n"
      "func @f<!T>(%a: i64, %\"b c\": !T) -> i64 inline { !1\n  %s = slot V<!T, 5> !1:2\n"
      "  switch i64 %a, x [1: y(1.5, <1, -2>), 0x2: x]\nx:\n  return i64 sizeof(V<i8, 1>)\n"
      "y(%f: f64, %v: <2 x i8>):\n  trap \"a\\n\"\n}\n";
  ASSERT_TRUE(parse(text)) << parse(text).error().to_string();
  for (std::size_t n = 0; n < text.size(); ++n) {
    const Result<Module> module = parse(std::string_view(text).substr(0, n));
    if (!module) {
      EXPECT_NE(module.error().place().line, 0u) << module.error().to_string();
    }
  }
}

}  // namespace
}  // namespace inlay::ir
