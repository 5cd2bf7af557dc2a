# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Configures, builds and runs the outside project in project/ against the installed package, with the host's compiler
# and without any way to find LLVM's CMake package.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

file(REMOVE_RECURSE ${WORK}/project)
run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE}/project -B ${WORK}/project -DCMAKE_PREFIX_PATH=${PREFIX}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=Release -DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON --no-warn-unused-cli)
run(${CMAKE_COMMAND} --build ${WORK}/project)
run(${WORK}/project/shop)
if(NOT printed STREQUAL "the price of 3 is 37\n")
  message(FATAL_ERROR "unexpected output: ${printed}")
endif()
run(${PREFIX}/bin/inlay list ${WORK}/project/shop)
