# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the build tree and moves the result: an installed package may lie anywhere.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

file(REMOVE_RECURSE ${WORK}/prefix ${PREFIX})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
file(RENAME ${WORK}/prefix ${PREFIX})

foreach(file bin/inlay libexec/inlay/inlay-tool include/inlay/inlay.h include/inlay/errors.def include/inlay/version.h ${LIBDIR}/libinlay.so
        ${LIBDIR}/cmake/inlay/inlay-config.cmake ${LIBDIR}/cmake/inlay/InlayRuntime.cmake ${LIBDIR}/pkgconfig/inlay.pc
        share/man/man1/inlay.1 share/bash-completion/completions/inlay share/zsh/site-functions/_inlay
        share/fish/vendor_completions.d/inlay.fish share/doc/inlay/LICENSE)
  if(NOT EXISTS ${PREFIX}/${file})
    message(FATAL_ERROR "not installed: ${file}")
  endif()
endforeach()

# Nothing that is installed may name the machine that it was built on.
file(GLOB_RECURSE texts ${PREFIX}/*.cmake ${PREFIX}/*.pc ${PREFIX}/*.h)
foreach(text IN LISTS texts)
  file(READ ${text} content)
  foreach(place "${BUILD}" "${WORK}")
    string(FIND "${content}" "${place}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${text} names ${place}")
    endif()
  endforeach()
endforeach()
run(${PREFIX}/bin/inlay --version)
