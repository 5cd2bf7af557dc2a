# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Compiles one file with the flags that pkg-config gives, and checks that the library is the version of the headers.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

set(ENV{PKG_CONFIG_PATH} ${PREFIX}/${LIBDIR}/pkgconfig)
run(pkg-config --cflags --libs inlay)
separate_arguments(flags UNIX_COMMAND "${printed}")
file(WRITE ${WORK}/pkg_config.cpp [[
#include <inlay/inlay.h>
#include <inlay/version.h>
static_assert(INLAY_VERSION_MAJOR >= 0);
int main() { return inlay::Jit::create() ? 0 : 1; }
]])
run(${COMPILER} -std=c++20 ${WORK}/pkg_config.cpp -o ${WORK}/pkg_config ${flags} -Wl,-rpath,${PREFIX}/${LIBDIR})
run(${WORK}/pkg_config)
run(pkg-config --modversion inlay)
